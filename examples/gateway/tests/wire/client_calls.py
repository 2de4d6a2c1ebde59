"""Calls of MLflow's own client, each with the permission that bob needs for it on what alice owns.

They run in this order, bob holding nothing, `READ`, `EDIT` and `MANAGE` in turn, against the gateway and against MLflow's
own access control. Where bob lacks the permission the call must fail on both in the same way; where he has it, both must
answer the same.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import mlflow
from mlflow.entities import (
    Dataset,
    DatasetInput,
    Feedback,
    LoggedModelOutput,
    Metric,
    Param,
    RunTag,
)
from mlflow.server import get_app_client
from mlflow.store.artifact.mlflow_artifacts_repo import MlflowArtifactsRepository

LEVELS = ("NOTHING", "READ", "EDIT", "MANAGE")
NOTHING, READ, EDIT, MANAGE = LEVELS
# Even who manages everything that alice owns may not: it takes an admin, or is another's.
ADMIN = "ADMIN"


@dataclass(frozen=True)
class Call:
    """One call: what it needs, and how it is made. What it answers must be the same from both servers."""

    name: str
    needs: str
    make: Callable
    # Whoever may call it fails for another reason than a missing permission.
    fails: bool = False
    # The error is the gateway's, and says in other words what MLflow's own access control says.
    own_words: bool = False


@dataclass
class Scene:
    """What a call is made with: bob's client, what alice owns, and somewhere to put files."""

    client: mlflow.MlflowClient
    url: str
    its: object
    level: str
    files: Path

    @property
    def auth(self):
        """The client for users and permissions."""
        return get_app_client("basic-auth", self.url)

    def file(self, text="text"):
        """A new file."""
        path = Path(tempfile.mkdtemp(dir=self.files)) / "file.txt"
        path.write_text(text)
        return str(path)


def no_answer(call):
    """A call whose answer, or what is in it, is drawn anew each time."""

    def made(scene):
        call(scene)

    return made


def end_trace(scene):
    """A trace with a span, by the low-level calls."""
    span = scene.client.start_trace("made", experiment_id=scene.its.experiment)
    scene.client.end_trace(span.trace_id)
    return [len(scene.client.get_trace(span.trace_id).data.spans)]


def artifacts(scene, path):
    """The files below `path` of the artifact proxy, without asking for the run first."""
    return MlflowArtifactsRepository(f"mlflow-artifacts:/{path}", tracking_uri=scene.url)


DATASET = DatasetInput(Dataset("d", "1", "local", "here"))

EXPERIMENTS = [
    Call("experiment: create", NOTHING, no_answer(lambda s: s.client.create_experiment(f"bob-{s.level}"))),
    Call("experiment: create, name taken", NOTHING, lambda s: s.client.create_experiment("Default"), fails=True),
    Call("experiment: get", READ, lambda s: s.client.get_experiment(s.its.experiment).lifecycle_stage),
    Call("experiment: get by name", READ, lambda s: s.client.get_experiment_by_name(s.its.experiment_name).lifecycle_stage),
    Call("experiment: get by an unknown name", NOTHING, lambda s: s.client.get_experiment_by_name("nobody-made-this")),
    Call("experiment: get an unknown one", ADMIN, lambda s: s.client.get_experiment("123456789")),
    Call("experiment: search", NOTHING, lambda s: len(s.client.search_experiments(filter_string=f"name = '{s.its.experiment_name}'"))),
    Call("experiment: set a tag", EDIT, lambda s: s.client.set_experiment_tag(s.its.experiment, "a", "b")),
    Call("experiment: delete a tag", EDIT, lambda s: s.client.delete_experiment_tag(s.its.experiment, "a")),
    Call("experiment: rename", EDIT, lambda s: s.client.rename_experiment(s.its.experiment, s.its.experiment_name + "-2")),
]  # fmt: skip

