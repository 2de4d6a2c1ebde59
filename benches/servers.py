"""Servers that a measurement starts, with throw-away data and ports of their own, and stops by pid.

`MLFLOW_PYTHON` names a Python with MLflow, `GATEWAY_BIN` the gateway, built with `--release`.
"""

import base64
import contextlib
import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time

PYTHON = os.path.abspath(os.environ["MLFLOW_PYTHON"])
GATEWAY = os.path.abspath(os.environ["GATEWAY_BIN"])
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
        try:
            self.wait(ready)
        except BaseException:
            self.stop()
            raise

    def wait(self, path):
        for _ in range(600):
            if self.process.poll() is not None:
                sys.exit(f"{self.name} ended by itself:\n{self.said()}")
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                connection.request("GET", path)
                if connection.getresponse().status == 200:
                    return
            except OSError:
                pass
            time.sleep(0.1)
        sys.exit(f"{self.name} does not answer:\n{self.said()}")

    def said(self):
        with open(self.log.name, encoding="utf-8", errors="replace") as log:
            return log.read()[-2000:]

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def mlflow(folder, name, *arguments, **environment):
    data = os.path.join(folder, name)
    os.makedirs(data)
    command = [PYTHON, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", "{port}", "--workers", "2"]
    command += ["--backend-store-uri", f"sqlite:///{data}/mlflow.db", "--artifacts-destination", data, *arguments]
    return Server(name, data, command, environment, "/health", bool(arguments))


ADMIN = {"MLFLOW_AUTH_ADMIN_USERNAME": "admin", "MLFLOW_AUTH_ADMIN_PASSWORD": PASSWORD}


def basic_auth(folder, name="basic-auth", cache=0):
    """MLflow's own access control, which believes a password for `cache` seconds after it checked it."""
    config = os.path.join(folder, f"{name}.ini")
    with open(config, "w", encoding="utf-8") as file:
        file.write(
            f"[mlflow]\ndefault_permission = NO_PERMISSIONS\nauth_cache_ttl_seconds = {cache}\n"
            f"database_uri = sqlite:///{folder}/{name}.db\nadmin_username = admin\nadmin_password = {PASSWORD}\n"
            "authorization_function = mlflow.server.auth:authenticate_request_basic_auth\n"
        )
    secret = {"MLFLOW_FLASK_SERVER_SECRET_KEY": "a key for this run alone", "MLFLOW_AUTH_CONFIG_PATH": config}
    return mlflow(folder, name, "--app-name", "basic-auth", **ADMIN, **secret)


def gateway(folder, inner):
    """The gateway in front of a server."""
    command = [GATEWAY, "serve", "--listen", "127.0.0.1:{port}", "--upstream", f"http://127.0.0.1:{inner.port}"]
    command += ["--store", f"sqlite:///{folder}/auth.db", "--resolution", "union", "--default-permission", "NO_PERMISSIONS"]
    return Server("gateway", folder, command, ADMIN, "/readyz", True)


@contextlib.contextmanager
def side_by_side(cached=False):
    """Bare MLflow, MLflow's basic-auth as it is shipped and perhaps with its cache of passwords, and the gateway in front of
    the bare one, none of which allows anything that is not granted; with the folder of their data."""
    servers = []
    with tempfile.TemporaryDirectory() as folder:
        try:
            servers.append(mlflow(folder, "bare"))
            servers.append(basic_auth(folder))
            if cached:
                servers.append(basic_auth(folder, "cached", 600))
            servers.append(gateway(folder, servers[0]))
            yield folder, servers
        finally:
            for server in reversed(servers):
                server.stop()
