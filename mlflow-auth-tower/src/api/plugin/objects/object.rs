//! One object: what a path or a row of a list names, and the resource that grants on it speak about.

use super::family::{Family, Key};
use crate::api::Call;
use crate::lookup::{LookupError, Row, Within, is_prompt};
use crate::reply::Reply;
use crate::request::quote;
use mlflow_auth_core::routes::is_experiment_id;
use mlflow_auth_core::{Action, Chain, Requirement, Resource, ResourceType};
use serde_json::Value;

/// One object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Object {
    /// What exact grants name.
    pub(super) id: String,
    /// What patterns match, if it is known.
    pub(super) name: Option<String>,
    /// Of a scorer, its experiment.
    pub(super) experiment: Option<String>,
    /// Of an entry of the registry, which of the two kinds it is. `None` where there is no such entry.
    pub(super) registered: Option<&'static str>,
}

impl Object {
    fn named(name: &str) -> Self {
        Self { id: name.to_owned(), name: Some(name.to_owned()), experiment: None, registered: None }
    }

    fn scorer(experiment: &str, name: &str) -> Self {
        let id = format!("{experiment}/{}", quote(name));
        Self { id, experiment: Some(experiment.to_owned()), ..Self::named(name) }
    }

    /// The object that a row of MLflow's list is; none if the row does not say.
    pub(super) fn of_row(family: &Family, row: &Row) -> Option<Self> {
        let text = |field: &str| row.get(field).and_then(Value::as_str);
        let name = text(family.name)?;
        Some(match family.key {
            Key::Scorer => match row.get("experiment_id")? {
                Value::String(experiment) => Self::scorer(experiment, name),
                experiment => Self::scorer(&experiment.to_string(), name),
            },
            Key::Registered => Self { registered: Some(kind_of(is_prompt(row.get("tags")))), ..Self::named(name) },
            Key::Experiment | Key::Listed | Key::Name => Self { id: text(family.id)?.to_owned(), ..Self::named(name) },
        })
    }

    /// The object on which a grant of this kind stands, as far as the grant itself tells.
    pub(super) fn of_grant(family: &Family, id: &str) -> Self {
        match (family.key, id.split_once('/')) {
            (Key::Scorer, Some((experiment, name))) => {
                Self::scorer(experiment, &percent_encoding::percent_decode_str(name).decode_utf8_lossy())
            }
            (Key::Experiment | Key::Listed | Key::Scorer, _) => Self { name: None, ..Self::named(id) },
            (Key::Registered | Key::Name, _) => Self::named(id),
        }
    }

    /// The name, or what stands in its place where it is not known.
    pub(super) fn label(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.id)
    }

    /// Whether a grant of this kind is the one that counts for the object: of an entry of the registry, that of the kind
    /// that it is.
    pub(super) fn counts(&self, kind: &ResourceType) -> bool {
        self.registered.is_none_or(|known| known == kind.name())
    }
}

fn kind_of(is_prompt: bool) -> &'static str {
    crate::judge::kinds(is_prompt).0
}

