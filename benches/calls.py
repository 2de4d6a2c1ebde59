"""What ten calls cost behind the gateway, behind MLflow's own access control, and at a bare MLflow, in one run.

    MLFLOW_PYTHON=.venv/bin/python GATEWAY_BIN=target/release/mlflow-auth-gateway python3 benches/calls.py

A user who manages one experiment makes each call over kept-alive connections of loopback: one client for the time of a
call, four at once for calls a second. MLflow's access control is tried as it is shipped, and with its cache of checked
passwords (`auth_cache_ttl_seconds`), which is off by default. A call that a server refuses to the user is a dash.
"""

import base64
import json
import os
import time
import uuid

from load import connect, four_clients, one_client
from servers import BASIC, PASSWORD, side_by_side

API, API3 = "/api/2.0/mlflow", "/api/3.0/mlflow"
USER = "ann"
SIGNED = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
COLUMNS = (
    "bare, ms", "basic-auth adds", "cached adds", "gateway adds", "bare, calls/s", "basic-auth", "cached", "gateway",
    "to basic-auth", "to cached",
)  # fmt: skip
SPAN = {"spanId": "00000000000000aa", "name": "s", "startTimeUnixNano": "1", "endTimeUnixNano": "2"}


def calls(experiment, run):
    """The ten calls: a name, and a function to method, path, body and headers, new each time."""
    one = f'{{mlflowGetRun(input:{{runId:"{run}"}}){{run{{info{{runUuid}}}}}}}}'
    file = f"/api/2.0/mlflow-artifacts/artifacts/{experiment}/{run}/artifacts/f"
    return {
        "GET experiments/get": lambda: ("GET", f"{API}/experiments/get?experiment_id={experiment}", None, {}),
        "POST runs/log-metric": lambda: post("runs/log-metric", run_id=run, key="m", value=1, timestamp=time.time_ns()),
        "GET runs/get": lambda: ("GET", f"{API}/runs/get?run_id={run}", None, {}),
        "POST runs/search": lambda: post("runs/search", experiment_ids=[experiment]),
        "GET experiments/search": lambda: ("GET", f"{API}/experiments/search?max_results=100", None, {}),
        "POST experiments/create": lambda: post("experiments/create", name=uuid.uuid4().hex),
        "GET registered-models/search": lambda: ("GET", f"{API}/registered-models/search?max_results=100", None, {}),
        "POST graphql": lambda: ("POST", "/graphql", json.dumps({"query": one}), {"Content-Type": "application/json"}),
        "PUT of a file": lambda: ("PUT", file, b"x" * 1024, {"Content-Type": "application/octet-stream"}),
        "POST of spans": lambda: spans(experiment),
    }


def post(path, **fields):
    """A `POST` of JSON."""
    return "POST", f"{API}/{path}", json.dumps(fields), {"Content-Type": "application/json"}


def spans(experiment):
    """A new trace with one span."""
    rows = {"resourceSpans": [{"scopeSpans": [{"spans": [SPAN | {"traceId": uuid.uuid4().hex}]}]}]}
    headers = {"Content-Type": "application/json", "X-Mlflow-Experiment-Id": experiment}
    return "POST", "/v1/traces", json.dumps(rows), headers


class Client:
    """One kept-alive connection of a user, or of nobody."""

    def __init__(self, port, signed):
        self.signed = {"Authorization": signed} if signed else {}
        self.connection = connect(port)

    def call(self, call):
        """The status of the answer, and its body."""
        method, path, body, headers = call
        self.connection.request(method, path, body, headers | self.signed)
        answer = self.connection.getresponse()
        return answer.status, answer.read()

    def made(self, path, **fields):
        """The JSON of a `POST` that succeeds."""
        status, body = self.call(post(path, **fields))
        assert status == 200, (path, status, body)
        return json.loads(body)


def prepare(server):
    """The user, an experiment of its own, and a run in it."""
    admin = Client(server.port, BASIC if server.authorized else None)
    if server.authorized:
        admin.made("users/create", username=USER, password=PASSWORD)
    user = Client(server.port, SIGNED if server.authorized else None)
    experiment = user.made("experiments/create", name=uuid.uuid4().hex)["experiment_id"]
    run = user.made("runs/create", experiment_id=experiment)["run"]["info"]["run_id"]
    return calls(experiment, run), SIGNED if server.authorized else None


def measured(port, signed, call):
    """Milliseconds a call of one client and calls a second of four; nothing if it is refused."""
    if Client(port, signed).call(call())[0] != 200:
        return None, None

    def client():
        connected = Client(port, signed)

        def ask():
            status, body = connected.call(call())
            assert status == 200, (status, body)

        return ask

    return one_client(client()), four_clients(client)


def measure(servers):
    """For each call and server, the time of one client and the calls a second of four."""
    ready = [(server, *prepare(server)) for server in servers]
    for name in ready[0][1]:
        yield name, [measured(server.port, signed, own[name]) for server, own, signed in ready]


def show(name, row):
    """One line of the table."""
    (bare, many), (basic, of_basic), (cached, of_cached), (ours, of_ours) = row
    cells = [f"{bare:.1f}"]
    cells += [f"{time - bare:+.1f}" if time else "-" for time in (basic, cached, ours)]
    cells += [f"{calls:.0f}" if calls else "-" for calls in (many, of_basic, of_cached, of_ours)]
    cells += [f"{of_ours / other:.1f}" if of_ours and other else "-" for other in (of_basic, of_cached)]
    print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


def main():
    """Starts the servers, and prints the table."""
    with side_by_side(cached=True) as (_, servers):
        print("| | " + " | ".join(COLUMNS) + " |\n|---|" + "---:|" * len(COLUMNS))
        for name, row in measure(servers):
            show(name, row)
        print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
