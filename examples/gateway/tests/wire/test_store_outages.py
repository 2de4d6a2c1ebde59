"""What the gateways do while PostgreSQL is away, and when it is back: nothing acknowledged is lost, nobody gets in who
should not, and service returns by itself."""

import os
import signal
import threading
import time
import uuid

import pytest
import requests

from clients import SECONDS
from otlp import KIND, spans_request
from replicas import STALENESS, Reader, replicas
from world import API

BOUND = 1.0


@pytest.fixture
def two(data, inner, request):
    """Two gateways on a database of their own."""
    with replicas(data, inner, f"outage-{abs(hash(request.node.name)) % 10000}", 2) as two:
        yield two


def warm(replicas, name):
    """Somebody who may read the experiment and just did, at each gateway."""
    bob = replicas.person(name)
    replicas.admin().grant(bob.user, "experiment", replicas.experiment, "READ")
    readers = [Reader(replicas, bob, number) for number in range(len(replicas.servers))]
    for reader in readers:
        reader.waits_for(200)
    return bob, readers


def held_off(answer):
    """Whether somebody is told to come back."""
    return answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0


def test_a_stopped_database_is_an_outage_and_no_refusal(two):
    bob, readers = warm(two, "stopped-bob")
    stranger = two.person("stopped-stranger")
    two.postgres.stop()
    assert [reader.status() for reader in readers] == [200, 200], "what is remembered is used inside its bound"
    # Somebody who was not seen yet cannot be known, and nothing can be written.
    assert held_off(two.at(stranger, 1).call("GET", f"{API}/experiments/get?experiment_id={two.experiment}"))
    named = {"username": bob.user, "resource_type": "experiment", "resource_id": two.experiment}
    assert held_off(two.admin().call("POST", "/api/3.0/mlflow/users/permissions/revoke", json=named))
    time.sleep(STALENESS + BOUND)
    assert [reader.status() for reader in readers] == [503, 503], "what is remembered is used no longer than that"
    assert requests.get(two.servers[0].url + "/readyz", timeout=SECONDS).status_code == 503
    two.postgres.start()
    assert max(reader.waits_for(200, at_most=10) for reader in readers) < 10
    two.admin().revoke(bob.user, "experiment", two.experiment)
    assert max(reader.waits_for(403) for reader in readers) < BOUND


def test_calls_of_a_known_caller_ask_the_database_nothing(two):
    """It is away while they are made. What creates something is not among them: that writes a grant."""
    bob = two.person("asking-bob")
    two.admin().grant(bob.user, "experiment", two.experiment, "MANAGE")
    Reader(two, bob, 0).waits_for(200)
    caller = two.at(bob, 0)
    run = caller.post(f"{API}/runs/create", experiment_id=two.experiment)["run"]["info"]["run_id"]
    query = f'{{ mlflowGetRun(input: {{runId: "{run}"}}) {{ run {{ info {{ runId }} }} }} }}'
    spans = spans_request([(uuid.uuid4().hex, "asking")])
    headers = {"Content-Type": KIND, "X-Mlflow-Experiment-Id": two.experiment}
    calls = [
        ("GET", f"{API}/experiments/get?experiment_id={two.experiment}", {}),
        ("GET", f"{API}/runs/get?run_id={run}", {}),
        ("POST", f"{API}/runs/search", {"json": {"experiment_ids": [two.experiment]}}),
        ("POST", f"{API}/runs/log-metric", {"json": {"run_id": run, "key": "m", "value": 1, "timestamp": 1}}),
        ("GET", f"{API}/experiments/search?max_results=10", {}),
        ("GET", f"{API}/registered-models/search?max_results=10", {}),
        ("POST", "/graphql", {"json": {"query": query}}),
        ("PUT", f"/api/2.0/mlflow-artifacts/artifacts/{two.experiment}/{run}/artifacts/f.txt", {"data": b"x"}),
        ("POST", "/v1/traces", {"data": spans, "headers": headers}),
    ]

    def answered():
        return [(path, caller.call(method, path, **more).status_code) for method, path, more in calls]

    first = answered()
    assert {status for _, status in first} == {200}, first
    two.postgres.stop()
    assert answered() == first


def test_what_was_acknowledged_before_a_crash_holds_after_it(two):
    """Grants are written as fast as they can be until the server is killed; those that were acknowledged are there."""
    bob, readers = warm(two, "killed-bob")
    acknowledged, over = [], threading.Event()

    def write(number):
        boss = two.admin(number)
        for turn in range(10_000):
            name = f"killed-{number}-{turn}"
            fields = {"username": bob.user, "resource_type": "registered_model", "resource_id": name, "permission": "READ"}
            try:
                answer = boss.call("POST", "/api/3.0/mlflow/users/permissions/grant", json=fields)
            except requests.RequestException:
                return
            if answer.status_code == 200:
                acknowledged.append(name)
            elif over.is_set():
                return

    threads = [threading.Thread(target=write, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    time.sleep(2)
    two.postgres.kill()
    over.set()
    for thread in threads:
        thread.join()
    two.postgres.start()
    assert max(reader.waits_for(200, at_most=15) for reader in readers) < 15
    stored = two.postgres.sql("SELECT text FROM mlflow_auth.grants WHERE resource_type = 'registered_model'", "auth")
    assert len(acknowledged) > 20 and set(acknowledged) <= set(stored.splitlines())


def test_connections_that_are_cut_are_made_anew(two):
    bob, readers = warm(two, "cut-bob")
    cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = 'auth' AND pid <> pg_backend_pid()"
    for turn in range(5):
        assert int(two.postgres.sql(cut, "auth")) > 0
        assert {reader.status() for reader in readers} <= {200}, "warm requests need no connection"
        stranger = two.person(f"cut-stranger-{turn}")
        assert stranger.call("GET", f"{API}/experiments/get?experiment_id={two.experiment}").status_code == 403
    two.postgres.sql(cut, "auth")
    two.admin().revoke(bob.user, "experiment", two.experiment)
    assert max(reader.waits_for(403) for reader in readers) < BOUND


def test_a_lost_notice_is_made_up_for_by_looking(two):
    """The connections that listen are cut just before a change."""
    bob, readers = warm(two, "notice-bob")
    listening = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = 'auth' AND query ILIKE 'listen%'"
    for _ in range(5):
        two.admin().grant(bob.user, "experiment", two.experiment, "READ")
        assert max(reader.waits_for(200) for reader in readers) < BOUND
        two.postgres.sql(listening, "auth")
        two.admin(1).revoke(bob.user, "experiment", two.experiment)
        assert max(reader.waits_for(403) for reader in readers) < BOUND


def test_a_database_that_hangs_holds_nobody_for_ever(two):
    """Stopped in the middle, it accepts connections and says nothing."""
    bob, readers = warm(two, "hang-bob")
    stranger = two.person("hang-stranger")
    children = two.postgres.children()
    for pid in children:
        os.kill(pid, signal.SIGSTOP)
    try:
        assert [reader.status() for reader in readers] == [200, 200]
        began = time.monotonic()
        assert held_off(two.at(stranger, 1).call("GET", f"{API}/experiments/get?experiment_id={two.experiment}"))
        assert time.monotonic() - began < 15
    finally:
        for pid in children:
            os.kill(pid, signal.SIGCONT)
    assert max(reader.waits_for(200, at_most=15) for reader in readers) < 15
    assert two.at(stranger, 1).call("GET", f"{API}/experiments/get?experiment_id={two.experiment}").status_code == 403
