"""Random requests: what a real client would send, and then bent in the ways that two readers could disagree about."""

import json
from dataclasses import dataclass, field
from urllib.parse import quote

from reader_oracle import EXPERIMENTS, FIRST_EXPERIMENT
from wire import chunked

COUNT = 48
API = "/api/2.0/mlflow"
API3 = "/api/3.0/mlflow"
METRIC = {"key": "k", "value": 1, "timestamp": 1}


def name_of(kind, number):
    """The id of the `number`th resource of a type. All but registered models belong to experiment `number % EXPERIMENTS`."""
    text = f"{number + 0xABC:032x}"
    return {
        "run": text,
        "logged_model": "m-" + text,
        "trace": "tr-" + text,
        "registered_model": f"model-{number}",
        "experiment": str(FIRST_EXPERIMENT + number % EXPERIMENTS),
    }[kind]


def number_of(kind, name):
    """The number of a resource, or `None` if there is none of exactly this name."""
    return NUMBERS[kind].get(name)


KINDS = ("run", "logged_model", "trace", "registered_model", "experiment")
NUMBERS = {kind: {name_of(kind, number): number for number in reversed(range(COUNT))} for kind in KINDS}


@dataclass(frozen=True)
class Id:
    """A place for an id of a type, in a table of requests."""

    kind: str
    many: bool = False


RUN, MODEL, LOGGED, TRACE, EXPERIMENT = (Id(kind) for kind in ("run", "registered_model", "logged_model", "trace", "experiment"))
RUNS, TRACES, EXPERIMENTS_LIST = Id("run", True), Id("trace", True), Id("experiment", True)
PLACES = [{"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": EXPERIMENT}}] * 2

# Method, path, query, body, and the permission it takes on what it names.
ROUTES = [
    ("GET", API + "/runs/get", {"run_id": RUN}, None, "READ"),
    ("GET", API + "/runs/get", {"run_uuid": RUN, "run_id": RUN}, None, "READ"),
    ("GET", API + "/artifacts/list", {"run_id": RUN, "path": "a b"}, None, "READ"),
    ("GET", API + "/metrics/get-history", {"run_id": RUN, "metric_key": "k"}, None, "READ"),
    ("GET", "/ajax-api/2.0/mlflow/metrics/get-history-bulk", {"run_id": RUNS, "metric_key": "k"}, None, "READ"),
    ("GET", "/get-artifact", {"run_uuid": RUN, "path": "x.txt"}, None, "READ"),
    ("POST", API + "/runs/set-tag", {}, {"run_id": RUN, "key": "k", "value": "v"}, "EDIT"),
    ("POST", API + "/runs/set-tag", {}, {"run_uuid": RUN, "run_id": RUN, "key": "k", "value": "v"}, "EDIT"),
    ("POST", API + "/runs/delete-tag", {}, {"run_id": RUN, "key": "k"}, "EDIT"),
    ("POST", API + "/runs/update", {}, {"run_id": RUN, "status": "FINISHED", "run_name": "n"}, "EDIT"),
    ("POST", API + "/runs/delete", {}, {"run_id": RUN}, "MANAGE"),
    ("POST", API + "/runs/log-metric", {}, METRIC | {"run_id": RUN, "model_id": LOGGED}, "EDIT"),
    ("POST", API + "/runs/log-parameter", {}, {"run_id": RUN, "key": "k", "value": "v"}, "EDIT"),
    ("POST", API + "/runs/log-batch", {}, {"run_id": RUN, "metrics": [METRIC, METRIC | {"model_id": LOGGED}]}, "EDIT"),
    ("POST", API + "/runs/log-inputs", {}, {"run_id": RUN, "models": [{"model_id": LOGGED}]}, "EDIT"),
    ("POST", API + "/runs/create", {}, {"experiment_id": EXPERIMENT, "start_time": 1}, "EDIT"),
    ("GET", API + "/experiments/get", {"experiment_id": EXPERIMENT}, None, "READ"),
    ("POST", API + "/experiments/set-experiment-tag", {}, {"experiment_id": EXPERIMENT, "key": "k", "value": "v"}, "EDIT"),
    ("GET", API + "/registered-models/get", {"name": MODEL}, None, "READ"),
    ("PATCH", API + "/registered-models/update", {}, {"name": MODEL, "description": "d"}, "EDIT"),
    ("DELETE", API + "/registered-models/delete-tag", {}, {"name": MODEL, "key": "k"}, "EDIT"),
    ("GET", API + "/model-versions/get", {"name": MODEL, "version": "1"}, None, "READ"),
    ("DELETE", API + "/model-versions/delete", {}, {"name": MODEL, "version": "1"}, "MANAGE"),
    ("POST", API + "/logged-models", {}, {"experiment_id": EXPERIMENT, "name": "n", "source_run_id": RUN}, "EDIT"),
    ("GET", API + "/logged-models/{}", {}, None, "READ", LOGGED),
    ("PATCH", API + "/logged-models/{}", {}, {"model_id": LOGGED, "status": "LOGGED_MODEL_READY"}, "EDIT", LOGGED),
    ("PATCH", API + "/logged-models/{}/tags", {}, {"tags": [{"key": "k", "value": "v"}]}, "EDIT", LOGGED),
    ("GET", API3 + "/traces/{}", {"trace_id": TRACE}, None, "READ", TRACE),
    ("GET", API3 + "/traces/get", {"trace_id": TRACE}, None, "READ"),
    ("GET", API3 + "/traces/batchGet", {"trace_ids": TRACES}, None, "READ"),
    ("PATCH", API3 + "/traces/{}/tags", {}, {"key": "k", "value": "v"}, "EDIT", TRACE),
    ("POST", API3 + "/traces/search", {}, {"locations": PLACES}, "READ"),
    ("POST", API + "/traces/link-to-run", {}, {"run_id": RUN, "trace_ids": TRACES}, "EDIT"),
    ("GET", "/api/2.0/mlflow-artifacts/artifacts", {"path": EXPERIMENT}, None, "READ"),
    ("DELETE", "/api/2.0/mlflow-artifacts/artifacts/{}/x.txt", {}, None, "MANAGE", EXPERIMENT),
]  # fmt: skip


