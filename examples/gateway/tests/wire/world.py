"""What bob and his victim own at a front, and how to see that the victim's part is as it was."""

import hashlib
import itertools
import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from clients import Caller, admin, basic_user
from otlp import spans_request
from state import stored

API = "/api/2.0/mlflow"
API3 = "/api/3.0/mlflow"
PROXY = "/api/2.0/mlflow-artifacts/artifacts"
_numbers = itertools.count(1)


@dataclass
class Front:
    """A server with access control, and the MLflow behind it, asked without any."""

    name: str
    url: str
    inner: Caller
    default_permission: str
    # Where the MLflow behind it keeps its data.
    stored: Path

    @property
    def port(self):
        """The port of loopback where it listens."""
        return int(self.url.rsplit(":", 1)[1])

    @property
    def admin(self):
        """The admin, through the front."""
        return admin(self.url)


@dataclass
class Holdings:
    """The ids of what one user owns."""

    experiment: str
    run: str
    model: str
    version: str
    logged_model: str
    trace: str
    assessment: str
    dataset: str
    scorer: str
    mark: str

    @property
    def experiment_name(self):
        """The name of the experiment."""
        return f"{self.mark}-{self.model}"

    @property
    def file(self):
        """The path of the run's artifact, below the artifact proxy."""
        return f"{self.experiment}/{self.run}/artifacts/note.txt"


def settle(owner, inner, mark):
    """Makes one of everything in the name of `owner`, with `mark` in each of its texts."""
    # The name of the model is in no text that is kept: bob may say it, and hear it again in an error.
    name = f"model-{next(_numbers)}-{time.time_ns()}"
    experiment = owner.post(f"{API}/experiments/create", name=f"{mark}-{name}")["experiment_id"]
    tag = {"key": "note", "value": mark}
    run = owner.post(f"{API}/runs/create", experiment_id=experiment, tags=[tag], start_time=1)["run"]["info"]["run_id"]
    owner.post(f"{API}/runs/log-parameter", run_id=run, key="p", value=mark)
    owner.post(f"{API}/runs/log-metric", run_id=run, key="m", value=1, timestamp=1)
    _put(owner, f"{experiment}/{run}/artifacts/note.txt", mark)
    logged = _logged_model(owner, experiment, run, tag)
    owner.post(f"{API}/registered-models/create", name=name, description=mark, tags=[tag])
    version = owner.post(f"{API}/model-versions/create", name=name, source=f"models:/{logged}", tags=[tag], model_id=logged)
    owner.post(f"{API}/registered-models/alias", name=name, alias="best", version="1")
    trace, assessment = _trace(owner, experiment, mark)
    dataset = inner.post(f"{API3}/datasets/create", name=name, experiment_ids=[experiment], tags=json.dumps({"note": mark}))
    inner.post(f"{API3}/scorers/register", experiment_id=experiment, name=name, serialized_scorer="{}")
    return Holdings(
        experiment, run, name, version["model_version"]["version"], logged, trace, assessment,
        dataset["dataset"]["dataset_id"], name, mark,
    )  # fmt: skip


def _put(owner, path, text):
    owner._json(owner.call("PUT", f"{PROXY}/{path}", data=text.encode()))


def _logged_model(owner, experiment, run, tag):
    fields = {"experiment_id": experiment, "source_run_id": run, "name": "m", "tags": [tag]}
    model = owner.post(f"{API}/logged-models", **fields)["model"]["info"]["model_id"]
    _put(owner, f"{experiment}/models/{model}/artifacts/MLmodel", f"mark: {tag['value']}\n")
    owner.patch(f"{API}/logged-models/{model}", model_id=model, status="LOGGED_MODEL_READY")
    return model


def _trace(owner, experiment, mark):
    number = hashlib.md5(f"{mark}{time.time_ns()}".encode(), usedforsecurity=False).hexdigest()
    headers = {"X-Mlflow-Experiment-Id": experiment, "Content-Type": "application/x-protobuf"}
    sent = owner.call("POST", "/v1/traces", headers=headers, data=spans_request([(number, mark)]))
    owner._json(sent) if sent.status_code >= 400 else None
    trace = f"tr-{number}"
    owner.patch(f"{API3}/traces/{trace}/tags", key="note", value=mark)
    source = {"source_type": "HUMAN", "source_id": "x"}
    fields = {"assessment_name": "a", "source": source, "feedback": {"value": mark}, "trace_id": trace}
    answer = owner.post(f"{API3}/traces/{trace}/assessments", assessment=fields)
    return trace, answer["assessment"]["assessment_id"]


@dataclass
class World:
    """Bob, his victim, and what they own at a front."""

    front: Front
    bob: Caller
    victim: Caller
    own: Holdings | None = None
    theirs: Holdings | None = None

    @property
    def mark(self):
        """Stands in everything that the victim owns, and so in no answer to bob."""
        return f"kept-from-bob-at-{self.front.port}"

    def build(self):
        """Makes everything, anew where it is there already."""
        self.own = settle(self.bob, self.front.inner, "bobs-own")
        self._skip_to_two_digits()
        self.theirs = settle(self.victim, self.front.inner, self.mark)
        # The victim's experiment is one more digit behind one that bob may do anything with.
        self.front.admin.grant(self.bob.user, "experiment", self.theirs.experiment[:-1], "MANAGE")
        if self.front.default_permission != "NO_PERMISSIONS":
            for kind, name in (("experiment", self.theirs.experiment), ("registered_model", self.theirs.model)):
                self.front.admin.grant(self.bob.user, kind, name, "DENY")
        self.seen = self.snapshot()
        return self

    def _skip_to_two_digits(self):
        last = int(self.own.experiment)
        while last < 9:
            name = f"filler-{next(_numbers)}-{time.time_ns()}"
            last = int(self.front.inner.post(f"{API}/experiments/create", name=name)["experiment_id"])

    def names(self):
        """What may stand in braces in a request."""
        names = {"host": self.front.url.removeprefix("http://"), "auth": basic_user(self.bob)}
        names["small_auth"] = "basic" + names["auth"].removeprefix("Basic")
        names["shorter_experiment"], names["victim_tail"] = self.theirs.experiment[:-1], self.theirs.experiment[-1]
        for whose, holdings in (("own", self.own), ("victim", self.theirs)):
            told = asdict(holdings) | {"file": holdings.file, "trace_number": holdings.trace.removeprefix("tr-")}
            told["experiment_name"] = holdings.experiment_name
            names |= {f"{whose}_{name}": value for name, value in told.items()}
        return names

    def snapshot(self):
        """Everything that the inner server has stored of the victim's, and the grants that the victim holds."""
        it = self.theirs
        ids = [it.model, it.run, it.logged_model, it.trace, it.assessment, it.dataset]
        held = self.front.admin.call("GET", f"{API3}/users/permissions/list?username={self.victim.user}")
        return stored(self.front.stored, it.experiment, ids) | {"grants": held.text}

    def changes(self):
        """What differs from when it was built, as a text; empty if nothing does."""
        now = self.snapshot()
        names = sorted(self.seen.keys() | now.keys())
        told = [f"{name}\n  was {self.seen.get(name)}\n  is  {now.get(name)}" for name in names if self.seen.get(name) != now.get(name)]
        return "\n".join(told)
