"""The gateway beside what it replaces, in one run: bare MLflow, MLflow's basic-auth app, and the gateway in front of
bare MLflow with a password. Each is asked the same, `GET experiments/get`, over kept-alive connections on loopback.

    MLFLOW_PYTHON=.venv/bin/python GATEWAY_BIN=target/release/mlflow-auth-gateway python3 benches/gateway.py

Starts every server itself, with throw-away data and ports of their own, and stops them by pid.
"""

import http.client
import json
import os
import socket
import statistics
import threading
import time

from servers import BASIC, side_by_side

SECONDS = float(os.environ.get("SECONDS_EACH", "5"))


class Client:
    """One kept-alive connection."""

    def __init__(self, server):
        self.headers = {"Authorization": BASIC} if server.authorized else {}
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        self.connection.connect()
        self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def call(self):
        self.connection.request("GET", "/api/2.0/mlflow/experiments/get?experiment_id=0", headers=self.headers)
        answer = self.connection.getresponse()
        body = json.loads(answer.read())
        assert answer.status == 200 and body["experiment"]["experiment_id"] == "0", (answer.status, body)


def one_client(server):
    """Milliseconds a call, the median."""
    client = Client(server)
    for _ in range(3):
        client.call()
    times, end = [], time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        start = time.perf_counter()
        client.call()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


def four_clients(server):
    """Calls a second, all together."""
    counts, end = [], time.perf_counter() + SECONDS

    def run():
        client, count = Client(server), 0
        while time.perf_counter() < end:
            client.call()
            count += 1
        counts.append(count)

    start = time.perf_counter()
    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - start)


def main():
    with side_by_side() as (_, servers):
        rows = [(server.name, one_client(server), four_clients(server)) for server in servers]
    bare, basic = rows[0], rows[1]
    print("| server | one client, ms a call | to bare | four clients, calls/s | to basic-auth |")
    print("|---|---:|---:|---:|---:|")
    for name, single, many in rows:
        print(f"| {name} | {single:.2f} | {single / bare[1]:.3f} | {many:.1f} | {many / basic[2]:.1f} |")


if __name__ == "__main__":
    main()
