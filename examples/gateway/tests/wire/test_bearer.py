"""Bearer tokens of a real provider, with a real MLflow behind the gateway."""

import base64
import json
import time

import mlflow
import pytest
import requests

from clients import CLIENT_SETTINGS, SECONDS, admin
from conftest import running
from provider_server import bearer, provider_server, rotate, times_asked, token
from servers import gateway_server
from world import API

ALICE, BOB, STRANGER = "alice@example.com", "Bob@Example.com", "stranger@example.com"
SEARCH = API + "/experiments/search"


@pytest.fixture(scope="module")
def provider(data):
    """A certified provider."""
    with running(provider_server(data / "provider")) as server:
        yield server


def settings(provider, **more):
    """What the gateway is told of it."""
    told = {"OIDC_DISCOVERY_URL": provider.url + "/.well-known/openid-configuration", "OIDC_AUDIENCE": "mlflow"}
    return told | more


@pytest.fixture(scope="module")
def gateway(data, inner, provider):
    """A gateway that makes accounts for those who come with a token."""
    told = settings(provider, OIDC_PROVISION_ON_BEARER_AUTH="true")
    with running(gateway_server(data / "bearer", inner.url, "first-match", environment=told)) as server:
        yield server


def ask(gateway, text, path=SEARCH):
    """The answer to somebody with this token."""
    return requests.post(gateway.url + path, json={"max_results": 5}, headers=bearer(text), timeout=SECONDS)


def look_at_admin(gateway, text):
    """The status of what only admins may do."""
    path = gateway.url + API + "/users/get?username=admin"
    return requests.get(path, headers=bearer(text), timeout=SECONDS).status_code


def test_the_mlflow_client_works_with_a_token(gateway, provider, monkeypatch):
    for name, value in CLIENT_SETTINGS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", token(provider, ALICE, "mlflow"))
    client = mlflow.MlflowClient(tracking_uri=gateway.url)
    experiment = client.create_experiment("of-a-token")
    run = client.create_run(experiment)
    client.log_metric(run.info.run_id, "loss", 0.5)
    assert client.get_run(run.info.run_id).data.metrics == {"loss": 0.5}
    assert [found.experiment_id for found in client.search_experiments()] == [experiment]
    client.delete_experiment(experiment)


def test_accounts_are_made_without_a_password_in_small_letters(gateway, provider):
    assert ask(gateway, token(provider, BOB, "mlflow")).status_code == 200
    names = [user["username"] for user in admin(gateway.url).get(API + "/users/list")["users"]]
    assert BOB.lower() in names and BOB not in names
    for password in ("", "x", f"secret of {BOB}"):
        answer = requests.post(gateway.url + SEARCH, json={}, auth=(BOB.lower(), password), timeout=SECONDS)
        assert answer.status_code == 401, password


def test_groups_of_the_token_hold_grants_while_it_names_them(gateway, provider):
    boss = admin(gateway.url)
    experiment = boss.post(API + "/experiments/create", name="of-scientists")["experiment_id"]
    groups = API + "/permissions/groups"
    assert boss.call("POST", groups, json={"group_name": "scientists"}).ok
    path = f"{groups}/scientists/experiments/{experiment}"
    assert boss.call("POST", path, json={"permission": "READ"}).status_code == 201
    read = f"{API}/experiments/get?experiment_id={experiment}"
    for member, status in ((True, 200), (False, 403), (True, 200)):
        text = token(provider, ALICE, "mlflow", *(["scientists"] if member else []))
        answer = requests.get(gateway.url + read, headers=bearer(text), timeout=SECONDS)
        assert answer.status_code == status, answer.text


def test_only_admitted_groups_come_in_and_their_admins_are_not_ours(gateway, provider):
    for groups, status in ((["mlflow"], 200), (["mlflow-admin"], 200), (["scientists"], 401), ([], 401)):
        assert ask(gateway, token(provider, ALICE, *groups)).status_code == status, groups
    assert look_at_admin(gateway, token(provider, ALICE, "mlflow-admin")) == 403


def test_without_provisioning_only_accounts_come_in_and_groups_may_be_trusted(data, inner, provider):
    told = settings(provider, OIDC_TRUST_BEARER_GROUP_CLAIMS="true")
    with running(gateway_server(data / "trusting", inner.url, "first-match", environment=told)) as gateway:
        assert ask(gateway, token(provider, STRANGER, "mlflow")).status_code == 401
        admin(gateway.url).create_user(ALICE)
        for group, status in (("mlflow", 403), ("mlflow-admin", 200)):
            assert look_at_admin(gateway, token(provider, ALICE, group)) == status, group


def forge(text, **claims):
    """The token with other claims, under its old signature."""
    head, body, signature = text.split(".")
    old = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    new = base64.urlsafe_b64encode(json.dumps(old | claims).encode()).decode().rstrip("=")
    return f"{head}.{new}.{signature}"


def test_what_the_provider_did_not_sign_is_refused(gateway, provider):
    good = token(provider, ALICE, "mlflow")
    assert ask(gateway, good).status_code == 200
    before = times_asked(provider)
    head = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    for text in (
        forge(good, email="admin"),
        forge(good, groups=["mlflow-admin"]),
        f"{head}.{good.split('.')[1]}.",
        good[:-6] + "AAAAAA",
        good + ".x.y",
        "a.b.c",
        "not-a-token",
        "",
    ):
        answer = ask(gateway, text)
        assert answer.status_code == 401, text[:40]
        assert "WWW-Authenticate" in answer.headers
    # A known key id never makes the gateway ask.
    assert times_asked(provider) == before


def test_keys_are_exchanged_and_the_provider_goes_away(data, inner):
    source = provider_server(data / "rotating")
    with running(source) as provider:
        told = settings(provider, OIDC_PROVISION_ON_BEARER_AUTH="true", OIDC_JWKS_CACHE_TTL_SECONDS="3600")
        with running(gateway_server(data / "rotated", inner.url, "first-match", environment=told)) as gateway:
            old = token(provider, ALICE, "mlflow")
            assert ask(gateway, old).status_code == 200
            rotate(provider, "two:ES256")
            new = token(provider, ALICE, "mlflow")
            # For ten seconds after it asked, the gateway does not ask again.
            assert _until(lambda: ask(gateway, new).status_code, 200, 20)
            assert times_asked(provider) == 2
            provider.stop()
            assert ask(gateway, new).status_code == 200


def test_a_provider_that_never_answered_is_an_outage(data, inner, provider):
    text = token(provider, ALICE, "mlflow")
    told = settings(provider) | {"OIDC_DISCOVERY_URL": "http://127.0.0.1:9/.well-known/openid-configuration"}
    with running(gateway_server(data / "alone", inner.url, "first-match", environment=told)) as gateway:
        answer = ask(gateway, text)
        assert answer.status_code == 503 and "Retry-After" in answer.headers
        assert admin(gateway.url).post(SEARCH, max_results=1) is not None, "passwords go on"


def _until(value, wanted, seconds):
    """Whether `value` becomes what is wanted."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value() == wanted:
            return True
        time.sleep(0.5)
    return value() == wanted
