"""The real client through the gateway: two people who share their work."""

import time
from contextlib import suppress

import mlflow
import pandas
import pytest
from mlflow.entities import Metric, Param, RunTag
from mlflow.exceptions import MlflowException
from mlflow.server import get_app_client

from conftest import open_front

TEXTS = {"a directory/grüße 日本.txt": "ü", "a+b & 100%.txt": "plus", "plain.txt": "plain" * 1000}


class Doubling(mlflow.pyfunc.PythonModel):
    """A model as small as one can be."""

    def predict(self, context, model_input, params=None):
        return model_input * 2


@pytest.fixture(scope="module")
def front(request, data):
    """A front with nobody but the admin."""
    with open_front(request, data, "client", "union") as front:
        yield front


@pytest.fixture(scope="module")
def people(front):
    """Alice and bob."""
    return [front.admin.create_user(user) for user in ("alice", "bob")]


def fails(status):
    """That MLflow's client raises what it raises for this status."""
    return pytest.raises(MlflowException, check=lambda error: error.get_http_status_code() == status)


def hold(giver, user, kind, name, permission):
    """The giver grants a permission with MLflow's own client, in the place of the one before."""
    with giver.client():
        auth = get_app_client("basic-auth", giver.url)
        with suppress(MlflowException):
            auth.revoke_user_permission(user, kind, name)
        auth.grant_user_permission(user, kind, name, permission)


def log_everything(experiment):
    """A run with everything in it, with the fluent interface. Returns it and the version of the registered model."""
    with mlflow.start_run(experiment_id=experiment) as run:
        mlflow.log_params({"a": 1, "b": "ü"})
        mlflow.log_metrics({"m": 0.5, "n": 2}, step=3)
        mlflow.set_tags({"t": "v w", "u": "%+&"})
        client = mlflow.MlflowClient()
        metrics = [Metric("many", step, step, step) for step in range(900)]
        client.log_batch(run.info.run_id, metrics, [Param("c", "d")], [RunTag("e", "f")])
        for path, text in TEXTS.items():
            mlflow.log_text(text, path)
        logged = mlflow.pyfunc.log_model(name="doubling", python_model=Doubling(), pip_requirements=[])
        with mlflow.start_span("outer") as span:
            span.set_inputs({"question": 1})
            with mlflow.start_span("inner"):
                mlflow.update_current_trace(tags={"note": "kept"})
    return run.info.run_id, logged


def read_everything(client, experiment, run, name):
    """All of it again, and that it is what was written."""
    data = client.get_run(run).data
    assert (data.params, data.metrics["n"], data.tags["u"]) == ({"a": "1", "b": "ü", "c": "d"}, 2, "%+&")
    assert len(client.get_metric_history(run, "many")) == 900
    for path, text in TEXTS.items():
        assert mlflow.artifacts.load_text(f"runs:/{run}/{path}") == text
    frame = pandas.DataFrame({"x": [1, 2]})
    assert list(mlflow.pyfunc.load_model(f"models:/{name}@best").predict(frame)["x"]) == [2, 4]
    assert client.get_model_version_by_alias(name, "best").tags == {"stage": "done"}
    (trace,) = client.search_traces(locations=[experiment])
    assert (len(trace.data.spans), trace.info.tags["note"]) == (2, "kept")
    assert [row.info.run_id for row in client.search_runs([experiment])] == [run]


