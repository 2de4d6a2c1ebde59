//! Why somebody may, or may not.

use super::{Call, store_error};
use crate::flow::unreadable;
use crate::lookup::LookupError;
use crate::reply::Reply;
use mlflow_auth_core::routes::{Id, mlflow};
use mlflow_auth_core::{
    Action, Explanation, Grant, GroupName, Holdings, Mode, Principal, Proof, Requirement, Resource, ResourceType,
    Subject, Username, Verdict,
};
use serde_json::{Value, json};
use std::sync::Arc;

/// What is asked, and what came to mind on the way.
struct Question {
    who: Arc<Principal>,
    held: Holdings,
    resource: Resource,
    /// What speaks where nobody granted anything on the resource.
    parent: Option<Resource>,
    notes: Vec<String>,
}

impl Call<'_> {
    /// Admins ask about everybody, everybody about themselves.
    pub(super) async fn explain(&self) -> Result<Reply, Reply> {
        let question = self.question().await?;
        let Question { who, held, resource, parent, notes } = &question;
        let needs = Requirement::of_word(self.text("action")?, resource.clone())
            .map_err(|error| Reply::bad_request(error.to_string()))?;
        let belonging = |need: Requirement| parent.iter().fold(need, Requirement::or_else);
        let needs: Vec<Requirement> = needs.into_iter().map(belonging).collect();
        let policy = self.flow.shared.authorizer.policy();
        let explanation = policy.explain(who, held, &needs);
        let told = serde_json::to_value(&explanation).map_err(|error| Reply::internal(error.to_string()))?;
        if self.who.is_admin || self.flow.shared.says_why {
            return Ok(Reply::ok(&with_notes(told, notes)));
        }
        let reads = || {
            let need = belonging(Requirement::on(Action::Read, resource.clone()));
            policy.decide(who, held, std::slice::from_ref(&need)).allowed
        };
        Ok(Reply::ok(&match resource.id.is_none() || reads() {
            true => withhold(told, &explanation),
            false => closed(&explanation, resource, self.maybe("resource_name")?),
        }))
    }

    async fn question(&self) -> Result<Question, Reply> {
        let (who, mut notes) = self.asked_about().await?;
        // What an admin holds decides nothing, and is told all the same.
        let held = self.flow.shared.authorizer.holdings(&who).await.map_err(unreadable)?;
        let resource = mlflow::resource(self.text("resource_type")?, self.text("resource_id")?)
            .map_err(|error| Reply::bad_request(error.to_string()))?
            .in_workspace(self.workspace.clone());
        let creates = self.text("action")? == "create";
        let is_named_there = mlflow::named_by_mlflow(&resource.kind).is_some();
        let resource = match self.maybe("resource_name")? {
            Some(name) if resource.id.is_some() || (creates && is_named_there) => resource.with_name(name),
            Some(_) => return Err(Reply::bad_request("a `resource_name` needs the `resource_id` that it belongs to")),
            None => self.look_up(resource, &held, &mut notes).await?,
        };
        if creates && resource.name.is_none() && self.flow.shared.authorizer.policy().restrict_creation {
            notes.push("creation is restricted: the name decides, and none is given here".to_owned());
        }
        let falls_back = matches!(self.flow.shared.authorizer.policy().mode, Mode::FirstMatch(_));
        let parent = match mlflow::experiment_of_scorer(&resource).filter(|_| falls_back) {
            Some(experiment) => Some(self.look_up(experiment, &held, &mut notes).await?),
            None => None,
        };
        Ok(Question { who, held, resource, parent, notes })
    }

    /// Who is asked about, with what must be said of them.
    async fn asked_about(&self) -> Result<(Arc<Principal>, Vec<String>), Reply> {
        let named = self.maybe("username")?.map(Username::new).transpose();
        let named = named.map_err(|error| Reply::bad_request(error.to_string()))?;
        let groups = self.more_groups()?;
        match named.filter(|name| *name != self.who.user) {
            _ if !groups.is_empty() && !self.who.is_admin => Err(self.deny("only admins ask what groups would change")),
            None if groups.is_empty() => Ok((self.who.clone(), Vec::new())),
            None => {
                let groups = self.who.groups.iter().cloned().chain(groups).collect();
                Ok((Arc::new(Principal { groups, ..self.who.as_ref().clone() }), Vec::new()))
            }
            Some(_) if !self.who.is_admin => Err(self.deny("only admins ask what others may do")),
            Some(user) => {
                let account = self.accounts.users.user(&user).await.map_err(store_error)?;
                let is_admin = account.as_ref().is_some_and(|account| account.is_admin);
                let unknown = format!(
                    "no account of `{user}` is kept here; groups that a token or a directory names are not known"
                );
                let inactive = || format!("the account of `{user}` is not active: nobody signs in with it");
                let notes = match &account {
                    None => vec![unknown],
                    Some(account) if !account.is_active => vec![inactive()],
                    Some(_) => Vec::new(),
                };
                Ok((Arc::new(Principal { user, groups, is_admin, proof: Proof::Asserted, narrowing: None }), notes))
            }
        }
    }

    fn more_groups(&self) -> Result<Vec<GroupName>, Reply> {
        let named = self.reading.params.ids(Id::each("group"));
        let named = named.map_err(|error| Reply::bad_request(error.to_string()))?;
        named
            .into_iter()
            .map(GroupName::new)
            .collect::<Result<_, _>>()
            .map_err(|error| Reply::bad_request(error.to_string()))
    }

    /// The name that patterns see; and for admins, whether an entry of the registry is of another kind.
    async fn look_up(&self, resource: Resource, held: &Holdings, notes: &mut Vec<String>) -> Result<Resource, Reply> {
        let Some(id) = resource.id.clone() else { return Ok(resource) };
        let workspaces = self.flow.shared.authorizer.policy().workspaces;
        let within = self.flow.shared.lookups.within(self.flow.ask, workspaces.then_some(self.workspace));
        let is_prompt = resource.kind == ResourceType::PROMPT;
        let is_named_there = mlflow::named_by_mlflow(&resource.kind).is_some();
        if is_named_there && (self.who.is_admin || held.need_name_of(&resource.kind)) {
            match within.name_of(&resource.kind, &id).await {
                Ok(name) => return Ok(resource.with_name(name)),
                Err(LookupError::NotFound) => notes.push(format!("MLflow knows no {} `{id}`", resource.kind)),
                // Without the name there is no verdict, as there is none for a request.
                Err(LookupError::Unavailable(error)) if held.need_name_of(&resource.kind) => {
                    return Err(Reply::unavailable(error.to_string()));
                }
                Err(LookupError::Unavailable(error)) => notes.push(format!("the name is not known: {error}")),
            }
        } else if self.who.is_admin && (is_prompt || resource.kind == ResourceType::REGISTERED_MODEL) {
            match within.is_prompt(&id).await {
                Ok(found) if found != is_prompt => notes.push(format!(
                    "MLflow knows `{id}` as a {}, and judges requests for it so",
                    if found { "prompt" } else { "registered_model" }
                )),
                Ok(_) => {}
                Err(LookupError::NotFound) => notes.push(format!("MLflow knows no {} `{id}`", resource.kind)),
                Err(LookupError::Unavailable(error)) => notes.push(format!("whether it exists is not known: {error}")),
            }
        }
        Ok(resource)
    }

    fn maybe(&self, field: &'static str) -> Result<Option<&str>, Reply> {
        self.reading.params.text(field).map_err(|error| Reply::bad_request(error.to_string()))
    }
}

