"""Who may create what, and which groups share in it, with a real MLflow behind the gateway."""

import sqlite3
from contextlib import closing, contextmanager

import pytest

from clients import Caller, admin
from conftest import running
from servers import gateway_server, mlflow_server
from world import API, API3

SHARED = "team=EDIT,auditors=READ,elsewhere=MANAGE"
PROMPT = [{"key": "mlflow.prompt.is_prompt", "value": "true"}]
PEOPLE = {"alice": ["team", "auditors", "others"], "bob": ["team"], "eve": ["auditors"], "carol": ["others"]}


def subject(store, kind, name):
    """The number of a user or a group in the gateway's store, where it is made if it is new."""
    store.execute("INSERT OR IGNORE INTO subjects (kind, workspace, name) VALUES (?, '', ?)", (kind, name))
    return store.execute("SELECT id FROM subjects WHERE kind = ? AND name = ?", (kind, name)).fetchone()[0]


def write(path, grants):
    """Writes who is in which group, and `(holder, type, form, text, permission, workspace)`, into the gateway's store."""
    with closing(sqlite3.connect(path)) as store, store:
        for person, groups in PEOPLE.items():
            for group in groups:
                ids = subject(store, "group", group), subject(store, "user", person)
                store.execute("INSERT OR IGNORE INTO groups VALUES (?)", ids[:1])
                store.execute("INSERT INTO members (group_id, user_id) VALUES (?, ?)", ids)
        for (kind, name), of, form, text, permission, workspace in grants:
            row = (subject(store, kind, name), workspace, of, form, text, permission)
            store.execute(
                "INSERT INTO grants (subject_id, workspace, resource_type, form, text, priority, permission) "
                "VALUES (?, ?, ?, ?, ?, 0, ?)", row,
            )  # fmt: skip


@contextmanager
def people(data, inner, grants=(), arguments=(), environment=None):
    """The users of a gateway with these settings, over a store with these grants."""
    server = gateway_server(data, inner.url, "first-match", "NO_PERMISSIONS", arguments, environment)
    with running(server) as started:
        users = {name: admin(started.url).create_user(name) for name in PEOPLE}
    write(data / "auth.db", grants)
    with running(server):
        yield users


@pytest.fixture(scope="module")
def sharing(data, inner):
    """A gateway where groups share in what their members create."""
    with people(data / "sharing", inner, arguments=("--creator-groups", SHARED)) as users:
        yield users


def status(caller, method, path, workspace=None, **fields):
    """The status of one request."""
    headers = {"X-MLFLOW-WORKSPACE": workspace} if workspace else {}
    told = {"params": fields} if method == "GET" else {"json": fields}
    return caller.call(method, f"{API}/{path}", headers=headers, **told).status_code


def model_rights(caller, name, workspace=None):
    """What a user may do with a registered model or a prompt: read and change it."""
    read = status(caller, "GET", "registered-models/get", workspace, name=name)
    change = status(caller, "PATCH", "registered-models/update", workspace, name=name, description="d")
    return read, change


@pytest.mark.parametrize(("name", "tags"), [("shared-model", []), ("shared-prompt", PROMPT)])
def test_groups_share_a_registered_model(sharing, name, tags):
    """They hold it under its new name too, and not what somebody else makes under a name that was theirs."""
    alice, bob, eve, carol = (sharing[person] for person in PEOPLE)
    alice.post(f"{API}/registered-models/create", name=name, tags=tags)
    assert [model_rights(who, name) for who in (bob, eve, carol)] == [(200, 200), (200, 403), (403, 403)]
    assert status(bob, "DELETE", "registered-models/delete", name=name) == 403

    alice.post(f"{API}/registered-models/rename", name=name, new_name=f"{name}-2")
    assert [model_rights(who, f"{name}-2") for who in (bob, eve, carol)] == [(200, 200), (200, 403), (403, 403)]
    carol.post(f"{API}/registered-models/create", name=name, tags=tags)
    assert [model_rights(who, name) for who in (alice, bob, eve)] == [(403, 403)] * 3

    # One that MLflow refuses to make gives nobody anything.
    assert status(alice, "POST", "registered-models/create", name=name, tags=tags) == 400
    assert model_rights(bob, name) == (403, 403)

    assert status(alice, "DELETE", "registered-models/delete", name=f"{name}-2") == 200
    carol.post(f"{API}/registered-models/create", name=f"{name}-2", tags=tags)
    assert model_rights(bob, f"{name}-2") == (403, 403)