RUNS = [
    Call("run: create", EDIT, no_answer(lambda s: s.client.create_run(s.its.experiment))),
    Call("run: get", READ, lambda s: s.client.get_run(s.its.run).info.status),
    Call("run: get an unknown one", ADMIN, lambda s: s.client.get_run("0" * 32)),
    Call("run: search", NOTHING, lambda s: len(s.client.search_runs([s.its.experiment], filter_string="params.p != ''"))),
    Call("run: log a metric", EDIT, lambda s: s.client.log_metric(s.its.run, "a", 1.5, timestamp=1)),
    Call("run: log a metric of a model", EDIT, lambda s: s.client.log_metric(s.its.run, "a", 1.5, timestamp=1, model_id=s.its.logged_model)),
    Call("run: log a parameter", EDIT, lambda s: s.client.log_param(s.its.run, "a", "b")),
    Call("run: log a parameter otherwise", EDIT, lambda s: s.client.log_param(s.its.run, "p", "c"), fails=True),
    Call("run: log a batch", EDIT, lambda s: s.client.log_batch(s.its.run, [Metric("b", 1, 1, 1)], [Param("c", "d")], [RunTag("e", "f")])),
    Call("run: set a tag", EDIT, lambda s: s.client.set_tag(s.its.run, "a", "b")),
    Call("run: delete a tag", EDIT, lambda s: s.client.delete_tag(s.its.run, "a")),
    Call("run: log inputs", EDIT, lambda s: s.client.log_inputs(s.its.run, [DATASET])),
    Call("run: log outputs", EDIT, lambda s: s.client.log_outputs(s.its.run, [LoggedModelOutput(s.its.logged_model, 1)])),
    Call("run: history of a metric", READ, lambda s: [metric.value for metric in s.client.get_metric_history(s.its.run, "m")]),
    Call("run: rename", EDIT, lambda s: s.client.update_run(s.its.run, name="named")),
    Call("run: end", EDIT, lambda s: s.client.set_terminated(s.its.run)),
]  # fmt: skip

FILES = [
    Call("file: list", READ, lambda s: [file.path for file in s.client.list_artifacts(s.its.run)]),
    Call("file: download", READ, lambda s: Path(s.client.download_artifacts(s.its.run, "note.txt", str(s.files))).read_text()),
    Call("file: upload", EDIT, lambda s: s.client.log_artifact(s.its.run, s.file())),
    Call("file: write a text", EDIT, lambda s: s.client.log_text(s.its.run, "text", "a directory/text.txt")),
    Call("file: list at the proxy", READ, lambda s: sorted(file.path for file in artifacts(s, s.its.experiment + "/" + s.its.run).list_artifacts())),
    Call("file: download at the proxy", READ, no_answer(lambda s: artifacts(s, s.its.file.rsplit("/", 1)[0])._download_file("note.txt", str(s.files / "got")))),
    Call("file: upload at the proxy", EDIT, lambda s: artifacts(s, s.its.file.rsplit("/", 1)[0]).log_artifact(s.file())),
    Call("file: delete at the proxy", MANAGE, lambda s: artifacts(s, s.its.file.rsplit("/", 1)[0]).delete_artifacts("file.txt")),
    Call("file: list all experiments", ADMIN, lambda s: len(artifacts(s, "").list_artifacts())),
]  # fmt: skip

