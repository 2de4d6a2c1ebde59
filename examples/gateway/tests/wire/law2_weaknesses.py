"""Every known weakness of MLflow's own access control, as requests that must not get through.

The numbers are those of the list of weaknesses that this project keeps; the names say what is tried.
"""

from law2_cases import *

MOVE = {
    "trace": {
        "trace_info": {
            "trace_id": "{victim_trace}",
            "trace_location": {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": "{own_experiment}"}},
            "request_time": "2026-01-01T00:00:00Z",
            "state": "OK",
        }
    }
}
NAMES_VERSION = {"name": "{victim_model}", "version": "{victim_version}"}
OWN_VERSION = "name={own_model}&version={own_version}"

# Deletions that take their ids from the body: the path, what the query says of bob's, what the body says of the victim's.
DELETIONS = [
    ("registered-models/delete", "name={own_model}", {"name": "{victim_model}"}),
    ("registered-models/delete-tag", "name={own_model}&key=note", {"name": "{victim_model}", "key": "note"}),
    ("registered-models/alias", "name={own_model}&alias=best", {"name": "{victim_model}", "alias": "best"}),
    ("model-versions/delete", OWN_VERSION, NAMES_VERSION),
    ("model-versions/delete-tag", OWN_VERSION + "&key=note", NAMES_VERSION | {"key": "note"}),
]

PATH_AGAINST_QUERY = [
    Case("W1 logged model: read", get(API + "/logged-models/{victim_logged_model}?model_id={own_logged_model}"), weak=ALWAYS),
    Case("W1 logged model: delete", delete(API + "/logged-models/{victim_logged_model}?model_id={own_logged_model}"), weak=ALWAYS),
    Case("W1 logged model: delete a tag", delete(API + "/logged-models/{victim_logged_model}/tags/note?model_id={own_logged_model}"), weak=ALWAYS),
    Case("W1 logged model: directories", get(API + "/logged-models/{victim_logged_model}/artifacts/directories?model_id={own_logged_model}")),
    Case("W1 logged model: file", get(AJAX + "/logged-models/{victim_logged_model}/artifacts/files?artifact_file_path=MLmodel&model_id={own_logged_model}"), weak=ALWAYS),
    Case("W1 logged model, other family", get(AJAX + "/logged-models/{victim_logged_model}?model_id={own_logged_model}"), weak=ALWAYS),
    Case("W1 trace: read", get(API3 + "/traces/{victim_trace}?trace_id={own_trace}"), weak=ALWAYS),
    Case("W1 trace: info", get(API + "/traces/{victim_trace}/info?request_id={own_trace}"), weak=ALWAYS),
    Case("W1 trace: delete a tag", delete(API3 + "/traces/{victim_trace}/tags?key=note&trace_id={own_trace}")),
    Case("W1 trace: delete a tag, key in the body", delete(API3 + "/traces/{victim_trace}/tags?trace_id={own_trace}", {"key": "note"})),
    Case("W1 trace: delete a tag, key in a text", delete(API3 + "/traces/{victim_trace}/tags?trace_id={own_trace}", {"key": "note"}, kind="text/plain"), weak=ALWAYS),
    Case("W1 assessment: read", get(API3 + "/traces/{victim_trace}/assessments/{victim_assessment}?trace_id={own_trace}"), weak=ALWAYS),
    Case("W1 assessment: delete", delete(API3 + "/traces/{victim_trace}/assessments/{victim_assessment}?trace_id={own_trace}"), weak=ALWAYS),
    Case("W1 dataset: read", get(API3 + "/datasets/{victim_dataset}?dataset_id={own_dataset}"), weak=ALWAYS),
    Case("W1 dataset: delete", delete(API3 + "/datasets/{victim_dataset}?dataset_id={own_dataset}"), weak=ALWAYS),
    Case("W1 issue", get(API3 + "/issues/i-1?issue_id=i-2")),
    Case("W1 job", get(AJAX3 + "/jobs/1?job_id=2")),
]  # fmt: skip

TWO_NAMES = [
    *[
        Case(f"W2 {path}: run_uuid and runId", post(f"{API}/{path}", {"run_uuid": "{own_run}", "runId": "{victim_run}"} | fields), weak=ALWAYS)
        for path, fields in RUN_WRITES.items()
    ],
    *[
        Case(f"W2 {path}: run_id and runUuid", post(f"{API}/{path}", {"run_id": "{own_run}", "runUuid": "{victim_run}"} | fields), HARMLESS)
        for path, fields in RUN_WRITES.items()
        # A deletion knows no `runUuid`, and would take bob's run from the cases that come after.
        if path != "runs/delete"
    ],
    Case("W2 upload-artifact", post(AJAX + "/upload-artifact?run_id={own_run}&run_uuid={victim_run}&path=note.txt", "taken"), weak=ALWAYS),
    Case("W3 finalize a logged model", patch(API + "/logged-models/{own_logged_model}", {"model_id": "{victim_logged_model}", "status": "LOGGED_MODEL_UPLOAD_FAILED"}), weak=ALWAYS),
    Case("W3 camelCase", patch(API + "/logged-models/{own_logged_model}", {"modelId": "{victim_logged_model}", "status": "LOGGED_MODEL_UPLOAD_FAILED"})),
    Case("W6 spans linked to a run", otlp("X-Mlflow-Experiment-Id: {own_experiment}", "X-Mlflow-Run-Id: {victim_run}"), weak=ALWAYS),
    Case("W12 static prefix, nobody", get("/static-mlflow" + API + "/runs/get?run_id={victim_run}", auth=None)),
    Case("W12 health prefix, nobody", get("/healthy" + API + "/runs/get?run_id={victim_run}", auth=None)),
    Case("W12 icon prefix, nobody", get("/favicon.ico" + API + "/runs/get?run_id={victim_run}", auth=None)),
    Case("W12 out of the static files", get("/static-files/../api/2.0/mlflow/runs/get?run_id={victim_run}", auth=None)),
    Case("W12 out of the static files, encoded", get("/static-files/%2e%2e%2f" + "api/2.0/mlflow/runs/get?run_id={victim_run}", auth=None)),
]  # fmt: skip

QUERY_AGAINST_BODY = [
    *[
        Case(f"W25 {path}: {kind or 'no type'}", delete(f"{API}/{path}?{query}", body, kind=kind), weak=ALWAYS if kind in ("text/plain", None) else None)
        for path, query, body in DELETIONS
        for kind in ("text/plain", None, "application/json", "Application/JSON")
    ],
    Case("W25 scorers/delete", delete(API3 + "/scorers/delete?experiment_id={own_experiment}&name={own_scorer}", {"experiment_id": "{victim_experiment}", "name": "{victim_scorer}"}, kind="text/plain")),
    Case("W25 label schema", delete(API3 + "/label-schemas/delete?experiment_id={own_experiment}", {"experiment_id": "{victim_experiment}", "name": "x"}, kind="text/plain")),
]  # fmt: skip

# Families that are not judged yet are closed to all but admins.
CLOSED_FAMILIES = [
    Case("W4 role of another workspace", post(API3 + "/roles/permissions/add", {"role_id": 1, "resource_type": "experiment", "resource_pattern": "*", "permission": "MANAGE"})),
    Case("W4 two ids of roles", request("PATCH", API3 + "/roles/permissions/update", body={"role_id": 1, "role_permission_id": 1, "permission": "MANAGE"})),
    Case("W5 workspace: change", patch(API3 + "/workspaces/default", {"description": "taken"})),
    Case("W5 workspace: delete", delete(API3 + "/workspaces/team-b")),
    Case("W5 prompt optimization job", get(API3 + "/prompt-optimization/jobs/1")),
    Case("W7 gateway", post("/gateway/openai/v1/responses/compact", {"model": "x"})),
    Case("W8 scorer of somebody else", post(API3 + "/scorers/register", {"experiment_id": "{victim_experiment}", "name": "{victim_scorer}", "serialized_scorer": "{}"})),
    Case("W10 job", post(AJAX3 + "/jobs/", {"job_name": "invoke_scorer", "params": {}})),
    Case("W22 scorer on a trace", post(AJAX3 + "/scorer/invoke", {"experiment_id": "{own_experiment}", "serialized_scorer": "{}", "trace_ids": ["{victim_trace}"]})),
    Case("W22 prompts of a trace", post(API + "/traces/link-prompts", {"trace_id": "{victim_trace}", "prompt_versions": []})),
    Case("W22 issue of a run", post(API3 + "/issues", {"experiment_id": "{own_experiment}", "name": "x", "description": "x", "source_run_id": "{victim_run}"}), weak=ALWAYS),
    Case("W23 call to a target of the server", post(AJAX + "/gateway-proxy", {"gateway_path": "x", "json_data": {}})),
]  # fmt: skip

MOVED_AND_WRITTEN = [
    *[
        Case(f"write to any run: {path}", post(f"{API}/{path}", '{"run_uuid":"{victim_run}",' + part + r',"value":"\ud800","run_id":"{own_run}"}'), weak=weak)
        for path, part, weak in (
            ("runs/set-tag", '"key":"note"', ALWAYS),
            ("runs/log-parameter", '"key":"taken"', ALWAYS),
            ("runs/update", '"status":"KILLED"', None),
            ("runs/log-metric", '"key":"taken","timestamp":2', None),
        )
    ],
    Case("write to any run: update", post(API + "/runs/update", r'{"run_uuid":"{victim_run}","status":"KILLED","run_name":"\ud800","run_id":"{own_run}"}'), weak=ALWAYS),
    Case("write to any run: log-metric", post(API + "/runs/log-metric", r'{"run_uuid":"{victim_run}","value":1,"timestamp":2,"key":"\ud800","run_id":"{own_run}"}')),
    Case("move a trace", post(API3 + "/traces", MOVE), weak=ALWAYS),
    Case("move a trace, other family", post(AJAX3 + "/traces", MOVE), weak=ALWAYS),
    Case("spans into any trace", otlp("X-Mlflow-Experiment-Id: {own_experiment}", spans=("victim_trace",)), weak=ALWAYS),
    Case("spans into any trace beside one's own", otlp("X-Mlflow-Experiment-Id: {own_experiment}", spans=("own_trace", "victim_trace")), weak=ALWAYS),
    *[
        Case(f"experiment as {spelling!r}", get(API + "/experiments/get?experiment_id=" + spelling), weak=OPEN)
        for spelling in ("0{victim_experiment}", "%2B{victim_experiment}", "0_{victim_experiment}", "%20{victim_experiment}%20", "%EF%BC%90{victim_experiment}")
    ],
    *[
        Case(f"artifact as {path}", get(f"{PROXY}/{path}"), weak=weak)
        for path, weak in (
            ("./{victim_file}", OPEN),
            ("%2e/{victim_file}", OPEN),
            ("%252e/{victim_file}", OPEN),
            ("workspaces/default/{victim_file}", None),
            ("./workspaces/team-b/{victim_file}", None),
        )
    ],
    Case("listing with the path in the body", get(PROXY, body={"path": "{victim_experiment}"})),
    Case("listing with the path in the body, empty query", get(PROXY + "?", body={"path": "{victim_experiment}"})),
    Case("listing with another path in the body", get(PROXY + "?path={own_experiment}", body={"path": "{victim_experiment}"})),
    Case("delete the whole store", delete(PROXY + "/.")),
    Case("delete the whole store, encoded", delete(PROXY + "/%2e")),
    Case("delete the whole store, empty", delete(PROXY + "/")),
    Case("location on the server", post(API + "/experiments/create", {"name": "taken-{own_run}", "artifact_location": "/etc"}), weak=ALWAYS),
    Case("location on the server, camelCase", post(API + "/experiments/create", {"name": "taken2-{own_run}", "artifactLocation": "file:///etc"}), weak=ALWAYS),
    Case("location in the victim's", post(API + "/experiments/create", {"name": "taken3-{own_run}", "artifact_location": "mlflow-artifacts:/{victim_experiment}"}), weak=ALWAYS),
    *[
        Case(f"version from {source}", post(API + "/model-versions/create", {"name": "{own_model}", "source": source}), weak=weak)
        for source, weak in (
            ("s3://bucket/{victim_experiment}/{victim_run}/artifacts", ALWAYS),
            ("file:///etc", None),
            ("mlflow-artifacts:/{victim_experiment}/{victim_run}/artifacts", None),
            ("runs:/{victim_run}/model", None),
            ("models:/{victim_logged_model}", None),
            ("models:/{victim_model}/1", None),
        )
    ],
]  # fmt: skip

CASES = PATH_AGAINST_QUERY + TWO_NAMES + QUERY_AGAINST_BODY + CLOSED_FAMILIES + MOVED_AND_WRITTEN
