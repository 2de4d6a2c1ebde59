"""Calls of MLflow's REST API of roles, grants and workspaces, for everybody.

Ann administers the workspace `blue` and Rob `red`; Bob has a role without rights in `blue` and owns an experiment there; Dan
is nobody in particular. Without workspaces `blue` is `default`, and `red` is a name that roles may bear.
"""

from roles_pair import Step

CALLERS = ("dan", "bob", "rob", "ann", "admin")
FEW = ("dan", "ann", "admin")
KINDS = (
    "experiment", "registered_model", "prompt", "scorer", "gateway_secret", "gateway_endpoint",
    "gateway_model_definition", "mcp_server", "run", "trace", "assessment", "logged_model", "review_queue",
    "registered_model_version", "prompt_version", "scorer_version", "mcp_server_version", "workspace", "nonsense",
)  # fmt: skip


def blue(workspaces):
    """The workspace of most calls."""
    return "blue" if workspaces else "default"


def set_up(workspaces):
    """Workspaces, roles and experiments, by the admin."""
    here = blue(workspaces)

    def post(path, keep=None, at=None, **fields):
        return Step("admin", "POST", path, fields, at, keep)

    if workspaces:
        for name in ("blue", "red", "green"):
            yield post("workspaces", name=name)
    for name, workspace, boss in (("blue", here, "ann"), ("red", "red", "rob")):
        yield post("roles/create", f"boss_{name}", workspace=workspace, name="boss")
        whole = {"resource_type": "workspace", "resource_pattern": "*", "permission": "MANAGE"}
        yield post("roles/permissions/add", f"whole_{name}", role_id=f"$boss_{name}", **whole)
        yield post("roles/assign", role_id=f"$boss_{name}", username=boss)
        yield post("roles/create", f"dev_{name}", workspace=workspace, name="dev", description="text")
        read = {"resource_type": "experiment", "resource_pattern": "*", "permission": "READ"}
        yield post("roles/permissions/add", f"read_{name}", role_id=f"$dev_{name}", **read)
        yield post("roles/create", f"gone_{name}", workspace=workspace, name="gone")
        yield post("roles/permissions/add", f"lost_{name}", role_id=f"$gone_{name}", **read)
    yield post("roles/create", "idle", workspace=here, name="idle")
    yield post("roles/assign", role_id="$idle", username="bob")
    for name, workspace in (("blue", here), ("red", "red" if workspaces else "default")):
        yield Step("admin", "POST", "experiments/create", {"name": f"of-{name}"}, workspace if workspaces else None, f"exp_{name}")
    at = "blue" if workspaces else None
    yield post("users/permissions/grant", at=at, username="bob", resource_type="experiment", resource_id="$exp_blue", permission="MANAGE")


def roles(workspaces):
    """Every operation on roles, by everybody, on roles of both workspaces, and with what is missing or wrong."""
    here = blue(workspaces)
    grants = ("$dev_blue", "$dev_red", 99999, "x", None)
    calls = [
        ("GET", "roles/list", None),
        ("GET", "roles/list", {"workspace": here}),
        ("GET", "roles/list", {"workspace": [here, "red"]}),
        ("GET", "roles/list", {"workspace": " "}),
        ("GET", "roles/list", {"workspace": "nowhere"}),
        ("POST", "roles/create", {"workspace": here, "name": "made"}),
        ("POST", "roles/create", {"workspace": here, "name": "made"}),
        ("POST", "roles/create", {"workspace": "red", "name": "made", "description": "text"}),
        ("POST", "roles/create", {"workspace": here, "name": ""}),
        ("POST", "roles/create", {"workspace": here, "name": 5}),
        ("POST", "roles/create", {"workspace": here}),
        ("POST", "roles/create", {"workspace": here, "name": "__user_7__"}),
        ("POST", "roles/create", {"workspace": here, "name": "other", "description": 5}),
        ("POST", "roles/create", {"workspace": " ", "name": "other"}),
        ("POST", "roles/create", {"name": "other"}),
        ("POST", "roles/create", None),
        ("PATCH", "roles/update", {"role_id": "$dev_blue"}),
        ("PATCH", "roles/update", {"role_id": "$dev_blue", "name": ""}),
        ("PATCH", "roles/update", {"role_id": "$dev_blue", "name": "boss"}),
        ("PATCH", "roles/update", {"role_id": "$dev_blue", "name": "__user_x"}),
        ("PATCH", "roles/update", {"role_id": "$dev_blue", "description": ""}),
        ("PATCH", "roles/update", {"role_id": "$dev_blue", "description": 7}),
        ("PATCH", "roles/permissions/update", {"role_permission_id": "$read_blue", "permission": "OWNER"}),
        ("PATCH", "roles/permissions/update", {"role_permission_id": "$read_blue", "permission": "NO_PERMISSIONS"}),
        ("PATCH", "roles/permissions/update", {"role_permission_id": "$whole_blue", "permission": "EDIT"}),
        ("PATCH", "roles/permissions/update", {"role_permission_id": "$read_blue"}),
        ("POST", "roles/permissions/add", {"role_id": "$dev_blue", "resource_type": "run", "resource_pattern": "*"}),
        ("GET", "users/roles/list", None),
        ("GET", "users/permissions/list", None),
        ("GET", "users/get", None),
    ]
    for target in grants:
        one = {} if target is None else {"role_id": target}
        add = one | {"resource_type": "run", "resource_pattern": "*", "permission": "DENY"}
        calls += [
            ("GET", "roles/get", one),
            ("GET", "!roles/get", one),
            ("GET", "roles/permissions/list", one),
            ("GET", "roles/users/list", one),
            ("PATCH", "roles/update", one | {"description": "other"}),
            ("POST", "roles/permissions/add", add),
            ("POST", "roles/assign", one | {"username": "dan"}),
            ("POST", "roles/assign", one | {"username": "nobody"}),
            ("GET", "roles/users/list", one),
            ("DELETE", "roles/unassign", one | {"username": "dan"}),
            ("DELETE", "roles/unassign", one | {"username": "nobody"}),
        ]
    for target in ("$read_blue", "$read_red", "$whole_blue", 99999, "x", None):
        one = {} if target is None else {"role_permission_id": target}
        calls += [("PATCH", "roles/permissions/update", one | {"permission": level}) for level in ("USE", "MANAGE")]
    kinds = []
    for kind in KINDS:
        for pattern in ("*", "7/judge" if kind == "scorer" else "7"):
            fields = {"role_id": "$dev_blue", "resource_type": kind, "resource_pattern": pattern, "permission": "READ"}
            kinds.append(("POST", "roles/permissions/add", fields))
    yield from everybody(kinds, callers=FEW)
    for user in ("ann", "bob", "dan", "nobody"):
        calls += [("GET", f"users/{what}/list", {"username": user}) for what in ("roles", "permissions")]
        calls.append(("GET", "users/get", {"username": user}))
    calls += [
        ("GET", "users/current", None),
        ("GET", "!users/current/permissions", None),
        ("DELETE", "roles/permissions/remove", {"role_permission_id": "$lost_red"}),
        ("DELETE", "roles/permissions/remove?role_permission_id=$lost_blue", None),
        ("DELETE", "roles/delete", {"role_id": "$gone_red"}),
        ("DELETE", "roles/delete?role_id=$gone_blue", None),
    ]
    yield from everybody(calls)


