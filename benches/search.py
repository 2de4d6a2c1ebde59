"""Searches among 10,000 experiments, of which the caller may read every tenth, or three: MLflow's basic-auth beside the
gateway, in one run. Both show the same rows; what differs is how often the tracking store is asked for them.

    MLFLOW_PYTHON=.venv/bin/python GATEWAY_BIN=target/release/mlflow-auth-gateway python3 benches/search.py
"""

import base64
import http.client
import json
import sqlite3
import statistics
import time

from servers import BASIC, PASSWORD, side_by_side

EXPERIMENTS = 10_000
READABLE = {"every tenth": range(10, EXPERIMENTS + 1, 10), "three": (17, 5_000, 9_000)}
TIMES = 5


def call(server, method, path, fields=None, authorization=BASIC):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=600)
    body = json.dumps(fields) if fields is not None else None
    headers = {"Authorization": authorization, **({"Content-Type": "application/json"} if body else {})}
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    text = answer.read()
    assert answer.status == 200, (method, path, answer.status, text[:300])
    return json.loads(text)


def fill(folder, name):
    """Makes the experiments in the data base itself: by the API it would take an hour."""
    now = int(time.time() * 1000)
    rows = [(i, f"team-{i % 10}/exp {i}", f"mlflow-artifacts:/{i}", now + i) for i in range(1, EXPERIMENTS + 1)]
    with sqlite3.connect(f"{folder}/{name}/mlflow.db") as connection:
        connection.executemany(
            "INSERT INTO experiments (experiment_id, name, artifact_location, lifecycle_stage, creation_time,"
            " last_update_time, workspace) VALUES (?1, ?2, ?3, 'active', ?4, ?4, 'default')",
            rows,
        )
    connection.close()


def user_of(server, who, ids, auth_db):
    """A user who may read these. The first grant goes by the API, the others of basic-auth beside it into its tables."""
    name = who.replace(" ", "-")
    call(server, "POST", "/api/2.0/mlflow/users/create", {"username": name, "password": PASSWORD})
    through_api = list(ids) if auth_db is None else list(ids)[:1]
    for i in through_api:
        grant = {"username": name, "resource_type": "experiment", "resource_id": str(i), "permission": "READ"}
        call(server, "POST", "/api/3.0/mlflow/users/permissions/grant", grant)
    if auth_db is not None:
        with sqlite3.connect(auth_db) as connection:
            (role,) = connection.execute("SELECT MAX(role_id) FROM role_permissions").fetchone()
            rows = [(role, str(i)) for i in list(ids)[1:]]
            statement = "INSERT INTO role_permissions (role_id, resource_type, resource_pattern, permission)"
            connection.executemany(f"{statement} VALUES (?, 'experiment', ?, 'READ')", rows)
        connection.close()
    return "Basic " + base64.b64encode(f"{name}:{PASSWORD}".encode()).decode()


def timed(server, authorization, size):
    """Milliseconds of one page, the median, and the page."""
    times, page = [], None
    for _ in range(TIMES):
        start = time.perf_counter()
        fields = {"max_results": size}
        page = call(server, "POST", "/api/2.0/mlflow/experiments/search", fields, authorization)
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000, sorted(row["experiment_id"] for row in page.get("experiments", []))


def main():
    with side_by_side() as (folder, (bare, basic, gateway)):
        fill(folder, "bare")
        fill(folder, "basic-auth")
        print("| may read | page | basic-auth ms | gateway ms | ratio |\n|---|---:|---:|---:|---:|")
        for who, ids in READABLE.items():
            theirs = user_of(basic, who, ids, f"{folder}/basic-auth.db")
            ours = user_of(gateway, who, ids, None)
            for size in (100, 1000):
                (before, one), (after, other) = timed(basic, theirs, size), timed(gateway, ours, size)
                assert one == other, (who, size, len(one), len(other))
                print(f"| {who} | {size} | {before:.0f} | {after:.0f} | {before / after:.1f} |", flush=True)


main()
