"""The configuration of the AI gateway."""

from ..cases import ajax, asked, both, case, delete, get, patch, post

V3 = "3.0/mlflow/gateway"
SECRETS, MODELS, ENDPOINTS = f"{V3}/secrets", f"{V3}/model-definitions", f"{V3}/endpoints"
BUDGETS, GUARDS = f"{V3}/budgets", f"{V3}/guardrails"
SECRET, MODEL, ENDPOINT = ({f"{name}_id": f"{{gateway_{name}}}"} for name in ("secret", "model_definition", "endpoint"))
USES = {"model_definition_id": "{gateway_model_definition}", "linkage_type": "PRIMARY", "weight": 1.0}
OTHERS_MODEL = USES | {"model_definition_id": "{others.gateway_model_definition}"}
NEW_MODEL = {"name": "{new}", "provider": "openai", "model_name": "m"}
NEW_ENDPOINT = {"name": "{new}", "usage_tracking": False}
BUDGET = {
    "budget_unit": "USD", "budget_amount": 5, "duration": {"unit": "DAYS", "value": 1}, "target_scope": "GLOBAL",
    "budget_action": "ALERT",
}  # fmt: skip
GUARD = {"endpoint_id": "{gateway_endpoint}", "guardrail_id": "{guardrail}"}
TIER = "scorer_version"

CASES = [
    *both(
        post(f"{SECRETS}/create", {"secret_name": "{new}", "secret_value": {"api_key": "x"}, "provider": "openai"}),
        asked(f"{SECRETS}/get", secret_id="{gateway_secret}"),
        asked(f"{SECRETS}/get", secret_name="{gateway_secret_name}", note="by name"),
        post(f"{SECRETS}/update", SECRET | {"secret_value": {"api_key": "y"}}),
        delete(f"{SECRETS}/delete", SECRET, fresh="gateway_secret"),
        get(f"{SECRETS}/list"),
        post(f"{MODELS}/create", NEW_MODEL | SECRET),
        post(f"{MODELS}/create", NEW_MODEL, note="without a secret"),
        asked(f"{MODELS}/get", model_definition_id="{gateway_model_definition}"),
        get(f"{MODELS}/list"),
        asked(f"{MODELS}/list", secret_id="{gateway_secret}", note="by secret"),
        post(f"{MODELS}/update", MODEL | {"model_name": "n"}),
        post(f"{MODELS}/update", MODEL | {"secret_id": "{others.gateway_secret}"}, whose=["mine"], fresh="gateway_model_definition", note="with another's secret"),
        delete(f"{MODELS}/delete", MODEL, fresh="gateway_model_definition"),
        post(f"{ENDPOINTS}/create", NEW_ENDPOINT | {"model_configs": [USES]}),
        post(f"{ENDPOINTS}/create", NEW_ENDPOINT | {"model_configs": [USES], "usage_tracking": True, "experiment_id": "{experiment}"}, note="tracked in an experiment"),
        post(f"{ENDPOINTS}/create", NEW_ENDPOINT | {"model_configs": []}, note="without a model"),
        asked(f"{ENDPOINTS}/get", endpoint_id="{gateway_endpoint}"),
        asked(f"{ENDPOINTS}/get", name="{gateway_endpoint_name}", note="by name"),
        post(f"{ENDPOINTS}/update", ENDPOINT | {"name": "renamed-{new}"}, fresh="gateway_endpoint"),
        post(f"{ENDPOINTS}/update", ENDPOINT | {"model_configs": [OTHERS_MODEL]}, whose=["mine"], fresh="gateway_endpoint", note="another's model"),
        post(f"{ENDPOINTS}/update", ENDPOINT | {"usage_tracking": True, "experiment_id": "{others.experiment}"}, whose=["mine"], fresh="gateway_endpoint", note="tracked in another's experiment"),
        delete(f"{ENDPOINTS}/delete", ENDPOINT, fresh="gateway_endpoint"),
        get(f"{ENDPOINTS}/list"),
        post(f"{ENDPOINTS}/models/attach", ENDPOINT | {"model_config": USES | {"linkage_type": "FALLBACK", "fallback_order": 1}}, fresh="bare_endpoint"),
        post(f"{ENDPOINTS}/models/attach", ENDPOINT | {"model_config": OTHERS_MODEL}, whose=["mine"], fresh="gateway_endpoint", note="another's model"),
        post(f"{ENDPOINTS}/models/detach", ENDPOINT | MODEL, fresh="gateway_endpoint"),
        post(f"{ENDPOINTS}/bindings/create", ENDPOINT | {"resource_type": "scorer", "resource_id": "{new}"}),
        delete(f"{ENDPOINTS}/bindings/delete", ENDPOINT | {"resource_type": "scorer", "resource_id": "{scorer_id}"}, fresh="gateway_endpoint"),
        asked(f"{ENDPOINTS}/bindings/list", endpoint_id="{gateway_endpoint}"),
        get(f"{ENDPOINTS}/bindings/list", note="all"),
        post(f"{ENDPOINTS}/set-tag", ENDPOINT | {"key": "a", "value": "b"}),
        delete(f"{ENDPOINTS}/delete-tag", ENDPOINT | {"key": "note"}, fresh="gateway_endpoint"),
        post(f"{BUDGETS}/create", BUDGET),
        asked(f"{BUDGETS}/get", budget_policy_id="{budget}", whose=["mine", "missing"]),
        post(f"{BUDGETS}/update", {"budget_policy_id": "{budget}", "budget_amount": 7}, whose=["mine", "missing"]),
        delete(f"{BUDGETS}/delete", {"budget_policy_id": "{budget}"}, whose=["mine", "missing"], fresh="budget"),
        get(f"{BUDGETS}/list"),
        get(f"{BUDGETS}/windows"),
        post(f"{GUARDS}/create", {"name": "{new}", "scorer_id": "{scorer_id}", "scorer_version": 1, "stage": "BEFORE", "action": "VALIDATION"}, tiers=TIER),
        asked(f"{GUARDS}/get", guardrail_id="{guardrail}", tiers=TIER),
        delete(f"{GUARDS}/delete", {"guardrail_id": "{guardrail}"}, fresh="guardrail"),
        get(f"{GUARDS}/list", tiers=TIER),
        post(f"{GUARDS}/add-to-endpoint", GUARD, tiers=TIER, fresh="gateway_endpoint"),
        delete(f"{GUARDS}/remove-from-endpoint", GUARD, fresh="guardrail"),
        asked(f"{GUARDS}/list-for-endpoint", endpoint_id="{gateway_endpoint}", tiers=TIER),
        patch(f"{GUARDS}/update-config", GUARD | {"execution_order": 2}, tiers=TIER),
    ),
    *ajax(
        get(f"{V3}/supported-providers"),
        asked(f"{V3}/supported-models", provider="openai"),
        asked(f"{V3}/provider-config", provider="openai"),
        get(f"{SECRETS}/config"),
        asked("2.0/mlflow/gateway-proxy", gateway_path="api/2.0/endpoints/"),
        case("POST", "2.0/mlflow/gateway-proxy", {"gateway_path": "gateway/x/invocations", "json_data": {}}, changes=False),
    ),
]  # fmt: skip
