"""Users, groups, members and workspace permissions over the REST API of mlflow-oidc-auth, with a real MLflow behind."""

from dataclasses import replace

import pytest

from clients import Caller, admin, password_of
from conftest import running
from servers import ADMIN, gateway_server, mlflow_server
from world import API, API3

USERS = f"{API}/users"
GROUPS = f"{API}/permissions/groups"
SPACES = f"{API3}/permissions/workspaces"
WORKSPACES = {"MLFLOW_ENABLE_WORKSPACES": "true"}


@pytest.fixture(scope="module")
def spaces(data):
    """A real MLflow with workspaces, `team-a` among them."""
    with running(mlflow_server(data / "spaces", environment=WORKSPACES)) as server:
        Caller(server.url).post(f"{API3}/workspaces", name="team-a")
        yield server


@pytest.fixture(scope="module")
def experiment(spaces):
    """The id of an experiment in `team-a`."""
    path, header = f"{API}/experiments/create", {"X-MLFLOW-WORKSPACE": "team-a"}
    return Caller(spaces.url).call("POST", path, json={"name": "secret"}, headers=header).json()["experiment_id"]


@pytest.fixture
def root(spaces, tmp_path):
    """The admin of a new gateway that knows `ann` and `bob`."""
    server = gateway_server(tmp_path / "gateway", spaces.url, "first-match", environment=WORKSPACES)
    with running(server):
        root = admin(server.url)
        for user in ("ann", "bob"):
            fields = {"username": user, "display_name": user.title(), "password": password_of(user)}
            assert ask(root, "POST", USERS, fields)[0] == 201
        yield root


@pytest.fixture
def plain(inner, tmp_path):
    """The admin of a gateway without workspaces."""
    with running(gateway_server(tmp_path / "plain", inner.url, "first-match")) as server:
        yield admin(server.url)


def sign_in(root, user):
    """A user at the gateway of `root`."""
    return replace(root, user=user, password=password_of(user))


def ask(caller, method, path, body=None):
    """The status and the JSON that a call is answered with."""
    answer = caller.call(method, path, **({} if body is None else {"json": body}))
    return answer.status_code, answer.json() if answer.text[:1] in ("{", "[") else answer.text


def rule(field, name, **more):
    """The body of a pattern."""
    return {"regex": "^team-", "priority": 1, "permission": "READ", field: name} | more


# Method, path, body, and what the admin is answered when they are called in this order. The path may hold `{id}`, the
# number of the pattern that was made last.
WALK = [
    ("GET", USERS, None, 200),
    ("POST", USERS, {"username": "eve", "display_name": "Eve"}, 201),
    ("POST", USERS, {"username": "eve", "display_name": "Eve"}, 200),
    ("GET", f"{USERS}/details", None, 200),
    ("GET", f"{USERS}/current", None, 200),
    ("GET", f"{USERS}/eve", None, 200),
    ("PATCH", f"{USERS}/eve/active", {"active": False}, 200),
    ("DELETE", USERS, {"username": "eve"}, 200),
    ("GET", f"{USERS}/eve", None, 404),
    ("POST", GROUPS, {"group_name": "corp/ml"}, 200),
    ("GET", GROUPS, None, 200),
    ("GET", f"{GROUPS}/details", None, 200),
    ("PUT", f"{GROUPS}/corp%2Fml/members/ann", None, 201),
    ("PUT", f"{GROUPS}/corp%2Fml/members", {"members": ["ann", "bob"]}, 200),
    ("GET", f"{GROUPS}/corp%2Fml/members", None, 200),
    ("GET", f"{GROUPS}/corp%2Fml/users", None, 200),
    ("DELETE", f"{GROUPS}/corp%2Fml/members/bob", None, 200),
    ("GET", f"{GROUPS}/corp%2Fml", None, 200),
    ("POST", f"{SPACES}/team-a/users", {"username": "ann", "permission": "READ"}, 201),
    ("POST", f"{SPACES}/team-a/users", {"username": "ann", "permission": "READ"}, 409),
    ("GET", f"{SPACES}/team-a/users", None, 200),
    ("PATCH", f"{SPACES}/team-a/users/ann", {"username": "ann", "permission": "EDIT"}, 200),
    ("DELETE", f"{SPACES}/team-a/users/ann", None, 204),
    ("DELETE", f"{SPACES}/team-a/users/ann", None, 404),
    ("POST", f"{SPACES}/team-a/groups", {"group_name": "corp/ml", "permission": "READ"}, 201),
    ("GET", f"{SPACES}/team-a/groups", None, 200),
    ("PATCH", f"{SPACES}/team-a/groups/corp%2Fml", {"group_name": "corp/ml", "permission": "EDIT"}, 200),
    ("DELETE", f"{SPACES}/team-a/groups/corp%2Fml", None, 204),
    ("POST", f"{SPACES}/regex/user", rule("username", "ann"), 201),
    ("GET", f"{SPACES}/regex/user", None, 200),
    ("PATCH", f"{SPACES}/regex/user/{{id}}", rule("username", "ann", priority=2), 200),
    ("DELETE", f"{SPACES}/regex/user/{{id}}?username=ann", None, 204),
    ("POST", f"{SPACES}/regex/group", rule("group_name", "corp/ml"), 201),
    ("GET", f"{SPACES}/regex/group", None, 200),
    ("PATCH", f"{SPACES}/regex/group/{{id}}", rule("group_name", "corp/ml", regex="^other"), 200),
    ("DELETE", f"{SPACES}/regex/group/{{id}}?group_name=corp/ml", None, 204),
    ("DELETE", f"{GROUPS}/corp%2Fml", None, 200),
    ("GET", f"{GROUPS}/corp%2Fml", None, 404),
]
FOR_ALL = (USERS, GROUPS, f"{USERS}/current")


