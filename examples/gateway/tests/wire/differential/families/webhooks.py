"""Webhooks, which admins alone have to do with."""

from ..cases import both, delete, get, patch, post

V2 = "2.0/mlflow/webhooks"
EVENTS = [{"entity": "REGISTERED_MODEL", "action": "CREATED"}]
PRESENT = ["mine", "missing"]

CASES = both(
    post(V2, {"name": "{new}", "url": "https://1.1.1.1/x", "events": EVENTS, "status": "DISABLED"}),
    get(V2),
    get(f"{V2}/{{webhook}}", whose=PRESENT),
    patch(f"{V2}/{{webhook}}", {"description": "d"}, whose=PRESENT),
    delete(f"{V2}/{{webhook}}", whose=PRESENT, fresh="webhook"),
    # One that is there would be sent.
    post(f"{V2}/{{webhook}}/test", {}, whose=["missing"]),
)
