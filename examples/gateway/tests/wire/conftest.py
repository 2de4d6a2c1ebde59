"""The servers and users of the tests.

They run against the gateway of `GATEWAY_BIN`. With `--front basic-auth` those that can run against MLflow's own access
control instead: by that it was seen that they can fail.
"""

import signal
from contextlib import contextmanager

import pytest

import provider_llm
from clients import Caller, admin
from servers import basic_auth_server, gateway_server, mlflow_server
from world import Front, World

# How the gateway decides, and what it allows where nothing is granted: MLflow's own way, and the plugin's way with the
# open default that MLflow ships, where the victim refuses bob.
POSTURES = {"union": "NO_PERMISSIONS", "first-match": "READ"}
GATEWAY_ALONE = tuple(
    f"test_{about}.py"
    for about in (
        "access_tokens", "ai_gateway", "ai_gateway_traffic", "ai_gateway_workspaces", "auth_client", "bad_input", "bearer", "creation",
        "differential", "differential_gunicorn", "explain", "forward_auth", "graphql", "groups", "htpasswd", "http",
        "import", "jobs", "kubernetes", "ldap", "ldap_form", "mcp_registry",
        "parts", "plugin_accounts", "plugin_compare", "plugin_grants", "providers", "reader", "replicas",
        "review_queues", "roles", "rules_file", "running", "shadow", "sign_in", "store_outages", "trusted_headers", "ui",
    )
)  # fmt: skip


def pytest_configure():
    """Being told to end ends the servers too."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_addoption(parser):
    parser.addoption("--front", choices=("gateway", "basic-auth"), default="gateway")


def pytest_ignore_collect(collection_path, config):
    """Some files are about the gateway itself."""
    return True if config.getoption("--front") != "gateway" and collection_path.name in GATEWAY_ALONE else None


@contextmanager
def running(server):
    """Starts a server and stops it however the tests end."""
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture(scope="session")
def data(tmp_path_factory):
    """A directory for the data of all servers."""
    return tmp_path_factory.mktemp("wire")


@pytest.fixture(scope="session")
def inner(data):
    """A real MLflow without access control."""
    with running(mlflow_server(data / "inner")) as server:
        yield server


@pytest.fixture(scope="session")
def ai_inner(data):
    """A real MLflow without access control that has an AI gateway, and the provider that this calls."""
    with provider_llm.provider() as called:
        with running(mlflow_server(data / "ai-inner", environment=provider_llm.SETTINGS)) as server:
            yield Caller(server.url), called


@pytest.fixture(scope="session")
def ai_inner_with_workspaces(data):
    """The same with workspaces."""
    with provider_llm.provider() as called:
        server = mlflow_server(data / "ai-workspaces", "--enable-workspaces", environment=provider_llm.SETTINGS)
        with running(server) as started:
            for place in ("blue", "green"):
                Caller(started.url).post("/api/3.0/mlflow/workspaces", name=place)
            yield Caller(started.url), called


@contextmanager
def open_front(request, data, name, posture):
    """The gateway in front of `inner`, or MLflow's own access control in the place of both."""
    kind = request.config.getoption("--front")
    if kind == "basic-auth":
        server = basic_auth_server(data / name, POSTURES[posture])
        inner = admin(server.url)
    else:
        inner = Caller(request.getfixturevalue("inner").url)
        server = gateway_server(data / name, inner.url, posture, POSTURES[posture])
    with running(server) as started:
        directory = data / (name if kind == "basic-auth" else "inner")
        yield Front(kind, started.url, inner, POSTURES[posture], directory)


@pytest.fixture(scope="session")
def reference_front(data):
    """MLflow with its own access control, which allows nothing where nothing is granted."""
    with running(basic_auth_server(data / "reference", "NO_PERMISSIONS")) as started:
        yield Front("basic-auth", started.url, admin(started.url), "NO_PERMISSIONS", data / "reference")


@pytest.fixture(scope="module", params=POSTURES)
def world(request, data):
    """Bob and his victim at a front, in each of the two postures."""
    with open_front(request, data, f"world-{request.param}", request.param) as front:
        bob, victim = (front.admin.create_user(user) for user in ("bob", "victim"))
        yield World(front, bob, victim).build()


def pytest_terminal_summary(terminalreporter):
    """Prints what tests have said of themselves, wherever they ran."""
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        for name, text in report.user_properties if report.when == "call" else ():
            terminalreporter.write_line(f"{name}: {text}")
