//! The kinds of objects as data: what they are called, by what a path names one, where MLflow lists them, and in which
//! form each operation answers.

use super::answers::{Answer, Answers};
use crate::lookup::Listing;
use mlflow_auth_core::routes::oidc_plugin::{Holder, Objects};

/// One kind of object.
#[derive(Debug)]
pub(super) struct Family {
    /// What messages call one.
    pub(super) noun: &'static str,
    /// The types of resource that a name may be of. Whatever is written holds for all of them.
    pub(super) kinds: &'static [&'static str],
    /// The type of resource that patterns are written for.
    pub(super) kind: &'static str,
    /// By what a path names one.
    pub(super) key: Key,
    /// Where MLflow lists them.
    pub(super) listing: Listing,
    /// The field of a row of that list that holds what exact grants name.
    pub(super) id: &'static str,
    /// The field that holds the name, which patterns match.
    pub(super) name: &'static str,
    /// In which form exact grants of users are answered.
    user: Answers,
    group: Answers,
    user_pattern: Answers,
    group_pattern: Answers,
}

/// By what a path names an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// The id of an experiment.
    Experiment,
    /// A name of the registry of models and prompts.
    Registered,
    /// The id of an experiment, and a name in it.
    Scorer,
    /// A name, where MLflow's own grants stand on an id.
    Listed,
    /// A name, which is what grants stand on.
    Name,
}

impl Family {
    pub(super) fn of(objects: Objects) -> &'static Family {
        match objects {
            Objects::Experiments => &EXPERIMENTS,
            Objects::RegisteredModels => &REGISTERED_MODELS,
            Objects::Prompts => &PROMPTS,
            Objects::Scorers => &SCORERS,
            Objects::GatewayEndpoints => &GATEWAY_ENDPOINTS,
            Objects::GatewaySecrets => &GATEWAY_SECRETS,
            Objects::GatewayModelDefinitions => &GATEWAY_MODEL_DEFINITIONS,
            Objects::McpServers => &MCP_SERVERS,
        }
    }

    /// In which form exact grants are answered.
    pub(super) fn exact(&self, holder: Holder) -> Answers {
        match holder {
            Holder::User => self.user,
            Holder::Group => self.group,
        }
    }

    /// In which form patterns are answered.
    pub(super) fn pattern(&self, holder: Holder) -> Answers {
        match holder {
            Holder::User => self.user_pattern,
            Holder::Group => self.group_pattern,
        }
    }

    /// Whether the objects are those of the AI gateway, whose exact grants are for admins.
    pub(super) fn is_of_the_gateway(&self) -> bool {
        self.key == Key::Listed
    }
}

static EXPERIMENTS: Family = Family {
    noun: "experiment",
    kinds: &["experiment"],
    kind: "experiment",
    key: Key::Experiment,
    listing: Listing {
        at: &["api", "2.0", "mlflow", "experiments", "search"],
        query: &[("max_results", "5000"), ("view_type", "ACTIVE_ONLY")],
        rows: "experiments",
    },
    id: "experiment_id",
    name: "name",
    user: Answers { bare: true, ..Answers::messages("experiment_permission") },
    group: Answers::messages(""),
    user_pattern: Answers { texts: true, text_in_path: true, ..Answers::messages("") },
    group_pattern: Answers::messages(""),
};

const REGISTRY: &[&str] = &["api", "2.0", "mlflow", "registered-models", "search"];

static REGISTERED_MODELS: Family = Family {
    noun: "registered model",
    kinds: &["registered_model", "prompt"],
    kind: "registered_model",
    key: Key::Registered,
    // MLflow leaves prompts out of the list unless they are asked for.
    listing: Listing { at: REGISTRY, query: &[("max_results", "1000")], rows: "registered_models" },
    id: "name",
    name: "name",
    user: Answers::messages("registered_model_permission"),
    group: Answers::messages(""),
    user_pattern: Answers {
        updated: Answer::Record,
        text_in_path: true,
        ..Answers::messages("registered_model_permission")
    },
    group_pattern: Answers::messages(""),
};

static PROMPTS: Family = Family {
    noun: "prompt",
    kinds: &["registered_model", "prompt"],
    kind: "prompt",
    key: Key::Registered,
    listing: Listing {
        at: REGISTRY,
        query: &[("max_results", "1000"), ("filter", "tags.`mlflow.prompt.is_prompt` = 'true'")],
        rows: "registered_models",
    },
    id: "name",
    name: "name",
    user: Answers::messages("prompt_permission"),
    group: Answers::messages(""),
    user_pattern: Answers { updated: Answer::Record, text_in_path: true, ..Answers::messages("prompt_permission") },
    group_pattern: Answers::messages(""),
};

static SCORERS: Family = Family {
    noun: "scorer",
    kinds: &["scorer"],
    kind: "scorer",
    key: Key::Scorer,
    listing: Listing { at: &["api", "3.0", "mlflow", "scorers", "list"], query: &[], rows: "scorers" },
    id: "scorer_name",
    name: "scorer_name",
    user: Answers { created: Answer::Record, ..Answers::messages("scorer_permission") },
    group: Answers::messages(""),
    user_pattern: Answers::records("pattern"),
    group_pattern: Answers::messages(""),
};

static GATEWAY_ENDPOINTS: Family = gateway(
    "gateway endpoint",
    "gateway_endpoint",
    &["gateway_endpoint"],
    Listing { at: &["api", "3.0", "mlflow", "gateway", "endpoints", "list"], query: &[], rows: "endpoints" },
    ["endpoint_id", "name"],
);

static GATEWAY_SECRETS: Family = gateway(
    "gateway secret",
    "gateway_secret",
    &["gateway_secret"],
    Listing { at: &["api", "3.0", "mlflow", "gateway", "secrets", "list"], query: &[], rows: "secrets" },
    ["secret_id", "secret_name"],
);

static GATEWAY_MODEL_DEFINITIONS: Family = gateway(
    "gateway model definition",
    "gateway_model_definition",
    &["gateway_model_definition"],
    Listing {
        at: &["api", "3.0", "mlflow", "gateway", "model-definitions", "list"],
        query: &[],
        rows: "model_definitions",
    },
    ["model_definition_id", "name"],
);

static MCP_SERVERS: Family = Family {
    key: Key::Name,
    ..gateway(
        "MCP server",
        "mcp_server",
        &["mcp_server"],
        Listing {
            at: &["api", "3.0", "mlflow", "mcp-servers"],
            query: &[("max_results", "1000")],
            rows: "mcp_servers",
        },
        ["name", "name"],
    )
};

const fn gateway(
    noun: &'static str,
    kind: &'static str,
    kinds: &'static [&'static str],
    listing: Listing,
    [id, name]: [&'static str; 2],
) -> Family {
    let (exact, pattern) = (Answers { created: Answer::Record, ..Answers::messages("") }, Answers::records(""));
    Family {
        noun,
        kinds,
        kind,
        key: Key::Listed,
        listing,
        id,
        name,
        user: exact,
        group: exact,
        user_pattern: pattern,
        group_pattern: pattern,
    }
}
