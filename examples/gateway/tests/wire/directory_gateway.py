"""A gateway whose people are in a directory, and what they ask it."""

import time
from contextlib import contextmanager

import pytest
import requests

from clients import Caller, admin
from conftest import running
from directory_server import Directory, password_of
from servers import gateway_server
from world import API

SEARCH = API + "/experiments/search"
GROUP = "Data, Science (A+B)"
# How long what the directory says is used, in the tests that change it.
SHORT = 2


@pytest.fixture(scope="module")
def directory(data):
    """A directory that stays as it is."""
    with running(Directory(data / "directory")) as server:
        yield server


@pytest.fixture
def own(tmp_path):
    """A directory that a test changes, or stops."""
    with running(Directory(tmp_path / "own-directory")) as server:
        yield server


@contextmanager
def gateway_of(folder, inner, told, port=None):
    """A gateway whose people are in a directory."""
    server = gateway_server(folder, inner.url, "first-match", "NO_PERMISSIONS", environment=told, port=port)
    with running(server) as gateway:
        yield gateway


def somebody(gateway, user, password=None):
    """Somebody of the directory."""
    return Caller(gateway.url, user, password_of(user) if password is None else password)


def ask(gateway, user, password=None):
    """The answer to somebody with this password."""
    return somebody(gateway, user, password).call("POST", SEARCH, json={"max_results": 5})


def status(gateway, user, password=None):
    """Its status."""
    return ask(gateway, user, password).status_code


def makes_groups(caller):
    """The status of what only admins may do."""
    return caller.call("POST", f"{API}/permissions/groups", json={"group_name": f"g-{time.time_ns()}"}).status_code


def experiment_of(gateway, name, group):
    """An experiment that a group may read."""
    boss = admin(gateway.url)
    number = boss.post(API + "/experiments/create", name=name)["experiment_id"]
    boss.call("POST", f"{API}/permissions/groups", json={"group_name": group})
    path = f"{API}/permissions/groups/{requests.utils.quote(group, safe='')}/experiments/{number}"
    boss.post(path, permission="READ")
    return number


def sees(caller, number):
    """The status of reading an experiment."""
    return caller.call("GET", f"{API}/experiments/get", params={"experiment_id": number}).status_code
