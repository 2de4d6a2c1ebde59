"""GraphQL at the gateway, held against MLflow's own access control and against the schema of the server itself."""

import json
import os
import re
import subprocess
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from graphql_cases import PAIRS, REFUSED, SKIPPED, WHOLE

from clients import Caller, admin
from conftest import open_front, running
from servers import gateway_server
from upstream import Upstream
from world import API, settle

SCHEMA = Path(__file__).parents[4] / "mlflow-auth-core/src/routes/mlflow/graphql.graphql"


class Side:
    """One of the two servers: a reader of some of it, and what there is."""

    def __init__(self, front, user):
        self.front, self.owner = front, front.admin.create_user(f"owner-{user}")
        self.number_experiments_apart(user)
        self.bob = front.admin.create_user(user)
        self.seen, self.kept = (settle(self.owner, front.inner, mark) for mark in ("seen", "kept"))
        self.tell_runs_of_versions()
        self.grants()

    def number_experiments_apart(self, user):
        """An experiment has a number that no version, step or time in the answers has."""
        for number in range(20):
            gone = self.front.inner.post(f"{API}/experiments/create", name=f"gone-{user}-{number}")["experiment_id"]
            self.front.inner.post(f"{API}/experiments/delete", experiment_id=gone)

    def grants(self):
        """Bob reads one experiment and one model; of the rest he is granted nothing."""
        for kind, name in (("experiment", self.seen.experiment), ("registered_model", self.seen.model)):
            self.front.admin.grant(self.bob.user, kind, name, "READ")

    def tell_runs_of_versions(self):
        """A version of each model comes from the run that bob may read."""
        for model in (self.seen.model, self.kept.model):
            source = f"runs:/{self.seen.run}/model"
            self.front.inner.post(f"{API}/model-versions/create", name=model, source=source, run_id=self.seen.run)

    def names(self):
        """What may stand in `<>` in a query."""
        own, kept = self.seen, self.kept
        return {
            "exp": own.experiment, "run": own.run, "model": own.model, "logged": own.logged_model,
            "kept_exp": kept.experiment, "kept_run": kept.run, "kept_model": kept.model,
        }  # fmt: skip

    def ask(self, caller, params):
        """The answer to a query, with the ids of this side written as their names."""
        text = json.dumps(params)
        for name, value in self.names().items():
            text = text.replace(f"<{name}>", value)
        answer = caller.call("POST", "/graphql", data=text, headers={"Content-Type": "application/json"})
        told = answer.text
        for name, value in sorted(self.names().items(), key=lambda pair: -len(pair[1])):
            told = re.sub(rf'"{re.escape(value)}"', f'"<{name}>"', told)
        return answer.status_code, told


@pytest.fixture(scope="module")
def ours(request, data):
    """The gateway in front of a plain MLflow."""
    with open_front(request, data, "graphql", "union") as front:
        yield Side(front, "bob")


@pytest.fixture(scope="module")
def theirs(reference_front):
    """MLflow's own access control."""
    return Side(reference_front, "graphql-bob")


def same(told):
    """What both sides must say alike: not the words of an error, nor names that a server makes up."""
    answer = json.loads(told)
    return {"data": without_names(answer["data"]), "errors": bool(answer["errors"])}


def without_names(value):
    """Without the name that a server makes up for a run."""
    if isinstance(value, dict):
        return {key: without_names(item) for key, item in value.items()}
    made_up = {"key": "mlflow.runName"}
    return [without_names(item) for item in value if not (isinstance(item, dict) and item.items() >= made_up.items())] if isinstance(value, list) else value


@pytest.mark.parametrize("params", PAIRS.values(), ids=PAIRS)
def test_says_what_basic_auth_says(ours, theirs, params):
    (status, found), (wanted_status, wanted) = (side.ask(side.bob, params) for side in (ours, theirs))
    assert (status, same(found)) == (wanted_status, same(wanted)), f"{found}\n{wanted}"
    for kept in ("<kept_run>", "<kept_model>", "kept"):
        assert f'"{kept}"' not in found, found


