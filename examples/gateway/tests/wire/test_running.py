"""The gateway over time: large files, streams of events, MLflow gone and back, the gateway killed and started again."""

import hashlib
import os
import threading
import time
from itertools import repeat

import pytest
import requests

from clients import SECONDS, Caller, admin
from conftest import running
from servers import gateway_server, mlflow_server
from upstream import Upstream
from world import API, API3, PROXY, settle

# FULL=1 sends 2 GiB, so that no 32-bit length gets through by luck.
SIZE = (2048 if os.environ.get("FULL") == "1" else 256) << 20
BLOCK = bytes(range(256)) * 4096
MOST_GROWTH = 100 << 20
OUTAGE = (502, 503)


@pytest.fixture(scope="module")
def gateway(data, inner):
    """A gateway in front of a real MLflow."""
    with running(gateway_server(data / "running", inner.url, "union")) as server:
        yield server


@pytest.fixture(scope="module")
def alice(gateway):
    """A user of it."""
    return admin_of(gateway).create_user("alice")


def admin_of(server):
    """The admin of a gateway."""
    return admin(server.url)


class Memory(threading.Thread):
    """The most memory that a server held while this ran."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server, self.most, self.ended = server, server.memory(), threading.Event()
        self.before = self.most

    def run(self):
        while not self.ended.wait(0.02):
            self.most = max(self.most, self.server.memory())

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.join()

    @property
    def growth(self):
        """By how much it grew."""
        return self.most - self.before


def test_large_file(gateway, inner, alice):
    """A file of any size passes both ways in constant memory, whole."""
    owns = settle(alice, Caller(inner.url), "of-alice")
    path = f"{PROXY}/{owns.experiment}/{owns.run}/artifacts/large.bin"
    sent, got = hashlib.sha256(), hashlib.sha256()

    def blocks():
        for _ in range(SIZE // len(BLOCK)):
            sent.update(BLOCK)
            yield BLOCK

    with Memory(gateway) as memory:
        assert alice.call("PUT", path, data=blocks(), timeout=600).status_code == 200
        with alice.call("GET", path, stream=True, timeout=600) as answer:
            assert answer.headers["Content-Length"] == str(SIZE)
            for block in answer.iter_content(1 << 20):
                got.update(block)
    assert got.digest() == sent.digest()
    assert memory.growth < MOST_GROWTH, f"grew by {memory.growth >> 20} MiB"
    alice.call("DELETE", path)


def test_slow_reader(gateway, inner, alice):
    """A client that does not read holds nothing up in the gateway: what comes from MLflow waits there."""
    owns = settle(alice, Caller(inner.url), "of-alice")
    path = f"{PROXY}/{owns.experiment}/{owns.run}/artifacts/slow.bin"
    alice.call("PUT", path, data=(BLOCK for _ in range(128)))
    with Memory(gateway) as memory, alice.call("GET", path, stream=True) as answer:
        time.sleep(2)
        assert answer.raw.read(4) == BLOCK[:4]
    assert memory.growth < 32 << 20, f"grew by {memory.growth >> 20} MiB"


def test_events(gateway, data):
    """Events arrive one by one as they are sent, and not all at the end."""
    going = threading.Event()

    def events():
        yield b"data: first\n\n"
        assert going.wait(SECONDS)
        yield b"data: last\n\n"

    upstream = Upstream(lambda asked: (200, {"Content-Type": "text/event-stream"}, events() if "stream" in asked.path else b"OK")).start()
    try:
        with running(gateway_server(data / "events", upstream.url, "union")) as server:
            with admin_of(server).call("POST", "/gateway/stream/mlflow/invocations", json={}, stream=True) as answer:
                assert answer.headers["Content-Type"] == "text/event-stream"
                lines = answer.iter_lines(chunk_size=1)
                assert next(lines) == b"data: first"
                going.set()
                assert [line for line in lines if line] == [b"data: last"]
    finally:
        going.set()
        upstream.stop()


def test_outage_is_not_a_refusal(data):
    """With MLflow gone a caller is told so, whatever he may; with MLflow back everything goes on."""
    own_inner = mlflow_server(data / "mortal")
    with running(own_inner) as mortal:
        with running(gateway_server(data / "outage", mortal.url, "union")) as server:
            alice, bob = (admin_of(server).create_user(user) for user in ("alice", "bob"))
            owns = settle(alice, Caller(mortal.url), "of-alice")
            mortal.kill()
            asked = [
                ("GET", f"{API}/runs/get?run_id={owns.run}"), ("GET", f"{API}/experiments/get?experiment_id={owns.experiment}"),
                ("GET", f"{API}/registered-models/get?name={owns.model}"), ("GET", f"{API3}/traces/get?trace_id={owns.trace}"),
                ("GET", f"{PROXY}/{owns.file}"), ("GET", "/"), ("GET", "/version"), ("GET", "/health"), ("GET", f"{API}/registered-models/search"),
            ]  # fmt: skip
            found = {path: alice.call(method, path).status_code for method, path in asked}
            assert all(status in OUTAGE for status in found.values()), found
            unknown = bob.call("GET", f"{API}/runs/get?run_id={'1' * 32}").status_code
            assert unknown in OUTAGE, "what cannot be looked up is not refused for good"
            # A report of readiness is kept for a second.
            for _ in range(100):
                if requests.get(server.url + "/readyz", timeout=SECONDS).status_code == 503:
                    break
                time.sleep(0.1)
            assert requests.get(server.url + "/readyz", timeout=SECONDS).status_code == 503
            assert requests.get(server.url + "/healthz", timeout=SECONDS).status_code == 200
            mortal.start()
            found = {path: alice.call(method, path).status_code for method, path in asked}
            assert set(found.values()) == {200}, found
            assert bob.call("GET", f"{API}/runs/get?run_id={owns.run}").status_code == 403


def test_killed_and_started_again(data, inner):
    """Users, passwords and grants that were acknowledged outlive the gateway."""
    with running(gateway_server(data / "killed", inner.url, "union")) as server:
        root = admin_of(server)
        alice, bob, carol = (root.create_user(user) for user in ("alice", "bob", "carol"))
        owns = settle(alice, Caller(inner.url), "of-alice")
        alice.grant("bob", "experiment", owns.experiment, "READ")
        alice.grant("carol", "experiment", owns.experiment, "READ")
        alice.revoke("carol", "experiment", owns.experiment)
        root.patch(f"{API}/users/update-password", username="carol", password="another-long-password")
        server.kill()
        server.start()
        path = f"{API}/runs/get?run_id={owns.run}"
        assert [caller.call("GET", path).status_code for caller in (alice, bob, carol)] == [200, 200, 401]
        assert Caller(server.url, "carol", "another-long-password").call("GET", path).status_code == 403
        assert alice.call("POST", f"{API}/runs/set-tag", json={"run_id": owns.run, "key": "a", "value": "b"}).status_code == 200
        assert bob.call("POST", f"{API}/runs/set-tag", json={"run_id": owns.run, "key": "a", "value": "b"}).status_code == 403
        assert {user["username"] for user in root.get(f"{API}/users/list")["users"]} == {"admin", "alice", "bob", "carol"}


def test_stopped_while_busy(data, inner):
    """Told to stop, the gateway finishes what it is at, and takes nothing new."""
    with running(gateway_server(data / "stopped", inner.url, "union")) as server:
        alice = admin_of(server).create_user("alice")
        owns = settle(alice, Caller(inner.url), "of-alice")
        halfway, going = threading.Event(), threading.Event()

        # More than the system keeps on the way, so that the gateway has begun by the time half is sent.
        half = 48

        def blocks(halfway=halfway, going=going):
            yield from repeat(BLOCK, half)
            halfway.set()
            going.wait(SECONDS)
            yield BLOCK

        path = f"{PROXY}/{owns.experiment}/{owns.run}/artifacts/busy.bin"
        found = []
        upload = threading.Thread(target=lambda: found.append(alice.call("PUT", path, data=blocks()).status_code))
        upload.start()
        assert halfway.wait(SECONDS)
        server.process.terminate()
        time.sleep(0.5)
        with pytest.raises(requests.ConnectionError):
            alice.call("GET", "/version")
        going.set()
        upload.join()
        assert found == [200]
        assert server.process.wait(SECONDS) == 0
        assert len(Caller(inner.url).call("GET", path).content) == (half + 1) * len(BLOCK)
