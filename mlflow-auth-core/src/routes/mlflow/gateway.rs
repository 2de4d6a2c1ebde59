//! The configuration of the AI gateway: secrets, model definitions, endpoints, guardrails, budgets.

use crate::Action::{Delete, NotDenied, Read, Update, Use};
use crate::routes::{
    Access::{Admin, SignedIn},
    Effect::{CreatorManages, Deleted, Filter, HideGuardrailScorers},
    EndpointNamed,
    GatewayNeed::{Endpoint, EndpointOrAdmin, GuardrailScorer, On, Usage},
    Id,
    Mount::{Ajax, Both},
    Need, Page, Redaction, Route, RowKind,
    Takes::{Json, Message, Query},
    Withheld,
};
use crate::vocabulary::Action;

const SECRET: &str = "gateway_secret";
const ENDPOINT: &str = "gateway_endpoint";
const DEFINITION: &str = "gateway_model_definition";

const ENDPOINT_ID: &str = "endpoint_id";
const DEFINITION_ID: &str = "model_definition_id";
const SECRET_ID: &str = "secret_id";

const fn on(kind: &'static str, action: Action, id: Id) -> Need {
    Need::Gateway(On { kind, action, id })
}

const fn endpoint(action: Action) -> Need {
    on(ENDPOINT, action, Id::one(ENDPOINT_ID))
}

const fn filter(rows: &'static str, kind: &'static str, id: &'static str, name: &'static str) -> crate::routes::Effect {
    Filter { rows, kind: RowKind::Resource { kind, id, name }, page: Page::AsItIs }
}

/// The secret that model definitions name.
const fn secret_of(definitions: &'static str) -> Redaction {
    Redaction {
        at: definitions,
        fields: &["secret_id", "secret_name"],
        kind: SECRET,
        when: Withheld::DeniedById { id: &["secret_id"], name: "secret_name" },
    }
}

/// The model definition that the mappings of an endpoint hold, and its secret.
const fn definition_of(mappings: &'static str) -> Redaction {
    Redaction {
        at: mappings,
        fields: &["model_definition", "model_definition_id"],
        kind: DEFINITION,
        when: Withheld::DeniedById {
            id: &["model_definition_id", "model_definition.model_definition_id"],
            name: "model_definition.name",
        },
    }
}

const OF_ENDPOINT: &[Redaction] =
    &[definition_of("endpoint.model_mappings[]"), secret_of("endpoint.model_mappings[].model_definition")];
const OF_ENDPOINTS: &[Redaction] =
    &[definition_of("endpoints[].model_mappings[]"), secret_of("endpoints[].model_mappings[].model_definition")];
const OF_MAPPING: &[Redaction] = &[definition_of("mapping"), secret_of("mapping.model_definition")];

