"""The command `import`, and what a store holds then."""

import json
import os
import sqlite3
import subprocess
from dataclasses import dataclass
from pathlib import Path

from clients import Caller
from conftest import running
from servers import gateway_server

SOURCES = Path(__file__).parent / "import_sources"
SECONDS = 120
API = "/api/2.0/mlflow"


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it printed."""

    status: int
    out: str
    err: str

    def json(self):
        """What it printed, read as JSON."""
        return json.loads(self.out)


def program(store, *arguments, resolution="union"):
    """Runs a command on a store."""
    argv = [os.environ["GATEWAY_BIN"], *arguments, "--store", store, "--upstream", "http://127.0.0.1:1"]
    argv += ["--resolution", resolution, "--default-permission", "NO_PERMISSIONS"]
    ended = subprocess.run(argv, capture_output=True, text=True, timeout=SECONDS, env={"PATH": os.environ["PATH"]})
    return Ended(ended.returncode, ended.stdout, ended.stderr)


def brings_in(store, source, *arguments, resolution="union"):
    """Imports, which must go well, and gives the report."""
    ended = program(store, "import", "--from", source, "--json", *arguments, resolution=resolution)
    assert ended.status == 0, (ended.out, ended.err)
    return ended.json()


def added(report):
    """How many things of each part were added."""
    return {part["part"]: part["added"] for part in report["parts"] if part["added"]}


def loaded(name, folder):
    """A database that one of `import_sources` dumped, and what the real one answered."""
    file = folder / f"{name}.db"
    with sqlite3.connect(file) as connection:
        connection.executescript((SOURCES / f"{name}.sql").read_text())
    return f"sqlite:///{file}", json.loads((SOURCES / f"{name}.json").read_text())


def may(store, user, action, resource, name, resolution):
    """Whether a user may, as the gateway would decide."""
    question = ["explain", "--user", user, "--action", action, "--resource", resource, "--name", name]
    ended = program(store, *question, resolution=resolution)
    assert ended.status in (0, 1), ended.err
    return ended.status == 0


def differences(store, decisions, resolution):
    """What is decided otherwise than the real one did."""
    return [
        (user, kind, name, action, expected)
        for user, kind, name, allowed in decisions
        for action, expected in allowed.items()
        if may(store, user, action, f"{kind}:{name}", name, resolution) != expected
    ]


def sign_ins(folder, store, inner, passwords):
    """The status with which each user is let in at a gateway on a store, with the old password and with another."""
    with running(gateway_server(folder, inner, "union", "READ", store=store)) as server:
        search = f"{API}/experiments/search?max_results=1"
        return {
            user: tuple(Caller(server.url, user, tried).call("GET", search).status_code for tried in (right, right + "x"))
            for user, right in passwords.items()
        }