def test_groups_share_an_experiment(sharing):
    """With all that is logged into it."""
    alice, bob, eve, carol = (sharing[person] for person in PEOPLE)
    made = alice.post(f"{API}/experiments/create", name="shared-experiment")["experiment_id"]
    read = [status(who, "GET", "experiments/get", experiment_id=made) for who in (bob, eve, carol)]
    run = [status(who, "POST", "runs/create", experiment_id=made, start_time=1) for who in (bob, eve, carol)]
    assert (read, run) == ([200, 200, 403], [200, 403, 403])
    assert status(bob, "POST", "experiments/delete", experiment_id=made) == 403
    found = [row["name"] for row in eve.post(f"{API}/experiments/search", max_results=100)["experiments"]]
    assert found == ["shared-experiment"]
    # What bob makes is shared with the team alone.
    his = bob.post(f"{API}/experiments/create", name="his-experiment")["experiment_id"]
    read = [status(who, "GET", "experiments/get", experiment_id=his) for who in (alice, eve)]
    assert read == [200, 403]


def test_restricted_creation(data, inner):
    """It takes EDIT on the name; what is created is the creator's own all the same."""
    grants = [
        (("group", "team"), "experiment", "pattern", "^team-", "EDIT", None),
        (("user", "alice"), "experiment", "pattern", "^team-secret", "READ", None),
        (("user", "bob"), "registered_model", "pattern", "^bobs-", "MANAGE", None),
        (("user", "bob"), "prompt", "pattern", "^ask-", "EDIT", None),
        (("user", "carol"), "registered_model", "exact", "planted", "MANAGE", "default"),
    ]
    settings = {"RESTRICT_RESOURCE_CREATION": "true", "MLFLOW_AUTH_EXPLAIN_REFUSALS": "true"}
    with people(data / "restricted", inner, grants, environment=settings) as users:
        alice, bob, _, carol = users.values()
        asked = {
            (name, path, new): status(users[name], "POST", f"{path}/create", name=new, **tags)
            for name, path, new, tags in [
                ("alice", "experiments", "team-a", {}),
                ("alice", "experiments", "team-secret", {}),
                ("bob", "experiments", "team-secret", {}),
                ("alice", "experiments", "mine", {}),
                ("carol", "experiments", "team-b", {}),
                ("alice", "registered-models", "team-model", {}),
                ("bob", "registered-models", "bobs-model", {}),
                ("bob", "registered-models", "bobs-prompt", {"tags": PROMPT}),
                ("bob", "registered-models", "ask-me", {"tags": PROMPT}),
                ("carol", "registered-models", "planted", {}),
            ]
        }
        assert list(asked.values()) == [200, 403, 200, 403, 403, 403, 200, 403, 200, 403], asked
        why = carol.call("POST", f"{API}/experiments/create", json={"name": "team-c"}).text
        assert "`carol` may not create a new experiment `team-c`, which takes update on that name" in why
        # The creator holds MANAGE, the pattern gives EDIT.
        assert status(bob, "DELETE", "registered-models/delete", name="ask-me") == 200


@pytest.fixture(scope="module")
def inner_with_workspaces(data):
    """A real MLflow with workspaces."""
    with running(mlflow_server(data / "inner-workspaces", "--enable-workspaces")) as server:
        yield server


def test_with_workspaces(data, inner_with_workspaces):
    """Creation takes MANAGE on the workspace, and what is shared is shared there."""
    for place in ("blue", "green"):
        answer = Caller(inner_with_workspaces.url).call("POST", f"{API3}/workspaces", json={"name": place})
        assert answer.status_code in (200, 201), answer.text
    grants = [
        (("user", "alice"), "workspace", "exact", "blue", "MANAGE", None),
        (("user", "alice"), "workspace", "exact", "green", "MANAGE", None),
        (("group", "others"), "workspace", "pattern", "^gr", "EDIT", None),
        (("user", "alice"), "registered_model", "pattern", "^secret", "READ", "blue"),
    ]
    settings = {"MLFLOW_ENABLE_WORKSPACES": "true", "RESTRICT_RESOURCE_CREATION": "true", "MLFLOW_AUTH_CREATOR_GROUPS": SHARED}
    with people(data / "with-workspaces", inner_with_workspaces, grants, environment=settings) as users:
        alice, bob, eve, carol = users.values()
        made = {
            (who, place, name): status(users[who], "POST", "registered-models/create", place, name=name)
            for who, place, name in [
                ("alice", "blue", "m"), ("carol", "green", "n"), ("bob", "blue", "n"), ("alice", "blue", "secret"),
                ("alice", "green", "secret"),
            ]
        }  # fmt: skip
        assert list(made.values()) == [200, 403, 403, 403, 200], made
        assert [model_rights(who, "m", "blue") for who in (alice, bob, eve, carol)] == [
            (200, 200), (200, 200), (200, 403), (403, 403),
        ]  # fmt: skip
        # Another model of the same name in another workspace is another model.
        Caller(inner_with_workspaces.url).call(
            "POST", f"{API}/registered-models/create", headers={"X-MLFLOW-WORKSPACE": "green"}, json={"name": "m"}
        )
        assert model_rights(bob, "m", "green") == (403, 403)
