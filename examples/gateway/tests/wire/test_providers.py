"""Several providers at once: each vouches for its own people and for nobody else's."""

import json

import pytest
import requests

from clients import SECONDS, admin
from conftest import running
from provider_server import bearer, provider_server, token
from servers import gateway_server
from world import API

ALICE, BOB, STRANGER = "alice@example.com", "Bob@Example.com", "stranger@example.com"
SEARCH = API + "/experiments/search"
DOCUMENT = "/.well-known/openid-configuration"


@pytest.fixture(scope="module")
def home(data):
    """The provider of the flat settings."""
    with running(provider_server(data / "home")) as server:
        yield server


@pytest.fixture(scope="module")
def corp(data):
    """Another one, with the same people."""
    with running(provider_server(data / "corp", keys=("corp:RS256",))) as server:
        yield server


def settings(home, *others):
    """What the gateway is told of the providers."""
    listed = [
        {"id": name, "issuer": other.url, "discovery_url": other.url + DOCUMENT, "audience": "mlflow"}
        for name, other in others
    ]
    told = {"OIDC_DISCOVERY_URL": home.url + DOCUMENT, "OIDC_ISSUER": home.url, "OIDC_AUDIENCE": "mlflow"}
    return told | {"AUTH_PROVIDERS": json.dumps(listed), "OIDC_PROVISION_ON_BEARER_AUTH": "true"}


@pytest.fixture(scope="module")
def gateway(data, inner, home, corp):
    """A gateway that believes both."""
    told = settings(home, ("corp", corp))
    with running(gateway_server(data / "both", inner.url, "first-match", environment=told)) as server:
        yield server


def ask(gateway, provider, user, *groups):
    """The status that somebody gets with a token of this provider."""
    text = token(provider, user, "mlflow", *groups)
    return requests.post(gateway.url + SEARCH, json={"max_results": 5}, headers=bearer(text), timeout=SECONDS).status_code


def test_whoever_comes_first_has_the_name_and_the_same_name_of_another_provider_is_refused(gateway, home, corp):
    assert ask(gateway, home, ALICE) == 200
    assert ask(gateway, corp, ALICE) == 401
    assert ask(gateway, corp, BOB) == 200
    assert ask(gateway, home, BOB) == 401
    assert (ask(gateway, home, ALICE), ask(gateway, corp, BOB)) == (200, 200)


def test_only_the_first_provider_takes_an_account_that_is_nobodys(gateway, home, corp):
    admin(gateway.url).create_user(STRANGER)
    assert ask(gateway, corp, STRANGER) == 401
    assert ask(gateway, home, STRANGER) == 200
    assert ask(gateway, corp, STRANGER) == 401


def test_an_admin_sees_who_is_who_and_may_end_it(gateway, home, corp):
    assert ask(gateway, home, ALICE) == 200
    boss, path = admin(gateway.url), f"{API}/users/{ALICE}/identities"
    [row] = boss.call("GET", path).json()
    assert row["provider_id"] == home.url
    for provider, status in (("default", 404), (corp.url, 404), (home.url, 200), (home.url, 404)):
        query = {"provider_id": provider, "subject": row["subject"]}
        assert boss.call("DELETE", path, params=query).status_code == status, provider
    assert ask(gateway, corp, ALICE) == 401, "what is nobody's is not for the second provider"
    assert ask(gateway, home, ALICE) == 200


def test_groups_of_a_second_provider_are_not_those_of_the_first(gateway, home, corp):
    boss = admin(gateway.url)
    experiment = boss.post(API + "/experiments/create", name="of-home-scientists")["experiment_id"]
    groups = API + "/permissions/groups"
    for name in ("scientists", "corp:scientists"):
        boss.call("POST", groups, json={"group_name": name})
    path = f"{groups}/scientists/experiments/{experiment}"
    assert boss.call("POST", path, json={"permission": "READ"}).status_code == 201
    read = f"{gateway.url}{API}/experiments/get?experiment_id={experiment}"
    text = token(corp, BOB, "mlflow", "scientists")
    assert requests.get(read, headers=bearer(text), timeout=SECONDS).status_code == 403
    path = f"{groups}/corp:scientists/experiments/{experiment}"
    assert boss.call("POST", path, json={"permission": "READ"}).status_code == 201
    assert requests.get(read, headers=bearer(text), timeout=SECONDS).status_code == 200


def test_the_admin_group_of_a_second_provider_makes_no_admin(data, inner, home, corp):
    told = settings(home, ("corp", corp)) | {"OIDC_TRUST_BEARER_GROUP_CLAIMS": "true"}
    with running(gateway_server(data / "trusting-both", inner.url, "first-match", environment=told)) as gateway:
        look = gateway.url + API + "/users/get?username=admin"
        for provider, user, status in ((home, ALICE, 200), (corp, BOB, 403)):
            text = token(provider, user, "mlflow", "mlflow-admin")
            assert requests.get(look, headers=bearer(text), timeout=SECONDS).status_code == status, user


def test_a_broken_provider_stops_the_start_and_is_named(data, inner, home, corp):
    for name, provider, expected in (("corp", home, "another provider has the issuer"), ("a/b", corp, "1 to 64 letters")):
        server = gateway_server(data / "broken", inner.url, "first-match", environment=settings(home, (name, provider)))
        with pytest.raises(RuntimeError) as error:
            server.start()
        assert expected in str(error.value) and f"`{name}`" in str(error.value)
