"""An experiment with people of every level around it, and tables of who may do what with its parts."""

import itertools
import time
from contextlib import contextmanager
from dataclasses import dataclass

from clients import Caller, admin
from conftest import running
from otlp import spans_request
from servers import gateway_server
from world import API, API3

LEVELS = {"olga": "MANAGE", "eddy": "EDIT", "rita": "READ", "sam": None}
_numbers = itertools.count(1)


@dataclass
class Place:
    """Callers at a gateway, and the experiment around which they stand."""

    inner: Caller
    admin: Caller
    people: dict
    experiment: str = ""
    workspace: str | None = None

    def __getitem__(self, name):
        return self.people[name]

    def call(self, who, method, path, **fields):
        """The status and the JSON of one request of somebody."""
        caller = self.admin if who == "admin" else self.people[who]
        told = {"params": fields} if method == "GET" else {"json": fields}
        headers = {"X-MLFLOW-WORKSPACE": self.workspace} if self.workspace else {}
        answer = caller.call(method, path, headers=headers, **told)
        is_json = answer.headers.get("content-type", "").startswith("application/json")
        return answer.status_code, answer.json() if is_json else {}

    def statuses(self, method, path, people=("olga", "eddy", "rita", "sam"), **fields):
        """The statuses of one request of each of them."""
        return [self.call(who, method, path, **fields)[0] for who in people]

    def make(self, who, path, **fields):
        """What a `POST` that succeeds answers."""
        status, answer = self.call(who, "POST", path, **fields)
        assert status == 200, (status, answer)
        return answer

    def new_experiment(self, who="olga"):
        """The id of an experiment that is one caller's alone."""
        return self.make(who, f"{API}/experiments/create", name=name("experiment"))["experiment_id"]

    def new_trace(self, experiment):
        """The id of a trace in it."""
        number = f"{next(_numbers):016x}{time.time_ns():016x}"[-32:]
        headers = {"X-Mlflow-Experiment-Id": experiment, "Content-Type": "application/x-protobuf"}
        headers |= {"X-MLFLOW-WORKSPACE": self.workspace} if self.workspace else {}
        sent = self.inner.call("POST", "/v1/traces", headers=headers, data=spans_request([(number, "x")]))
        assert sent.status_code == 200, sent.text
        return f"tr-{number}"

    def new_run(self, experiment):
        """The id of a run in it."""
        return self.make("admin", f"{API}/runs/create", experiment_id=experiment, start_time=1)["run"]["info"]["run_id"]

    def grant(self, who, kind, resource, permission):
        """Grants, in the workspace of this place."""
        headers = {"X-MLFLOW-WORKSPACE": self.workspace} if self.workspace else {}
        named = {"username": who, "resource_type": kind, "resource_id": resource}
        revoke, path = (f"{API3}/users/permissions/{word}" for word in ("revoke", "grant"))
        self.admin.call("POST", revoke, json=named, headers=headers)
        answer = self.admin.call("POST", path, json=named | {"permission": permission}, headers=headers)
        assert answer.status_code == 200, answer.text

    def holds(self, who, kind):
        """What somebody holds on resources of a kind, by their ids."""
        rows = self.admin.get(f"{API3}/users/permissions/list", username=who)["permissions"]
        return {row["resource_pattern"]: row["permission"] for row in rows if row["resource_type"] == kind}

    @contextmanager
    def holding(self, who, kind, resource, permission):
        """As long as this lasts, somebody holds that."""
        self.grant(who, kind, resource, permission)
        try:
            yield
        finally:
            self.admin.revoke(who, kind, resource)


@contextmanager
def place(data, inner, resolution, default="NO_PERMISSIONS", workspace=None, arguments=(), environment=None):
    """A gateway with the people of `LEVELS`, who hold that on one experiment."""
    server = gateway_server(data, inner.url, resolution, default, arguments, environment)
    with running(server) as started:
        people = {who: admin(started.url).create_user(who) for who in LEVELS}
        found = Place(Caller(inner.url), admin(started.url), people, workspace=workspace)
        found.experiment = found.new_experiment("admin")
        for who, level in LEVELS.items():
            if level:
                found.grant(who, "experiment", found.experiment, level)
        yield found


def name(what):
    """A name that nothing has yet."""
    return f"{what}-{next(_numbers)}-{time.time_ns()}"
