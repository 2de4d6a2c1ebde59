"""How one of every kind of object is made, by an admin, and under which names the requests speak of it.

A maker is given `make`, which calls a server, the names that are known so far and a mark that no other object has. It
returns the names that it adds. `missing` has a value for each of them that names nothing.
"""

import hashlib
import json
from urllib.parse import quote

from otlp import KIND, spans_request

API = "/api/2.0/mlflow"
API3 = "/api/3.0/mlflow"
PROXY = "/api/2.0/mlflow-artifacts/artifacts"
PROMPT = [{"key": "mlflow.prompt.is_prompt", "value": "true"}]
TEXT = [{"key": "mlflow.prompt.is_prompt", "value": "true"}, {"key": "mlflow.prompt.text", "value": "say"}]
SCORER = '{"name": "s", "builtin_scorer_class": "Safety", "builtin_scorer_pydantic_data": {"name": "s"}}'


def experiment(make, names, mark):
    """An experiment with a tag."""
    id = make.post(f"{API}/experiments/create", name=f"experiment-{mark}")["experiment_id"]
    make.post(f"{API}/experiments/set-experiment-tag", experiment_id=id, key="note", value="x")
    return {"experiment": id, "experiment_name": f"experiment-{mark}"}


def run(make, names, mark):
    """A run with a metric, a parameter, a tag and a file."""
    tags = [{"key": "note", "value": "x"}]
    fields = {"experiment_id": names["experiment"], "run_name": mark, "start_time": 1, "tags": tags}
    id = make.post(f"{API}/runs/create", **fields)["run"]["info"]["run_id"]
    make.post(f"{API}/runs/log-metric", run_id=id, key="m", value=1, timestamp=1)
    make.post(f"{API}/runs/log-parameter", run_id=id, key="p", value="x")
    make.put(f"{PROXY}/{names['experiment']}/{id}/artifacts/note.txt", b"text")
    return {"run": id}


def logged_model(make, names, mark):
    """A logged model of the run, with a tag and a file."""
    tags = [{"key": "note", "value": "x"}]
    fields = {"experiment_id": names["experiment"], "source_run_id": names["run"], "name": mark, "tags": tags}
    id = make.post(f"{API}/logged-models", **fields)["model"]["info"]["model_id"]
    make.put(f"{PROXY}/{names['experiment']}/models/{id}/artifacts/MLmodel", b"a: b\n")
    make.patch(f"{API}/logged-models/{id}", model_id=id, status="LOGGED_MODEL_READY")
    make.post(f"{API}/runs/outputs", run_id=names["run"], models=[{"model_id": id, "step": 0}])
    make.post(f"{API}/runs/log-metric", run_id=names["run"], key="of", value=1, timestamp=1, model_id=id)
    return {"logged_model": id}


