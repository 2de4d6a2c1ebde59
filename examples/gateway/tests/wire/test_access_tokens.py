"""Access tokens, with the real MLflow client in front of the gateway and a real MLflow behind it."""

import os
import subprocess
import time
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone

import mlflow
import pytest
import requests
from mlflow.exceptions import MlflowException

from clients import CLIENT_SETTINGS, SECONDS, Caller, admin, password_of
from conftest import running
from servers import gateway_server
from world import API, API3

SEARCH = API + "/experiments/search"
TOKENS = API + "/users/current/tokens"
ALICE, BOB = "alice", "bob"
# What the client raises for a refusal: its own error, and for artifacts that of `requests`.
REFUSED = (MlflowException, requests.HTTPError)
NAMES = ("MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD", "MLFLOW_TRACKING_TOKEN")


@pytest.fixture(scope="module")
def server(data, inner):
    """A gateway where nothing is allowed that is not granted."""
    with running(gateway_server(data / "tokens", inner.url, "first-match", "NO_PERMISSIONS")) as server:
        yield server


@pytest.fixture(scope="module")
def gateway(server):
    """Its admin; alice and bob have accounts."""
    boss = admin(server.url)
    for user in (ALICE, BOB):
        boss.create_user(user)
    return boss


@pytest.fixture(scope="module")
def owned(gateway):
    """Two experiments and a registered model of alice."""
    alice = person(gateway, ALICE)
    stamp = time.time_ns()
    ids = [alice.post(f"{API}/experiments/create", name=f"tokens-{stamp}-{n}")["experiment_id"] for n in (1, 2)]
    model = f"tokens-{stamp}"
    alice.post(f"{API}/registered-models/create", name=model)
    return (*ids, model)


def person(gateway, user):
    """Somebody with their password."""
    return Caller(gateway.url, user, password_of(user))


def in_days(days):
    """As a client writes it."""
    return (datetime.now(timezone.utc) + timedelta(days=days)).isoformat()


def issue(caller, path=TOKENS, **more):
    """A new token: its row with the text."""
    told = {"name": f"token-{time.time_ns()}", "expiration": in_days(30)} | more
    return caller.post(path, **told)


@contextmanager
def client(gateway, monkeypatch, **settings):
    """MLflow's own client with these settings and no others."""
    with monkeypatch.context() as patch:
        for name in NAMES:
            patch.delenv(name, raising=False)
        for name, value in (CLIENT_SETTINGS | settings).items():
            patch.setenv(name, value)
        yield mlflow.MlflowClient(tracking_uri=gateway.url, registry_uri=gateway.url)


def ways(user, token):
    """How the client is told of a token."""
    return (
        {"MLFLOW_TRACKING_USERNAME": user, "MLFLOW_TRACKING_PASSWORD": token},
        {"MLFLOW_TRACKING_TOKEN": token},
    )


def shown(gateway, token, path=SEARCH):
    """The status of a request with a token as bearer."""
    headers = {"Authorization": f"Bearer {token}"}
    return requests.post(gateway.url + path, json={"max_results": 5}, headers=headers, timeout=SECONDS).status_code


def test_the_client_works_with_a_token_as_password_and_as_bearer(gateway, owned, monkeypatch):
    token = issue(person(gateway, ALICE))["token"]
    for settings in ways(ALICE, token):
        with client(gateway, monkeypatch, **settings) as ml:
            run = ml.create_run(owned[0])
            ml.log_metric(run.info.run_id, "loss", 0.5)
            assert ml.get_run(run.info.run_id).data.metrics == {"loss": 0.5}
            assert {found.experiment_id for found in ml.search_experiments()} == set(owned[:2])


def test_a_revoked_token_is_refused_by_the_next_request(gateway, monkeypatch):
    alice = person(gateway, ALICE)
    for revoke in (
        lambda row: alice.call("DELETE", f"{TOKENS}/{row['id']}"),
        lambda row: gateway.call("DELETE", f"{API}/users/{ALICE}/tokens/{row['id']}"),
        lambda row: gateway.call("DELETE", f"{API}/users/{ALICE}/tokens"),
    ):
        row = issue(alice)
        for settings in ways(ALICE, row["token"]):
            with client(gateway, monkeypatch, **settings) as ml:
                ml.search_experiments()
        assert revoke(row).status_code == 200
        for settings in ways(ALICE, row["token"]):
            with client(gateway, monkeypatch, **settings) as ml, pytest.raises(MlflowException, match="401"):
                ml.search_experiments()


