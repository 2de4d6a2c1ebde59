"""Why somebody may or may not: the command, its twin over REST, what a refusal says, and what the log says of it."""

import json
import os
import re
import subprocess
import time

import pytest

from clients import Caller, admin
from conftest import running
from servers import KEPT_ENVIRONMENT, gateway_server
from world import API, API3

MODEL = "churn-model"
EXPERIMENT = "team-a-secret-project"
ALLOWED, REFUSED, UNTOLD = 0, 1, 2
RULES = """
version: 1
groups:
  hidden-group:
    members: [alice]
    grants:
      registered_model:
      - {pattern: ^churn, priority: 5, permission: READ}
      - {pattern: ^ch, priority: 9, permission: MANAGE}
      experiment:
      - {pattern: ^team-a-, priority: 1, permission: NO_PERMISSIONS}
"""


class Gateway:
    """A gateway over the store of the module, and its commands."""

    def __init__(self, server):
        self.server = server

    @property
    def store(self):
        """The store, as `--store` writes it."""
        return self.server.argv[self.server.argv.index("--store") + 1]

    def run(self, *arguments, upstream=None, environment=None):
        """Runs a command of the program on the store. Returns its status, what it printed, and what it complained of."""
        upstream = upstream or self.server.argv[self.server.argv.index("--upstream") + 1]
        argv = [os.environ["GATEWAY_BIN"], *arguments, "--store", self.store, "--upstream", upstream]
        kept = {name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ}
        done = subprocess.run(argv, capture_output=True, text=True, timeout=60, env=kept | (environment or {}))
        return done.returncode, done.stdout, done.stderr

    def explain(self, user, action, resource, *more, **options):
        """Runs `explain`."""
        return self.run("explain", "--user", user, "--action", action, "--resource", resource, *more, **options)


@pytest.fixture(scope="module")
def silent(data, inner):
    """A gateway that says nothing of its reasons, with a JSON log."""
    with running(gateway_server(data / "explain", inner.url, "first-match", arguments=["--log-format", "json"])) as server:
        yield Gateway(server)


@pytest.fixture(scope="module")
def open_one(data, silent, inner, world_of):
    """One on the same store that says them, with a log for people."""
    server = gateway_server(data / "explain-open", inner.url, "first-match", arguments=["--explain-refusals"])
    server.argv[server.argv.index("--store") + 1] = silent.store
    with running(server) as started:
        yield Gateway(started)


@pytest.fixture(scope="module")
def world_of(silent, data):
    """Alice, whose group may read some models; and bob. Returns the id of an experiment of the admin's."""
    root = admin(silent.server.url)
    callers = {name: root.create_user(name) for name in ("alice", "bob")}
    rules = data / "rules.yaml"
    rules.write_text(RULES)
    apply_rules(silent, rules)
    root.post(f"{API}/registered-models/create", name=MODEL)
    callers["experiment"] = root.post(f"{API}/experiments/create", name=EXPERIMENT)["experiment_id"]
    return callers


def apply_rules(gateway, rules):
    """Makes the rules of a file live, by way of a gateway that observes them and is told to promote them unseen."""
    watching = gateway_server(
        rules.parent / f"apply-{rules.stem}", gateway.server.argv[gateway.server.argv.index("--upstream") + 1], "first-match",
        arguments=["--shadow-rules", str(rules)],
    )  # fmt: skip
    watching.argv[watching.argv.index("--store") + 1] = gateway.store
    with running(watching) as started:
        caller = admin(started.url)
        for _ in range(100):
            if caller.get(f"{API}/permissions/shadow")["candidate"]:
                break
            time.sleep(0.1)
        caller.post(f"{API}/permissions/shadow/promote", unseen=True)