def everybody(calls, at=None, callers=CALLERS):
    """Each call by each caller. One that makes, takes or gives something is made by the next in the state that it left."""
    return [Step(who, method, path, fields, at) for method, path, fields in calls for who in callers]


def grants(workspaces):
    """Giving, looking at and taking back grants."""
    one = {"username": "dan", "resource_type": "experiment", "resource_id": "$exp_blue"}
    at = "blue" if workspaces else None
    calls = []
    for kind in KINDS:
        every = one | {"resource_type": kind, "resource_id": "*"}
        level = {"permission": "MANAGE" if kind == "workspace" else "READ"}
        calls += [
            ("POST", "users/permissions/grant", every | level),
            ("GET", "users/permissions/get", every),
            ("POST", "users/permissions/revoke", every),
        ]
    yield from everybody(calls, at, FEW)
    calls = []
    for named in ("$exp_blue", "$exp_red", "123456"):
        this = one | {"resource_id": named}
        calls += [
            ("GET", "users/permissions/get", this),
            ("POST", "users/permissions/grant", this | {"permission": "READ"}),
            ("GET", "users/permissions/get", this),
            ("POST", "users/permissions/grant", this | {"permission": "NO_PERMISSIONS"}),
            ("POST", "users/permissions/grant", this | {"permission": "READ", "username": "nobody"}),
            ("POST", "users/permissions/grant", this | {"permission": "OWNER"}),
            ("POST", "users/permissions/revoke", this),
            ("GET", "users/permissions/get", this | {"username": "nobody"}),
        ]
    for missing in (*one, "permission"):
        partial = {name: value for name, value in (one | {"permission": "READ"}).items() if name != missing}
        calls.append(("POST", "users/permissions/grant", partial))
        if missing != "permission":
            calls.append(("GET", "users/permissions/get", partial))
    prompt = one | {"resource_type": "prompt", "resource_id": "nothing"}
    calls.append(("GET", "users/permissions/get", prompt))
    yield from everybody(calls, at)


def nobody(story):
    """Each operation of a story once, by nobody."""
    seen = {}
    for step in story:
        seen.setdefault((step.method, step.path.split("?")[0]), step)
    return [Step(None, step.method, step.path, step.fields, step.at) for step in seen.values()]


def accounts(workspaces):
    """Who makes, lists and sees accounts."""
    at = "blue" if workspaces else None
    for who in CALLERS:
        yield Step(who, "POST", "users/create", {"username": f"made-by-{who}", "password": "a-long-password"})
        yield Step(who, "POST", "users/create", {"username": f"made-by-{who}", "password": "a-long-password"})
    calls = [
        ("POST", "users/create", {"username": "short", "password": "short"}),
        ("POST", "users/create", {"username": "short"}),
        ("POST", "users/create", {"username": "", "password": ""}),
        ("GET", "users/list", None),
    ]
    yield from everybody(calls, at)


def spaces():
    """Workspaces, where there are any."""
    calls = [("GET", "workspaces", None), ("GET", "!workspaces", None)]
    calls += [("GET", f"workspaces/{name}", None) for name in ("default", "blue", "red", "green", "nowhere")]
    calls += [
        ("POST", "workspaces", {"name": "made"}),
        ("POST", "workspaces", {"name": "NO"}),
        ("GET", "roles/list", {"workspace": "made"}),
        ("PATCH", "workspaces/blue", {"description": "text"}),
        ("DELETE", "workspaces/made", None),
        ("DELETE", "workspaces/default", None),
        ("GET", "roles/list", {"workspace": "made"}),
    ]
    yield from everybody(calls)


def odd():
    """Ids that can name nothing. The last of all, for MLflow keeps them."""
    add = {"role_id": "$idle", "resource_type": "scorer", "resource_pattern": "judge", "permission": "READ"}
    yield Step("admin", "POST", "roles/permissions/add", add)
    yield Step("admin", "POST", "roles/permissions/add", add | {"resource_type": "experiment"})
