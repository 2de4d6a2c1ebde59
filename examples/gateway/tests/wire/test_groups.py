"""Groups of a file and of a service, for people with a token and for people with a password."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from clients import SECONDS, admin, becomes, password_of
from conftest import running
from provider_server import bearer, provider_server, token
from servers import gateway_server
from world import API

ALICE = "alice@example.com"
SEARCH = API + "/experiments/search"


class Service(ThreadingHTTPServer):
    """Knows the groups of users, and what it was asked."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.status, self.groups, self.asked = 200, [], []
        self.url = f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    """Answers with what the service was told to."""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((body, self.headers.get("Authorization")))
        answer = json.dumps(self.server.groups).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        """Says nothing."""


@pytest.fixture
def service():
    """A service on a port of its own."""
    server = Service()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def provider(data):
    """A certified provider."""
    with running(provider_server(data / "groups-provider")) as server:
        yield server


def settings(provider, **more):
    """A gateway that believes the provider and makes admins of its groups."""
    told = {"OIDC_DISCOVERY_URL": provider.url + "/.well-known/openid-configuration", "OIDC_AUDIENCE": "mlflow"}
    return told | {"OIDC_PROVISION_ON_BEARER_AUTH": "true", "OIDC_TRUST_BEARER_GROUP_CLAIMS": "true"} | more


def ask(gateway, text):
    """The answer to somebody with this token."""
    path = gateway.url + SEARCH
    return requests.post(path, json={"max_results": 5}, headers=bearer(text), timeout=SECONDS).status_code


def look_at_admin(gateway, text):
    """The status of what only admins may do."""
    path = gateway.url + API + "/users/get?username=admin"
    return requests.get(path, headers=bearer(text), timeout=SECONDS).status_code


def experiment_of(gateway, name, group):
    """An experiment that a group may read."""
    boss = admin(gateway.url)
    experiment = boss.post(API + "/experiments/create", name=name)["experiment_id"]
    groups = API + "/permissions/groups"
    assert boss.call("POST", groups, json={"group_name": group}).ok
    grant = boss.call("POST", f"{groups}/{group}/experiments/{experiment}", json={"permission": "READ"})
    assert grant.status_code == 201, grant.text
    return f"{gateway.url}{API}/experiments/get?experiment_id={experiment}"


def test_a_service_says_who_comes_in_and_its_outage_is_no_refusal(tmp_path, inner, provider, service):
    told = settings(
        provider,
        MLFLOW_AUTH_GROUPS_URL=service.url,
        MLFLOW_AUTH_GROUPS_URL_TOKEN="a-secret",
        MLFLOW_AUTH_GROUPS_URL_CACHE_TTL="0",
    )
    with running(gateway_server(tmp_path, inner.url, "first-match", environment=told)) as gateway:
        text = token(provider, ALICE)
        assert ask(gateway, text) == 401, "neither the token nor the service names a group"
        service.groups = ["mlflow"]
        assert ask(gateway, text) == 200
        read = experiment_of(gateway, "of-the-service", "team-s")
        for groups, status in ((["mlflow", "team-s"], 200), (["mlflow"], 403), (["team-s"], 401)):
            service.groups = groups
            answer = requests.get(read, headers=bearer(text), timeout=SECONDS)
            assert answer.status_code == status, (groups, answer.text)
        service.groups = ["mlflow-admin"]
        assert look_at_admin(gateway, text) == 200
        service.groups = ["mlflow"]
        assert look_at_admin(gateway, text) == 403
        service.status = 500
        answer = requests.get(read, headers=bearer(text), timeout=SECONDS)
        assert answer.status_code == 503 and "Retry-After" in answer.headers
        assert admin(gateway.url).post(SEARCH, max_results=1) is not None, "admins go on"
        assert ({"user": ALICE}, "Bearer a-secret") in service.asked
        assert "a-secret" not in gateway.tail(1000)


def test_an_answer_is_used_until_it_is_old(tmp_path, inner, provider, service):
    service.groups = ["mlflow"]
    told = settings(provider, MLFLOW_AUTH_GROUPS_URL=service.url, MLFLOW_AUTH_GROUPS_URL_CACHE_TTL="600")
    with running(gateway_server(tmp_path, inner.url, "first-match", environment=told)) as gateway:
        text = token(provider, ALICE)
        for _ in range(5):
            assert ask(gateway, text) == 200
        assert len(service.asked) == 1
        service.status = 500
        assert ask(gateway, text) == 200


def test_a_file_says_who_comes_in_and_its_changes_count_within_a_second(tmp_path, inner, provider):
    groups = tmp_path / "groups.yaml"
    groups.write_text("users: {'*@example.com': [mlflow]}")
    told = settings(provider, MLFLOW_AUTH_GROUPS_FILE=str(groups))
    with running(gateway_server(tmp_path / "gateway", inner.url, "first-match", environment=told)) as gateway:
        text = token(provider, ALICE)
        assert ask(gateway, text) == 200
        read = experiment_of(gateway, "of-the-groups-file", "team-f")
        see = lambda: requests.get(read, headers=bearer(text), timeout=SECONDS).status_code  # noqa: E731
        assert see() == 403
        groups.write_text(f"users:\n  '*@example.com': [mlflow]\n  {ALICE}: [team-f]\n")
        assert becomes(see, 200) < 1.5
        groups.write_text("users: {'*@example.com': [mlflow")
        time.sleep(1)
        assert see() == 200, "what cannot be read changes nothing"
        assert "line 1" in gateway.tail(1000)
        groups.write_text("users: {'*@other.example': [mlflow]}")
        assert becomes(lambda: ask(gateway, text), 401) < 1.5


def test_people_with_a_password_are_in_their_groups_too(tmp_path, inner):
    groups = tmp_path / "groups.toml"
    groups.write_text('[users]\ncarol = ["team-p"]\n')
    told = {"MLFLOW_AUTH_GROUPS_FILE": str(groups)}
    with running(gateway_server(tmp_path / "gateway", inner.url, "first-match", environment=told)) as gateway:
        read = experiment_of(gateway, "of-passwords", "team-p")
        for user, status in (("carol", 200), ("dave", 403)):
            admin(gateway.url).create_user(user)
            answer = requests.get(read, auth=(user, password_of(user)), timeout=SECONDS)
            assert answer.status_code == status, (user, answer.text)


def test_the_command_that_explains_knows_these_groups(tmp_path, inner):
    import os
    import subprocess

    groups = tmp_path / "groups.toml"
    groups.write_text('[users]\ncarol = ["team-e"]\n')
    told = {"MLFLOW_AUTH_GROUPS_FILE": str(groups)}
    with running(gateway_server(tmp_path / "gateway", inner.url, "first-match", environment=told)) as gateway:
        read = experiment_of(gateway, "of-explain", "team-e")
        experiment = read.rsplit("=", 1)[1]
        argv = [os.environ["GATEWAY_BIN"], "explain", "--user", "carol", "--action", "read"]
        argv += ["--resource", f"experiment:{experiment}", "--upstream", inner.url]
        argv += ["--store", f"sqlite:///{tmp_path}/gateway/auth.db"]
        for more, status in ((["--groups-file", str(groups)], 0), ([], 1)):
            ended = subprocess.run(argv + more, capture_output=True, text=True, timeout=SECONDS, check=False)
            assert ended.returncode == status, ended.stdout + ended.stderr