def test_command_in_words(silent, world_of):
    """The answer in words names who, what, why, what is missing and what was shadowed; the status says it too."""
    status, out, error = silent.explain("alice", "delete", f"registered_model:{MODEL}")
    assert status == REFUSED, error
    lines = out.splitlines()
    assert lines[0] == f"refuse: `alice` may not delete registered_model `{MODEL}`"
    assert re.match(r"  because:  grant \d+, READ for group `hidden-group` on every registered_model that `\^churn` \(priority 5\)", lines[1])
    assert lines[2:5] == ["  holds:    READ", "  takes:    MANAGE", f"  missing:  MANAGE on registered_model `{MODEL}`, where READ is held"]
    assert "MANAGE for group `hidden-group`" in lines[6] and lines[6].endswith("(source group-regex), would have allowed it")


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (("alice", "read", f"registered_model:{MODEL}"), ALLOWED, "allow: `alice` may read"),
        (("bob", "read", f"registered_model:{MODEL}"), REFUSED, "the default permission is NO_PERMISSIONS"),
        (("bob", "read", f"registered_model:{MODEL}", "--group", "hidden-group"), ALLOWED, "hidden-group"),
        (("admin", "manage", f"registered_model:{MODEL}"), ALLOWED, "admins may do everything"),
        (("nobody", "read", f"registered_model:{MODEL}"), REFUSED, "no account of `nobody` is kept here"),
        (("alice", "read", f"experiment:name={EXPERIMENT}"), REFUSED, f"(`{EXPERIMENT}`)"),
        (("alice", "read", "experiment:0", "--name", "team-a-x"), REFUSED, "NO_PERMISSIONS for group `hidden-group`"),
        (("alice", "read", "run:*"), REFUSED, "every run"),
        (("alice", "read", "registered_model:no-such-model"), REFUSED, "MLflow knows no registered_model `no-such-model`"),
        (("alice", "create", "experiment:*"), ALLOWED, "may go past every experiment"),
    ],
)
def test_command(silent, world_of, arguments, status, says):
    """Each answer has its status."""
    found, out, error = silent.explain(*arguments)
    assert found == status and says in out, out + error


def test_command_looks_names_up(silent, world_of):
    """An experiment's name is MLflow's to tell; without MLflow it is unknown, and a pattern that needs it refuses."""
    resource = f"experiment:{world_of['experiment']}"
    status, out, _ = silent.explain("alice", "read", resource, "--json")
    told = json.loads(out)
    assert (status, told["reason"], told["resource"]["name"]) == (REFUSED, "granted", EXPERIMENT)
    status, out, _ = silent.explain("alice", "read", resource, "--json", upstream="http://127.0.0.1:9")
    told = json.loads(out)
    assert (status, told["reason"], told["resource"]["name"]) == (REFUSED, "name-unknown", None)
    assert "say it with --name" in told["notes"][0]
    status, _, error = silent.explain("alice", "read", f"experiment:name={EXPERIMENT}", upstream="http://127.0.0.1:9")
    assert status == UNTOLD and f"the id of the experiment `{EXPERIMENT}` is not known" in error


def test_command_judges_creation_by_the_name(silent):
    """What is to be created is not there yet: MLflow is not asked."""
    for restricted, status in (("false", ALLOWED), ("true", REFUSED)):
        found, out, error = silent.explain(
            "alice", "create", "experiment:name=not-there-yet",
            environment={"RESTRICT_RESOURCE_CREATION": restricted}, upstream="http://127.0.0.1:9",
        )  # fmt: skip
        assert found == status, out + error


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("alice", "destroy", "experiment:1"), "`destroy` is not an action"),
        (("alice", "read", "experiment"), "`experiment` is not a resource such as"),
        (("alice", "read", "model:x"), "`model` is not a resource type"),
        (("alice", "read", "experiment:x"), "the experiment id `x` is not a decimal number"),
        (("alice", "read", "run:abc"), "must be `*`"),
        (("a:b", "read", "experiment:1"), "it holds a colon"),
        (("alice", "read", "experiment:1", "--workspace", "blue"), "workspaces are switched off"),
        (("alice", "read", "experiment:1", "--group", ""), "the group name `` is not valid"),
    ],
)
def test_command_bad_input(silent, world_of, arguments, says):
    """What cannot be understood ends with status 2 and names it."""
    status, out, error = silent.explain(*arguments)
    assert (status, out) == (UNTOLD, "") and says in error, error


def test_command_makes_no_store(silent, data):
    """Looking makes no store."""
    path = data / "not-there.db"
    argv = [os.environ["GATEWAY_BIN"], "explain", "--user", "a", "--action", "read", "--resource", "experiment:1"]
    done = subprocess.run([*argv, "--store", f"sqlite:///{path}"], capture_output=True, text=True, timeout=60)
    assert done.returncode == UNTOLD and "there is no store" in done.stderr and not path.exists()


