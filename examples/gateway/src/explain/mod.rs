//! `explain`: why somebody may, or may not, from what the store holds.

mod command;
mod names;

pub use command::Question;
pub(crate) use command::{NAME, command, question};

use crate::assemble::{AssembleError, open_existing};
use crate::config::Config;
use crate::groups::{InvalidGroups, resolvers};
use crate::proxy::Forward;
use mlflow_auth_core::routes::mlflow;
use mlflow_auth_core::store::{PermissionStore, StoreError, UserStore};
use mlflow_auth_core::{
    Authorizer, AuthorizerError, Explanation, InvalidName, Mode, Principal, Proof, Requirement, Resource, ResourceType,
    UnknownAction, Username, Workspace,
};
use names::{Names, Unknown};
use serde_json::Value;
use std::sync::Arc;

/// What is printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Whether it is allowed.
    pub allowed: bool,
    /// The explanation, in lines of words or as one JSON object.
    pub text: String,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExplainError {
    /// A name that cannot be one.
    #[error(transparent)]
    Name(#[from] InvalidName),
    /// The action is none.
    #[error(transparent)]
    Action(#[from] UnknownAction),
    /// The resource is none.
    #[error(transparent)]
    Resource(#[from] mlflow::UnknownResource),
    /// The resource is not written as a type and an id.
    #[error("`{0}` is not a resource such as `registered_model:churn`, `experiment:7` or `experiment:name=my project`")]
    Form(String),
    /// A workspace is named where there are none.
    #[error("the workspace `{0}` is named, but workspaces are switched off (`enable_workspaces`)")]
    NoWorkspaces(String),
    /// An experiment that is named by its name could not be looked up.
    #[error("the id of the experiment `{name}` is not known: {problem}; name it as `experiment:<id>`, with `--name`")]
    NoId {
        /// The name.
        name: String,
        /// Why.
        problem: String,
    },
    /// The store cannot be opened.
    #[error(transparent)]
    Open(#[from] AssembleError),
    /// Where groups should come from cannot be used.
    #[error(transparent)]
    Groups(#[from] InvalidGroups),
    /// The store cannot be read.
    #[error("the store cannot be read")]
    Store(#[from] StoreError),
    /// What somebody holds cannot be read.
    #[error(transparent)]
    Holdings(#[from] AuthorizerError),
    /// The answer cannot be written.
    #[error("the answer cannot be written as JSON")]
    Json(#[from] serde_json::Error),
}

/// Answers from the store itself, whether a gateway runs on it or not. MLflow is asked for names if it can be reached.
///
/// # Errors
/// [`ExplainError`]
pub async fn explain(config: &Config, question: &Question) -> Result<Answer, ExplainError> {
    let user = Username::new(&question.user)?;
    let workspace = workspace(config, question)?;
    let store = Arc::new(open_existing(config).await?);
    let mut notes = Vec::new();
    let account = store.user(&user).await?;
    match &account {
        None => {
            notes.push(format!(
                "no account of `{user}` is kept here; groups that a token or a directory names are not known"
            ));
        }
        Some(account) if !account.is_active => {
            notes.push(format!("the account of `{user}` is not active: nobody signs in with it"));
        }
        Some(_) => {}
    }
    let is_admin = account.is_some_and(|account| account.is_admin);
    let who = Principal { user, groups: question.groups()?, is_admin, proof: Proof::Asserted, narrowing: None };
    let names = Names::new(Forward::new(config.forward.clone()), &config.static_prefix, named(config, &workspace));
    let resource = resource(question, &names, &mut notes).await?.in_workspace(workspace);
    let falls_back = matches!(config.policy.mode, Mode::FirstMatch(_));
    let parent = match mlflow::experiment_of_scorer(&resource).filter(|_| falls_back) {
        Some(experiment) => Some(look_up(experiment, &names, &mut notes).await),
        None => None,
    };
    let needs = Requirement::of_word(&question.action, resource)?;
    let belonging = |need: Requirement| parent.iter().fold(need, Requirement::or_else);
    let needs: Vec<Requirement> = needs.into_iter().map(belonging).collect();
    let store: Arc<dyn PermissionStore> = store;
    let authorizer = Authorizer::new(config.policy.clone(), store);
    let authorizer = resolvers(&config.groups).await?.into_iter().fold(authorizer, Authorizer::with_groups_from);
    let held = authorizer.holdings(&who).await?;
    let explanation = authorizer.policy().explain(&who, &held, &needs);
    let text = if question.json { as_json(&explanation, &notes)? } else { as_words(&explanation, &notes) };
    Ok(Answer { allowed: explanation.verdict.allowed, text })
}

fn workspace(config: &Config, question: &Question) -> Result<Workspace, ExplainError> {
    match &question.workspace {
        None => Ok(Workspace::default()),
        Some(name) if !config.policy.workspaces => Err(ExplainError::NoWorkspaces(name.clone())),
        Some(name) => Ok(Workspace::new(name)?),
    }
}

fn named(config: &Config, workspace: &Workspace) -> Option<Workspace> {
    config.policy.workspaces.then(|| workspace.clone())
}

async fn resource(question: &Question, names: &Names, notes: &mut Vec<String>) -> Result<Resource, ExplainError> {
    let form = || ExplainError::Form(question.resource.clone());
    let (kind, id) = question.resource.split_once(':').ok_or_else(form)?;
    if let Some(name) = id.strip_prefix("name=").filter(|_| kind == ResourceType::EXPERIMENT.name()) {
        // What is to be created is not there yet.
        if question.creates() {
            return Ok(mlflow::resource(kind, "*")?.with_name(name));
        }
        let found = names.experiment_id(name).await;
        let id = found.map_err(|error| ExplainError::NoId { name: name.to_owned(), problem: error.to_string() })?;
        return Ok(mlflow::resource(kind, &id)?.with_name(name));
    }
    let resource = mlflow::resource(kind, id)?;
    match &question.name {
        Some(_) if resource.id.is_none() && !question.creates() => Err(form()),
        Some(name) => Ok(resource.with_name(name)),
        None => Ok(look_up(resource, names, notes).await),
    }
}

/// The name that patterns see; and whether an entry of the registry is of the other kind.
async fn look_up(resource: Resource, names: &Names, notes: &mut Vec<String>) -> Resource {
    let Some(id) = resource.id.clone() else { return resource };
    let is_prompt = resource.kind == ResourceType::PROMPT;
    let kind = &resource.kind;
    if let Some(source) = mlflow::named_by_mlflow(kind) {
        match names.name_at(source, &id).await {
            Ok(name) => return resource.with_name(name),
            Err(Unknown::NotThere) => notes.push(format!("MLflow knows no {kind} `{id}`, so its name is not known")),
            Err(error) => notes.push(format!("the name of the {kind} is not known: {error}; say it with --name")),
        }
    } else if is_prompt || resource.kind == ResourceType::REGISTERED_MODEL {
        match names.is_prompt(&id).await {
            Ok(found) if found != is_prompt => {
                let kind = if found { ResourceType::PROMPT } else { ResourceType::REGISTERED_MODEL };
                notes.push(format!("MLflow knows `{id}` as a {kind}, and requests for it are judged as such"));
            }
            Err(Unknown::NotThere) => notes.push(format!("MLflow knows no {} `{id}`", resource.kind)),
            Ok(_) | Err(Unknown::NoAnswer(_)) => {}
        }
    }
    resource
}

fn as_words(explanation: &Explanation<'_>, notes: &[String]) -> String {
    let notes: String = notes.iter().map(|note| format!("  note:     {note}\n")).collect();
    format!("{explanation}\n{notes}")
}

fn as_json(explanation: &Explanation<'_>, notes: &[String]) -> Result<String, ExplainError> {
    let mut told = serde_json::to_value(explanation)?;
    if let Value::Object(fields) = &mut told {
        fields.insert("notes".into(), notes.into());
    }
    Ok(format!("{told:#}\n"))
}