MODELS = [
    Call("model: create", NOTHING, no_answer(lambda s: s.client.create_registered_model(f"bob-{s.level}"))),
    Call("model: create, name taken", NOTHING, lambda s: s.client.create_registered_model("bob-NOTHING"), fails=True),
    Call("model: get", READ, lambda s: s.client.get_registered_model(s.its.model).description),
    Call("model: get an unknown one", ADMIN, lambda s: s.client.get_registered_model("nobody-made-this")),
    Call("model: search", NOTHING, lambda s: len(s.client.search_registered_models(f"name = '{s.its.model}'"))),
    Call("model: describe", EDIT, lambda s: s.client.update_registered_model(s.its.model, "described").description),
    Call("model: set a tag", EDIT, lambda s: s.client.set_registered_model_tag(s.its.model, "a", "b")),
    Call("model: delete a tag", EDIT, lambda s: s.client.delete_registered_model_tag(s.its.model, "a")),
    Call("model: set an alias", EDIT, lambda s: s.client.set_registered_model_alias(s.its.model, "second", "1")),
    Call("model: get by alias", READ, lambda s: s.client.get_model_version_by_alias(s.its.model, "best").version),
    Call("model: delete an alias", MANAGE, lambda s: s.client.delete_registered_model_alias(s.its.model, "best")),
    Call("model: latest versions", READ, lambda s: len(s.client.get_latest_versions(s.its.model))),
    Call("version: create", EDIT, lambda s: s.client.create_model_version(s.its.model, f"runs:/{s.its.run}/model", s.its.run).version),
    Call("version: get", READ, lambda s: s.client.get_model_version(s.its.model, "1").current_stage),
    Call("version: search", NOTHING, lambda s: len(s.client.search_model_versions(f"name = '{s.its.model}'"))),
    Call("version: place", READ, no_answer(lambda s: s.client.get_model_version_download_uri(s.its.model, "1"))),
    Call("version: describe", EDIT, lambda s: s.client.update_model_version(s.its.model, "1", "described").description),
    Call("version: set a tag", EDIT, lambda s: s.client.set_model_version_tag(s.its.model, "1", "a", "b")),
    Call("version: delete a tag", MANAGE, lambda s: s.client.delete_model_version_tag(s.its.model, "1", "a")),
    Call("version: stage", EDIT, lambda s: s.client.transition_model_version_stage(s.its.model, "1", "Staging").current_stage),
]  # fmt: skip

LOGGED_MODELS = [
    Call("logged model: create", EDIT, no_answer(lambda s: s.client.create_logged_model(s.its.experiment, source_run_id=s.its.run))),
    Call("logged model: get", READ, lambda s: str(s.client.get_logged_model(s.its.logged_model).status)),
    Call("logged model: search", NOTHING, lambda s: len(s.client.search_logged_models([s.its.experiment], filter_string="name = 'm'"))),
    Call("logged model: parameters", EDIT, lambda s: s.client.log_model_params(s.its.logged_model, {"a": "b"})),
    Call("logged model: finalize", EDIT, lambda s: str(s.client.finalize_logged_model(s.its.logged_model, "READY").status)),
    Call("logged model: set tags", EDIT, lambda s: s.client.set_logged_model_tags(s.its.logged_model, {"a": "b"})),
    Call("logged model: delete a tag", MANAGE, lambda s: s.client.delete_logged_model_tag(s.its.logged_model, "a")),
    Call("logged model: files", READ, lambda s: [file.path for file in s.client.list_logged_model_artifacts(s.its.logged_model)]),
    Call("logged model: upload a file", EDIT, lambda s: s.client.log_model_artifact(s.its.logged_model, s.file())),
]  # fmt: skip

TRACES = [
    Call("trace: make", EDIT, end_trace),
    Call("trace: get", READ, lambda s: len(s.client.get_trace(s.its.trace).data.spans)),
    Call("trace: search", READ, lambda s: len(s.client.search_traces(locations=[s.its.experiment], filter_string="tag.note != ''"))),
    Call("trace: set a tag", EDIT, lambda s: s.client.set_trace_tag(s.its.trace, "a", "b")),
    Call("trace: delete a tag", EDIT, lambda s: s.client.delete_trace_tag(s.its.trace, "a")),
    Call("trace: link to a run", EDIT, lambda s: s.client.link_traces_to_run([s.its.trace], s.its.run)),
    Call("assessment: get", READ, lambda s: mlflow.get_assessment(s.its.trace, s.its.assessment).name),
    Call("assessment: make", EDIT, lambda s: mlflow.log_feedback(trace_id=s.its.trace, name="f", value=True).name),
    Call("assessment: change", EDIT, lambda s: mlflow.update_assessment(s.its.trace, s.its.assessment, Feedback(name="a", value="c")).value),
    Call("assessment: delete", EDIT, lambda s: mlflow.delete_assessment(s.its.trace, s.its.assessment)),
]  # fmt: skip