impl Call<'_> {
    /// Looks things up for this call.
    pub(in crate::api) fn lookups(&self) -> Within<'_> {
        let workspaces = self.flow.shared.authorizer.policy().workspaces;
        self.flow.shared.lookups.within(self.flow.ask, workspaces.then_some(self.workspace))
    }

    /// The object that the path names. It need not exist, but for those that MLflow knows by another id.
    pub(super) async fn object(&self, family: &Family) -> Result<Object, Reply> {
        match family.key {
            Key::Experiment => Ok(Object { name: None, ..Object::named(self.experiment_in_path()?) }),
            Key::Scorer => Ok(Object::scorer(self.experiment_in_path()?, self.in_path("scorer_name")?)),
            Key::Name => Ok(Object::named(self.in_path("name")?)),
            Key::Registered => self.entry(self.in_path("name")?).await,
            Key::Listed => self.listed(family, self.in_path("name")?).await,
        }
    }

    pub(super) fn experiment_in_path(&self) -> Result<&str, Reply> {
        let id = self.in_path("experiment_id")?;
        match is_experiment_id(id) {
            true => Ok(id),
            false => {
                let id = id.escape_debug();
                Err(Reply::bad_request(format!("the experiment id `{id}` is not a decimal number")))
            }
        }
    }

    /// The entry of the registry of this name, be it a model, a prompt, or not there.
    pub(super) async fn entry(&self, name: &str) -> Result<Object, Reply> {
        let registered = match self.lookups().is_prompt(name).await {
            Ok(prompt) => Some(kind_of(prompt)),
            Err(LookupError::NotFound) => None,
            Err(LookupError::Unavailable(error)) => return Err(Reply::unavailable(error.to_string())),
        };
        Ok(Object { registered, ..Object::named(name) })
    }

    /// An object that is granted by an id which its name does not tell. Where there is none of this name, a grant that
    /// was left behind may stand on it as on an id.
    async fn listed(&self, family: &Family, name: &str) -> Result<Object, Reply> {
        let is_it = |row: Row| Object::of_row(family, &row).filter(|object| object.label() == name);
        let object = self.rows(family, &[], is_it).await?.into_iter().next();
        Ok(object.unwrap_or_else(|| Object::of_grant(family, name)))
    }

    /// What `shape` makes of each row of MLflow's list of the objects. Only few lists are read at once for callers who are
    /// no admins: every one of them is all that MLflow keeps of a kind.
    pub(super) async fn rows<T>(
        &self,
        family: &Family,
        more: &[(&str, &str)],
        shape: impl FnMut(Row) -> Option<T>,
    ) -> Result<Vec<T>, Reply> {
        let turn = if self.who.is_admin { None } else { Some(self.flow.shared.lookups.turn()) };
        if matches!(turn, Some(None)) {
            return Err(Reply::unavailable("too many lists are read at once: try again"));
        }
        match self.lookups().list(&family.listing, more, shape).await {
            Ok(rows) => Ok(rows),
            Err(LookupError::NotFound) => Err(Reply::not_found(format!("MLflow does not list a {} here", family.noun))),
            Err(LookupError::Unavailable(error)) => Err(Reply::unavailable(error.to_string())),
        }
    }

    /// The resource that grants of `kind` on the object speak about.
    pub(super) fn resource_of(&self, kind: &'static str, object: &Object) -> Resource {
        let resource = Resource::new(ResourceType::new(kind), object.id.as_str()).in_workspace(self.workspace.clone());
        match &object.name {
            Some(name) => resource.with_name(name.as_str()),
            None => resource,
        }
    }

    /// What `action` on the object takes. A scorer that nobody speaks about is as its experiment; an experiment must
    /// come with its name if patterns are to judge it.
    pub(super) fn requirement(
        &self,
        family: &Family,
        object: &Object,
        action: Action,
        experiment: Option<&Resource>,
    ) -> Requirement {
        let resource = self.resource_of(object.registered.unwrap_or(family.kind), object);
        let chain = Chain::of(action, resource);
        match experiment {
            Some(experiment) => chain.or_else(action, experiment.clone()).into(),
            None => chain.into(),
        }
    }

    /// An experiment as the policy takes it, with its name where the holdings of the caller, or of `other`, need it.
    pub(super) async fn experiment(&self, id: &str, needs_name: bool) -> Result<Resource, Reply> {
        let resource = Resource::new(ResourceType::EXPERIMENT, id).in_workspace(self.workspace.clone());
        if !needs_name {
            return Ok(resource);
        }
        match self.lookups().experiment_name(id).await {
            Ok(name) => Ok(resource.with_name(name)),
            // A pattern that would have to judge it refuses.
            Err(LookupError::NotFound) => Ok(resource),
            Err(LookupError::Unavailable(error)) => Err(Reply::unavailable(error.to_string())),
        }
    }
}
