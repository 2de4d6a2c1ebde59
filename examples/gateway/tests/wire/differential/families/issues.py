"""Issues."""

from ..cases import ajax, both, get, patch, post

V3 = "3.0/mlflow/issues"
NEW = {"experiment_id": "{experiment}", "name": "{new}", "description": "d"}

CASES = [
    *both(
        post(V3, NEW),
        post(V3, NEW | {"source_run_id": "{run}"}, tiers="run", note="of a run"),
        post(V3, NEW | {"source_run_id": "{others.run}"}, whose=["mine"], tiers="run", note="of another's run"),
        post(V3, {"name": "{new}", "description": "d"}, note="no experiment"),
        get(f"{V3}/{{issue}}", tiers="run"),
        patch(f"{V3}/{{issue}}", {"description": "e"}, tiers="run"),
        post(f"{V3}/search", {"experiment_id": "{experiment}"}, tiers="run", changes=False),
        post(f"{V3}/search", {"experiment_id": "{experiment}", "filter_string": "source_run_id = '{run}'"}, tiers="run", changes=False, note="by run"),
        post(f"{V3}/search", {}, changes=False, note="no experiment"),
    ),
    *ajax(
        post(f"{V3}/invoke", {"experiment_id": "{experiment}", "trace_ids": ["{trace}"], "categories": ["c"]}, tiers="run"),
        post(f"{V3}/invoke", {"experiment_id": "{experiment}", "trace_ids": ["{trace}"], "secret_id": "{gateway_secret}", "provider": "openai", "model": "m"}, tiers="run", note="with a secret"),
        post(f"{V3}/invoke", {"experiment_id": "{mine.experiment}", "trace_ids": ["{mine.trace}"], "secret_id": "{others.gateway_secret}", "provider": "openai", "model": "m"}, note="with another's secret"),
    ),
]  # fmt: skip