def test_a_revoked_token_in_a_loop_locks_its_owner_out_of_nothing(gateway):
    """The password was never seen by this gateway, so that guesses at it would make it wait."""
    carol = gateway.create_user("carol")
    row = issue(gateway, f"{API}/users/carol/tokens")
    gateway.call("DELETE", f"{API}/users/carol/tokens")
    forgotten = Caller(gateway.url, "carol", row["token"])
    assert {forgotten.call("POST", SEARCH, json={}).status_code for _ in range(30)} == {401}
    assert carol.call("POST", SEARCH, json={"max_results": 5}).status_code == 200


def test_a_token_expires(gateway):
    end = (datetime.now(timezone.utc) + timedelta(seconds=3)).isoformat()
    row = issue(person(gateway, ALICE), expiration=end)
    assert shown(gateway, row["token"]) == 200
    time.sleep(3.2)
    assert shown(gateway, row["token"]) == 401
    listed = person(gateway, ALICE).get(TOKENS)["tokens"]
    assert [found["active"] for found in listed if found["id"] == row["id"]] == [False]


def test_a_token_for_reading_reads(gateway, owned, monkeypatch):
    run = person(gateway, ALICE).post(f"{API}/runs/create", experiment_id=owned[0])["run"]["info"]["run_id"]
    token = issue(person(gateway, ALICE), read_only=True)["token"]
    for settings in ways(ALICE, token):
        with client(gateway, monkeypatch, **settings) as ml:
            assert ml.get_run(run).info.experiment_id == owned[0]
            assert {found.experiment_id for found in ml.search_experiments()} == set(owned[:2])
            assert [found.info.run_id for found in ml.search_runs([owned[0]]) if found.info.run_id == run] == [run]
            assert ml.get_registered_model(owned[2]).name == owned[2]
            assert ml.list_artifacts(run) == []
            for change in (
                lambda: ml.create_run(owned[0]),
                lambda: ml.log_metric(run, "loss", 1),
                lambda: ml.set_experiment_tag(owned[0], "a", "b"),
                lambda: ml.create_experiment("of-a-token-for-reading"),
                lambda: ml.create_registered_model("of-a-token-for-reading"),
                lambda: ml.delete_registered_model(owned[2]),
                lambda: ml.log_text(run, "text", "a.txt"),
            ):
                with pytest.raises(REFUSED, match="(?i)permission denied|403"):
                    change()


def test_a_token_for_one_experiment_shows_that_one(gateway, owned, monkeypatch):
    boss = gateway.post(f"{API}/runs/create", experiment_id=owned[1])["run"]["info"]["run_id"]
    for caller, user in ((person(gateway, ALICE), ALICE), (gateway, "admin")):
        resources = [{"type": "experiment", "id": owned[0]}]
        token = issue(caller, resources=resources)["token"]
        for settings in ways(user, token):
            with client(gateway, monkeypatch, **settings) as ml:
                assert [found.experiment_id for found in ml.search_experiments()] == [owned[0]]
                assert list(ml.search_registered_models()) == []
                run = ml.create_run(owned[0])
                ml.log_text(run.info.run_id, "text", "a.txt")
                assert [file.path for file in ml.list_artifacts(run.info.run_id)] == ["a.txt"]
                found = {run.info.experiment_id for run in ml.search_runs(list(owned[:2]))}
                assert found == {owned[0]}
                for other in (
                    lambda: ml.get_experiment(owned[1]),
                    lambda: ml.get_run(boss),
                    lambda: ml.create_run(owned[1]),
                    lambda: ml.get_registered_model(owned[2]),
                    lambda: ml.create_experiment("of-a-narrow-token"),
                ):
                    with pytest.raises(REFUSED, match="(?i)permission denied|403"):
                        other()


