"""What MLflow receives names nothing that was not judged, and says what the request said, for random requests.

The gateway is in front of a server that only notes what arrives. MLflow's own handlers (`reader_oracle`) then say what
they would have acted on: for what arrived, and for what was sent.
"""

import json
import logging
import random
from collections import Counter
from urllib.parse import parse_qs, unquote

import pytest

import wire
from clients import admin, basic_user
from conftest import running
from reader_bends import BENDS
from reader_oracle import EXPERIMENTS, acted_on
from reader_requests import COUNT, draft, name_of, number_of
from servers import gateway_server
from upstream import Upstream

SEED = 3172
REQUESTS = 2000
LEVELS = ("NOTHING", "READ", "EDIT", "MANAGE")


LOOK_UPS = {
    "/runs/get": ("run", "run_id", lambda name: {"run": {"info": {"run_id": name, "run_uuid": name, "experiment_id": home("run", name)}, "data": {}}}),
    "/experiments/get": ("experiment", "experiment_id", lambda name: {"experiment": {"experiment_id": name, "name": "e", "lifecycle_stage": "active"}}),
    "/registered-models/get": ("registered_model", "name", lambda name: {"registered_model": {"name": name}}),
    "/traces/get": ("trace", "trace_id", lambda name: {"trace": trace(name)}),
    "/logged-models/": ("logged_model", None, lambda name: {"model": {"info": {"model_id": name, "experiment_id": home("logged_model", name)}, "data": {}}}),
    "/traces/": ("trace", None, lambda name: {"trace": trace(name), "trace_info": {"request_id": name, "experiment_id": home("trace", name)}}),
}  # fmt: skip


def answer(asked):
    """What MLflow answers a look-up; and to everything else, that it is done."""
    path, query = unquote(asked.path), parse_qs(asked.query)
    if path == "/version":
        return 200, {"Content-Type": "text/plain"}, b"3.17.2"
    status, told = 200, {}
    for end, (kind, field, say) in LOOK_UPS.items():
        if asked.method == "GET" and (path.endswith(end) if field else end in path) and "/batchGet" not in path:
            name = (query.get(field) or query.get("run_uuid") or [""])[0] if field else path.partition(end)[2].split("/")[0]
            status, told = (404, MISSING) if number_of(kind, name) is None else (200, say(name))
            break
    if "/traces/batchGet" in path:
        names = query.get("trace_ids") or json.loads(asked.body or b"{}").get("trace_ids", [])
        told = {"traces": [trace(name) for name in names if number_of("trace", name) is not None]}
    return status, {"Content-Type": "application/json"}, json.dumps(told).encode()


MISSING = {"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "there is none of this name"}


def home(kind, name):
    """The experiment that something belongs to."""
    return name_of("experiment", number_of(kind, name))


def trace(name):
    """A trace as version 3 tells it."""
    place = {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": home("trace", name)}}
    return {"trace_info": {"trace_id": name, "trace_location": place, "state": "OK"}}


class Grants:
    """What bob holds, drawn at random, and what he may therefore name."""

    def __init__(self, source):
        self.source = source
        numbers = {"experiment": EXPERIMENTS, "registered_model": COUNT}
        self.held = {(kind, name_of(kind, number)): source.choice(LEVELS) for kind, count in numbers.items() for number in range(count)}

    def level(self, kind, name):
        """The level that bob holds on a resource."""
        if kind != "registered_model":
            kind, name = "experiment", name if kind == "experiment" else home(kind, name)
        return LEVELS.index(self.held.get((kind, name), "NOTHING"))

    def choose(self, kind, permission):
        """An id that bob may name with this permission, three times of four at least; else any."""
        names = [name_of(kind, number) for number in range(COUNT)]
        wanted = LEVELS.index(permission) if permission and self.source.random() < 0.75 else 0
        return self.source.choice([name for name in names if self.level(kind, name) >= wanted])


@pytest.fixture(scope="module")
def scene(data):
    """The gateway in front of the noting server, bob's headers and his grants."""
    upstream = Upstream(answer).start()
    grants = Grants(random.Random(SEED))
    with running(gateway_server(data / "reader", upstream.url, "union", "NO_PERMISSIONS")) as server:
        bob = admin(server.url).create_user("bob")
        for (kind, name), level in grants.held.items():
            if level != "NOTHING":
                admin(server.url).grant("bob", kind, name, level)
        head = [f"Host: 127.0.0.1:{server.port}", f"Authorization: {basic_user(bob)}", "Connection: close"]
        yield server.port, upstream, head, grants
    upstream.stop()


def arrived(taken, sent):
    """The request that the one sent became, and not the look-ups before or behind it."""
    path = unquote(sent.path.partition("#")[0])
    return [asked for asked in taken if unquote(asked.path) == path and asked.method == sent.method.replace("HEAD", "GET")][-1:]


def read(asked):
    """What MLflow acts on for a request that arrived."""
    kinds = [value for name, value in asked.headers if name.lower() == "content-type"]
    return acted_on(asked.method, asked.target, kinds[0] if kinds else None, asked.body)


def problem(sent, status, taken, grants):
    """What is wrong with what became of a request, or nothing."""
    if status >= 500:
        return "an error of the server"
    changing = [asked for asked in taken if asked.method not in ("GET", "HEAD") and "batchGet" not in asked.path]
    if status >= 400:
        return f"refused, and sent on: {changing}" if changing else None
    found = arrived(taken, sent)
    if not found:
        return f"executed, and nothing arrived: {taken}"
    named = read(found[0])
    wanted = LEVELS.index(sent.permission)
    for kind, name in named:
        # What is only pointed at must be readable, what is changed must be writable: at least the lesser is asked for.
        if grants.level(kind, name) < (wanted if len(named) == 1 else 1):
            return f"acts on {kind} {name}, on which bob holds {LEVELS[grants.level(kind, name)]}"
    # MLflow's own server reads the body of a HEAD where the gateway reads the query, as for the GET that it sends on.
    said = acted_on(sent.method.replace("HEAD", "GET"), sent.target().partition("#")[0], sent.kind, sent.body())
    # What MLflow would refuse as it stands it may understand as it arrives, such as a required field in camelCase alone.
    if said not in (named, set()):
        return f"sent {said}, arrived {named}"
    return None if named or sent.bent else "nothing arrived of a plain request"


def test_random_requests(scene):
    """Every request that is accepted names what bob may, and arrives as what it was."""
    logging.disable(logging.CRITICAL)
    port, upstream, head, grants = scene
    source, seen, problems = random.Random(SEED), Counter(), []
    upstream.take()
    for number in range(REQUESTS):
        sent = draft(source, grants.choose)
        for bend in source.sample(BENDS, source.choice((0, 1, 1, 1, 2, 3))):
            bend(source, sent, grants.choose)
            sent.bent.append(bend.__name__)
        (got,) = wire.exchange(port, sent.bytes(head), method=sent.method)
        wrong = problem(sent, got.status, upstream.take(), grants)
        seen[got.status] += 1
        seen["bent and accepted"] += bool(sent.bent) and 200 <= got.status < 300
        if wrong:
            problems.append(f"{number} {sent.method} {sent.target()} {sent.body()!r} bent by {sent.bent}: {got.status}, {wrong}")
    logging.disable(logging.NOTSET)
    assert not problems, f"{len(problems)} of {REQUESTS}, {dict(seen)}:\n" + "\n".join(problems[:20])
    assert seen[200] > REQUESTS / 5 and seen[403] > REQUESTS / 50 and seen[400] > REQUESTS / 10, seen
    assert seen["bent and accepted"] > REQUESTS / 20, seen