def ask(caller, resource, action="read", **more):
    """The status and the JSON of the REST twin."""
    kind, _, name = resource.partition(":")
    query = {"action": action, "resource_type": kind, "resource_id": name} | more
    answer = caller.call("GET", f"{API}/permissions/explain", params=query)
    return answer.status_code, answer.json() if answer.headers["Content-Type"] == "application/json" else answer.text


def test_rest_is_the_twin(silent, world_of):
    """For an admin both say the same."""
    root = admin(silent.server.url)
    for resource in (f"registered_model:{MODEL}", f"experiment:{world_of['experiment']}", "run:*", "prompt:x"):
        for action in ("read", "delete", "create"):
            status, told = ask(root, resource, action, username="alice")
            _, out, _ = silent.explain("alice", action, resource, "--json")
            assert (status, told) == (200, json.loads(out)), resource
    assert ask(root, f"registered_model:{MODEL}", username="bob", group="hidden-group")[1]["allowed"]


def test_an_experiment_speaks_for_its_scorers(silent, world_of):
    """Where nobody granted anything on the scorer itself, as for requests."""
    root, alice = admin(silent.server.url), world_of["alice"]
    experiment = world_of["experiment"]
    named = {"experiment_id": experiment, "name": "judge"}

    def explained():
        status, told = ask(root, f"scorer:{experiment}/judge", username="alice")
        _, out, error = silent.explain("alice", "read", f"scorer:{experiment}/judge", "--json")
        assert (status, told) == (200, json.loads(out)), error
        refused = alice.call("GET", "/api/3.0/mlflow/scorers/versions", params=named).status_code == 403
        own = ask(alice, f"scorer:{experiment}/judge")[1]
        assert told["allowed"] is own["allowed"] is not refused
        return told["resource"]["type"], told["resource"]["name"], told["allowed"]

    assert explained() == ("experiment", EXPERIMENT, False)
    root.grant("alice", "experiment", experiment, "READ")
    assert explained() == ("experiment", EXPERIMENT, True)
    root.grant("alice", "scorer", f"{experiment}/judge", "NO_PERMISSIONS")
    assert explained() == ("scorer", "judge", False)
    root.revoke("alice", "scorer", f"{experiment}/judge")
    root.revoke("alice", "experiment", experiment)


def test_rest_about_others(silent, world_of):
    """Only admins ask about others, or what groups would change; nobody asks without signing in."""
    alice = world_of["alice"]
    assert ask(alice, f"registered_model:{MODEL}", username="bob")[0] == 403
    assert ask(alice, f"registered_model:{MODEL}", group="other")[0] == 403
    assert silent.server and alice.call("GET", f"{API}/permissions/explain", auth=None).status_code == 401


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"resource_type": "experiment", "resource_id": "1"}, "'action'"),
        ({"action": "read", "resource_id": "1"}, "'resource_type'"),
        ({"action": "eat", "resource_type": "experiment", "resource_id": "1"}, "`eat` is not an action"),
        ({"action": "read", "resource_type": "experiment", "resource_id": "01"}, "not a decimal number"),
        ({"action": "read", "resource_type": "x", "resource_id": "1"}, "not a resource type"),
        ({"action": "read", "resource_type": "run", "resource_id": "*", "resource_name": "x"}, "resource_name"),
        ({"action": "read", "resource_type": "run", "resource_id": "*", "username": "a:b"}, "colon"),
    ],
)
def test_rest_bad_input(silent, world_of, query, says):
    """What cannot be understood is a 400 that names it."""
    answer = admin(silent.server.url).call("GET", f"{API}/permissions/explain", params=query)
    assert answer.status_code == 400 and says in answer.json()["message"], answer.text


