"""Logged models."""

from ..cases import ajax, asked, both, delete, get, patch, post

V2 = "2.0/mlflow/logged-models"
ONE = f"{V2}/{{logged_model}}"
NEW = {"experiment_id": "{experiment}", "name": "{new}"}
READY = {"model_id": "{logged_model}", "status": "LOGGED_MODEL_READY"}
TIERS = "logged_model run"

CASES = [
    *both(
        post(V2, NEW, tiers=TIERS),
        post(V2, NEW | {"source_run_id": "{run}"}, tiers=TIERS, note="of a run"),
        post(V2, NEW | {"source_run_id": "{others.run}"}, whose=["mine"], note="of another's run"),
        post(f"{V2}/search", {"experiment_ids": ["{experiment}"]}, tiers=TIERS, changes=False),
        post(f"{V2}/search", {"experiment_ids": ["{mine.experiment}", "{others.experiment}"]}, tiers=TIERS, changes=False, note="two"),
        post(f"{V2}/search", {"experiment_ids": ["{experiment}"], "filter": "source_run_id = '{run}'"}, tiers=TIERS, changes=False, note="by run"),
        post(f"{V2}/search", {"experiment_ids": ["{experiment}"], "filter": "this is no filter"}, tiers=TIERS, changes=False, note="no filter"),
        get(ONE, tiers=TIERS),
        patch(ONE, READY, tiers=TIERS),
        patch(f"{ONE}/tags", {"tags": [{"key": "a", "value": "b"}]}, tiers=TIERS),
        delete(f"{ONE}/tags/note", tiers=TIERS, fresh="logged_model"),
        get(f"{ONE}/artifacts/directories", tiers="logged_model"),
        post(f"{ONE}/params", {"params": [{"key": "{new}", "value": "x"}]}, tiers="logged_model"),
        delete(ONE, tiers="logged_model", fresh="logged_model"),
    ),
    *ajax(asked(f"{ONE}/artifacts/files", artifact_file_path="MLmodel", tiers="logged_model")),
]  # fmt: skip
