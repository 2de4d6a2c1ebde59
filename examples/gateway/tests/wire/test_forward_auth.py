"""A real NGINX that asks the gateway with `auth_request` before it forwards to a real MLflow."""

import mlflow
import pytest
import requests
from mlflow.exceptions import MlflowException

import wire
from clients import SECONDS, Caller, admin
from conftest import running
from nginx_server import ADDRESS, asking_nginx
from servers import gateway_server
from upstream import Upstream
from world import API, PROXY


@pytest.fixture(scope="module")
def gateway(data, inner):
    """The gateway that NGINX asks."""
    told = {"MLFLOW_AUTH_FORWARD_AUTH": "nginx", "TRUSTED_PROXIES": ADDRESS}
    with running(gateway_server(data / "asked", inner.url, "first-match", environment=told)) as server:
        yield server


@pytest.fixture(scope="module")
def nginx(data, gateway, inner):
    """NGINX in front of MLflow."""
    with running(asking_nginx(data / "asking", gateway.url, inner.url)) as server:
        yield server


@pytest.fixture(scope="module")
def bob(gateway):
    """Somebody with an account."""
    return admin(gateway.url).create_user("bob")


@pytest.fixture(scope="module")
def runs(gateway, inner, bob):
    """Two experiments, with a run and a file in each: the first is for bob to read, the second is not."""
    boss, found = admin(gateway.url), []
    for number, permission in enumerate(("EDIT", None)):
        experiment = boss.post(f"{API}/experiments/create", name=f"forward-auth-{number}")["experiment_id"]
        run = boss.post(f"{API}/runs/create", experiment_id=experiment, start_time=1)["run"]["info"]["run_id"]
        path = f"{experiment}/{run}/artifacts/note.txt"
        assert boss.call("PUT", f"{PROXY}/{path}", data=f"note {number}".encode()).ok
        if permission:
            boss.grant("bob", "experiment", experiment, permission)
        found.append((experiment, run, path))
    return found


def through(nginx, caller):
    """The same caller, at NGINX."""
    return Caller(nginx.url, caller.user, caller.password)


def test_the_mlflow_client_reads_through_nginx(nginx, bob, runs, tmp_path):
    (experiment, run, _), (closed, closed_run, _) = runs
    with through(nginx, bob).client() as client:
        assert client.get_experiment(experiment).experiment_id == experiment
        assert client.get_run(run).info.experiment_id == experiment
        assert [file.path for file in client.list_artifacts(run)] == ["note.txt"]
        local = mlflow.artifacts.download_artifacts(run_id=run, artifact_path="note.txt", dst_path=str(tmp_path))
        assert open(local).read() == "note 0"
        for refused in (lambda: client.get_experiment(closed), lambda: client.get_run(closed_run)):
            with pytest.raises(MlflowException, match="403"):
                refused()


def test_files_are_written_through_nginx_where_their_path_allows_it(nginx, bob, runs):
    for (_, _, path), status in zip(runs, (200, 403), strict=True):
        answer = through(nginx, bob).call("PUT", f"{PROXY}/{path}.new", data=b"new")
        assert answer.status_code == status, answer.text


def test_a_write_whose_body_decides_is_refused_and_changes_nothing(nginx, inner, bob, runs):
    (experiment, run, _), _ = runs
    with through(nginx, bob).client() as client:
        for write in (
            lambda: client.log_metric(run, "m", 1.0, synchronous=True),
            lambda: client.set_tag(run, "t", "x", synchronous=True),
            lambda: client.create_run(experiment),
            lambda: client.create_experiment("of-bob"),
            lambda: client.search_runs([experiment]),
        ):
            with pytest.raises(MlflowException, match="403"):
                write()
    stored = Caller(inner.url).get(f"{API}/runs/get", run_id=run)["run"]["data"]
    assert not stored.get("metrics") and "t" not in [tag["key"] for tag in stored.get("tags", [])]
    for create in ("experiments/create", "registered-models/create"):
        answer = through(nginx, admin(nginx.url)).call("POST", f"{API}/{create}", json={"name": "of-admin"})
        assert answer.status_code == 403, "nobody would give the creator a grant"


def test_an_original_uri_from_outside_is_not_believed(nginx, bob, runs):
    _, (closed, _, _) = runs
    target = f"{API}/experiments/get?experiment_id={closed}"
    for headers in (
        {"X-Original-URI": "/health", "X-Original-Method": "GET"},
        {"x-original-uri": "/static-files/x"},
        {"X_Original_URI": "/health"},
        {"X-Forwarded-Uri": "/health", "X-Forwarded-Method": "GET"},
        {"X-Rewrite-URL": "/health", "X-Original-URL": "/health"},
        {"X-HTTP-Method-Override": "GET", "X-Original-Method": "HEAD"},
    ):
        assert through(nginx, bob).call("GET", target, headers=headers).status_code == 403, headers
        assert requests.get(nginx.url + target, headers=headers, timeout=SECONDS).status_code == 401, headers


def test_the_endpoint_is_for_nginx_alone(nginx, gateway, bob):
    spoofed = {"X-Original-URI": "/version", "X-Original-Method": "GET"}
    assert through(nginx, bob).call("GET", "/-/auth", headers=spoofed).status_code == 404
    direct = Caller(gateway.url, bob.user, bob.password).call("GET", "/forward-auth", headers=spoofed)
    assert direct.status_code == 403 and "X-Forwarded-User" not in direct.headers