def test_a_token_for_one_model_registers_its_versions(gateway, owned, monkeypatch):
    alice = person(gateway, ALICE)
    run = alice.post(f"{API}/runs/create", experiment_id=owned[0])["run"]["info"]["run_id"]
    resources = [{"type": "registered_model", "id": owned[2]}, {"type": "experiment", "id": owned[0]}]
    token = issue(alice, resources=resources)["token"]
    with client(gateway, monkeypatch, MLFLOW_TRACKING_TOKEN=token) as ml:
        ml.log_text(run, "flavors: {}", "model/MLmodel")
        version = ml.create_model_version(owned[2], f"runs:/{run}/model", run)
        ml.set_registered_model_alias(owned[2], "best", version.version)
        assert ml.get_model_version_by_alias(owned[2], "best").version == version.version
        with pytest.raises(REFUSED, match="(?i)permission denied|403"):
            ml.rename_registered_model(owned[2], "elsewhere")


def test_a_narrowed_token_reaches_no_accounts_and_tokens(gateway):
    for more in ({"read_only": True}, {"resources": [{"type": "experiment", "id": "*"}]}):
        token = issue(gateway, **more)["token"]
        headers = {"Authorization": f"Bearer {token}"}
        for method, path, expected in (
            ("GET", f"{API}/users/current", 200),
            ("GET", f"{API}/users/list", 403),
            ("GET", TOKENS, 403),
            ("POST", TOKENS, 403),
            ("POST", f"{API}/users/create", 403),
            ("GET", f"{API3}/users/current/permissions", 403),
            ("GET", f"{API}/permissions/groups", 403),
            ("GET", f"{API}/webhooks", 403),
            ("GET", f"{API}/no-such-route", 403),
        ):
            body = {} if method == "POST" else None
            answer = requests.request(method, gateway.url + path, json=body, headers=headers, timeout=SECONDS)
            assert answer.status_code == expected, (path, answer.text)


def test_graphql_shows_no_more_than_the_token_reaches(gateway, owned):
    runs = [gateway.post(f"{API}/runs/create", experiment_id=id)["run"]["info"]["run_id"] for id in owned[:2]]
    query = "query Q($run: String) { mlflowGetRun(input: {runId: $run}) { run { data { tags { key } } info { experimentId } } } }"
    for more, expected in (
        ({"resources": [{"type": "experiment", "id": owned[0]}]}, [True, False]),
        ({"resources": [{"type": "registered_model", "id": "*"}]}, [False, False]),
        ({"read_only": True}, [True, True]),
    ):
        headers = {"Authorization": f"Bearer {issue(gateway, **more)['token']}"}
        for run, is_shown in zip(runs, expected, strict=True):
            fields = {"query": query, "variables": {"run": run}}
            answer = requests.post(gateway.url + "/graphql", json=fields, headers=headers, timeout=SECONDS)
            assert ("experimentId" in answer.text) == is_shown, (more, answer.text)


def test_a_token_makes_no_token(gateway):
    token = issue(gateway)["token"]
    for caller in (Caller(gateway.url, "admin", token),):
        for method, path in (("POST", TOKENS), ("POST", f"{API}/users/{BOB}/tokens"), ("PATCH", f"{API}/users/access-token")):
            answer = caller.call(method, path, json={"name": "more", "expiration": in_days(1)})
            assert answer.status_code == 403 and "token" not in answer.json(), answer.text
    assert gateway.get(f"{API}/users/{BOB}/tokens") == {"tokens": []}


def test_a_deactivated_owner_is_refused_at_once_and_the_token_does_not_come_back(gateway):
    row = issue(gateway, f"{API}/users/{BOB}/tokens")
    assert shown(gateway, row["token"]) == 200
    for active in (False, True):
        gateway.patch(f"{API}/users/{BOB}/active", active=active)
        assert shown(gateway, row["token"]) == 401
    assert gateway.get(f"{API}/users/{BOB}/tokens") == {"tokens": []}


def test_a_service_account_works_with_a_token_of_an_admin_and_gets_none_itself(gateway, owned):
    gateway.post(f"{API}/users", username="ci", display_name="CI", is_service_account=True)
    gateway.grant("ci", "experiment", owned[0], "EDIT")
    token = issue(gateway, f"{API}/users/ci/tokens")["token"]
    machine = Caller(gateway.url, "ci", token)
    assert machine.post(f"{API}/runs/create", experiment_id=owned[0])["run"]
    assert machine.call("POST", TOKENS, json={"name": "x", "expiration": in_days(1)}).status_code == 403


