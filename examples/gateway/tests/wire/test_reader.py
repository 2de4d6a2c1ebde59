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
from conftest import stopping
from reader_bends import BENDS
from reader_oracle import EXPERIMENTS, acted_on
from reader_requests import COUNT, draft, name_of, number_of
from servers import gateway_server
from upstream import Upstream

SEED = 3172
REQUESTS = 2000
LEVELS = ("NOTHING", "READ", "EDIT", "MANAGE")


def answer(asked):
    """The look-ups, answered as MLflow answers them; and to everything else, that it is done."""
    path, query = unquote(asked.path), parse_qs(asked.query)
    one = {name: values[0] for name, values in query.items()}
    last = path.removesuffix("/info").rsplit("/", 1)[-1]
    named = one.get("run_id") or one.get("run_uuid") or one.get("trace_id") or one.get("request_id")
    if path.endswith("/runs/get"):
        told = {"run": {"info": {"run_id": named, "run_uuid": named, "experiment_id": home("run", named)}, "data": {}}}
    elif path.endswith("/experiments/get"):
        told = {"experiment": {"experiment_id": one.get("experiment_id"), "name": "e", "lifecycle_stage": "active"}}
    elif "/logged-models/" in path and asked.method == "GET":
        told = {"model": {"info": {"model_id": last, "experiment_id": home("logged_model", last)}, "data": {}}}
    elif path.endswith("/registered-models/get"):
        told = {"registered_model": {"name": one.get("name")}}
    elif "/traces/batchGet" in path:
        told = {"traces": [trace(name) for name in query.get("trace_ids", json.loads(asked.body or b"{}").get("trace_ids", []))]}
    elif "/traces/" in path and asked.method == "GET":
        told = {"trace": trace(named or last), "trace_info": info_v2(named or last)} if path.endswith("/info") else {"trace": trace(named or last)}
    elif path == "/version":
        return 200, {"Content-Type": "text/plain"}, b"3.17.2"
    else:
        told = {}
    return 200, {"Content-Type": "application/json"}, json.dumps(told).encode()


def home(kind, name):
    """The experiment that something belongs to."""
    return name_of("experiment", number_of(kind, name) or 0)


def info_v2(name):
    """A trace as version 2 tells it."""
    return {"request_id": name, "experiment_id": home("trace", name)}


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
def scene(data, request):
    """The gateway in front of the noting server, bob's headers and his grants."""
    if request.config.getoption("--front") != "gateway":
        pytest.exit("the readers are compared at the gateway alone", 4)
    upstream = Upstream(answer).start()
    grants = Grants(random.Random(SEED))
    for server in stopping(gateway_server(data / "reader", upstream.url, "union", "NO_PERMISSIONS")):
        bob = admin(server.url).create_user("bob")
        for (kind, name), level in grants.held.items():
            if level != "NOTHING":
                admin(server.url).grant("bob", kind, name, level)
        head = [f"Host: 127.0.0.1:{server.port}", f"Authorization: {basic_user(bob)}", "Connection: close"]
        yield server.port, upstream, head, grants
    upstream.stop()


def arrived(taken, sent):
    """The request that the one sent became, and not the look-ups before or behind it."""
    path = unquote(sent.path)
    return [asked for asked in taken if unquote(asked.path) == path and asked.method == sent.method][-1:]


def read(asked):
    """What MLflow acts on for a request that arrived."""
    return acted_on(asked.method, asked.target, dict(asked.headers).get("Content-Type"), asked.body)


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
    if not sent.chunks and acted_on(sent.method, sent.target(), sent.kind, sent.body()) != named:
        return f"sent {acted_on(sent.method, sent.target(), sent.kind, sent.body())}, arrived {named}"
    return None if named or sent.method == "HEAD" else "nothing is named"


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
