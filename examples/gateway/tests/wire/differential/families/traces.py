"""Traces of both versions, and what is said of them."""

import hashlib

from otlp import spans_request

from ..cases import ajax, asked, both, case, delete, get, patch, post, root

V2, V3 = "2.0/mlflow/traces", "3.0/mlflow/traces"
PLACE = {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": "{experiment}"}}
TWO = [PLACE, {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": "{others.experiment}"}}]
SOURCE = {"source_type": "HUMAN", "source_id": "x"}
ASSESSMENT = {"assessment_name": "n", "source": SOURCE, "feedback": {"value": True}, "trace_id": "{trace}"}
INFO = {"trace_id": "tr-{digest}", "state": "OK", "request_time": "2026-01-01T00:00:00Z", "trace_location": PLACE}
OLD = {"experiment_id": "{experiment}", "timestamp_ms": 1, "request_metadata": [], "tags": []}
METRICS = {"experiment_ids": ["{experiment}"], "view_type": "TRACES", "metric_name": "trace_count", "aggregations": [{"aggregation_type": "COUNT"}]}
OF_ASSESSMENTS = METRICS | {"view_type": "ASSESSMENTS", "metric_name": "assessment_count"}
FILTER = {"experiment_ids": ["{experiment}"], "filter_string1": "tag.note = 'x'", "filter_string2": "status = 'OK'"}
ALL = "run trace logged_model assessment"

READS = [
    asked(f"{V2}/{{trace}}/info", tiers="trace run logged_model"),
    asked(V2, experiment_ids=["{experiment}"], tiers=ALL),
    asked(V2, experiment_ids=["{mine.experiment}", "{others.experiment}"], note="two"),
    get(V2, note="none"),
    asked(V2, experiment_ids=["{experiment}"], filter="request_metadata.`mlflow.sourceRun` = 'x'", tiers="run trace", note="by run"),
    asked(f"{V3}/{{trace}}", tiers=ALL),
    asked(f"{V3}/get", trace_id="{trace}", tiers=ALL),
    asked(f"{V3}/batchGet", trace_ids=["{trace}"], tiers=ALL),
    asked(f"{V3}/batchGet", trace_ids=["{trace}", "{others.trace}"], note="two"),
    get(f"{V3}/batchGet", note="none"),
    post(f"{V3}/batchGetInfos", {"trace_ids": ["{trace}"]}, tiers=ALL, changes=False),
    post(f"{V3}/batchGetInfos", {"trace_ids": ["{trace}", "{others.trace}"]}, changes=False, note="two"),
    post(f"{V3}/search", {"locations": [PLACE]}, tiers=ALL, changes=False),
    post(f"{V3}/search", {"locations": TWO}, changes=False, note="two"),
    post(f"{V3}/search", {}, changes=False, note="none"),
    post(f"{V3}/search", {"locations": [PLACE], "filter": "feedback.n = 'x'"}, tiers="trace assessment", changes=False, note="by assessment"),
    post(f"{V3}/search", {"locations": [PLACE], "filter": "metadata.`mlflow.modelId` = 'x'"}, tiers="trace logged_model", changes=False, note="by model"),
    post(f"{V3}/search", {"locations": [PLACE], "filter": "this is no filter"}, tiers=ALL, changes=False, note="no filter"),
    post(f"{V3}/calculate-filter-correlation", FILTER, tiers="trace", changes=False),
    post(f"{V3}/metrics", METRICS, tiers="trace assessment", changes=False),
    post(f"{V3}/metrics", OF_ASSESSMENTS, tiers="trace assessment", changes=False, note="of assessments"),
    post(f"{V3}/metrics", METRICS | {"experiment_ids": []}, changes=False, note="none"),
    asked(f"{V3}/{{trace}}/assessments/{{assessment}}", tiers="trace assessment"),
]  # fmt: skip

WRITES = [
    post(V2, OLD, tiers="trace"),
    patch(f"{V2}/{{trace}}", {"request_id": "{trace}", "timestamp_ms": 2, "status": "OK"}, tiers="trace"),
    patch(f"{V2}/{{trace}}/tags", {"key": "a", "value": "b"}, tiers="trace"),
    patch(f"{V3}/{{trace}}/tags", {"key": "a", "value": "b"}, tiers="trace"),
    delete(f"{V2}/{{trace}}/tags", {"key": "note"}, tiers="trace", fresh="trace"),
    delete(f"{V3}/{{trace}}/tags", {"key": "note"}, tiers="trace", fresh="trace"),
    post(V3, {"trace": {"trace_info": INFO}}, tiers="trace"),
    post(V3, {"trace": {"trace_info": INFO | {"assessments": [ASSESSMENT | {"trace_id": "tr-{digest}"}]}}}, tiers="trace assessment", note="assessed"),
    post(V3, {"trace": {"trace_info": INFO | {"trace_location": {}}}}, note="nowhere"),
    post(f"{V2}/link-to-run", {"run_id": "{run}", "trace_ids": ["{trace}"]}, tiers="run trace"),
    post(f"{V2}/link-to-run", {"run_id": "{run}", "trace_ids": ["{others.trace}"]}, whose=["mine"], note="another's trace"),
    post(f"{V2}/link-to-run", {"run_id": "{others.run}", "trace_ids": ["{trace}"]}, whose=["mine"], note="another's run"),
    post(f"{V2}/link-to-run", {"run_id": "{run}", "trace_ids": []}, whose=["mine"], note="none"),
    post(f"{V2}/link-prompts", {"trace_id": "{trace}", "prompt_versions": [{"name": "{prompt}", "version": "1"}]}, tiers="trace prompt_version"),
    post(f"{V2}/link-prompts", {"trace_id": "{trace}", "prompt_versions": [{"name": "{others.prompt}", "version": "1"}]}, whose=["mine"], note="another's prompt"),
    post(f"{V2}/delete-traces", {"experiment_id": "{experiment}", "request_ids": ["{trace}"]}, tiers="trace assessment", fresh="trace"),
    post(f"{V3}/delete-traces", {"experiment_id": "{experiment}", "request_ids": ["{trace}"]}, tiers="trace assessment", fresh="trace"),
    post(f"{V3}/{{trace}}/assessments", {"assessment": ASSESSMENT}, tiers="trace assessment"),
    patch(f"{V3}/{{trace}}/assessments/{{assessment}}", {"assessment": {"trace_id": "{trace}", "assessment_id": "{assessment}", "feedback": {"value": False}}, "update_mask": "feedback"}, tiers="trace assessment"),
    delete(f"{V3}/{{trace}}/assessments/{{assessment}}", tiers="trace assessment", fresh="assessment"),
]  # fmt: skip



def spans(names):
    """A span of a new trace."""
    return spans_request([(hashlib.md5(names["new"].encode(), usedforsecurity=False).hexdigest(), "span")])


SPANS = {"X-Mlflow-Experiment-Id": "{experiment}", "Content-Type": "application/x-protobuf"}
OTLP = [
    case("POST", "/v1/traces", spans, headers=SPANS, tiers="trace", note="spans"),
    case("POST", "/v1/traces", spans, headers={"Content-Type": "application/x-protobuf"}, note="no experiment"),
    case("POST", "/v1/traces", spans, headers=SPANS | {"X-Mlflow-Run-Id": "{run}"}, tiers="trace run", note="of a run"),
    case("POST", "/v1/traces", spans, headers=SPANS | {"X-Mlflow-Run-Id": "{others.run}"}, whose=["mine"], note="of another's run"),
]

CASES = [
    *both(*READS, *WRITES),
    *both(asked("2.0/mlflow/unified-traces"), asked("2.0/mlflow/get-online-trace-details")),
    *ajax(
        asked("3.0/mlflow/get-trace-artifact", request_id="{trace}", tiers="trace"),
        asked("2.0/mlflow/get-trace-artifact", request_id="{trace}", tiers="trace"),
    ),
    *root(*OTLP),
]
