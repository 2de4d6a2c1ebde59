"""Experiments."""

from ..cases import ajax, asked, both, get, post

V2 = "2.0/mlflow/experiments"
PARTS = "run trace logged_model assessment review_queue scorer_version"
ID = {"experiment_id": "{experiment}"}

CASES = [
    *both(
        post(f"{V2}/create", {"name": "made-{new}"}),
        post(f"{V2}/create", {"name": "{experiment_name}"}, whose=["mine"], note="name taken"),
        asked(f"{V2}/search", max_results=1000),
        asked(f"{V2}/search", max_results=1, note="pages of one"),
        asked(f"{V2}/search", max_results=1000, filter="name = '{experiment_name}'", note="one name"),
        asked(f"{V2}/search", view_type="DELETED_ONLY", note="deleted"),
        post(f"{V2}/search", {"max_results": 1000}, changes=False),
        asked(f"{V2}/get", experiment_id="{experiment}"),
        get(f"{V2}/get", note="no id"),
        asked(f"{V2}/get-by-name", experiment_name="{experiment_name}"),
        post(f"{V2}/set-experiment-tag", ID | {"key": "a", "value": "b"}),
        post(f"{V2}/delete-experiment-tag", ID | {"key": "note"}, fresh="experiment"),
        post(f"{V2}/update", ID | {"new_name": "renamed-{new}"}, fresh="experiment"),
        post(f"{V2}/delete", ID, tiers=PARTS, fresh="experiment"),
        post(f"{V2}/restore", ID, tiers=PARTS, fresh="deleted_experiment"),
    ),
    *ajax(
        post(f"{V2}/search-datasets", {"experiment_ids": ["{experiment}"]}, tiers="run", changes=False),
        post(f"{V2}/search-datasets", {"experiment_ids": ["{experiment}", "{others.experiment}"]}, changes=False, note="two"),
        post(f"{V2}/search-datasets", {}, changes=False, note="none"),
    ),
    # A slip in MLflow's protobuf file.
    *both(post("2.0mlflow/experiments/search-datasets", {"experiment_ids": ["{experiment}"]}, changes=False)),
]