def test_two_people(people):
    """Alice makes, bob sees nothing; with READ he reads everything and writes nothing; with EDIT he writes and cannot delete."""
    alice, bob = people
    with alice.client() as client:
        experiment = mlflow.create_experiment("shared")
        run, logged = log_everything(experiment)
        version = mlflow.register_model(logged.model_uri, "doubling")
        client.set_registered_model_alias("doubling", "best", version.version)
        client.set_model_version_tag("doubling", version.version, "stage", "done")
        read_everything(client, experiment, run, "doubling")
        auth = get_app_client("basic-auth", alice.url)
        assert auth.get_user_permission("alice", "experiment", experiment).permission == "MANAGE"
        assert auth.get_user_permission("alice", "registered_model", "doubling").permission == "MANAGE"
    with bob.client() as client:
        for refused in (lambda: client.get_run(run), lambda: client.get_registered_model("doubling"), lambda: log_everything(experiment)):
            with fails(403):
                refused()
        assert client.search_experiments() == client.search_registered_models() == client.search_runs([experiment]) == []
    for kind, name in (("experiment", experiment), ("registered_model", "doubling")):
        hold(alice, "bob", kind, name, "READ")
    with bob.client() as client:
        read_everything(client, experiment, run, "doubling")
        for refused in (lambda: client.log_metric(run, "x", 1), lambda: client.set_registered_model_tag("doubling", "a", "b"), lambda: log_everything(experiment)):
            with fails(403):
                refused()
    for kind, name in (("experiment", experiment), ("registered_model", "doubling")):
        hold(alice, "bob", kind, name, "EDIT")
    with bob.client() as client:
        mine, logged = log_everything(experiment)
        assert mlflow.register_model(logged.model_uri, "doubling").version == "2"
        client.log_metric(run, "x", 1)
        for refused in (lambda: client.delete_run(run), lambda: client.delete_registered_model("doubling"), lambda: client.delete_experiment(experiment)):
            with fails(403):
                refused()
    with alice.client() as client:
        assert {row.info.run_id for row in client.search_runs([experiment])} == {run, mine}


def shared(alice, kind, make, count):
    """Makes `count` resources as alice and grants bob every third. Returns those."""
    with alice.client() as client:
        made = [make(client, number) for number in range(count)]
    for name in made[::3]:
        hold(alice, "bob", kind, name, "READ")
    return made[::3]


def pages(search, size):
    """All pages of a search. None but the last may hold fewer than `size`; one that is empty may follow."""
    found, token = [], None
    while True:
        page = search(max_results=size, page_token=token)
        found.append(list(page))
        assert len(page) <= size
        token = page.token
        if not token:
            break
    full = found[:-1] if found[-1] else found[:-2]
    assert all(len(page) == size for page in full), [len(page) for page in found]
    return [row for page in found for row in page]


@pytest.fixture(scope="module")
def library(front, people):
    """Experiments and registered models of alice's, every third of which bob may read, with things in each."""
    alice, _ = people
    experiments = shared(alice, "experiment", lambda client, number: client.create_experiment(f"page {number:02}"), 22)
    models = shared(alice, "registered_model", lambda client, number: client.create_registered_model(f"page-{number:02}").name, 22)
    with alice.client() as client:
        everything = [experiment.experiment_id for experiment in client.search_experiments(filter_string="name LIKE 'page%'")]
        for experiment in everything:
            for number in range(3):
                client.create_run(experiment)
                client.create_logged_model(experiment, name=f"m{number}")
        for experiment in experiments[:2]:
            for number in range(4):
                client.end_trace(client.start_trace(f"t{number}", experiment_id=experiment).trace_id)
        run = client.search_runs(everything)[0].info.run_id
        for model in client.search_registered_models("name LIKE 'page%'"):
            client.create_model_version(model.name, f"runs:/{run}/x", run)
    return experiments, models, everything


def test_search_with_pages(people, library):
    """Each search shows everything that bob may read once, in full pages, and nothing else."""
    _, bob = people
    experiments, models, everything = library
    pieces = [(experiment, number) for experiment in experiments for number in range(3)]
    with bob.client() as client:
        found = pages(lambda **page: client.search_experiments(filter_string="name LIKE 'page%'", **page), 3)
        assert sorted(row.experiment_id for row in found) == sorted(experiments)
        found = pages(lambda **page: client.search_registered_models(filter_string="name LIKE 'page%'", **page), 3)
        assert sorted(row.name for row in found) == models
        found = pages(lambda **page: client.search_runs(everything, **page), 4)
        assert sorted(row.info.experiment_id for row in found) == sorted(experiment for experiment, _ in pieces)
        found = pages(lambda **page: client.search_logged_models(everything, **page), 4)
        assert sorted(row.experiment_id for row in found) == sorted(experiment for experiment, _ in pieces)
        found = pages(lambda **page: client.search_traces(locations=experiments[:2], **page), 3)
        assert sorted(trace.info.experiment_id for trace in found) == sorted(experiments[:2] * 4)
        with fails(403):
            client.search_traces(locations=everything)


