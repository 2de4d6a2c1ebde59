"""Tokens of service accounts, with a real MLflow behind the gateway. The provider plays the cluster."""

import pytest
import requests

from clients import SECONDS, admin
from conftest import running
from provider_server import bearer, provider_server, token
from servers import gateway_server
from world import API

TRAINER, OTHER = "system:serviceaccount:ml:trainer", "system:serviceaccount:other:trainer"
USER = "trainer.ml@serviceaccount.cluster.local"
SEARCH = API + "/experiments/search"


@pytest.fixture(scope="module")
def cluster(data):
    """What signs the tokens."""
    with running(provider_server(data / "cluster")) as server:
        yield server


def settings(cluster, **more):
    """What the gateway is told of it."""
    told = {"MLFLOW_AUTH_KUBERNETES_API": cluster.url, "MLFLOW_AUTH_KUBERNETES_ISSUER": cluster.url}
    told |= {"MLFLOW_AUTH_KUBERNETES_AUDIENCE": "mlflow", "MLFLOW_AUTH_KUBERNETES_NAMESPACES": "data,ml"}
    return told | more


@pytest.fixture(scope="module")
def gateway(data, inner, cluster):
    """A gateway that believes the cluster."""
    with running(gateway_server(data / "kubernetes", inner.url, "first-match", environment=settings(cluster))) as server:
        yield server


def ask(gateway, text, path=SEARCH):
    """The answer to a program with this token."""
    return requests.post(gateway.url + path, json={"max_results": 5}, headers=bearer(text), timeout=SECONDS)


def test_programs_of_the_namespaces_come_in_and_nobody_else(gateway, cluster):
    assert ask(gateway, token(cluster, TRAINER)).status_code == 200
    for subject in (OTHER, "alice@example.com"):
        assert ask(gateway, token(cluster, subject, "mlflow", "mlflow-admin")).status_code == 401, subject
    found = {user["username"]: user for user in admin(gateway.url).get(API + "/users/list")["users"]}
    assert USER in found and not any("other" in name or "alice" in name for name in found)


def test_the_namespace_is_a_group_that_holds_grants(gateway, cluster):
    boss = admin(gateway.url)
    experiment = boss.post(API + "/experiments/create", name="of-the-namespace")["experiment_id"]
    read = f"{gateway.url}{API}/experiments/get?experiment_id={experiment}"
    see = lambda: requests.get(read, headers=bearer(token(cluster, TRAINER)), timeout=SECONDS).status_code  # noqa: E731
    assert see() == 403
    groups = API + "/permissions/groups"
    assert boss.call("POST", groups, json={"group_name": "k8s:ml"}).ok
    path = f"{groups}/k8s:ml/experiments/{experiment}"
    assert boss.call("POST", path, json={"permission": "READ"}).status_code == 201
    assert see() == 200


def test_a_program_is_never_an_admin_though_its_account_says_so(gateway, cluster):
    text = token(cluster, TRAINER, "mlflow-admin")
    assert ask(gateway, text).status_code == 200
    admin(gateway.url).patch(API + "/users/update-admin", username=USER, is_admin=True)
    path = gateway.url + API + "/users/get?username=admin"
    for _ in range(3):
        assert requests.get(path, headers=bearer(text), timeout=SECONDS).status_code == 403


def test_a_namespace_taken_off_the_list_ends_the_access_of_accounts_that_are_there(data, inner, cluster, gateway):
    text = token(cluster, TRAINER)
    assert ask(gateway, text).status_code == 200
    told = settings(cluster, MLFLOW_AUTH_KUBERNETES_NAMESPACES="data")
    server = gateway_server(data / "kubernetes", inner.url, "first-match", environment=told)
    with running(server) as other:
        names = [user["username"] for user in admin(other.url).get(API + "/users/list")["users"]]
        assert USER in names, "the account is there"
        assert ask(other, text).status_code == 401


def test_a_cluster_that_does_not_answer_is_an_outage(data, inner, cluster):
    told = settings(cluster, MLFLOW_AUTH_KUBERNETES_API="http://127.0.0.1:9")
    with running(gateway_server(data / "no-cluster", inner.url, "first-match", environment=told)) as gateway:
        answer = ask(gateway, token(cluster, TRAINER))
        assert answer.status_code == 503 and "Retry-After" in answer.headers