def test_every_operation(root):
    """Served to the admin as the table says; lists of names to every user; nothing to anybody else."""
    ann, nobody, number = sign_in(root, "ann"), Caller(root.url), 0
    for method, path, body, expected in WALK:
        path = path.replace("{id}", str(number))
        others = [ask(nobody, method, path, body)[0], ask(ann, method, path, body)[0]]
        is_for_all = method == "GET" and path in FOR_ALL
        # The admin has just let ann see the workspace.
        may_see = f"{SPACES}/team-a/" in path and method == "GET"
        assert others == [401, 200 if is_for_all or may_see else 403], (method, path)
        for prefix in ("/api/", "/ajax-api/")[: 2 if method == "GET" else 1]:
            status, answer = ask(root, method, path.replace("/api/", prefix), body)
            assert status == expected, (method, path, answer)
            assert expected < 400 or isinstance(answer["detail"], str), answer
        number = answer["id"] if "/regex/" in path and method == "POST" else number


BAD = [
    ("POST", USERS, {"username": "eve"}, 422, "display_name"),
    ("POST", USERS, {"username": ["eve"], "display_name": ""}, 422, "username"),
    ("POST", USERS, {"username": "e:ve", "display_name": ""}, 400, "colon"),
    ("POST", USERS, {"username": "eve", "display_name": "", "password": "short"}, 400, "password"),
    ("POST", USERS, {"username": "ann", "display_name": "", "is_admin": True}, 409, "is_admin"),
    ("DELETE", USERS, {"username": "nobody"}, 404, "nobody"),
    ("DELETE", USERS, {"username": ADMIN}, 409, "last active admin"),
    ("PATCH", f"{USERS}/{ADMIN}/active", {"active": False}, 409, "last active admin"),
    ("PATCH", f"{USERS}/ann/active", {"active": "never"}, 422, "active"),
    ("GET", f"{USERS}?limit=1000", None, 422, "limit"),
    ("GET", f"{GROUPS}?offset=x", None, 422, "offset"),
    ("POST", GROUPS, {"group_name": ""}, 400, "empty"),
    ("POST", GROUPS, ["ml"], 400, "object"),
    ("GET", f"{GROUPS}/no%2Fsuch/users", None, 404, "no/such"),
    ("PUT", f"{GROUPS}/no%2Fsuch/members", {"members": ["ann"]}, 404, "no/such"),
    ("POST", f"{SPACES}/team-a/users", {"username": "ann", "permission": "OWNER"}, 400, "OWNER"),
    ("POST", f"{SPACES}/team-a/users", {"username": "nobody", "permission": "READ"}, 404, "nobody"),
    ("PATCH", f"{SPACES}/team-a/users/ann", {"username": "bob", "permission": "READ"}, 400, "username"),
    ("POST", f"{SPACES}/regex/user", rule("username", "ann", regex="(a"), 400, "(a"),
    ("POST", f"{SPACES}/regex/user", rule("username", "ann", regex="(?!a)b"), 400, "(?!"),
    ("POST", f"{SPACES}/regex/user", rule("username", "ann", priority="high"), 422, "priority"),
    ("DELETE", f"{SPACES}/regex/user/1", None, 422, "username"),
    ("DELETE", f"{SPACES}/regex/user/1?username=ann", None, 404, "ann"),
]


def test_bad_input(root):
    """Is told what is wrong with it, and changes nothing."""
    before = [ask(root, "GET", path) for path in (f"{USERS}/details", f"{GROUPS}/details", f"{SPACES}/regex/user")]
    for method, path, body, expected, about in BAD:
        status, answer = ask(root, method, path, body)
        assert status == expected and about in str(answer["detail"]), (method, path, body, status, answer)
    after = [ask(root, "GET", path) for path in (f"{USERS}/details", f"{GROUPS}/details", f"{SPACES}/regex/user")]
    assert after == before