pub(super) static ROUTES: &[Route] = &[
    Route::post("/3.0/mlflow/gateway/secrets/create")
        .under(Both)
        .takes(Message("CreateGatewaySecret"))
        .needs(&[Need::create_named(SECRET, "secret_name")])
        .then(CreatorManages { kind: SECRET, id: "secret.secret_id" }),
    Route::get("/3.0/mlflow/gateway/secrets/get").under(Both).takes(Message("GetGatewaySecretInfo")).needs(&[on(
        SECRET,
        Read,
        Id::one(SECRET_ID),
    )]),
    Route::post("/3.0/mlflow/gateway/secrets/update").under(Both).takes(Message("UpdateGatewaySecret")).needs(&[on(
        SECRET,
        Update,
        Id::one(SECRET_ID),
    )]),
    Route::delete("/3.0/mlflow/gateway/secrets/delete")
        .under(Both)
        .takes(Message("DeleteGatewaySecret"))
        .needs(&[on(SECRET, Delete, Id::one(SECRET_ID))])
        .then(Deleted { kind: SECRET, id: SECRET_ID }),
    Route::get("/3.0/mlflow/gateway/secrets/list")
        .under(Both)
        .takes(Message("ListGatewaySecretInfos"))
        .open_to(SignedIn)
        .then(filter("secrets", SECRET, SECRET_ID, "secret_name")),
    // The right to create is always asked for, not only where no definition is named.
    Route::post("/3.0/mlflow/gateway/endpoints/create")
        .under(Both)
        .takes(Message("CreateGatewayEndpoint"))
        .needs(&[
            Need::create_named(ENDPOINT, "name"),
            on(DEFINITION, Use, Id::each("model_configs[].model_definition_id")),
            Need::Gateway(Usage { endpoint: None }),
        ])
        .then(CreatorManages { kind: ENDPOINT, id: "endpoint.endpoint_id" })
        .redacting(OF_ENDPOINT),
    Route::get("/3.0/mlflow/gateway/endpoints/get")
        .under(Both)
        .takes(Message("GetGatewayEndpoint"))
        .needs(&[Need::Gateway(Endpoint(Read, EndpointNamed { id: ENDPOINT_ID, name: "name" }))])
        .redacting(OF_ENDPOINT),
    Route::post("/3.0/mlflow/gateway/endpoints/update")
        .under(Both)
        .takes(Message("UpdateGatewayEndpoint"))
        .needs(&[
            endpoint(Update),
            on(DEFINITION, Use, Id::each("model_configs[].model_definition_id")),
            Need::Gateway(Usage { endpoint: Some(ENDPOINT_ID) }),
        ])
        .redacting(OF_ENDPOINT),
    Route::delete("/3.0/mlflow/gateway/endpoints/delete")
        .under(Both)
        .takes(Message("DeleteGatewayEndpoint"))
        .needs(&[endpoint(Delete)])
        .then(Deleted { kind: ENDPOINT, id: ENDPOINT_ID }),
    Route::get("/3.0/mlflow/gateway/endpoints/list")
        .under(Both)
        .takes(Message("ListGatewayEndpoints"))
        .open_to(SignedIn)
        .then(filter("endpoints", ENDPOINT, ENDPOINT_ID, "name"))
        .redacting(OF_ENDPOINTS),
    Route::post("/3.0/mlflow/gateway/model-definitions/create")
        .under(Both)
        .takes(Message("CreateGatewayModelDefinition"))
        .needs(&[Need::create_named(DEFINITION, "name"), on(SECRET, Use, Id::maybe(SECRET_ID))])
        .then(CreatorManages { kind: DEFINITION, id: "model_definition.model_definition_id" }),
    Route::get("/3.0/mlflow/gateway/model-definitions/get")
        .under(Both)
        .takes(Message("GetGatewayModelDefinition"))
        .needs(&[on(DEFINITION, Read, Id::one(DEFINITION_ID))])
        .redacting(&[secret_of("model_definition")]),
    Route::get("/3.0/mlflow/gateway/model-definitions/list")
        .under(Both)
        .takes(Message("ListGatewayModelDefinitions"))
        .needs(&[on(SECRET, NotDenied, Id::maybe(SECRET_ID))])
        .then(filter("model_definitions", DEFINITION, DEFINITION_ID, "name"))
        .redacting(&[secret_of("model_definitions[]")]),
    Route::post("/3.0/mlflow/gateway/model-definitions/update")
        .under(Both)
        .takes(Message("UpdateGatewayModelDefinition"))
        .needs(&[on(DEFINITION, Update, Id::one(DEFINITION_ID)), on(SECRET, Use, Id::maybe(SECRET_ID))])
        .redacting(&[secret_of("model_definition")]),
    Route::delete("/3.0/mlflow/gateway/model-definitions/delete")
        .under(Both)
        .takes(Message("DeleteGatewayModelDefinition"))
        .needs(&[on(DEFINITION, Delete, Id::one(DEFINITION_ID))])
        .then(Deleted { kind: DEFINITION, id: DEFINITION_ID }),
    Route::post("/3.0/mlflow/gateway/endpoints/models/attach")
        .under(Both)
        .takes(Message("AttachModelToGatewayEndpoint"))
        .needs(&[endpoint(Update), on(DEFINITION, Use, Id::maybe("model_config.model_definition_id"))])
        .redacting(OF_MAPPING),
    Route::post("/3.0/mlflow/gateway/endpoints/models/detach")
        .under(Both)
        .takes(Message("DetachModelFromGatewayEndpoint"))
        .needs(&[endpoint(Update), on(DEFINITION, NotDenied, Id::maybe(DEFINITION_ID))]),
    Route::post("/3.0/mlflow/gateway/endpoints/bindings/create")
        .under(Both)
        .takes(Message("CreateGatewayEndpointBinding"))
        .needs(&[endpoint(Update)]),
    Route::delete("/3.0/mlflow/gateway/endpoints/bindings/delete")
        .under(Both)
        .takes(Message("DeleteGatewayEndpointBinding"))
        .needs(&[endpoint(Update)]),
    Route::get("/3.0/mlflow/gateway/endpoints/bindings/list")
        .under(Both)
        .takes(Message("ListGatewayEndpointBindings"))
        .needs(&[Need::Gateway(EndpointOrAdmin(Read, ENDPOINT_ID))]),
    Route::post("/3.0/mlflow/gateway/endpoints/set-tag")
        .under(Both)
        .takes(Message("SetGatewayEndpointTag"))
        .needs(&[endpoint(Update)]),
    Route::delete("/3.0/mlflow/gateway/endpoints/delete-tag")
        .under(Both)
        .takes(Message("DeleteGatewayEndpointTag"))
        .needs(&[endpoint(Update)]),
    Route::post("/3.0/mlflow/gateway/budgets/create").under(Both).takes(Message("CreateGatewayBudgetPolicy")),
    Route::get("/3.0/mlflow/gateway/budgets/get")
        .under(Both)
        .takes(Message("GetGatewayBudgetPolicy"))
        .open_to(SignedIn),
    Route::post("/3.0/mlflow/gateway/budgets/update").under(Both).takes(Message("UpdateGatewayBudgetPolicy")),
    Route::delete("/3.0/mlflow/gateway/budgets/delete").under(Both).takes(Message("DeleteGatewayBudgetPolicy")),
    Route::get("/3.0/mlflow/gateway/budgets/list")
        .under(Both)
        .takes(Message("ListGatewayBudgetPolicies"))
        .open_to(SignedIn),
    Route::get("/3.0/mlflow/gateway/budgets/windows")
        .under(Both)
        .takes(Message("ListGatewayBudgetWindows"))
        .open_to(SignedIn),
    Route::post("/3.0/mlflow/gateway/guardrails/create").under(Both).takes(Message("CreateGatewayGuardrail")),
    Route::get("/3.0/mlflow/gateway/guardrails/get").under(Both).takes(Message("GetGatewayGuardrail")),
    Route::delete("/3.0/mlflow/gateway/guardrails/delete").under(Both).takes(Message("DeleteGatewayGuardrail")),
    Route::get("/3.0/mlflow/gateway/guardrails/list").under(Both).takes(Message("ListGatewayGuardrails")),
    Route::post("/3.0/mlflow/gateway/guardrails/add-to-endpoint")
        .under(Both)
        .takes(Message("AddGuardrailToEndpoint"))
        .needs(&[endpoint(Update), Need::Gateway(GuardrailScorer(Id::one("guardrail_id")))])
        .then(HideGuardrailScorers { at: "config.guardrail" }),
    Route::delete("/3.0/mlflow/gateway/guardrails/remove-from-endpoint")
        .under(Both)
        .takes(Message("RemoveGuardrailFromEndpoint"))
        .needs(&[endpoint(Update)]),
    Route::get("/3.0/mlflow/gateway/guardrails/list-for-endpoint")
        .under(Both)
        .takes(Message("ListEndpointGuardrailConfigs"))
        .needs(&[endpoint(Read)])
        .then(HideGuardrailScorers { at: "configs[].guardrail" }),
    Route::patch("/3.0/mlflow/gateway/guardrails/update-config")
        .under(Both)
        .takes(Message("UpdateEndpointGuardrailConfig"))
        .needs(&[endpoint(Update), Need::Gateway(GuardrailScorer(Id::one("guardrail_id")))])
        .then(HideGuardrailScorers { at: "config.guardrail" }),
    Route::get("/3.0/mlflow/gateway/supported-providers").under(Ajax).open_to(SignedIn),
    Route::get("/3.0/mlflow/gateway/supported-models").under(Ajax).takes(Query(&["provider"])).open_to(SignedIn),
    Route::get("/3.0/mlflow/gateway/provider-config").under(Ajax).takes(Query(&["provider"])).open_to(SignedIn),
    Route::get("/3.0/mlflow/gateway/secrets/config").under(Ajax).open_to(SignedIn).redacting(&[Redaction {
        at: "",
        fields: &["using_default_passphrase"],
        kind: SECRET,
        when: Withheld::ExceptFromAdmins,
    }]),
    // The server calls the deployments target with whatever credentials it has; nothing can be granted on what lies there.
    Route::get("/2.0/mlflow/gateway-proxy")
        .under(Ajax)
        .takes(Query(&["gateway_path", "json_data"]))
        .writing()
        .open_to(Admin),
    Route::post("/2.0/mlflow/gateway-proxy").under(Ajax).takes(Json(&["gateway_path", "json_data"])).open_to(Admin),
];