def test_the_default_token_ends_with_the_next(gateway):
    alice = person(gateway, ALICE)
    first, second = (alice.patch(f"{API}/users/access-token")["token"] for _ in range(2))
    assert (shown(gateway, first), shown(gateway, second)) == (401, 200)


def test_the_last_use_is_told(gateway):
    alice = person(gateway, ALICE)
    row = issue(alice)
    assert row["last_used_at"] is None
    assert shown(gateway, row["token"]) == 200
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        used = [found["last_used_at"] for found in alice.get(TOKENS)["tokens"] if found["id"] == row["id"]]
        if used != [None]:
            break
        time.sleep(0.1)
    assert used[0].startswith(datetime.now(timezone.utc).isoformat()[:10])


def test_what_one_gateway_revokes_the_other_refuses_within_a_second(server, gateway, inner):
    with running(gateway_server(server.log.parent, inner.url, "first-match", "NO_PERMISSIONS")) as other:
        row = issue(person(gateway, ALICE))
        assert shown(other, row["token"]) == 200
        assert person(gateway, ALICE).call("DELETE", f"{TOKENS}/{row['id']}").status_code == 200
        revoked = time.monotonic()
        while shown(other, row["token"]) == 200:
            assert time.monotonic() - revoked < 1, "it was still believed after a second"
        assert shown(other, row["token"]) == 401


def command(server, *arguments):
    """What the gateway's program does with the same store, besides serving."""
    argv = [os.environ["GATEWAY_BIN"], "token", *arguments, "--store", f"sqlite:///{server.log.parent}/auth.db"]
    return subprocess.run(argv, capture_output=True, text=True, timeout=60, env={"PATH": os.environ["PATH"]})


def test_tokens_are_made_listed_and_ended_on_the_command_line(server, gateway, owned):
    made = command(
        server, "create", "--user", "robot", "--name", "deploy", "--expires", "90d", "--service-account",
        "--read-only", "--resource", f"experiment:{owned[0]}",
    )  # fmt: skip
    assert made.returncode == 0 and made.stderr == "", made
    token = made.stdout.strip()
    gateway.grant("robot", "experiment", owned[0], "EDIT")
    gateway.grant("robot", "experiment", owned[1], "EDIT")
    robot = Caller(gateway.url, "robot", token)
    assert [row["experiment_id"] for row in robot.post(SEARCH, max_results=10)["experiments"]] == [owned[0]]
    assert robot.call("POST", f"{API}/runs/create", json={"experiment_id": owned[0]}).status_code == 403
    listed = command(server, "list", "--user", "robot").stdout
    assert "`deploy`" in listed and "reading only" in listed and f"experiment `{owned[0]}`" in listed
    assert token[13:] not in listed
    again = command(server, "create", "--user", "robot", "--name", "deploy")
    assert again.returncode == 2 and "already exists" in again.stderr and again.stdout == ""
    assert command(server, "create", "--user", "nobody").returncode == 2
    assert command(server, "create", "--user", ALICE, "--service-account").returncode == 2
    assert command(server, "create", "--user", "robot", "--name", "long", "--expires", "400d").returncode == 2
    replaced = command(server, "create", "--user", "robot", "--name", "deploy", "--replace")
    assert shown(gateway, replaced.stdout.strip()) == 200 and _refused_soon(gateway, token)
    assert command(server, "delete", "--user", "robot", "--name", "deploy").stdout == "1 token ended\n"
    assert _refused_soon(gateway, replaced.stdout.strip())
    assert command(server, "delete", "--user", "robot", "--name", "deploy").returncode == 2


def _refused_soon(gateway, token):
    """Whether a token that another process ended is refused within a second."""
    deadline = time.monotonic() + 1
    while time.monotonic() < deadline:
        if shown(gateway, token) == 401:
            return True
    return False


def test_no_token_and_no_hash_is_in_the_log_or_in_clear_in_the_store(server, gateway):
    row = issue(person(gateway, ALICE))
    secret = row["token"][13:]
    assert shown(gateway, row["token"]) == 200
    assert Caller(gateway.url, BOB, row["token"]).call("POST", SEARCH, json={}).status_code == 401
    assert shown(gateway, row["token"][:-1] + "!") == 401
    log = server.log.read_text()
    assert row["token_prefix"] in log and secret not in log and "sha256$" not in log
    for file in server.log.parent.glob("auth.db*"):
        assert secret.encode() not in file.read_bytes(), file
