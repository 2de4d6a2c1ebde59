"""Requests that name more than one resource, bob's and the victim's: every one of them must be judged."""

from law2_cases import *

HEADER = "X-Mlflow-Experiment-Id: {own_experiment}"
METRIC = {"key": "m", "value": 1, "timestamp": 2}
PLACE = {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": "{own_experiment}"}}
THEIR_PLACE = {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": "{victim_experiment}"}}
BOTH = ["{own_experiment}", "{victim_experiment}"]
TRACE_INFO = {
    "trace_id": "tr-{own_run}", "trace_location": PLACE, "request_time": "2026-01-01T00:00:00Z", "state": "OK",
    "trace_metadata": {"mlflow.sourceRun": "{victim_run}"},
}  # fmt: skip
ASSESSMENT = {"assessment_name": "b", "source": {"source_type": "HUMAN", "source_id": "x"}, "feedback": {"value": "taken"}}

SECOND = [
    Case("metric of a model", post(API + "/runs/log-metric", METRIC | {"run_id": "{own_run}", "model_id": "{victim_logged_model}"})),
    Case("metric of a model, camelCase", post(API + "/runs/log-metric", METRIC | {"run_id": "{own_run}", "modelId": "{victim_logged_model}"})),
    Case("metric in a batch", post(API + "/runs/log-batch", {"run_id": "{own_run}", "metrics": [METRIC, METRIC | {"model_id": "{victim_logged_model}"}]})),
    Case("metric in a batch, camelCase", post(API + "/runs/log-batch", {"run_id": "{own_run}", "metrics": [METRIC | {"modelId": "{victim_logged_model}"}]})),
    Case("metric in a batch, camelCase, wrong type beside it", post(API + "/runs/log-batch", {"run_id": "{own_run}", "metrics": [METRIC | {"modelId": "{victim_logged_model}", "step": {}}]})),
    Case("input of a run", post(API + "/runs/log-inputs", {"run_id": "{own_run}", "models": [{"model_id": "{victim_logged_model}"}]})),
    Case("input of a run, camelCase", post(API + "/runs/log-inputs", {"run_id": "{own_run}", "models": [{"modelId": "{victim_logged_model}"}]})),
    Case("output of a run", post(API + "/runs/outputs", {"run_id": "{own_run}", "models": [{"model_id": "{victim_logged_model}", "step": 1}]})),
    Case("output of a run, camelCase", post(API + "/runs/outputs", {"run_id": "{own_run}", "models": [{"modelId": "{victim_logged_model}", "step": 1}]})),
    Case("run of a logged model", post(API + "/logged-models", {"experiment_id": "{own_experiment}", "name": "n", "source_run_id": "{victim_run}"})),
    Case("run of a logged model, camelCase", post(API + "/logged-models", {"experiment_id": "{own_experiment}", "name": "n", "sourceRunId": "{victim_run}"})),
    Case("run of a version", post(API + "/model-versions/create", {"name": "{own_model}", "source": "runs:/{own_run}/x", "run_id": "{victim_run}"})),
    Case("run of a version, camelCase", post(API + "/model-versions/create", {"name": "{own_model}", "source": "mlflow-artifacts:/{victim_experiment}/{victim_run}/artifacts", "runId": "{victim_run}"})),
    Case("model of a version", post(API + "/model-versions/create", {"name": "{own_model}", "source": "models:/{own_logged_model}", "model_id": "{victim_logged_model}"})),
    Case("source of a version beside an own run", post(API + "/model-versions/create", {"name": "{own_model}", "source": "mlflow-artifacts:/{victim_experiment}/{victim_run}/artifacts", "run_id": "{own_run}"})),
    Case("source of a version beside an own model", post(API + "/model-versions/create", {"name": "{own_model}", "source": "mlflow-artifacts:/{own_experiment}/../{victim_experiment}/{victim_run}", "model_id": "{own_logged_model}"})),
    Case("traces linked to an own run", post(API + "/traces/link-to-run", {"run_id": "{own_run}", "trace_ids": ["{own_trace}", "{victim_trace}"]})),
    Case("traces linked to an own run, camelCase", post(API + "/traces/link-to-run", {"run_id": "{own_run}", "traceIds": ["{victim_trace}"]})),
    Case("own traces linked to a run", post(API + "/traces/link-to-run", {"run_id": "{victim_run}", "trace_ids": ["{own_trace}"]})),
    Case("upload address for a model", post(API + "/artifacts/presigned-upload-url", {"run_id": "{own_run}", "model_id": "{victim_logged_model}", "path": "x"})),
    Case("upload address for a run", post(API + "/artifacts/presigned-upload-url", {"run_id": "{victim_run}", "path": "x"})),
    Case("download address", post(API + "/artifacts/presigned-download-url", {"run_id": "{victim_run}", "path": "note.txt"})),
    Case("trace of another's run", post(API3 + "/traces", {"trace": {"trace_info": TRACE_INFO}}), weak=ALWAYS),
    Case("traces of two places", post(API3 + "/traces/search", {"locations": [PLACE, THEIR_PLACE]})),
    Case("traces of two experiments", get(API + "/traces?experiment_ids={own_experiment}&experiment_ids={victim_experiment}&max_results=10")),
    Case("two traces", get(API3 + "/traces/batchGet?trace_ids={own_trace}&trace_ids={victim_trace}")),
    Case("two traces, infos", post(API3 + "/traces/batchGetInfos", {"trace_ids": ["{own_trace}", "{victim_trace}"]})),
    Case("correlation", post(API3 + "/traces/calculate-filter-correlation", {"experiment_ids": BOTH, "filter_string1": "x", "filter_string2": "y"})),
    Case("metrics of traces", post(API3 + "/traces/metrics", {"experiment_ids": BOTH, "view_type": "TRACES", "metric_name": "trace_count", "aggregations": [{"aggregation_type": "COUNT"}]})),
    Case("own experiment, the victim's traces deleted", post(API3 + "/traces/delete-traces", {"experiment_id": "{own_experiment}", "request_ids": ["{victim_trace}"]}), HARMLESS),
    Case("the victim's traces deleted", post(API3 + "/traces/delete-traces", {"experiment_id": "{victim_experiment}", "request_ids": ["{victim_trace}"]})),
    Case("datasets of two experiments", post(AJAX + "/experiments/search-datasets", {"experiment_ids": BOTH})),
    Case("spans with two experiments", otlp("X-Mlflow-Experiment-Id: {victim_experiment}", spans=("own_trace",))),
    Case("spans of the victim's trace in JSON", post("/v1/traces", {"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "{victim_trace_number}", "spanId": "0000000000000009", "name": "taken", "startTimeUnixNano": "1", "endTimeUnixNano": "2"}]}]}]}, HEADER), weak=ALWAYS),
    Case("spans without an experiment", otlp(spans=("own_trace",))),
]  # fmt: skip

PLAIN = [
    Case("run", get(API + "/runs/get?run_id={victim_run}")),
    Case("run by its other name", get(API + "/runs/get?run_uuid={victim_run}")),
    Case("experiment", get(API + "/experiments/get?experiment_id={victim_experiment}")),
    Case("experiment by name", get(API + "/experiments/get-by-name?experiment_name={victim_experiment_name}")),
    *[
        Case(f"write: {path}", post(f"{API}/{path}", {"run_id": "{victim_run}", "run_uuid": "{victim_run}"} | fields))
        for path, fields in RUN_WRITES.items()
    ],
    Case("run in the victim's experiment", post(API + "/runs/create", {"experiment_id": "{victim_experiment}", "start_time": 1})),
    Case("experiment deleted", post(API + "/experiments/delete", {"experiment_id": "{victim_experiment}"})),
    Case("history", get(API + "/metrics/get-history?run_id={victim_run}&metric_key=m")),
    Case("files", get(API + "/artifacts/list?run_id={victim_run}")),
    Case("file", get("/get-artifact?run_id={victim_run}&path=note.txt")),
    Case("file of a version", get("/model-versions/get-artifact?name={victim_model}&version=1&path=MLmodel")),
    Case("file of a logged model", get(AJAX + "/logged-models/{victim_logged_model}/artifacts/files?artifact_file_path=MLmodel")),
    Case("data of a trace", get(AJAX3 + "/get-trace-artifact?request_id={victim_trace}")),
    Case("data of a trace, 2.0", get(AJAX + "/get-trace-artifact?request_id={victim_trace}")),
    Case("file through the proxy", get(PROXY + "/{victim_file}")),
    Case("file through the proxy, HEAD", request("HEAD", PROXY + "/{victim_file}"), method="HEAD"),
    Case("file written", put(PROXY + "/{victim_file}", "taken")),
    Case("file deleted", delete(PROXY + "/{victim_file}")),
    Case("file by POST", post(PROXY + "/{victim_file}", "taken")),
    Case("file in parts", post("/api/2.0/mlflow-artifacts/mpu/create/{victim_file}", {"path": "note.txt", "num_parts": 1})),
    Case("file by address", get("/api/2.0/mlflow-artifacts/presigned/{victim_file}")),
    Case("listing", get(PROXY + "?path={victim_experiment}")),
    Case("registered model", get(API + "/registered-models/get?name={victim_model}")),
    Case("registered model renamed", post(API + "/registered-models/rename", {"name": "{victim_model}", "new_name": "taken"})),
    Case("alias", get(API + "/registered-models/alias?name={victim_model}&alias=best")),
    Case("version", get(API + "/model-versions/get?name={victim_model}&version=1")),
    Case("version's place", get(API + "/model-versions/get-download-uri?name={victim_model}&version=1")),
    Case("stage", post(API + "/model-versions/transition-stage", {"name": "{victim_model}", "version": "1", "stage": "Archived", "archive_existing_versions": False})),
    Case("logged model", get(API + "/logged-models/{victim_logged_model}")),
    Case("trace", get(API3 + "/traces/{victim_trace}")),
    Case("trace with spans", get(API3 + "/traces/get?trace_id={victim_trace}")),
    Case("trace ended", patch(API + "/traces/{victim_trace}", {"request_id": "{victim_trace}", "timestamp_ms": 5, "status": "ERROR"})),
    Case("assessment", post(API3 + "/traces/{victim_trace}/assessments", {"assessment": ASSESSMENT | {"trace_id": "{victim_trace}"}})),
    Case("assessment, two traces", post(API3 + "/traces/{own_trace}/assessments", {"assessment": ASSESSMENT | {"trace_id": "{victim_trace}"}}), HARMLESS),
    Case("a grant for oneself", post(API3 + "/users/permissions/grant", {"username": "bob", "resource_type": "experiment", "resource_id": "{victim_experiment}", "permission": "READ"})),
    Case("a grant on everything", post(API3 + "/users/permissions/grant", {"username": "bob", "resource_type": "experiment", "resource_id": "*", "permission": "READ"})),
    Case("the victim's grants", get(API3 + "/users/permissions/list?username=victim")),
    Case("the victim's password", patch(API + "/users/update-password", {"username": "victim", "password": "a-new-password-for-it"})),
    Case("admin", patch(API + "/users/update-admin", {"username": "bob", "is_admin": True})),
    Case("searched runs", post(API + "/runs/search", {"experiment_ids": BOTH}), DONE),
    Case("searched runs, camelCase", post(API + "/runs/search", {"experimentIds": BOTH}), HARMLESS),
    Case("searched logged models", post(API + "/logged-models/search", {"experiment_ids": BOTH}), DONE),
    Case("searched experiments", post(API + "/experiments/search", {"max_results": 1000}), DONE),
    Case("searched registered models", get(API + "/registered-models/search?max_results=1000"), DONE),
    Case("searched versions", get(API + "/model-versions/search?filter=name%3D%27{victim_model}%27"), DONE),
    Case("searched versions of a run", get(API + "/model-versions/search?filter=run_id%3D%27{victim_run}%27"), DONE),
    Case("nobody", get(API + "/runs/get?run_id={victim_run}", auth=None)),
    Case("wrong password", get(API + "/runs/get?run_id={victim_run}", "Authorization: Basic dmljdGltOng=", auth=None)),
]  # fmt: skip

CASES = SECOND + PLAIN