def trace(make, names, mark):
    """A trace of the run, with spans, a tag and an assessment."""
    number = hashlib.md5(mark.encode(), usedforsecurity=False).hexdigest()
    id = f"tr-{number}"
    headers = {"X-Mlflow-Experiment-Id": names["experiment"], "Content-Type": KIND}
    make.send("POST", "/v1/traces", spans_request([(number, "span")]), headers)
    info = {
        "trace_id": id, "state": "OK", "request_time": "2026-01-01T00:00:00Z", "tags": {"note": "x"},
        "trace_location": {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": names["experiment"]}},
        "trace_metadata": {"mlflow.sourceRun": names["run"], "mlflow.modelId": names["logged_model"]},
    }  # fmt: skip
    make.post(f"{API3}/traces", trace={"trace_info": info})
    make.patch(f"{API3}/traces/{id}/tags", key="note", value="x")
    return {"trace": id, "trace_number": number} | assessment(make, names | {"trace": id}, mark)


def assessment(make, names, mark):
    """An assessment of the trace."""
    source = {"source_type": "HUMAN", "source_id": "x"}
    fields = {"assessment_name": mark, "source": source, "feedback": {"value": True}, "trace_id": names["trace"]}
    told = make.post(f"{API3}/traces/{names['trace']}/assessments", assessment=fields)
    return {"assessment": told["assessment"]["assessment_id"]}


def registered_model(make, names, mark):
    """A registered model with a version from the logged model, an alias and a tag."""
    name = f"model-{mark}"
    tags = [{"key": "note", "value": "x"}]
    make.post(f"{API}/registered-models/create", name=name, tags=tags)
    source = {"source": f"models:/{names['logged_model']}", "model_id": names["logged_model"], "run_id": names["run"]}
    make.post(f"{API}/model-versions/create", name=name, tags=tags, **source)
    make.post(f"{API}/registered-models/alias", name=name, alias="best", version="1")
    return {"model": name}


def prompt(make, names, mark):
    """A prompt with a version and an alias."""
    name = f"prompt-{mark}"
    make.post(f"{API}/registered-models/create", name=name, tags=[*PROMPT, {"key": "note", "value": "x"}])
    tags = [*TEXT, {"key": "note", "value": "x"}]
    make.post(f"{API}/model-versions/create", name=name, source="dummy-source", tags=tags)
    make.post(f"{API}/registered-models/alias", name=name, alias="best", version="1")
    return {"prompt": name}


def scorer(make, names, mark):
    """A scorer of two versions, with a character in its name that ids spell otherwise."""
    name = f"scorer {mark}"
    fields = {"experiment_id": names["experiment"], "name": name, "serialized_scorer": SCORER}
    told = [make.post(f"{API3}/scorers/register", **fields) for _ in range(2)][0]
    pattern = f"{names['experiment']}/{quote(name, safe='')}"
    return {"scorer": name, "scorer_id": told["scorer_id"], "scorer_pattern": pattern}


def dataset(make, names, mark):
    """An evaluation dataset of the experiment, with a record and a tag."""
    fields = {"name": f"dataset-{mark}", "experiment_ids": [names["experiment"]], "tags": '{"note": "x"}'}
    id = make.post(f"{API3}/datasets/create", **fields)["dataset"]["dataset_id"]
    make.post(f"{API3}/datasets/{id}/records", records='[{"inputs": {"a": "b"}}]')
    record = make.get(f"{API3}/datasets/{id}/records")["records"]
    return {"dataset": id, "dataset_name": f"dataset-{mark}", "record": _first_record(record)}


def _first_record(told):
    rows = json.loads(told) if isinstance(told, str) else told
    return rows[0]["dataset_record_id"]


def issue(make, names, mark):
    """An issue that was found in the run."""
    fields = {"experiment_id": names["experiment"], "name": mark, "description": "d", "source_run_id": names["run"]}
    return {"issue": make.post(f"{API3}/issues", **fields)["issue"]["issue_id"]}


def label_schema(make, names, mark):
    """A label schema."""
    fields = {"experiment_id": names["experiment"], "name": f"schema-{mark}", "type": "FEEDBACK", "input": {"text": {}}}
    id = make.post(f"{API3}/label-schemas/create", **fields)["label_schema"]["schema_id"]
    return {"label_schema": id, "label_schema_name": f"schema-{mark}"}


def review_queue(make, names, mark):
    """A review queue of the user `reader`, with the trace in it."""
    fields = {"experiment_id": names["experiment"], "name": f"queue-{mark}", "queue_type": "CUSTOM", "users": ["reader"]}
    fields["schema_ids"] = [names["label_schema"]]
    id = make.post(f"{API3}/review-queues/create", **fields)["review_queue"]["queue_id"]
    items = {"item_type": "TRACE", "item_ids": [names["trace"]]}
    make.post(f"{API3}/review-queues/items/add", queue_id=id, **items)
    return {"review_queue": id, "review_queue_name": f"queue-{mark}"}


def gateway_secret(make, names, mark):
    """A secret of the AI gateway."""
    fields = {"secret_name": f"secret-{mark}", "secret_value": {"api_key": "x"}, "provider": "openai"}
    id = make.post(f"{API3}/gateway/secrets/create", **fields)["secret"]["secret_id"]
    return {"gateway_secret": id, "gateway_secret_name": f"secret-{mark}"}


def gateway_model_definition(make, names, mark):
    """A model of the AI gateway that uses the secret."""
    fields = {"name": f"definition-{mark}", "secret_id": names["gateway_secret"], "provider": "openai", "model_name": "m"}
    told = make.post(f"{API3}/gateway/model-definitions/create", **fields)
    return {"gateway_model_definition": told["model_definition"]["model_definition_id"]}


def gateway_endpoint(make, names, mark):
    """An endpoint of the AI gateway that uses the model, with a tag and a binding."""
    uses = {"model_definition_id": names["gateway_model_definition"], "linkage_type": "PRIMARY", "weight": 1.0}
    fields = {"name": f"endpoint-{mark}", "model_configs": [uses], "usage_tracking": False}
    id = make.post(f"{API3}/gateway/endpoints/create", **fields)["endpoint"]["endpoint_id"]
    make.post(f"{API3}/gateway/endpoints/set-tag", endpoint_id=id, key="note", value="x")
    bound = {"endpoint_id": id, "resource_type": "scorer", "resource_id": names["scorer_id"]}
    make.post(f"{API3}/gateway/endpoints/bindings/create", **bound)
    return {"gateway_endpoint": id, "gateway_endpoint_name": f"endpoint-{mark}"}


def guardrail(make, names, mark):
    """A guardrail with the scorer, on the endpoint."""
    fields = {"scorer_id": names["scorer_id"], "scorer_version": 1, "stage": "BEFORE", "action": "VALIDATION"}
    id = make.post(f"{API3}/gateway/guardrails/create", name=f"guardrail-{mark}", **fields)["guardrail"]["guardrail_id"]
    on = {"endpoint_id": names["gateway_endpoint"], "guardrail_id": id}
    make.post(f"{API3}/gateway/guardrails/add-to-endpoint", **on)
    return {"guardrail": id}


def budget(make, names, mark):
    """A budget of the AI gateway."""
    fields = {
        "budget_unit": "USD", "budget_amount": 1000, "duration": {"unit": "DAYS", "value": 1},
        "target_scope": "GLOBAL", "budget_action": "ALERT",
    }  # fmt: skip
    return {"budget": make.post(f"{API3}/gateway/budgets/create", **fields)["budget_policy"]["budget_policy_id"]}


def mcp_server(make, names, mark):
    """An MCP server with a version, an alias, tags and an endpoint."""
    name = f"com.example/server-{mark}"
    make.post(f"{API3}/mcp-servers", name=name, description="d")
    told = {"name": name, "version": "1.0.0", "description": "d"}
    make.post(f"{API3}/mcp-servers/{name}/versions", server_json=told, status="active")
    make.post(f"{API3}/mcp-servers/{name}/tags", key="note", value="x")
    make.post(f"{API3}/mcp-servers/{name}/versions/1.0.0/tags", key="note", value="x")
    make.post(f"{API3}/mcp-servers/{name}/aliases", alias="best", version="1.0.0")
    fields = {"server_version": "1.0.0", "url": f"https://127.0.0.1/{mark}"}
    told = make.post(f"{API3}/mcp-servers/{name}/endpoints", **fields)
    return {"mcp_server": name, "mcp_endpoint": told.get("endpoint_id") or told.get("id")}


def webhook(make, names, mark):
    """A webhook."""
    events = [{"entity": "REGISTERED_MODEL", "action": "CREATED"}]
    fields = {"name": f"webhook-{mark}", "url": "https://1.1.1.1/x", "events": events, "status": "DISABLED"}
    return {"webhook": make.post(f"{API}/webhooks", **fields)["webhook"]["webhook_id"]}


def named(kind):
    """The maker of a kind of object."""
    return next(maker for maker in MAKERS if maker.__name__ == kind)


# Each uses what those before it have made.
MAKERS = [
    experiment, run, logged_model, trace, registered_model, prompt, scorer, dataset, issue, label_schema, review_queue,
    gateway_secret, gateway_model_definition, gateway_endpoint, guardrail, budget, mcp_server, webhook,
]  # fmt: skip

# What names nothing, but could.
MISSING = {
    "experiment": "987654321", "experiment_name": "nobody-made-this", "run": "0" * 32,
    "logged_model": "m-" + "0" * 32, "trace": "tr-" + "0" * 32, "trace_number": "0" * 32,
    "assessment": "a-" + "0" * 32, "model": "nobody-made-this", "prompt": "nobody-made-this-prompt",
    "scorer": "nobody made this", "scorer_id": "0" * 32, "scorer_pattern": "987654321/nobody%20made%20this",
    "dataset": "d-" + "0" * 32, "dataset_name": "nobody-made-this", "record": "dr-" + "0" * 32, "issue": "iss-" + "0" * 32,
    "label_schema": "ls-" + "0" * 32, "label_schema_name": "nobody-made-this", "review_queue": "rq-" + "0" * 32,
    "review_queue_name": "nobody-made-this", "gateway_secret": "s-" + "0" * 32, "gateway_secret_name": "nobody-made-this",
    "gateway_model_definition": "d-" + "0" * 32, "gateway_endpoint": "e-" + "0" * 32,
    "gateway_endpoint_name": "nobody-made-this", "guardrail": "gr-" + "0" * 32, "budget": "bp-" + "0" * 32,
    "mcp_server": "com.example/nobody-made-this", "mcp_endpoint": "0" * 32,
    "webhook": "00000000-0000-0000-0000-000000000000",
}  # fmt: skip
