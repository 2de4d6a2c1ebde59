"""What a case of the tables of law 2 is: bytes that bob sends, and what must become of them.

In the bytes `{own_…}` and `{victim_…}` stand for the ids of what bob and his victim own (`world.Holdings`).
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass

from otlp import KIND, spans_request
from wire import chunked, fill, request, sized
from world import API, API3, PROXY

# Answered with 4xx, or by closing the connection.
REFUSED = "refused"
# Refused, or judged and executed on what is bob's.
HARMLESS = "harmless"
# Executed.
DONE = "done"

# MLflow's own access control lets the request through: in any posture, or with its open default alone.
ALWAYS = "always"
OPEN = "open"

AJAX = "/ajax-api/2.0/mlflow"
AJAX3 = "/ajax-api/3.0/mlflow"


@dataclass(frozen=True)
class Case:
    """One request, or several on one connection.

    Whatever is expected: no answer is a 5xx, none shows anything of the victim's, and nothing of the victim's changes.
    `check` is called with the world and the answers and asserts what else must hold. `weak` says
    where MLflow's own access control lets the request through, so that a run against it shows that the case can fail.
    """

    name: str
    # The request, a function of the ids to it, or several requests.
    data: bytes | Callable[[dict], bytes] | tuple
    expect: str = REFUSED
    check: Callable | None = None
    answers: int = 1
    method: str = "GET"
    weak: str | None = None

    def bytes(self, names):
        """What is sent, with the ids in `names`."""
        parts = self.data if isinstance(self.data, tuple) else (self.data,)
        return b"".join(sized(part(names) if callable(part) else fill(part, names)) for part in parts)


# The operations that write to a run, with fields that change something if they are executed.
RUN_WRITES = {
    "runs/update": {"status": "KILLED", "run_name": "taken"},
    "runs/delete": {},
    "runs/set-tag": {"key": "note", "value": "taken"},
    "runs/delete-tag": {"key": "note"},
    "runs/log-metric": {"key": "m", "value": 666, "timestamp": 2},
    "runs/log-parameter": {"key": "q", "value": "taken"},
    "runs/log-batch": {"tags": [{"key": "note", "value": "taken"}]},
    "runs/log-inputs": {"datasets": [{"tags": [], "dataset": {"name": "taken", "digest": "1", "source_type": "x", "source": "x"}}]},
    "runs/outputs": {"models": [{"model_id": "{own_logged_model}", "step": 0}]},
}  # fmt: skip


def get(path, *headers, **more):
    """A `GET`."""
    return request("GET", path, *headers, **more)


def post(path, body, *headers, **more):
    """A `POST` of JSON; a text goes out as it stands."""
    return request("POST", path, *headers, body=body, **more)


def put(path, body, *headers, **more):
    """A `PUT` of a file."""
    return request("PUT", path, *headers, body=body, kind="application/octet-stream", **more)


def delete(path, body=None, *headers, **more):
    """A `DELETE`."""
    return request("DELETE", path, *headers, body=body, **more)


def patch(path, body, *headers, **more):
    """A `PATCH` of JSON."""
    return request("PATCH", path, *headers, body=body, **more)


def set_tag(body, *headers, **more):
    """`runs/set-tag`, the operation in which most differences between two readers are tried."""
    return post(f"{API}/runs/set-tag", body, *headers, **more)


def in_chunks(head, body):
    """A request whose body is sent in chunks."""
    return lambda names: fill(head, names).replace(b"\r\n\r\n", b"\r\nTransfer-Encoding: chunked\r\n\r\n", 1) + chunked(
        fill(body, names)
    )


def otlp(*headers, spans=("own_fresh",), squeeze=None, kind=KIND):
    """Spans for `/v1/traces`. `spans` name the ids they belong to; `own_fresh` is a trace that is not there yet."""

    def data(names):
        known = names | {"own_fresh": names["own_run"]}
        body = spans_request([(known[span].removeprefix("tr-"), "from-bob") for span in spans])
        return fill(post("/v1/traces", squeeze(body) if squeeze else body, *headers, kind=kind), names)

    return data


def own_tag(key, value):
    """Asserts that bob's run has the tag."""

    def check(world, answers):
        run = world.front.inner.get(f"{API}/runs/get", run_id=world.own.run)["run"]
        tags = {tag["key"]: tag["value"] for tag in run["data"].get("tags", [])}
        assert tags.get(key) == value, tags

    return check


def says(part):
    """Asserts that the last answer holds `part`."""

    def check(world, answers):
        wanted = part if isinstance(part, bytes) else fill(part.encode(), world.names())
        assert wanted in answers[-1].body, str(answers[-1])

    return check


def no_length(world, answers):
    """Asserts that a `HEAD` tells no other size than bob's own `GET` has."""
    told = answers[-1].headers.get("Content-Length")
    seen = world.bob.call("GET", f"{API}/experiments/search?max_results=1000").content
    assert told in (None, "0", str(len(seen))), f"{told} of {len(seen)}"


def bomb(size):
    """`size` zero bytes, compressed."""
    squeeze = zlib.compressobj(1, wbits=31)
    return b"".join([*(squeeze.compress(bytes(1 << 20)) for _ in range(size >> 20)), squeeze.flush()])


__all__ = [name for name in dir() if not name.startswith("_")]
