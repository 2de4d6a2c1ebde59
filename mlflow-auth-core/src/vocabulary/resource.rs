//! What is protected.

use super::Workspace;
use std::borrow::Cow;
use std::fmt;

/// The kind of a resource, such as `experiment`.
///
/// An open set: a service that is not MLflow brings its own with [`ResourceType::new`]. The constants are MLflow's
/// (3.17.2), named as its grants name them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourceType(Cow<'static, str>);

macro_rules! resource_types {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        impl ResourceType {
            $($(#[$doc])* pub const $name: ResourceType = ResourceType::new($text);)*

            /// The types that MLflow 3.17.2 can hold grants for.
            pub const MLFLOW: &'static [ResourceType] = &[$(ResourceType::$name),*];
        }
    };
}

resource_types! {
    /// A workspace; the id is its name.
    WORKSPACE = "workspace";
    /// An experiment; the id is MLflow's decimal experiment id, patterns match its name.
    EXPERIMENT = "experiment";
    /// The runs of an experiment, all together.
    RUN = "run";
    /// The traces of an experiment, all together.
    TRACE = "trace";
    /// The assessments of an experiment, all together.
    ASSESSMENT = "assessment";
    /// The logged models of an experiment, all together.
    LOGGED_MODEL = "logged_model";
    /// The review queues of an experiment, all together.
    REVIEW_QUEUE = "review_queue";
    /// A registered model; the id is its name.
    REGISTERED_MODEL = "registered_model";
    /// The versions of registered models, all together.
    REGISTERED_MODEL_VERSION = "registered_model_version";
    /// A prompt: a registered model that carries the tag `mlflow.prompt.is_prompt`; the id is its name.
    PROMPT = "prompt";
    /// The versions of prompts, all together.
    PROMPT_VERSION = "prompt_version";
    /// A scorer; the id is `<experiment id>/<percent-encoded name>`, patterns match its name.
    SCORER = "scorer";
    /// The versions of scorers, all together.
    SCORER_VERSION = "scorer_version";
    /// A secret of the AI gateway.
    GATEWAY_SECRET = "gateway_secret";
    /// An endpoint of the AI gateway.
    GATEWAY_ENDPOINT = "gateway_endpoint";
    /// A model definition of the AI gateway.
    GATEWAY_MODEL_DEFINITION = "gateway_model_definition";
    /// An MCP server; the id is `namespace/slug`.
    MCP_SERVER = "mcp_server";
    /// The versions of MCP servers, all together.
    MCP_SERVER_VERSION = "mcp_server_version";
}

impl ResourceType {
    /// Not of MLflow: an exact grant on a job says who submitted it. It is a record, which nobody gives or plans.
    pub const JOB: ResourceType = ResourceType::new("job");

    /// A type of your own, usable in constants.
    pub const fn new(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// A type whose name came from outside.
    pub fn from_string(name: impl Into<String>) -> Self {
        Self(Cow::Owned(name.into()))
    }

    /// The name as grants and explanations show it.
    pub fn name(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ResourceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One thing that is protected, or a whole kind of them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Resource {
    /// Its kind.
    pub kind: ResourceType,
    /// What exact grants name. `None` without a `name` stands for the whole kind, of which only grants on everything of it
    /// speak; with a `name`, for one that is not there yet, of which no exact grant speaks.
    pub id: Option<String>,
    /// What patterns match. `None` with an `id` means "not known": a pattern that is reached then refuses.
    pub name: Option<String>,
    /// Where it lives.
    pub workspace: Workspace,
}

impl Resource {
    /// A resource whose name is not known, or not yet.
    pub fn new(kind: ResourceType, id: impl Into<String>) -> Self {
        Self { kind, id: Some(id.into()), name: None, workspace: Workspace::default() }
    }

    /// A resource whose id is its name.
    pub fn named(kind: ResourceType, id: impl Into<String>) -> Self {
        let id = id.into();
        Self { name: Some(id.clone()), ..Self::new(kind, id) }
    }

    /// Everything of one kind.
    pub fn every(kind: ResourceType) -> Self {
        Self { kind, id: None, name: None, workspace: Workspace::default() }
    }

    /// The same with the name that patterns match.
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The same in another workspace.
    pub fn in_workspace(mut self, workspace: Workspace) -> Self {
        self.workspace = workspace;
        self
    }

    /// The borrowed form, which the policy takes.
    pub fn as_ref(&self) -> ResourceRef<'_> {
        ResourceRef { kind: &self.kind, id: self.id.as_deref(), name: self.name.as_deref(), workspace: &self.workspace }
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_ref().fmt(f)
    }
}

/// A [`Resource`] that borrows its parts: what the policy decides on, free of allocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResourceRef<'a> {
    /// See [`Resource::kind`].
    pub kind: &'a ResourceType,
    /// See [`Resource::id`].
    pub id: Option<&'a str>,
    /// See [`Resource::name`].
    pub name: Option<&'a str>,
    /// See [`Resource::workspace`].
    pub workspace: &'a Workspace,
}

impl<'a> ResourceRef<'a> {
    /// A workspace itself.
    pub fn workspace(workspace: &'a Workspace) -> Self {
        static WORKSPACE: ResourceType = ResourceType::WORKSPACE;
        let name = Some(workspace.as_str());
        Self { kind: &WORKSPACE, id: name, name, workspace }
    }
}

impl fmt::Display for ResourceRef<'_> {
    /// Such as ``experiment `7` (`churn`)`` or `every run`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.id, self.name) {
            (None, None) => write!(f, "every {}", self.kind)?,
            (None, Some(name)) => write!(f, "a new {} `{name}`", self.kind)?,
            (Some(id), Some(name)) if id != name => write!(f, "{} `{id}` (`{name}`)", self.kind)?,
            (Some(id), _) => write!(f, "{} `{id}`", self.kind)?,
        }
        if self.workspace.as_str() != Workspace::DEFAULT && *self.kind != ResourceType::WORKSPACE {
            write!(f, " in workspace `{}`", self.workspace)?;
        }
        Ok(())
    }
}