# Nobody learns which runs there are, nor what others have whose tests share the server.
OWNED = {name: params for name, params in PAIRS.items() if name not in ("a run that is not there", "all versions")}


@pytest.mark.parametrize("params", OWNED.values(), ids=OWNED)
def test_says_to_whoever_owns_it_what_plain_mlflow_says(ours, params):
    """Reading and writing a document anew changes nothing of what it means."""
    mine, plain = ours.ask(ours.owner, params), ours.ask(ours.front.inner, params)
    assert (mine[0], same(mine[1])) == (plain[0], same(plain[1]))


@pytest.mark.parametrize(("params", "same_as"), SKIPPED.values(), ids=SKIPPED)
def test_what_is_left_out_is_neither_judged_nor_asked_for(ours, params, same_as):
    for caller in (ours.bob, ours.owner):
        assert ours.ask(caller, params) == ours.ask(caller, same_as)


@pytest.mark.parametrize("params", PAIRS.values(), ids=PAIRS)
def test_an_admin_sees_what_plain_mlflow_says(ours, params):
    assert ours.ask(ours.front.admin, params) == ours.ask(ours.front.inner, params)


@pytest.mark.parametrize(("params", "status", "told"), REFUSED.values(), ids=REFUSED)
def test_refuses(ours, params, status, told):
    """What cannot be read is 400; what can be and asks for too much is answered without data."""
    found = ours.ask(ours.bob, params)
    assert found[0] == status and told in found[1], found
    assert status != 200 or json.loads(found[1])["data"] in (None, {"__schema": None}, {"__type": None})


@pytest.mark.parametrize("params", WHOLE.values(), ids=WHOLE)
def test_leaks_nothing_however_it_is_asked_for(ours, params):
    """Nothing of what the owner kept is in the answer, whatever else is."""
    assert '"kept"' in ours.ask(ours.owner, params)[1]
    status, found = ours.ask(ours.bob, params)
    assert status in (200, 400) and '"kept"' not in found and "<kept_run>" not in found, found


def test_a_get_is_never_run(ours):
    """A query in the address is nothing that anybody executes, and a body of a `GET` nothing that anybody reads."""
    query = '{ mlflowGetRun(input: {runId: "%s"}) { run { info { runId } } } }' % ours.seen.run
    for caller in (ours.bob, ours.front.admin):
        answer = caller.call("GET", "/graphql", params={"query": query})
        assert answer.status_code == 400 and "POST" in answer.text
        answer = caller.call("GET", "/graphql", json={"query": query})
        assert answer.status_code == 400 and ours.seen.run not in answer.text


def test_the_address_of_a_post_says_nothing(ours):
    kept = '{ mlflowGetRun(input: {runId: "%s"}) { run { info { runId } } } }' % ours.kept.run
    answer = ours.bob.call("POST", "/graphql", params={"query": kept}, json={"query": '{ test(inputString: "x") { output } }'})
    assert answer.json() == {"data": {"test": {"output": "x"}}, "errors": None}


def test_a_denied_kind_is_taken_out_of_every_answer(ours):
    """Whoever is denied all runs, or all versions, sees none of them, nor fields that name them."""
    query = {"query": '{ mlflowSearchRuns(input: {experimentIds: ["<exp>"]}) { runs { info { runId } modelVersions { name } } } '
             'mlflowSearchModelVersions(input: {}) { modelVersions { name runId } } }'}  # fmt: skip
    seen = json.loads(ours.ask(ours.bob, query)[1])["data"]
    assert [run["info"]["runId"] for run in seen["mlflowSearchRuns"]["runs"]] == ["<run>"]
    assert seen["mlflowSearchRuns"]["runs"][0]["modelVersions"] == [{"name": "<model>"}] * 2
    versions = seen["mlflowSearchModelVersions"]["modelVersions"]
    assert {version["runId"] for version in versions} == {"<run>"}
    ours.front.admin.grant(ours.bob.user, "run", "*", "DENY")
    try:
        found = json.loads(ours.ask(ours.bob, query)[1])["data"]
        assert found["mlflowSearchRuns"] is None
        assert {version["runId"] for version in found["mlflowSearchModelVersions"]["modelVersions"]} == {""}
    finally:
        ours.front.admin.revoke(ours.bob.user, "run", "*")
    ours.front.admin.grant(ours.bob.user, "registered_model_version", "*", "DENY")
    try:
        found = json.loads(ours.ask(ours.bob, query)[1])["data"]
        assert found["mlflowSearchRuns"]["runs"][0]["modelVersions"] == []
        assert found["mlflowSearchModelVersions"]["modelVersions"] == []
    finally:
        ours.front.admin.revoke(ours.bob.user, "registered_model_version", "*")


