"""Users, and what is granted to them one by one."""

from dataclasses import replace

from ..cases import api, asked, both, case, delete, get, patch, post, root
from ..people import USERS

V2, V3 = "2.0/mlflow/users", "3.0/mlflow/users"
RESOURCES = {
    "experiment": "{experiment}", "registered_model": "{model}", "prompt": "{prompt}", "scorer": "{scorer_pattern}",
    "gateway_secret": "{gateway_secret}", "gateway_endpoint": "{gateway_endpoint}",
    "gateway_model_definition": "{gateway_model_definition}", "mcp_server": "{mcp_server}",
}  # fmt: skip
ODD = {
    "everything": ("experiment", "*"), "a part": ("run", "*"), "one part": ("run", "{run}"), "no type": ("nothing", "1"),
    "a workspace": ("workspace", "*"), "a scorer without a slash": ("scorer", "scorer"),
}  # fmt: skip
PASSWORD = "another-long-password"


def grants():
    """Given, looked at and taken, on every type."""
    for kind, id in RESOURCES.items():
        named = {"username": "granted", "resource_type": kind, "resource_id": id}
        yield post(f"{V3}/permissions/grant", named | {"permission": "READ"}, fresh=f"free-{kind}-granted", note=kind)
        named = {"username": "holder", "resource_type": kind, "resource_id": id}
        yield post(f"{V3}/permissions/revoke", named, fresh=f"held-{kind}-holder", note=kind)
        yield asked(f"{V3}/permissions/get", username="{caller}", resource_type=kind, resource_id=id, note=kind)
        yield asked(f"{V3}/permissions/get", username="editor", resource_type=kind, resource_id=id, note=f"{kind}, of another")
    held = {"username": "keeper", "resource_type": "experiment", "resource_id": "{experiment}"}
    yield post(f"{V3}/permissions/grant", held | {"permission": "EDIT"}, fresh="held-experiment-keeper", note="held already", whose=["mine"])
    yield post(f"{V3}/permissions/revoke", held | {"username": "stranger"}, note="not held", whose=["mine"])
    for note, (kind, id) in ODD.items():
        named = {"username": "odd_one", "resource_type": kind, "resource_id": id}
        yield post(f"{V3}/permissions/revoke", named, note=note, whose=["mine"])
        yield post(f"{V3}/permissions/grant", named | {"permission": "NO_PERMISSIONS"}, note=f"{note}, no such level", whose=["mine"])
        yield asked(f"{V3}/permissions/get", **named, note=note, whose=["mine"])
    for level in ("DENY", "NOTHING", ""):
        named = {"username": "denied_one", "resource_type": "experiment", "resource_id": "{experiment}", "permission": level}
        yield post(f"{V3}/permissions/grant", named, fresh="free-experiment-denied_one", note=f"level `{level}`", whose=["mine"])
    named = {"username": "nobody-of-this-name", "resource_type": "experiment", "resource_id": "{experiment}"}
    yield post(f"{V3}/permissions/grant", named | {"permission": "READ"}, note="to nobody", whose=["mine"])
    yield post(f"{V3}/permissions/revoke", named, note="of nobody", whose=["mine"])
    yield asked(f"{V3}/permissions/get", **named, note="of nobody", whose=["mine"])


def left():
    """What everybody holds in the end, of what they have made, shared and deleted."""
    for name in [*(person.name for person in USERS), "granted", "holder", "keeper"]:
        yield replace(asked(f"{V3}/permissions/list", username=name, note=f"what {name} holds in the end"), last=True)


CASES = [
    *both(
        *grants(),
        *left(),
        post(f"{V2}/create", {"username": "made-{new}", "password": PASSWORD}),
        post(f"{V2}/create", {"username": "reader", "password": PASSWORD}, note="name taken"),
        post(f"{V2}/create", {"username": "short-{new}", "password": "short"}, note="short password"),
        post(f"{V2}/create", {"username": "", "password": ""}, note="empty"),
        post(f"{V2}/create", {"username": "one-{new}"}, note="no password"),
        asked(f"{V2}/get", username="{caller}", note="oneself"),
        asked(f"{V2}/get", username="editor", note="another"),
        asked(f"{V2}/get", username="nobody-of-this-name", note="nobody"),
        get(f"{V2}/get", note="no name"),
        get(f"{V2}/list"),
        get(f"{V2}/current"),
        get(f"{V3}/current/permissions"),
        asked(f"{V3}/permissions/list", username="{caller}", note="oneself"),
        asked(f"{V3}/permissions/list", username="editor", note="another"),
        asked(f"{V3}/permissions/list", username="nobody-of-this-name", note="nobody"),
        patch(f"{V2}/update-password", {"username": "{target}", "password": PASSWORD}, fresh="target", note="another's"),
        patch(f"{V2}/update-password", {"username": "{caller}", "password": PASSWORD, "current_password": "wrong"}, note="wrong one"),
        patch(f"{V2}/update-password", {"username": "{caller}", "password": PASSWORD}, note="without the old one"),
        patch(f"{V2}/update-password", {"username": "nobody-of-this-name", "password": PASSWORD}, note="nobody's"),
        patch(f"{V2}/update-admin", {"username": "{target}", "is_admin": True}, fresh="target"),
        patch(f"{V2}/update-admin", {"username": "{target}", "is_admin": "yes"}, fresh="target", note="no flag"),
        patch(f"{V2}/update-admin", {"username": "nobody-of-this-name", "is_admin": True}, note="nobody"),
        delete(f"{V2}/delete", {"username": "{target}"}, fresh="target"),
        delete(f"{V2}/delete", {"username": "{caller}"}, note="oneself", fresh="target"),
        delete(f"{V2}/delete", {"username": "nobody-of-this-name"}, note="nobody"),
    ),
    *root(get("/signup")),
    *api(case("POST", f"{V2}/create-ui", b"username=x&password=y", headers={"Content-Type": "application/x-www-form-urlencoded"})),
]  # fmt: skip