def test_rest_about_oneself_keeps_others_out(silent, world_of):
    """About himself anybody learns the verdict, and nothing of what he holds through others, nor what he may not read."""
    alice = world_of["alice"]
    status, told = ask(alice, f"registered_model:{MODEL}", "delete")
    assert (status, told["allowed"], told["permission"], told["needed"]) == (200, False, "READ", "MANAGE")
    assert told["grant"] is None and told["withheld"] and [met["grant"] for met in told["shadowed"]] == [None]
    text = json.dumps(told)
    assert "hidden-group" not in text and "^ch" not in text, text
    # What may not be read: whether it exists and what it is called shows in nothing.
    seen = [ask(alice, f"experiment:{number}")[1] for number in (world_of["experiment"], "987654")]
    assert [EXPERIMENT in json.dumps(told) for told in seen] == [False, False]
    for told in seen:
        told["resource"].pop("id"), told["missing"]["resource"].pop("id")
    assert seen[0] == seen[1], seen


def test_refusal_says_why_where_it_may(open_one, silent, world_of):
    """A refusal names who needs what, what he holds and from where; nothing of it where the operator does not say so."""
    path = f"{API}/registered-models/delete"
    for gateway, loud in ((open_one, True), (silent, False)):
        alice = Caller(gateway.server.url, "alice", world_of["alice"].password)
        answer = alice.call("DELETE", path, json={"name": MODEL})
        assert answer.status_code == 403
        if loud:
            expected = f"Permission denied: `alice` may not delete registered_model `{MODEL}`: grant "
            assert answer.text.startswith(expected) and answer.text.endswith("; it takes MANAGE"), answer.text
            assert "READ for group `hidden-group`" in answer.text
            assert "hidden-group" in json.dumps(ask(alice, f"registered_model:{MODEL}")[1])
        else:
            assert answer.text == "Permission denied"


def test_log_says_why(silent, world_of):
    """The log always says who needed what, what he held and from where, as fields; no password is in it."""
    alice = world_of["alice"]
    assert alice.call("DELETE", f"{API}/registered-models/delete", json={"name": MODEL}).status_code == 403
    lines = [json.loads(line) for line in silent.server.log.read_text().splitlines() if line.startswith("{")]
    refusals = [line["fields"] for line in lines if line["fields"].get("message") == "refused"]
    found = [fields for fields in refusals if fields.get("route") == "/2.0/mlflow/registered-models/delete"][-1]
    grant = found.pop("grant")
    why = found.pop("why")
    assert found == {
        "message": "refused", "user": "alice", "proof": "password", "method": "DELETE", "path": f"{API}/registered-models/delete",
        "route": "/2.0/mlflow/registered-models/delete", "action": "delete", "resource": f"registered_model `{MODEL}`",
        "needed": "MANAGE", "held": "READ", "reason": "granted", "source": "group-regex", "holder": "group `hidden-group`",
    }  # fmt: skip
    assert isinstance(grant, int) and f"grant {grant}, READ" in why
    assert alice.password not in silent.server.log.read_text()


@pytest.mark.parametrize("which", ["open_one", "silent"])
def test_log_lines_cannot_be_forged(request, which, world_of):
    """Whatever a request says, it stays inside its field of its line."""
    gateway = request.getfixturevalue(which)
    forged = 'x"\n2031-01-01T00:00:00Z  INFO refused user="mallory" \u2028\x1b[31m user=mallory'
    alice = Caller(gateway.server.url, "alice", world_of["alice"].password)
    before = gateway.server.log.read_text().count("\n")
    answer = alice.call("DELETE", f"{API}/registered-models/delete", json={"name": forged})
    assert answer.status_code == 403
    assert "\n" not in answer.text and "\x1b" not in answer.text
    added = gateway.server.log.read_text().split("\n")[before:-1]
    about = [line for line in added if "mallory" in line]
    assert len(about) == 1, added
    assert "\x1b" not in about[0]
    if which == "silent":
        assert json.loads(about[0])["fields"]["user"] == "alice"
    else:
        assert ' user="alice"' in about[0] and ' user="mallory"' not in about[0], about[0]


def test_the_pages_paths_lead_there_too(silent, world_of):
    """The paths of MLflow's pages are served as well, and other methods are not."""
    root = admin(silent.server.url)
    query = {"action": "read", "resource_type": "run", "resource_id": "*"}
    assert root.call("GET", "/ajax-api/2.0/mlflow/permissions/explain", params=query).status_code == 200
    assert world_of["alice"].call("POST", f"{API3}/permissions/explain", json=query).status_code == 403
