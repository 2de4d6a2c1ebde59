"""Scorers."""

from ..cases import ajax, asked, both, delete, post, put
from ..objects import SCORER

V3 = "3.0/mlflow/scorers"
ONE = {"experiment_id": "{experiment}", "name": "{scorer}"}
TIER = "scorer_version"

CASES = [
    *both(
        post(f"{V3}/register", {"experiment_id": "{experiment}", "name": "{new}", "serialized_scorer": SCORER}, tiers=TIER),
        post(f"{V3}/register", ONE | {"serialized_scorer": SCORER}, tiers=TIER, fresh="scorer", note="a version"),
        asked(f"{V3}/list", experiment_id="{experiment}", tiers=TIER),
        asked(f"{V3}/list", tiers=TIER, note="all"),
        asked(f"{V3}/versions", **ONE, tiers=TIER),
        asked(f"{V3}/get", **ONE, tiers=TIER),
        asked(f"{V3}/get", **ONE, version="99", tiers=TIER, note="no such version"),
        delete(f"{V3}/delete", ONE, tiers=TIER, fresh="scorer"),
        delete(f"{V3}/delete", ONE | {"version": 1}, tiers=TIER, fresh="scorer", note="a version"),
        asked(f"{V3}/online-configs", scorer_ids=["{scorer_id}"]),
        asked(f"{V3}/online-configs", scorer_ids=["{scorer_id}", "{others.scorer_id}"], note="two"),
        asked(f"{V3}/online-configs", note="none"),
        put(f"{V3}/online-config", ONE | {"sample_rate": 0.5}, tiers=TIER),
        put(f"{V3}/online-config", {"name": "x", "sample_rate": 0.5}, note="no experiment"),
    ),
    *ajax(
        post("3.0/mlflow/scorer/invoke", {"experiment_id": "{experiment}", "scorer_name": "{scorer}", "scorer_version": 1, "trace_ids": ["{trace}"]}, tiers=f"{TIER} trace"),
        post("3.0/mlflow/scorer/invoke", {"experiment_id": "{experiment}", "serialized_scorer": SCORER, "trace_ids": ["{trace}"], "log_assessments": True}, tiers=f"{TIER} trace assessment", note="not registered"),
    ),
]  # fmt: skip
