"""People of an htpasswd file, with a real MLflow behind the gateway."""

import time

import mlflow
import pytest
import requests

from clients import CLIENT_SETTINGS, SECONDS, admin
from conftest import running
from servers import gateway_server
from world import API

SEARCH = API + "/experiments/search"
# `S3cr3+`, written by `htpasswd -B` and by `openssl passwd -6`; `pässwörd` by the latter.
BCRYPT = "$2y$04$......................VcL7tsZ69Jla0CeSekEF/WXpNo7nc1S"
SHA512 = "$6$saltsalt$LliYMRwXS8yxRPYDkYWBKWVqNxqskKeK7x3b5soyFYpJ0ZmbDJDygExDqVcodyu/sjPlmPojdJc3i8HQfKIZG/"
OTHER = "$6$saltsalt$TQjRhpJdqmLx0U8it3EsUajwkmOMMvw5vhUFc7mohzFFoj/QHrfYUHU1oSkwyCEoTUCDOiAOW135nel3bqtKe."
# `hunter2` without a hash, and `S3cr3+` by one round of SHA-1.
PLAIN, WEAK = "hunter2", "{SHA}8/i4LjHmvNdBwdVFmAOEUcI2ShY="
LINES = (f"filed:{BCRYPT}", f"other:{SHA512}:a comment", f"plain:{PLAIN}", f"weak:{WEAK}", f"own:{BCRYPT}")


@pytest.fixture
def people(tmp_path):
    """The file."""
    path = tmp_path / "people.htpasswd"
    path.write_text("\n".join(LINES))
    return path


@pytest.fixture
def gateway(tmp_path, inner, people):
    """A gateway whose people are in the file; `own` has a password of the store besides."""
    told = {"MLFLOW_AUTH_HTPASSWD_FILE": str(people)}
    with running(gateway_server(tmp_path / "gateway", inner.url, "first-match", environment=told)) as server:
        admin(server.url).post(API + "/users/create", username="own", password="a long password")
        yield server


def status(gateway, user, password="S3cr3+"):
    """The answer to somebody with this password."""
    credentials = (user.encode(), password.encode())
    return requests.post(gateway.url + SEARCH, json={"max_results": 5}, auth=credentials, timeout=SECONDS).status_code


def becomes(gateway, user, password, expected):
    """How long it takes until the answer is another."""
    began = time.monotonic()
    while status(gateway, user, password) != expected:
        assert time.monotonic() < began + SECONDS, f"{user} does not become {expected}"
        time.sleep(0.02)
    return time.monotonic() - began


def test_the_mlflow_client_works_with_a_password_of_the_file(gateway, monkeypatch):
    for name, value in CLIENT_SETTINGS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", "filed")
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", "S3cr3+")
    client = mlflow.MlflowClient(tracking_uri=gateway.url)
    experiment = client.create_experiment("of-the-file")
    assert client.get_experiment(experiment).name == "of-the-file"
    user = admin(gateway.url).get(API + "/users/get", username="filed")["user"]
    assert not user["is_admin"]


def test_who_is_let_in_and_who_is_not(gateway):
    for user, password, expected in (
        ("filed", "S3cr3+", 200),
        ("other", "S3cr3+", 200),
        ("filed", "s3cr3+", 401),
        ("filed", "", 401),
        ("Filed", "S3cr3+", 401),
        ("filed", "S3cr3+\0", 401),
        ("plain", PLAIN, 401),
        ("weak", "S3cr3+", 401),
        ("weak", WEAK, 401),
        ("own", "a long password", 200),
        ("own", "S3cr3+", 401),
        ("nobody", "S3cr3+", 401),
    ):
        assert status(gateway, user, password) == expected, (user, password)
    log = gateway.tail(1000)
    assert "line=3" in log and "line=4" in log and PLAIN not in log and WEAK not in log, log


def test_a_line_that_is_taken_away_ends_the_access_of_its_owner_within_a_second(gateway, people):
    assert status(gateway, "filed") == status(gateway, "other") == 200
    people.write_text(LINES[1])
    assert becomes(gateway, "filed", "S3cr3+", 401) < 1
    assert status(gateway, "other") == 200
    people.with_suffix(".new").write_text(f"other:{OTHER}")
    people.with_suffix(".new").rename(people)
    assert becomes(gateway, "other", "S3cr3+", 401) < 1
    assert status(gateway, "other", "pässwörd") == 200


def test_a_file_that_is_gone_goes_on_to_hold(gateway, people):
    people.unlink()
    people.mkdir()
    time.sleep(1)
    assert status(gateway, "filed") == 200
    assert status(gateway, "filed", "wrong") == 401
    assert "goes on to hold" in gateway.tail(1000)


def test_nobody_slips_away_from_the_file_with_a_password_of_the_store(gateway, people):
    assert status(gateway, "filed") == 200
    change = {"username": "filed", "password": "a long password", "current_password": "S3cr3+"}
    path = gateway.url + API + "/users/update-password"
    answer = requests.patch(path, json=change, auth=("filed", "S3cr3+"), timeout=SECONDS)
    assert answer.status_code == 400 and "in a file" in answer.text, answer.text
    people.write_text("")
    becomes(gateway, "filed", "S3cr3+", 401)
    assert status(gateway, "filed", "a long password") == 401


def test_a_gateway_does_not_start_without_its_file(tmp_path, inner):
    told = {"MLFLOW_AUTH_HTPASSWD_FILE": str(tmp_path / "nowhere")}
    server = gateway_server(tmp_path / "none", inner.url, "first-match", environment=told)
    with pytest.raises(RuntimeError, match="nowhere"), running(server):
        pass
