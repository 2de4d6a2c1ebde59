"""Grants and rules as one file: written, read back, applied to a gateway that runs, reviewed, and tried before it is saved."""

import json
import os
import subprocess
import time

import pytest

from clients import Caller, admin
from conftest import running
from servers import gateway_server
from world import API

RULES = """
version: 1
groups:
  analysts:
    members: [rita]
    grants:
      experiment:
      - {pattern: ^rules-secret-, priority: 1, permission: NO_PERMISSIONS}
      - {pattern: ^rules-team-1, priority: 5, workspace: "*", permission: READ}
"""
SECONDS = 60


@pytest.fixture(scope="module")
def gateway(data, inner):
    """A gateway in front of a real MLflow."""
    with running(gateway_server(data / "rules", inner.url, "first-match", "NO_PERMISSIONS")) as server:
        yield server


@pytest.fixture(scope="module")
def program(gateway, inner):
    """Runs a command of the program on the store of the gateway: its status, and what it printed."""

    def run(*arguments, stdin=""):
        argv = [os.environ["GATEWAY_BIN"], *arguments, "--store", f"sqlite:///{gateway.cwd}/auth.db"]
        argv += ["--upstream", inner.url]
        ended = subprocess.run(
            argv, input=stdin, capture_output=True, text=True, timeout=SECONDS, env={"PATH": os.environ["PATH"]}
        )
        return ended.returncode, ended.stdout, ended.stderr

    return run


@pytest.fixture(scope="module")
def rita(gateway):
    """A user who holds nothing."""
    return admin(gateway.url).create_user("rita")


@pytest.fixture(scope="module")
def experiments(inner):
    """Experiments by name."""
    caller, names = Caller(inner.url), ("rules-team-1", "rules-team-10-x", "rules-secret-1", "rules-other")
    return {name: caller.post(f"{API}/experiments/create", name=name)["experiment_id"] for name in names}


def statuses(caller, experiments):
    """What a caller is answered about each experiment."""
    ask = lambda id_: caller.call("GET", f"{API}/experiments/get", params={"experiment_id": id_}).status_code  # noqa: E731
    return {name: ask(id_) for name, id_ in experiments.items()}


def eventually(look, expected):
    """Changes by another process are seen within a second."""
    deadline = time.monotonic() + 5
    while (found := look()) != expected and time.monotonic() < deadline:
        time.sleep(0.05)
    assert found == expected


def test_a_file_is_tried_and_applied(program, rita, experiments, tmp_path):
    """From a look at what would change, to a gateway that decides by it, and back to a file that changes nothing."""
    nothing = dict.fromkeys(experiments, 403)
    assert statuses(rita, experiments) == nothing
    file = tmp_path / "rules.yaml"
    file.write_text(RULES)

    status, said, error = program("what-if", str(file), "--json")
    assert status == 0, error
    report = json.loads(said)
    gained = [(effect["name"], effect["before"]["permission"], effect["after"]["permission"])
              for changed in report["changed"] if changed["users"] == ["rita"] for effect in changed["effects"]]
    expected = [(name, "NO_PERMISSIONS", "READ") for name in ("rules-team-1", "rules-team-10-x")]
    assert sorted(gained) == expected, said
    assert (report["gained"], report["lost"]) == (2, 0)

    status, said, error = program("apply", str(file), "--dry-run")
    assert (status, error) == (3, ""), said
    assert "group `analysts`\n  + the group\n  + member `rita`\n" in said
    assert statuses(rita, experiments) == nothing

    status, said, error = program("apply", str(file))
    assert (status, error) == (0, ""), said
    assert said.endswith("4 to add, 0 to change, 0 to remove\n")
    after = nothing | {"rules-team-1": 200, "rules-team-10-x": 200}
    eventually(lambda: statuses(rita, experiments), after)

    for name in ("all.yaml", "all.toml"):
        assert program("export", str(tmp_path / name)) == (0, "", "")
        assert program("apply", str(tmp_path / name), "--dry-run", "--prune") == (0, "no change\n", "")
    status, said, _ = program("export")
    assert program("apply", "-", "--dry-run", stdin=said) == (0, "no change\n", "")


def test_lint_names_what_is_odd(program, rita, gateway, experiments, tmp_path):
    """With the experiments of a real MLflow, and with those of a file."""
    rules = tmp_path / "rules.yaml"
    rules.write_text(RULES)
    assert program("apply", str(rules))[0] == 0
    admin(gateway.url).grant("rita", "experiment", "123456789012345678", "READ")
    status, said, error = program("lint", "--deny", "warnings")
    assert (status, error) == (1, ""), said
    lines = said.splitlines()
    assert any("[open-end]" in line and "example: `rules-team-10-x`" in line for line in lines), said
    assert any("[gone]" in line and "123456789012345678" in line for line in lines), said
    assert not any("[matches-nothing]" in line for line in lines), said
    assert program("lint")[0] == 0, "no error among them"

    names = tmp_path / "names"
    names.write_text("experiment 123456789012345678 one\n")
    status, said, _ = program("lint", "--json", "--names", str(names))
    codes = [finding["code"] for finding in json.loads(said)]
    assert "gone" not in codes and codes.count("matches-nothing") == 2, said


def test_a_wrong_file_changes_nothing(program, tmp_path):
    """What is wrong is said, with file, line and text."""
    before = program("export")
    cases = {
        "groups:\n  a:\n    grants:\n      experiment:\n      - {id: '1', permission: ALL}\n": "line 5: `ALL` is not a permission",
        "groups:\n  a:\n    grants:\n      experiments:\n      - {id: '1', permission: READ}\n": "`experiments` is not a "
        "resource type of MLflow; `experiment` is",
        "group: {}\n": "line 1: ",
    }
    for text, said in cases.items():
        file = tmp_path / "wrong.yaml"
        file.write_text(text)
        status, _, error = program("apply", str(file))
        assert status == 1 and said in error, error
        assert ("line" not in said) or str(file) in error
    assert program("apply", str(tmp_path / "rules.txt"))[0] == 1
    assert program("export") == before


def test_what_is_not_there_is_said(program, tmp_path, inner):
    """A store that does not exist is not made, and an MLflow that does not answer is no reason for silence."""
    argv = [os.environ["GATEWAY_BIN"], "lint", "--store", f"sqlite:///{tmp_path}/none.db"]
    ended = subprocess.run(argv, capture_output=True, text=True, timeout=SECONDS, env={"PATH": os.environ["PATH"]})
    assert ended.returncode == 1 and "there is no store" in ended.stderr
    assert not (tmp_path / "none.db").exists()