def test_nobody_comes_in_without_credentials_and_browsers_are_asked_for_them(nginx, runs):
    (experiment, _, _), _ = runs
    for headers in ({}, {"X-Forwarded-User": "bob", "Remote-User": "bob", "X-Forwarded-Email": "bob"}):
        answer = requests.get(f"{nginx.url}{API}/experiments/get?experiment_id={experiment}", headers=headers, timeout=SECONDS)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Basic")
    assert requests.get(nginx.url + "/health", timeout=SECONDS).status_code == 200


def test_a_path_that_two_servers_read_differently_is_refused(nginx, bob, runs):
    _, (closed, _, _) = runs
    query = f"experiment_id={closed}"
    for target in (
        f"/static-files/../api/2.0/mlflow/experiments/get?{query}",
        f"/static-files/%2e%2e/api/2.0/mlflow/experiments/get?{query}",
        f"/static-files/..%2fapi/2.0/mlflow/experiments/get?{query}",
        f"//api/2.0/mlflow/experiments/get?{query}",
        f"/health/../api/2.0/mlflow/experiments/get?{query}",
        f"/%61pi/2.0/mlflow/experiments/get?{query}",
        f"/health#/../../api/2.0/mlflow/experiments/get?{query}",
    ):
        data = wire.request("GET", target, auth=wire.basic(bob.user, bob.password))
        answer = wire.exchange(nginx.port, wire.fill(data, {"host": "localhost"}))[0]
        assert answer.status in (400, 403), f"{target}: {answer}"
        assert b"forward-auth-1" not in answer.body


def test_a_read_whose_body_names_something_else_is_refused(nginx, bob, runs):
    (experiment, _, _), (closed, _, _) = runs
    for method, target, body in (
        ("GET", f"{PROXY}", {"path": closed}),
        ("GET", f"{PROXY}?", {"path": closed}),
        ("GET", f"{API}/experiments/get", {"experiment_id": closed}),
        ("HEAD", f"{API}/experiments/get?experiment_id={experiment}", {"experiment_id": closed}),
    ):
        data = wire.sized(wire.request(method, target, body=body, auth=wire.basic(bob.user, bob.password)))
        answer = wire.exchange(nginx.port, wire.fill(data, {"host": "localhost"}), method=method)[0]
        assert answer.status == 403, f"{method} {target}: {answer}"


def test_pages_of_other_origins_do_not_write_through_nginx(nginx, bob, runs):
    (_, _, path), _ = runs
    for origin, status in (("https://evil.example", 403), (nginx.url, 200), (None, 200)):
        headers = {"Origin": origin} if origin else {}
        answer = through(nginx, bob).call("PUT", f"{PROXY}/{path}.page", data=b"x", headers=headers)
        assert answer.status_code == status, f"{origin}: {answer.text}"


def test_the_service_behind_is_told_who_it_is_and_hears_no_other_names(data, gateway, bob):
    behind = Upstream(lambda _: (200, {}, b"{}")).start()
    try:
        with running(asking_nginx(data / "telling", gateway.url, behind.url)) as nginx:
            spoofed = {"X-Forwarded-User": "admin", "X-Mlflow-Admin": "true", "X_Forwarded_User": "admin"}
            for caller, told in ((bob, ("bob", "false")), (admin(gateway.url), ("admin", "true"))):
                assert through(nginx, caller).call("GET", "/version", headers=spoofed).status_code == 200
                headers = [(name.lower(), value) for name, value in behind.take()[-1].headers]
                names = ("x-forwarded-user", "x_forwarded_user", "x-mlflow-admin", "authorization")
                seen = [(name, value) for name, value in headers if name in names]
                assert sorted(seen) == [("x-forwarded-user", told[0]), ("x-mlflow-admin", told[1])]
    finally:
        behind.stop()


def test_an_outage_is_neither_a_refusal_nor_a_way_in(data, inner, gateway, bob):
    told = {"MLFLOW_AUTH_FORWARD_AUTH": "nginx", "TRUSTED_PROXIES": ADDRESS}
    with running(gateway_server(data / "fails", inner.url, "first-match", environment=told)) as mortal:
        admin(mortal.url).create_user("bob")
        with running(asking_nginx(data / "failing", mortal.url, inner.url)) as nginx:
            assert through(nginx, bob).call("GET", "/version").status_code == 200
            mortal.stop()
            assert through(nginx, bob).call("GET", "/version").status_code == 503
    # A gateway whose MLflow is gone cannot tell in which experiment a run is.
    blinded = gateway_server(data / "blind", "http://127.0.0.1:9", "first-match", environment=told)
    blinded.ready = "/healthz"
    with running(blinded) as blind:
        admin(blind.url).create_user("bob")
        with running(asking_nginx(data / "blinded", blind.url, inner.url)) as nginx:
            assert through(nginx, bob).call("GET", "/version").status_code == 200
            answer = through(nginx, bob).call("GET", f"{API}/runs/get?run_id={'0' * 32}")
            assert answer.status_code == 503, answer.text
