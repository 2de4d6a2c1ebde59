"""Shadow mode: candidate rules are observed on real requests, change none of them, and can be made live."""

import json
import os
import subprocess
import time

import pytest

from clients import admin
from conftest import running
from servers import ADMIN, ADMIN_PASSWORD, KEPT_ENVIRONMENT, gateway_server
from world import API

SHADOW = f"{API}/permissions/shadow"
RULES = """
version: 1
users:
  alice:
    grants:
      registered_model:
      - {id: mine, permission: READ}
groups:
  ml:
    members: [bob]
    grants:
      registered_model:
      - {pattern: ^mi, priority: 1, permission: READ}
      experiment:
      - {pattern: ^open-, priority: 1, permission: READ}
"""


@pytest.fixture
def rules(tmp_path):
    """The file of candidate rules."""
    path = tmp_path / "rules.yaml"
    path.write_text(RULES)
    return path


@pytest.fixture
def gateway(tmp_path, inner, rules):
    """A gateway that observes them."""
    arguments = ["--shadow-rules", str(rules), "--log-format", "json"]
    with running(gateway_server(tmp_path / "gateway", inner.url, "first-match", arguments=arguments)) as server:
        report(server, lambda told: told["candidate"])
        yield server


@pytest.fixture
def people(gateway, inner):
    """Alice, who manages the model `mine`, and bob, who may nothing."""
    root = admin(gateway.url)
    alice, bob = (root.create_user(name) for name in ("alice", "bob"))
    alice.call("POST", f"{API}/registered-models/create", json={"name": "mine"})
    root.grant("alice", "registered_model", "mine", "MANAGE")
    return alice, bob


def report(server, until=lambda told: True):
    """The report, as soon as it is so."""
    for _ in range(200):
        told = admin(server.url).get(SHADOW)
        if until(told):
            return told
        time.sleep(0.1)
    raise AssertionError(f"it never came to be: {told}")


def command(server, *arguments, password=ADMIN_PASSWORD):
    """Runs `shadow ...` against a gateway. Returns its status, what it printed, what it complained of."""
    argv = [os.environ["GATEWAY_BIN"], "shadow", *arguments, "--gateway", server.url]
    environment = {name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ}
    environment |= {"MLFLOW_TRACKING_USERNAME": ADMIN, "MLFLOW_TRACKING_PASSWORD": password}
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60, env=environment)
    return done.returncode, done.stdout, done.stderr


def update(caller):
    """Changes the model. Returns the status."""
    return caller.call("PATCH", f"{API}/registered-models/update", json={"name": "mine", "description": "x"}).status_code


def read(caller):
    """Reads the model. Returns the status."""
    return caller.call("GET", f"{API}/registered-models/get?name=mine").status_code


def test_observed_and_made_live(gateway, people):
    """Losses and gains are counted for the rules that decide; no answer changes until the candidate is made live."""
    alice, bob = people
    assert [update(alice) for _ in range(3)] == [200] * 3, "nothing of the candidate reaches an answer"
    assert [read(bob), update(bob), read(alice)] == [403, 403, 200]
    told = report(gateway)
    assert (told["lost"], told["gained"], told["untold"], told["problem"]) == (3, 1, 0, None)
    lost, gained = told["rules"]
    assert (lost["effect"], lost["count"], lost["live"]["permission"], lost["candidate"]["permission"]) == ("lost", 3, "MANAGE", "READ")
    assert lost["samples"] == [{
        "user": "alice", "action": "update", "resource": "registered_model `mine`", "method": "PATCH",
        "route": "/2.0/mlflow/registered-models/update",
    }]  # fmt: skip
    assert (gained["live"]["reason"], gained["candidate"]["grant"]) == ("default", None)
    assert "READ for group `ml` on every registered_model that `^mi`" in gained["candidate"]["says"]

    # The log has the first, the second and the fourth of each pair of rules.
    logged = [json.loads(line)["fields"] for line in gateway.log.read_text().splitlines() if "decide otherwise" in line]
    assert [(line["effect"], line["count"]) for line in logged] == [("lost", 1), ("lost", 2), ("gained", 1)]

    status, out, error = command(gateway, "report")
    assert status == 0 and "3 lost, 1 gained" in out and "such as `alice`: update registered_model `mine`" in out, out + error
    status, out, _ = command(gateway, "report", "--json")
    assert json.loads(out)["candidate"] == told["candidate"]
    status, out, error = command(gateway, "promote", "--allow-lost", "2")
    assert (status, error) == (1, "") and "3 of " in out and "would be lost, and 2 may be" in out
    assert [update(alice), read(bob)] == [200, 403], "refused is not promoted"
    assert command(gateway, "promote", "--allow-lost", "9", "--candidate", "another")[0] == 1
    status, out, error = command(gateway, "promote", "--allow-lost", "4", "--candidate", told["candidate"])
    assert status == 0 and f"candidate {told['candidate']} is live" in out, out + error
    assert [update(alice), read(alice), read(bob), update(bob)] == [403, 200, 200, 403]
    assert report(gateway)["lost"] == 4, "what is live is no difference any more"