def test_a_token_that_only_reads_asks_here_as_well(ours):
    """Of an admin too: it is no admin's whole proof, so that every field is judged."""
    expiration = (datetime.now(timezone.utc) + timedelta(days=1)).isoformat()
    made = ours.front.admin.post(f"{API}/users/current/tokens", name="reads", expiration=expiration, read_only=True)
    reader = Caller(ours.front.url, "admin", made["token"])
    params = {"query": '{ mlflowGetRun(input: {runId: "<kept_run>"}) { run { info { runId } } } __schema { types { name } } }'}
    status, found = ours.ask(reader, params)
    assert (status, json.loads(found)["data"]) == (200, {"mlflowGetRun": {"run": {"info": {"runId": "<kept_run>"}}}, "__schema": None})


def test_refusals_are_logged(ours):
    ours.ask(ours.bob, {"query": '{ mlflowGetRun(input: {runId: "<kept_run>"}) { run { info { runId } } } }'})
    log = Path(str(ours.front.stored)).parent / "graphql/gateway.log"
    lines = [line for line in log.read_text().splitlines() if "refused" in line and "/graphql" in line]
    assert any("bob" in line and "runs/get" in line for line in lines), lines[-5:]


def test_an_outage_is_no_refusal(data):
    """Where MLflow does not answer, nobody is told that they may not."""

    def answer(asked):
        return (200, {}, b"OK") if asked.path == "/health" else (500, {}, b"{}")

    mlflow_like = Upstream(answer)
    with running(mlflow_like) as behind, running(gateway_server(data / "graphql-outage", behind.url, "union", "NO_PERMISSIONS")) as started:
        bob = admin(started.url).create_user("bob")
        answer = bob.call("POST", "/graphql", json={"query": '{ mlflowGetRun(input: {runId: "x"}) { run { info { runId } } } }'})
        assert answer.status_code == 503 and answer.headers["Retry-After"]


def test_the_schema_is_that_of_the_server():
    """And every field with a resolver of its own has a rule."""
    program = """
import json, sys
from graphql import build_schema, print_schema, lexicographic_sort_schema
from mlflow.server.graphql.graphql_schema_extensions import schema
def plain(of):
    return [line for line in print_schema(lexicographic_sort_schema(of)).splitlines() if '\"' * 3 not in line]
live = schema.graphql_schema
for kind in live.type_map.values():
    kind.description = None
    for field in getattr(kind, "fields", {}).values():
        field.description = None
resolvers = [[name, field] for name, kind in schema.graphql_schema.type_map.items() for field, made in getattr(kind, "fields", {}).items()
    if not name.startswith("__") and getattr(getattr(made, "resolve", None), "__name__", "").startswith("resolve_")]
print(json.dumps([plain(build_schema(open(sys.argv[1]).read())), plain(live), resolvers]))
"""
    python = os.environ.get("MLFLOW_PYTHON", "python3")
    done = subprocess.run([python, "-W", "ignore", "-c", program, str(SCHEMA)], capture_output=True, text=True, check=True)
    ours, live, resolvers = json.loads(done.stdout)
    assert ours == live
    rules = (SCHEMA.parent / "graphql.rs").read_text()
    ruled = {(parent, name) for parent, name in re.findall(r'FieldRule::\w+\(\s*"(\w+)",\s*"(\w+)"', rules)}
    # The mutation that echoes finds no resolver by its name.
    assert resolvers and {tuple(field) for field in resolvers} | {("Mutation", "testMutation")} == ruled
