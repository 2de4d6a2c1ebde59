"""Users, groups, members and workspace permissions over the REST API of mlflow-oidc-auth, with a real MLflow behind."""

from dataclasses import replace

import pytest

from clients import Caller, admin, password_of
from conftest import running
from plugin_users import BAD, GROUPS, SPACES, USERS, WALK, rule
from servers import ADMIN, gateway_server, mlflow_server
from world import API, API3

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