fn with_notes(mut told: Value, notes: &[String]) -> Value {
    if let Value::Object(fields) = &mut told {
        fields.insert("notes".into(), json!(notes));
    }
    told
}

/// What somebody is told about themselves where the operator keeps reasons: their own grants, but none of others that
/// they hold something through.
fn withhold(mut told: Value, explanation: &Explanation<'_>) -> Value {
    let verdict = &explanation.verdict;
    let own = |grant: &Grant| matches!(&grant.spec.subject, Subject::User(name) if name == verdict.who);
    let Value::Object(fields) = &mut told else { return told };
    fields.insert("withheld".into(), true.into());
    if verdict.reason.grant().is_some_and(|grant| !own(grant)) {
        fields.insert("grant".into(), Value::Null);
        let says = format!("`{}` {} do this: a grant of a group or role of theirs decides", verdict.who, may(verdict));
        fields.insert("says".into(), says.into());
    }
    if let Some(Value::Array(shadowed)) = fields.get_mut("shadowed") {
        for (row, met) in shadowed.iter_mut().zip(&explanation.shadowed) {
            if let (Value::Object(row), false) = (row, own(met.grant)) {
                row.insert("grant".into(), Value::Null);
            }
        }
    }
    told
}

/// The same of a resource that they may not even read: no more than a refusal says. Whether it exists, what it is
/// called and which pattern matches that name is not theirs to know.
fn closed(explanation: &Explanation<'_>, resource: &Resource, name: Option<&str>) -> Value {
    let verdict = &explanation.verdict;
    let needed = verdict.asked.map(|(action, _)| action.least().name());
    let (kind, workspace) = (resource.kind.name(), resource.workspace.as_str());
    let resource = json!({"type": kind, "id": resource.id, "name": name, "workspace": workspace});
    let missing = json!({"permission": needed, "resource": resource, "says": Value::Null});
    json!({
        "user": verdict.who.as_str(),
        "allowed": verdict.allowed,
        "verdict": if verdict.allowed { "allow" } else { "refuse" },
        "action": verdict.asked.map(|(action, _)| action.name()),
        "creates": verdict.creates,
        "resource": resource,
        "rung": Value::Null,
        "permission": Value::Null,
        "reason": Value::Null,
        "source": Value::Null,
        "grant": Value::Null,
        "needed": needed,
        "missing": if verdict.allowed { Value::Null } else { missing },
        "shadowed": [],
        "says": format!("`{}` {} do this; admins are told why", verdict.who, may(verdict)),
        "withheld": true,
    })
}

fn may(verdict: &Verdict<'_>) -> &'static str {
    if verdict.allowed { "may" } else { "may not" }
}
