"""The gateway beside what it replaces, in one run: bare MLflow, MLflow's basic-auth app, and the gateway in front of
bare MLflow with a password. Each is asked the same, `GET experiments/get`, over kept-alive connections on loopback.

    MLFLOW_PYTHON=.venv/bin/python GATEWAY_BIN=target/release/mlflow-auth-gateway python3 benches/gateway.py

Starts every server itself, with throw-away data and ports of their own, and stops them by pid.
"""

import base64
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

PYTHON = os.path.abspath(os.environ["MLFLOW_PYTHON"])
GATEWAY = os.path.abspath(os.environ["GATEWAY_BIN"])
SECONDS = float(os.environ.get("SECONDS_EACH", "5"))
PASSWORD = "correct-horse-battery"
BASIC = "Basic " + base64.b64encode(f"admin:{PASSWORD}".encode()).decode()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A process that serves on a port of its own."""

    def __init__(self, name, folder, command, environment, ready, authorized):
        self.name, self.port, self.authorized = name, free_port(), authorized
        self.log = open(os.path.join(folder, f"{name}.log"), "wb")
        command = [part.replace("{port}", str(self.port)) for part in command]
        environment = {**os.environ, **environment}
        self.process = subprocess.Popen(command, cwd=folder, env=environment, stdout=self.log, stderr=self.log)
        self.wait(ready)

    def wait(self, path):
        for _ in range(600):
            if self.process.poll() is not None:
                sys.exit(f"{self.name} ended by itself: see {self.log.name}")
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                connection.request("GET", path)
                if connection.getresponse().status == 200:
                    return
            except OSError:
                pass
            time.sleep(0.1)
        sys.exit(f"{self.name} does not answer")

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


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


def mlflow(folder, name, *arguments, **environment):
    data = os.path.join(folder, name)
    os.makedirs(data)
    command = [PYTHON, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", "{port}", "--workers", "2"]
    command += ["--backend-store-uri", f"sqlite:///{data}/mlflow.db", "--artifacts-destination", data, *arguments]
    return Server(name, data, command, environment, "/health", bool(arguments))


def main():
    folder = tempfile.mkdtemp()
    servers = []
    try:
        servers.append(mlflow(folder, "bare"))
        admin = {"MLFLOW_AUTH_ADMIN_USERNAME": "admin", "MLFLOW_AUTH_ADMIN_PASSWORD": PASSWORD}
        secret = {"MLFLOW_FLASK_SERVER_SECRET_KEY": "a key for this run alone"}
        servers.append(mlflow(folder, "basic-auth", "--app-name", "basic-auth", **admin, **secret))
        command = [GATEWAY, "serve", "--listen", "127.0.0.1:{port}", "--upstream", f"http://127.0.0.1:{servers[0].port}"]
        command += ["--store", f"sqlite:///{folder}/auth.db", "--resolution", "union"]
        servers.append(Server("gateway", folder, command, admin, "/readyz", True))
        rows = [(server.name, one_client(server), four_clients(server)) for server in servers]
    finally:
        for server in reversed(servers):
            server.stop()
    bare, basic = rows[0], rows[1]
    print("| server | one client, ms a call | to bare | four clients, calls/s | to basic-auth |")
    print("|---|---:|---:|---:|---:|")
    for name, single, many in rows:
        print(f"| {name} | {single:.2f} | {single / bare[1]:.3f} | {many:.1f} | {many / basic[2]:.1f} |")


if __name__ == "__main__":
    main()
