//! Grants that follow what was done.

use super::Allowed;
use super::fields::text;
use crate::judge::{kinds, scorer_id};
use crate::lookup::is_prompt;
use crate::reply::Reply;
use mlflow_auth_core::routes::{Effect, PathError, When};
use mlflow_auth_core::store::{Change, GrantConflict, StoreError};
use mlflow_auth_core::{GrantSpec, Permission, ResourceType, Scope, Subject, Target};
use serde_json::{Map, Value};
use std::time::Duration;

/// How long to wait before each further try. What the inner service did cannot be undone, so a store that stumbles is
/// asked again.
const PAUSES: [Duration; 3] = [Duration::from_millis(50), Duration::from_millis(200), Duration::from_millis(800)];

const REGISTERED: [&str; 2] = ["registered_model", "prompt"];

impl Allowed<'_> {
    /// Writes the grants that follow from `answer`.
    ///
    /// # Errors
    /// 500 that says what was done and what could not be recorded.
    pub(super) async fn keep_grants(&self, answer: &Map<String, Value>) -> Result<(), Reply> {
        let mut changes = self.changes(answer).map_err(|error| Reply::internal(error.to_string()))?;
        if let Effect::WorkspaceMade { name } = self.route.effect {
            changes = Box::pin(self.first_roles(name)).await?;
        }
        self.record(changes).await
    }

    /// Stores what follows from an operation that was done.
    pub(super) async fn record(&self, changes: Vec<Change>) -> Result<(), Reply> {
        if changes.is_empty() {
            return Ok(());
        }
        let mut outcome = self.authorizer.store().apply(&changes).await;
        for pause in PAUSES {
            let Err(StoreError::Unavailable(_)) = outcome else { break };
            tokio::time::sleep(pause).await;
            outcome = self.authorizer.store().apply(&changes).await;
        }
        outcome.map(drop).map_err(|error| self.not_stored(&error))
    }

    /// The inner service has done it, and the store does not follow.
    pub(super) fn not_stored(&self, error: &StoreError) -> Reply {
        tracing::error!(%error, path = self.head.path(), user = %self.who.user, "grants could not follow an operation");
        Reply::internal(format!("the operation was done, but the grants that follow from it were not stored: {error}"))
    }

    fn changes(&self, answer: &Map<String, Value>) -> Result<Vec<Change>, PathError> {
        let params = &self.reading.params;
        let path = |field| params.text(field).map(|text| text.unwrap_or_default().to_owned());
        Ok(match self.route.effect {
            Effect::CreatorManages { kind, id } => {
                let id = text(answer, id).map(str::to_owned).or(params.text(id)?.map(str::to_owned));
                id.map(|id| self.created(kind, &[kind], &id)).unwrap_or_default()
            }
            Effect::CreatorManagesRegistered => {
                let model = answer.get("registered_model").and_then(Value::as_object);
                let name = model.and_then(|model| text(model, "name"));
                let kind = kinds(is_prompt(model.and_then(|model| model.get("tags")))).0;
                name.map(|name| self.created(kind, &REGISTERED, name)).unwrap_or_default()
            }
            Effect::Deleted { kind, id } => vec![self.deleted(kind, path(id)?)],
            Effect::RegisteredDeleted { name } => {
                let name = path(name)?;
                REGISTERED.map(|kind| self.deleted(kind, name.clone())).into()
            }
            Effect::RegisteredRenamed { from, to } => {
                let (from, to) = (path(from)?, path(to)?);
                REGISTERED.map(|kind| self.renamed(kind, from.clone(), to.clone())).into()
            }
            Effect::WorkspaceGone { name } => super::workspaces::gone(&path(name)?),
            Effect::WorkspaceMade { .. } => Vec::new(),
            Effect::ScorerRegistered => {
                let id = self.new_scorer(answer);
                id.map(|id| self.created("scorer", &["scorer"], &id)).unwrap_or_default()
            }
            Effect::ScorerDeleted if params.holds(When::Given("version")) => Vec::new(),
            Effect::ScorerDeleted => {
                vec![self.deleted("scorer", scorer_id(&path("experiment_id")?, &path("name")?))]
            }
            Effect::JobsSubmitted { ids } => self.submitted_jobs(answer, ids),
            Effect::None
            | Effect::Filter { .. }
            | Effect::Narrow { .. }
            | Effect::HideGuardrailScorers { .. }
            | Effect::Mcp(_)
            | Effect::HideRunDirectories
            | Effect::QueueMade
            | Effect::QueueChanged
            | Effect::QueueReviewed => Vec::new(),
        })
    }

    /// The creator manages it, and their groups get what they were promised; nobody else holds anything on what is new.
    /// Grants on its id that stood there before, of any of the kinds `instead_of`, end: they spoke about something else,
    /// or were laid there for it.
    pub(super) fn created(&self, kind: &'static str, instead_of: &[&'static str], id: &str) -> Vec<Change> {
        let grant = |subject: Subject, permission| {
            let spec = GrantSpec {
                subject,
                scope: Scope::In(self.workspace.clone()),
                kind: ResourceType::new(kind),
                target: Target::Exact(id.to_owned()),
                permission,
            };
            Change::Grant(spec, GrantConflict::Replace)
        };
        let own = grant(self.who.user.clone().into(), Permission::Manage);
        let shares = self.shares.iter().map(|(group, permission)| grant(group.clone().into(), *permission));
        let left_over = instead_of.iter().map(|kind| self.deleted(kind, id.to_owned()));
        left_over.chain(std::iter::once(own)).chain(shares).collect()
    }

    fn deleted(&self, kind: &'static str, id: String) -> Change {
        Change::ResourceDeleted { kind: ResourceType::new(kind), id, workspace: self.workspace.clone() }
    }

    fn renamed(&self, kind: &'static str, from: String, to: String) -> Change {
        Change::ResourceRenamed { kind: ResourceType::new(kind), from, to, workspace: self.workspace.clone() }
    }
}