@dataclass
class Draft:
    """A request that is still bent. The query and the fields of the body are lists, so that a key may stand twice."""

    method: str
    path: str
    query: list
    fields: list | None
    permission: str
    kind: str | None = "application/json"
    encoding: str = "utf-8"
    text: object = None
    around: tuple = ("", "")
    chunks: bool = False
    bent: list = field(default_factory=list)

    def target(self):
        """What stands in the first line."""
        query = "&".join(f"{key}={value}" for key, value in self.query)
        return self.path + ("?" + query if self.query else "")

    def body(self):
        """The bytes of the body."""
        if self.fields is None:
            return b""
        text = self.text or "{" + ",".join(f"{key}:{value}" for key, value in self.fields) + "}"
        # Only UTF-8, -16 and -32 can write half of a pair; the others put a question mark there.
        return (self.around[0] + text + self.around[1]).encode(self.encoding, "surrogatepass" if "utf-" in self.encoding else "replace")

    def bytes(self, head):
        """The request, with these lines in its head."""
        lines = [f"{self.method} {self.target()} HTTP/1.1", *head]
        body = self.body()
        if self.fields is not None:
            lines += [f"Content-Type: {self.kind}"] if self.kind else []
            lines += ["Transfer-Encoding: chunked"] if self.chunks else [f"Content-Length: {len(body)}"]
        return "\r\n".join([*lines, "", ""]).encode() + (chunked(body) if self.chunks else body)


def draft(random, choose):
    """A request as a real client sends it, about resources that `choose(kind, permission)` names."""
    method, path, query, body, permission, *in_path = random.choice(ROUTES)
    named = {}

    def fill(value):
        if isinstance(value, Id):
            several = [choose(value.kind, permission) for _ in range(random.randint(1, 3))]
            # Where two names stand for one thing, a real client says the same twice.
            return several if value.many else named.setdefault(value.kind, several[0])
        if isinstance(value, dict):
            return {key: fill(item) for key, item in value.items()}
        return [fill(item) for item in value] if isinstance(value, list) else value

    if in_path:
        path = path.replace("{}", quote(fill(in_path[0])))
    pairs = [(key, item) for key, value in fill(query).items() for item in (value if isinstance(value, list) else [value])]
    fields = None if body is None else [(json.dumps(key), json.dumps(value)) for key, value in fill(body).items()]
    return Draft(method, path, [(key, quote(value, safe="")) for key, value in pairs], fields, permission)