def test_search_of_versions(people, library):
    """A page of versions may be short, and the pages together hold what bob may read."""
    _, bob = people
    _, models, _ = library
    with bob.client() as client:
        found, token = [], None
        while True:
            page = client.search_model_versions(filter_string="name LIKE 'page%'", max_results=3, page_token=token)
            found += [row.name for row in page]
            token = page.token
            if not token:
                break
    assert sorted(found) == models


def test_renamed_and_deleted(people):
    """A new name takes the grants along; what is made anew under an old name has none of the old one's."""
    alice, bob = people
    with alice.client() as client:
        client.create_registered_model("before")
    hold(alice, "bob", "registered_model", "before", "EDIT")
    with bob.client() as client:
        client.rename_registered_model("before", "after")
        assert client.get_registered_model("after").name == "after"
        auth = get_app_client("basic-auth", bob.url)
        assert auth.get_user_permission("bob", "registered_model", "before").permission == "NO_PERMISSIONS"
    with alice.client() as client:
        client.create_registered_model("before")
        client.delete_registered_model("after")
        client.create_registered_model("after")
    with bob.client() as client:
        for name in ("before", "after"):
            with fails(403):
                client.get_registered_model(name)


def test_users(front, people):
    """What an admin does to users, and what they can do themselves, with MLflow's own client."""
    with front.admin.client():
        auth = get_app_client("basic-auth", front.url)
        dave = auth.create_user("dave", "a-long-password")
        assert (dave.username, dave.is_admin) == ("dave", False)
        with fails(400):
            auth.create_user("dave", "a-long-password")
        with fails(400):
            auth.create_user("short", "x")
        with fails(404):
            auth.get_user("nobody")
        auth.update_user_password("dave", "another-long-password")
    stale, fresh = (type(front.admin)(front.url, "dave", password) for password in ("a-long-password", "another-long-password"))
    with stale.client() as client, fails(401):
        client.search_experiments()
    with fresh.client():
        auth = get_app_client("basic-auth", front.url)
        with fails(400):
            auth.update_user_password("dave", "a-third-long-password")
        auth.update_user_password("dave", "a-third-long-password", "another-long-password")
    with front.admin.client():
        auth = get_app_client("basic-auth", front.url)
        auth.update_user_admin("dave", True)
        assert auth.get_user("dave").is_admin
    dave = type(front.admin)(front.url, "dave", "a-third-long-password")
    with dave.client():
        auth = get_app_client("basic-auth", front.url)
        auth.update_user_admin("dave", False)
        with fails(403):
            auth.create_user("erin", "a-long-password")
    with front.admin.client():
        get_app_client("basic-auth", front.url).delete_user("dave")
    assert dave.call("GET", "/version").status_code == 401


def test_what_a_user_is_told(front, people):
    """The answers that the UI asks for: who am I, what may I, who is there."""
    for family in ("/api", "/ajax-api"):
        own = people[1].get(f"{family}/2.0/mlflow/users/current")
        assert own["user"] | {"id": 0} == {"id": 0, "username": "bob", "is_admin": False}
        assert own["is_basic_auth"] is True
        held = people[0].get(f"{family}/3.0/mlflow/users/current/permissions")
        assert held["is_admin"] is False
        rows = {(row["resource_type"], row["permission"]) for row in held["permissions"]}
        assert ("experiment", "MANAGE") in rows and all(row["workspace"] == "default" for row in held["permissions"])
        listed = front.admin.get(f"{family}/3.0/mlflow/users/permissions/list", username="alice")
        assert listed["permissions"] == held["permissions"]
        users = front.admin.get(f"{family}/2.0/mlflow/users/list")["users"]
        assert {"admin", "alice", "bob"} <= {user["username"] for user in users}


def test_revoked_at_once(front, people):
    """What is taken away is gone with the next call, and a password that was changed too."""
    alice, bob = people
    experiment = alice.post("/api/2.0/mlflow/experiments/create", name=f"revoked {time.time_ns()}")["experiment_id"]
    for permission, status in (("READ", 200), (None, 403), ("READ", 200)):
        if permission:
            alice.grant("bob", "experiment", experiment, permission)
        else:
            alice.revoke("bob", "experiment", experiment)
        answer = bob.call("GET", f"/api/2.0/mlflow/experiments/get?experiment_id={experiment}")
        assert answer.status_code == status