USERS = [
    Call("user: get oneself", NOTHING, lambda s: s.auth.get_user("bob").username),
    Call("user: get another", ADMIN, lambda s: s.auth.get_user("alice")),
    Call("user: get an unknown one", ADMIN, lambda s: s.auth.get_user("nobody")),
    Call("user: create", ADMIN, lambda s: s.auth.create_user("made-by-bob", "a-long-password")),
    Call("user: another's password", ADMIN, lambda s: s.auth.update_user_password("alice", "another-long-password")),
    Call("user: make oneself an admin", ADMIN, lambda s: s.auth.update_user_admin("bob", True)),
    Call("user: delete", ADMIN, lambda s: s.auth.delete_user("alice")),
    Call("grant: own on an experiment", NOTHING, lambda s: vars(s.auth.get_user_permission("bob", "experiment", s.its.experiment))),
    Call("grant: own on a model", NOTHING, lambda s: vars(s.auth.get_user_permission("bob", "registered_model", s.its.model))),
    Call("grant: another's", ADMIN, lambda s: s.auth.get_user_permission("alice", "experiment", s.its.experiment)),
    Call("grant: give", MANAGE, lambda s: s.auth.grant_user_permission("carol", "experiment", s.its.experiment, "READ")),
    Call("grant: give twice", MANAGE, lambda s: s.auth.grant_user_permission("carol", "experiment", s.its.experiment, "READ"), fails=True, own_words=True),
    Call("grant: take", MANAGE, lambda s: s.auth.revoke_user_permission("carol", "experiment", s.its.experiment)),
    Call("grant: give on a model", MANAGE, lambda s: s.auth.grant_user_permission("carol", "registered_model", s.its.model, "USE")),
    Call("grant: give on everything", ADMIN, lambda s: s.auth.grant_user_permission("carol", "experiment", "*", "READ")),
]  # fmt: skip

# These take away what the calls before them use.
DELETIONS = [
    Call("trace: delete", MANAGE, lambda s: s.client.delete_traces(s.its.experiment, trace_ids=[s.its.trace])),
    Call("logged model: delete", MANAGE, lambda s: s.client.delete_logged_model(s.its.logged_model)),
    Call("version: delete", MANAGE, lambda s: s.client.delete_model_version(s.its.model, "1")),
    Call("run: delete", MANAGE, lambda s: s.client.delete_run(s.its.run)),
    Call("run: restore", MANAGE, lambda s: s.client.restore_run(s.its.run)),
    Call("model: rename", EDIT, lambda s: s.client.rename_registered_model(s.its.model, s.its.model + "-2")),
    Call("model: delete", MANAGE, lambda s: s.client.delete_registered_model(s.its.model + "-2")),
    Call("experiment: delete", MANAGE, lambda s: s.client.delete_experiment(s.its.experiment)),
    Call("experiment: restore", MANAGE, lambda s: s.client.restore_experiment(s.its.experiment)),
]  # fmt: skip

CALLS = EXPERIMENTS + RUNS + FILES + MODELS + LOGGED_MODELS + TRACES + USERS + DELETIONS

# One call over each of the ways in which the client talks to a server.
SIGNED_IN = [
    Call("REST", NOTHING, lambda s: s.client.search_experiments()),
    Call("artifacts", NOTHING, lambda s: artifacts(s, s.its.experiment).list_artifacts()),
    Call("a file", NOTHING, lambda s: artifacts(s, s.its.file.rsplit("/", 1)[0])._download_file("note.txt", str(s.files / "got"))),
    Call("traces", NOTHING, lambda s: s.client.search_traces(locations=[s.its.experiment])),
    Call("users", NOTHING, lambda s: s.auth.get_user("bob")),
]  # fmt: skip
