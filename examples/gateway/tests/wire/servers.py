"""Starting and stopping the real servers: MLflow, MLflow with its own `basic-auth`, and the gateway.

All of them listen on a free port of loopback, keep their data in a directory of the test session, and run in a process
group of their own, which is what is stopped at the end.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import requests

ADMIN = "admin"
ADMIN_PASSWORD = "correct-horse-battery-9"
# Settings of whoever starts the tests must not reach a server; these they need.
KEPT_ENVIRONMENT = ("PATH", "HOME", "LANG", "TMPDIR", "LD_LIBRARY_PATH", "SSL_CERT_FILE", "VIRTUAL_ENV")
START_SECONDS = 120


def free_port():
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Server:
    """A process that answers at `url` once `ready` does with 200. Its output is in `log`."""

    argv: list
    url: str
    ready: str
    log: Path
    environment: dict = field(default_factory=dict)
    cwd: Path | None = None
    process: subprocess.Popen | None = None

    def start(self):
        """Starts it and waits until it is ready. Raises `RuntimeError` with the end of its log if that does not happen."""
        environment = {name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ}
        environment |= {"PYTHONUNBUFFERED": "1", "MLFLOW_DISABLE_TELEMETRY": "true"} | self.environment
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.argv, env=environment, cwd=self.cwd, stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.argv[0]} ended with {self.process.returncode}:\n{self.tail()}")
            with suppress(requests.RequestException):
                if requests.get(self.url + self.ready, timeout=5).status_code == 200:
                    return self
            time.sleep(0.1)
        self.stop()
        raise RuntimeError(f"{self.argv[0]} was not ready in {START_SECONDS} s:\n{self.tail()}")

    def stop(self, signal_number=signal.SIGTERM):
        """Stops its process group, with force after ten seconds."""
        if self.process is None:
            return
        group = self.process.pid
        with suppress(ProcessLookupError):
            os.killpg(group, signal_number)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def kill(self):
        """Stops it as a crash would."""
        self.stop(signal.SIGKILL)

    def tail(self, lines=40):
        """The end of its log."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])

    @property
    def port(self):
        """The port it listens on."""
        return int(self.url.rsplit(":", 1)[1])

    def memory(self):
        """The resident memory of the process in bytes, as Linux counts it."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise RuntimeError("the kernel does not say how much memory the process holds")


def mlflow_server(data, *arguments, environment=None, port=None):
    """A real MLflow with its data below `data`."""
    data.mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    python = os.environ.get("MLFLOW_PYTHON", sys.executable) if not arguments else sys.executable
    argv = [python, "-W", "ignore", "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port)]
    argv += ["--workers", "1", "--backend-store-uri", f"sqlite:///{data}/mlflow.db"]
    argv += ["--serve-artifacts", "--artifacts-destination", str(data / "artifacts"), *arguments]
    settings = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"} | (environment or {})
    return Server(argv, f"http://127.0.0.1:{port}", "/health", data / "server.log", settings, data)


def basic_auth_server(data, default_permission, arguments=()):
    """A real MLflow with its own access control. A checked password is remembered, for speed alone."""
    data.mkdir(parents=True, exist_ok=True)
    (data / "auth.ini").write_text(
        f"[mlflow]\ndefault_permission = {default_permission}\ndatabase_uri = sqlite:///{data}/auth.db\n"
        f"admin_username = {ADMIN}\nadmin_password = {ADMIN_PASSWORD}\nauth_cache_ttl_seconds = 600\n"
    )
    settings = {"MLFLOW_AUTH_CONFIG_PATH": str(data / "auth.ini"), "MLFLOW_FLASK_SERVER_SECRET_KEY": "only-for-tests"}
    return mlflow_server(data, "--app-name", "basic-auth", *arguments, environment=settings)


def gateway_server(
    data, upstream, resolution, default_permission=None, arguments=(), environment=None, port=None, store=None
):
    """The gateway under test, from `GATEWAY_BIN`, in front of `upstream`; its store is a file in `data` if none is named."""
    binary = os.environ.get("GATEWAY_BIN")
    if not binary:
        raise RuntimeError("GATEWAY_BIN must name the `mlflow-auth-gateway` binary")
    data.mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    argv = [binary, "serve", "--listen", f"127.0.0.1:{port}", "--upstream", upstream]
    argv += ["--store", store or f"sqlite:///{data}/auth.db", "--resolution", resolution]
    argv += ["--default-permission", default_permission] if default_permission else []
    settings = {"MLFLOW_AUTH_ADMIN_USERNAME": ADMIN, "MLFLOW_AUTH_ADMIN_PASSWORD": ADMIN_PASSWORD}
    settings |= environment or {}
    return Server(argv + list(arguments), f"http://127.0.0.1:{port}", "/readyz", data / "gateway.log", settings, data)
