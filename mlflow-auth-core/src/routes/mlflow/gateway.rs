//! The configuration of the AI gateway.

use crate::routes::{
    Access::NotYet,
    Mount::{Ajax, Both},
    Route,
    Takes::{Json, Message, Query},
};

pub(super) static ROUTES: &[Route] = &[
    Route::post("/3.0/mlflow/gateway/secrets/create")
        .under(Both)
        .takes(Message("CreateGatewaySecret"))
        .open_to(NotYet("workspace-create ; NOT_DENIED gateway_secret(*) [anchor workspace]")),
    Route::get("/3.0/mlflow/gateway/secrets/get")
        .under(Both)
        .takes(Message("GetGatewaySecretInfo"))
        .open_to(NotYet("PERM gateway_secret(id).read")),
    Route::post("/3.0/mlflow/gateway/secrets/update")
        .under(Both)
        .takes(Message("UpdateGatewaySecret"))
        .open_to(NotYet("PERM gateway_secret(id).update")),
    Route::delete("/3.0/mlflow/gateway/secrets/delete")
        .under(Both)
        .takes(Message("DeleteGatewaySecret"))
        .open_to(NotYet("PERM gateway_secret(id).delete")),
    Route::get("/3.0/mlflow/gateway/secrets/list")
        .under(Both)
        .takes(Message("ListGatewaySecretInfos"))
        .open_to(NotYet("NONE (response rows filtered)")),
    Route::post("/3.0/mlflow/gateway/endpoints/create").under(Both).takes(Message("CreateGatewayEndpoint")).open_to(
        NotYet(
            "(model_configs carry no model_definition_id: workspaces off -> allow, on -> workspace-create ; else \
             for each: PERM gateway_model_definition(id).use) ; NOT_DENIED gateway_endpoint(*) [anchor workspace] \
             ; if experiment_id given or usage_tracking not false: NOT_DENIED experiment(experiment_id or *) \
             [anchor workspace]",
        ),
    ),
    Route::get("/3.0/mlflow/gateway/endpoints/get")
        .under(Both)
        .takes(Message("GetGatewayEndpoint"))
        .open_to(NotYet("PERM gateway_endpoint(id).read")),
    Route::post("/3.0/mlflow/gateway/endpoints/update").under(Both).takes(Message("UpdateGatewayEndpoint")).open_to(
        NotYet(
            "PERM gateway_endpoint(id).update ; each model_configs[].model_definition_id: PERM \
             gateway_model_definition(id).use ; experiment_id given: NOT_DENIED experiment(id) [ws] ; \
             usage_tracking=true without attached experiment: NOT_DENIED experiment(*) [ws]",
        ),
    ),
    Route::delete("/3.0/mlflow/gateway/endpoints/delete")
        .under(Both)
        .takes(Message("DeleteGatewayEndpoint"))
        .open_to(NotYet("PERM gateway_endpoint(id).delete")),
    Route::get("/3.0/mlflow/gateway/endpoints/list")
        .under(Both)
        .takes(Message("ListGatewayEndpoints"))
        .open_to(NotYet("NONE (response rows filtered)")),
    Route::post("/3.0/mlflow/gateway/model-definitions/create")
        .under(Both)
        .takes(Message("CreateGatewayModelDefinition"))
        .open_to(NotYet(
            "NOT_DENIED gateway_model_definition(*) [anchor workspace] ; secret_id given: PERM \
             gateway_secret(id).use",
        )),
    Route::get("/3.0/mlflow/gateway/model-definitions/get")
        .under(Both)
        .takes(Message("GetGatewayModelDefinition"))
        .open_to(NotYet("PERM gateway_model_definition(id).read")),
    Route::get("/3.0/mlflow/gateway/model-definitions/list")
        .under(Both)
        .takes(Message("ListGatewayModelDefinitions"))
        .open_to(NotYet("secret_id selector given: NOT_DENIED gateway_secret(id) [anchor workspace] ; else NONE")),
    Route::post("/3.0/mlflow/gateway/model-definitions/update")
        .under(Both)
        .takes(Message("UpdateGatewayModelDefinition"))
        .open_to(NotYet("PERM gateway_model_definition(id).update ; new secret_id given: PERM gateway_secret(id).use")),
    Route::delete("/3.0/mlflow/gateway/model-definitions/delete")
        .under(Both)
        .takes(Message("DeleteGatewayModelDefinition"))
        .open_to(NotYet("PERM gateway_model_definition(id).delete")),
    Route::post("/3.0/mlflow/gateway/endpoints/models/attach")
        .under(Both)
        .takes(Message("AttachModelToGatewayEndpoint"))
        .open_to(NotYet(
            "PERM gateway_endpoint(id).update ; PERM \
             gateway_model_definition(model_config.model_definition_id).use",
        )),
    Route::post("/3.0/mlflow/gateway/endpoints/models/detach")
        .under(Both)
        .takes(Message("DetachModelFromGatewayEndpoint"))
        .open_to(NotYet(
            "PERM gateway_endpoint(id).update ; NOT_DENIED gateway_model_definition(id) [anchor workspace]",
        )),
    Route::post("/3.0/mlflow/gateway/endpoints/bindings/create")
        .under(Both)
        .takes(Message("CreateGatewayEndpointBinding"))
        .open_to(NotYet("PERM gateway_endpoint(id).update")),
    Route::delete("/3.0/mlflow/gateway/endpoints/bindings/delete")
        .under(Both)
        .takes(Message("DeleteGatewayEndpointBinding"))
        .open_to(NotYet("PERM gateway_endpoint(id).update")),
    Route::get("/3.0/mlflow/gateway/endpoints/bindings/list")
        .under(Both)
        .takes(Message("ListGatewayEndpointBindings"))
        .open_to(NotYet("endpoint_id given: PERM gateway_endpoint(id).read ; otherwise admin only")),
    Route::post("/3.0/mlflow/gateway/endpoints/set-tag")
        .under(Both)
        .takes(Message("SetGatewayEndpointTag"))
        .open_to(NotYet("PERM gateway_endpoint(id).update")),
    Route::delete("/3.0/mlflow/gateway/endpoints/delete-tag")
        .under(Both)
        .takes(Message("DeleteGatewayEndpointTag"))
        .open_to(NotYet("PERM gateway_endpoint(id).update")),
    Route::post("/3.0/mlflow/gateway/budgets/create").under(Both).takes(Message("CreateGatewayBudgetPolicy")),
    Route::get("/3.0/mlflow/gateway/budgets/get")
        .under(Both)
        .takes(Message("GetGatewayBudgetPolicy"))
        .open_to(NotYet("any authenticated user")),
    Route::post("/3.0/mlflow/gateway/budgets/update").under(Both).takes(Message("UpdateGatewayBudgetPolicy")),
    Route::delete("/3.0/mlflow/gateway/budgets/delete").under(Both).takes(Message("DeleteGatewayBudgetPolicy")),
    Route::get("/3.0/mlflow/gateway/budgets/list")
        .under(Both)
        .takes(Message("ListGatewayBudgetPolicies"))
        .open_to(NotYet("any authenticated user")),
    Route::get("/3.0/mlflow/gateway/budgets/windows")
        .under(Both)
        .takes(Message("ListGatewayBudgetWindows"))
        .open_to(NotYet("any authenticated user")),
    Route::post("/3.0/mlflow/gateway/guardrails/create").under(Both).takes(Message("CreateGatewayGuardrail")),
    Route::get("/3.0/mlflow/gateway/guardrails/get").under(Both).takes(Message("GetGatewayGuardrail")),
    Route::delete("/3.0/mlflow/gateway/guardrails/delete").under(Both).takes(Message("DeleteGatewayGuardrail")),
    Route::get("/3.0/mlflow/gateway/guardrails/list").under(Both).takes(Message("ListGatewayGuardrails")),
    Route::post("/3.0/mlflow/gateway/guardrails/add-to-endpoint")
        .under(Both)
        .takes(Message("AddGuardrailToEndpoint"))
        .open_to(NotYet(
            "PERM gateway_endpoint(id).update ; NOT_DENIED scorer(guardrail.scorer) ; NOT_DENIED \
             scorer_version(*) else scorer",
        )),
    Route::delete("/3.0/mlflow/gateway/guardrails/remove-from-endpoint")
        .under(Both)
        .takes(Message("RemoveGuardrailFromEndpoint"))
        .open_to(NotYet("PERM gateway_endpoint(id).update")),
    Route::get("/3.0/mlflow/gateway/guardrails/list-for-endpoint")
        .under(Both)
        .takes(Message("ListEndpointGuardrailConfigs"))
        .open_to(NotYet("PERM gateway_endpoint(id).read")),
    Route::patch("/3.0/mlflow/gateway/guardrails/update-config")
        .under(Both)
        .takes(Message("UpdateEndpointGuardrailConfig"))
        .open_to(NotYet(
            "PERM gateway_endpoint(id).update ; NOT_DENIED scorer(guardrail.scorer) ; NOT_DENIED \
             scorer_version(*) else scorer",
        )),
    Route::get("/3.0/mlflow/gateway/supported-providers").under(Ajax).open_to(NotYet("any authenticated user")),
    Route::get("/3.0/mlflow/gateway/supported-models")
        .under(Ajax)
        .takes(Query(&["provider"]))
        .open_to(NotYet("any authenticated user")),
    Route::get("/3.0/mlflow/gateway/provider-config")
        .under(Ajax)
        .takes(Query(&["provider"]))
        .open_to(NotYet("any authenticated user")),
    Route::get("/3.0/mlflow/gateway/secrets/config").under(Ajax).open_to(NotYet("any authenticated user")),
    Route::get("/2.0/mlflow/gateway-proxy")
        .under(Ajax)
        .takes(Query(&["gateway_path", "json_data"]))
        .writing()
        .open_to(NotYet("any authenticated user")),
    Route::post("/2.0/mlflow/gateway-proxy")
        .under(Ajax)
        .takes(Json(&["gateway_path", "json_data"]))
        .open_to(NotYet("any authenticated user")),
];
