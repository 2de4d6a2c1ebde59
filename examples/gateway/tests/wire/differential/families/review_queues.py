"""Review queues."""

from ..cases import asked, both, post

V3 = "3.0/mlflow/review-queues"
TIER = "review_queue"
ONE = {"queue_id": "{review_queue}"}
NEW = {"experiment_id": "{experiment}", "name": "{new}", "queue_type": "CUSTOM", "users": ["reader"]}

CASES = both(
    post(f"{V3}/create", NEW, tiers=TIER),
    post(f"{V3}/create", NEW | {"name": "Reader "}, whose=["mine"], note="the name of a user"),
    post(f"{V3}/get-or-create-user", {"experiment_id": "{experiment}", "user": "{caller}"}, tiers=TIER),
    asked(f"{V3}/get", queue_id="{review_queue}", tiers=TIER),
    asked(f"{V3}/get-by-name", experiment_id="{experiment}", name="{review_queue_name}", tiers=TIER),
    asked(f"{V3}/list", experiment_id="{experiment}", tiers=TIER),
    asked(f"{V3}/list", experiment_id="{experiment}", user="reader", tiers=TIER, note="of a user"),
    post(f"{V3}/update", ONE | {"name": "renamed-{new}"}, tiers=TIER, fresh="review_queue"),
    post(f"{V3}/update", ONE | {"name": "READER"}, whose=["mine"], fresh="review_queue", note="the name of a user"),
    post(f"{V3}/update", ONE | {"new_owner": "reader"}, tiers=TIER, fresh="review_queue", note="another owner"),
    post(f"{V3}/delete", ONE, tiers=TIER, fresh="review_queue"),
    post(f"{V3}/items/add", ONE | {"item_type": "TRACE", "item_ids": ["{trace}"]}, tiers=TIER, fresh="review_queue"),
    post(f"{V3}/items/remove", ONE | {"item_ids": ["{trace}"]}, tiers=TIER, fresh="review_queue"),
    asked(f"{V3}/items/list", queue_id="{review_queue}", tiers=TIER),
    post(f"{V3}/items/set-status", ONE | {"item_id": "{trace}", "status": "COMPLETE"}, tiers=TIER, fresh="review_queue"),
)
