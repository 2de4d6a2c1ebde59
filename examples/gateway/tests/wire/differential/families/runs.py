"""Runs, their metrics, and their files."""

from ..cases import ajax, asked, both, get, post

V2 = "2.0/mlflow/runs"
ID = {"run_id": "{run}"}
DATASET = {"tags": [], "dataset": {"name": "d", "digest": "1", "source_type": "local", "source": "x"}}
METRIC = {"key": "m", "value": 2, "timestamp": 2, "step": 1}
MODEL = {"model_id": "{logged_model}"}
PROMPTLAB = {
    "experiment_id": "{experiment}", "run_name": "{new}", "prompt_template": "say", "prompt_parameters": [],
    "model_route": "r", "model_parameters": [], "model_input": "i", "mlflow_version": "3.17.2",
}  # fmt: skip

WRITES = [
    post(f"{V2}/create", {"experiment_id": "{experiment}"}, tiers="run"),
    post(f"{V2}/update", ID | {"run_name": "named"}, tiers="run"),
    post(f"{V2}/update", {"run_uuid": "{run}", "run_name": "named"}, tiers="run", note="old name of the id"),
    post(f"{V2}/set-tag", ID | {"key": "a", "value": "b"}, tiers="run"),
    post(f"{V2}/delete-tag", ID | {"key": "note"}, tiers="run", fresh="run"),
    post(f"{V2}/log-parameter", ID | {"key": "q", "value": "x"}, tiers="run"),
    post(f"{V2}/log-metric", ID | METRIC, tiers="run"),
    post(f"{V2}/log-metric", ID | METRIC | MODEL, tiers="run logged_model", note="of a model"),
    post(f"{V2}/log-metric", ID | METRIC | {"model_id": "{others.logged_model}"}, whose=["mine"], note="of another's model"),
    post(f"{V2}/log-batch", ID | {"metrics": [METRIC], "params": [{"key": "r", "value": "x"}]}, tiers="run"),
    post(f"{V2}/log-batch", ID | {"metrics": [METRIC | MODEL]}, tiers="run logged_model", note="of a model"),
    post(f"{V2}/log-batch", ID | {"metrics": [METRIC | {"model_id": "{others.logged_model}"}]}, whose=["mine"], note="of another's model"),
    post(f"{V2}/log-model", ID | {"model_json": '{"run_id": "x", "artifact_path": "m", "utc_time_created": "2026-01-01 00:00:00.0", "flavors": {}}'}, tiers="run"),
    post(f"{V2}/log-inputs", ID | {"datasets": [DATASET]}, tiers="run"),
    post(f"{V2}/log-inputs", ID | {"models": [MODEL]}, tiers="run logged_model", note="a model"),
    post(f"{V2}/outputs", ID | {"models": [MODEL | {"step": 0}]}, tiers="run logged_model"),
    post(f"{V2}/outputs", ID | {"models": [{"model_id": "{others.logged_model}", "step": 0}]}, whose=["mine"], note="another's model"),
    post(f"{V2}/delete", ID, tiers="run", fresh="run"),
    post(f"{V2}/restore", ID, tiers="run", fresh="deleted_run"),
]  # fmt: skip

READS = [
    asked(f"{V2}/get", run_id="{run}", tiers="run logged_model"),
    asked(f"{V2}/get", run_uuid="{run}", tiers="run", note="old name of the id"),
    get(f"{V2}/get", note="no id"),
    post(f"{V2}/search", {"experiment_ids": ["{experiment}"]}, tiers="run logged_model", changes=False),
    post(f"{V2}/search", {"experiment_ids": ["{mine.experiment}", "{others.experiment}"]}, tiers="run", changes=False, note="two"),
    post(f"{V2}/search", {}, changes=False, note="none"),
    asked("2.0/mlflow/metrics/get-history", run_id="{run}", metric_key="of", tiers="run logged_model"),
    asked("2.0/mlflow/metrics/get-history-bulk-interval", run_ids=["{run}"], metric_key="m", max_results=10, tiers="run"),
    asked("2.0/mlflow/metrics/get-history-bulk-interval", run_ids=["{run}", "{others.run}"], metric_key="m", max_results=10, note="two"),
    get("2.0/mlflow/metrics/get-history-bulk-interval", query={"metric_key": "m"}, note="none"),
    asked("2.0/mlflow/artifacts/list", run_id="{run}", tiers="run"),
    asked("2.0/mlflow/artifacts/list", run_id="{run}", path="..", note="out of it"),
]  # fmt: skip

CASES = [
    *both(*READS, *WRITES),
    *ajax(
        asked("2.0/mlflow/metrics/get-history-bulk", run_id=["{run}"], metric_key="m", tiers="run"),
        asked("2.0/mlflow/metrics/get-history-bulk", run_id=["{run}", "{others.run}"], metric_key="m", note="two"),
        get("2.0/mlflow/metrics/get-history-bulk", query={"metric_key": "m"}, note="none"),
        post("2.0/mlflow/runs/create-promptlab-run", PROMPTLAB, tiers="run"),
        post("2.0/mlflow/runs/create-promptlab-run", {}, note="nothing"),
    ),
]