def test_nothing_seen_is_nothing_known(gateway, people, rules):
    """A candidate that nobody was observed with is not made live, unless that is asked for."""
    alice, bob = people
    rules.write_text(RULES + "# none of what was observed until now\n")
    report(gateway, lambda told: told["observed"] == 0)
    status, out, _ = command(gateway, "promote")
    assert status == 1 and "no decision was observed yet" in out
    assert command(gateway, "promote", "--unseen")[0] == 0
    assert [update(alice), read(bob)] == [403, 200]


def test_names_that_only_the_candidate_needs(gateway, people):
    """A pattern of the candidate judges an experiment's name although nothing live needs it."""
    alice, bob = people
    root = admin(gateway.url)
    ids = [root.post(f"{API}/experiments/create", name=f"{name}-{time.time_ns()}")["experiment_id"] for name in ("open", "shut")]
    assert [bob.call("GET", f"{API}/experiments/get?experiment_id={number}").status_code for number in ids] == [403, 403]
    told = report(gateway)
    assert (told["gained"], told["lost"], told["skipped"]) == (1, 0, 0), told
    assert told["rules"][0]["samples"][0]["resource"].startswith(f"experiment `{ids[0]}`")


def test_another_file_is_another_candidate(gateway, people, rules):
    """The file is read again when it changes; one that cannot be used is said, and live goes on."""
    alice, bob = people
    update(alice)
    first = report(gateway)
    assert first["lost"] == 1
    rules.write_text(RULES.replace("permission: READ", "permission: EDIT"))
    second = report(gateway, lambda told: told["candidate"] != first["candidate"])
    assert (second["lost"], second["gained"], second["observed"]) == (0, 0, 0)
    rules.write_text(RULES.replace("READ", "OWNER"))
    broken = report(gateway, lambda told: told["candidate"] is None)
    assert "`OWNER` is not a permission" in broken["problem"], broken
    assert [update(alice), read(bob)] == [200, 403]
    status, out, _ = command(gateway, "promote", "--unseen")
    assert status == 1 and "there is no candidate" in out
    rules.unlink()
    assert report(gateway, lambda told: "cannot be read" in (told["problem"] or ""))
    rules.write_text(RULES)
    assert report(gateway, lambda told: told["candidate"])["candidate"] == first["candidate"]


def test_grants_made_meanwhile_are_no_losses(gateway, people):
    """What somebody creates while a candidate is observed is theirs with it as well."""
    alice, _ = people
    created = alice.call("POST", f"{API}/registered-models/create", json={"name": f"new-{time.time_ns()}"})
    assert created.status_code == 200
    name = created.json()["registered_model"]["name"]
    assert alice.call("DELETE", f"{API}/registered-models/delete", json={"name": name}).status_code == 200
    assert report(gateway)["lost"] == 0


def test_only_admins(gateway, people):
    """Others neither look nor promote; what is wrong with a call is said."""
    alice, _ = people
    assert alice.call("GET", SHADOW).status_code == 403
    assert alice.call("POST", f"{SHADOW}/promote", json={"unseen": True}).status_code == 403
    assert alice.call("GET", SHADOW, auth=None).status_code == 401
    root = admin(gateway.url)
    for body, says in (({"allow_lost": -1}, "allow_lost"), ({"allow_lost": "1"}, "allow_lost"), ({"unseen": 1}, "unseen"), ({"candidate": 7}, "candidate")):
        answer = root.call("POST", f"{SHADOW}/promote", json=body)
        assert answer.status_code == 400 and f"`{says}`" in answer.json()["message"], answer.text
    status, out, error = command(gateway, "report", password="wrong-password-x")
    assert (status, out) == (2, "") and "401" in error
    assert "wrong-password-x" not in error


def test_without_a_candidate(tmp_path, inner):
    """A gateway that is told of no candidate has no report; one that is nowhere gives none."""
    with running(gateway_server(tmp_path / "plain", inner.url, "union")) as server:
        assert admin(server.url).call("GET", SHADOW).status_code == 404
        status, _, error = command(server, "report")
        assert status == 2 and "no candidate is configured here" in error
    status, _, error = command(server, "report")
    assert status == 2 and "gives no answer" in error