def test_who_is_not_active(root):
    """Is not signed in from the next request on, and is again once active; nobody else notices."""
    ann, bob = sign_in(root, "ann"), sign_in(root, "bob")
    for active in (False, True, False):
        status, answer = ask(root, "PATCH", f"{USERS}/ann/active", {"active": active})
        assert (status, answer["active"]) == (200, active)
        assert ask(ann, "GET", f"{USERS}/current")[0] == (200 if active else 401)
        assert ask(bob, "GET", f"{USERS}/current")[0] == 200


def test_what_a_user_is(root):
    """Is shown in the shapes of both APIs at the place that they share."""
    ask(root, "POST", GROUPS, {"group_name": "ml"})
    ask(root, "PUT", f"{GROUPS}/ml/members/ann")
    status, answer = ask(sign_in(root, "ann"), "GET", f"{USERS}/current")
    assert status == 200 and answer["is_basic_auth"] and answer["user"]["username"] == "ann"
    assert (answer["username"], answer["display_name"], answer["is_service_account"]) == ("ann", "Ann", False)
    assert [group["group_name"] for group in answer["groups"]] == ["ml"]
    assert answer["id"] == answer["user"]["id"]


def test_service_accounts(root):
    """Are listed apart."""
    bot = {"username": "bot", "display_name": "Bot", "is_service_account": True}
    assert ask(root, "POST", USERS, bot)[0] == 201
    assert ask(root, "GET", f"{USERS}?service=true") == (200, ["bot"])
    assert ask(root, "GET", USERS) == (200, [ADMIN, "ann", "bob"])
    details = root.call("GET", f"{USERS}/details?limit=1&search=BO")
    assert (details.headers["X-Total-Count"], len(details.json())) == ("2", 1)


def reads(caller, experiment, workspace="team-a"):
    """The status with which an experiment of a workspace is read from MLflow."""
    path, header = f"{API}/experiments/get?experiment_id={experiment}", {"X-MLFLOW-WORKSPACE": workspace}
    return caller.call("GET", path, headers=header).status_code


@pytest.mark.parametrize("holder, name, field", [("user", "ann", "username"), ("group", "corp/ml", "group_name")])
def test_workspace_grants_decide(root, experiment, holder, name, field):
    """About what MLflow shows, from the next request on."""
    ask(root, "POST", GROUPS, {"group_name": "corp/ml"})
    ask(root, "PUT", f"{GROUPS}/corp%2Fml/members/ann")
    ann, at = sign_in(root, "ann"), f"{SPACES}/team-a/{holder}s"
    path = f"{at}/{name.replace('/', '%2F')}"
    assert (reads(root, experiment), reads(ann, experiment)) == (200, 403)
    for step, expected in (
        (("POST", at, {field: name, "permission": "READ"}), 200),
        (("PATCH", path, {"permission": "NO_PERMISSIONS"}), 403),
        (("PATCH", path, {"permission": "EDIT"}), 200),
        (("DELETE", path), 403),
        (("POST", f"{SPACES}/regex/{holder}", rule(field, name)), 200),
        (("POST", f"{SPACES}/regex/{holder}", rule(field, name, regex="^team-a", priority=0, permission="NO_PERMISSIONS")), 403),
    ):
        assert ask(root, *step)[0] in (200, 201, 204), step
        assert reads(ann, experiment) == expected, step


def test_a_group_that_ends(root, experiment):
    """Takes with it what its members had through it, and leaves nothing to a namesake."""
    ann = sign_in(root, "ann")
    for expected in (200, 403):
        ask(root, "POST", GROUPS, {"group_name": "ml"})
        ask(root, "PUT", f"{GROUPS}/ml/members/ann")
        if expected == 200:
            ask(root, "POST", f"{SPACES}/team-a/groups", {"group_name": "ml", "permission": "READ"})
        assert reads(ann, experiment) == expected
        assert ask(root, "DELETE", f"{GROUPS}/ml")[0] == 200
        assert reads(ann, experiment) == 403


def test_a_manager_of_a_workspace(root):
    """Shares it with others; who may only read it sees who may."""
    ann, bob, users = sign_in(root, "ann"), sign_in(root, "bob"), f"{SPACES}/team-a/users"
    assert ask(root, "POST", users, {"username": "ann", "permission": "MANAGE"})[0] == 201
    assert ask(bob, "GET", users)[0] == 403
    assert ask(ann, "POST", users, {"username": "bob", "permission": "READ"})[0] == 201
    rows = [{"workspace": "team-a", "username": "ann", "permission": "MANAGE"}]
    rows += [{"workspace": "team-a", "username": "bob", "permission": "READ"}]
    assert ask(bob, "GET", users) == (200, rows)
    assert ask(bob, "PATCH", f"{users}/bob", {"permission": "MANAGE"})[0] == 403


def test_without_workspaces(plain):
    """There are no grants on them; users and groups are served all the same."""
    assert ask(plain, "GET", f"{SPACES}/regex/user")[0] == 404
    assert ask(plain, "GET", f"{SPACES}/default/users")[0] == 404
    assert ask(plain, "GET", USERS) == (200, [ADMIN])
    assert ask(plain, "GET", GROUPS) == (200, [])
