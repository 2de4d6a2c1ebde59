"""MLflow's own client meets the same answers and the same exceptions at the gateway as at MLflow's own access control."""

import re
from urllib.parse import unquote

import pytest
from mlflow.exceptions import MlflowException

from client_calls import ADMIN, CALLS, LEVELS, NOTHING, SIGNED_IN, Scene
from clients import Caller
from conftest import open_front
from world import settle

# What is drawn anew in each run, as it stands in messages.
DRAWN = [(r"http://127\.0\.0\.1:\d+", "URL"), (r"\b(tr-|m-|a-|d-)?[0-9a-f]{32}\b", "ID"), (r"\d{13,}", "TIME"), (r"model-\d+-", "model-")]
NOBODY = {"nobody": (None, None), "unknown": ("stranger", "a-long-password"), "wrong": ("bob", "not-the-password")}


def outcome(call, scene):
    """What became of a call, in a form that can be compared: the answer, or everything that a client sees of the error."""
    try:
        return ("answered", repr(call.make(scene)))
    except Exception as error:  # noqa: BLE001, whatever it is, it is what is compared
        text = unquote(f"{error} from {error.__cause__}")
        text = re.sub(rf"(?<=[/=]){scene.its.experiment}(?!\w|\.\d)", "EXPERIMENT", text)
        for pattern, word in DRAWN:
            text = re.sub(pattern, word, text)
        if isinstance(error, MlflowException):
            return ("raised", "MlflowException", error.error_code, error.get_http_status_code(), text)
        return ("raised", type(error).__name__, getattr(getattr(error, "response", None), "status_code", None), text)


def denied(told):
    """Whether an outcome is a missing permission."""
    return told[0] == "raised" and "403" in str(told)


def play(front, files):
    """All calls at a front, at each level: what became of them by level and name."""
    told = {}
    alice, bob, _ = (front.admin.create_user(user) for user in ("alice", "bob", "carol"))
    for level in LEVELS:
        its = settle(alice, front.inner, "of-alice")
        for kind, name in (("experiment", its.experiment), ("registered_model", its.model)):
            if level != NOTHING:
                alice.grant("bob", kind, name, level)
        with bob.client() as client:
            scene = Scene(client, front.url, its, level, files)
            told |= {(level, call.name): outcome(call, scene) for call in CALLS}
    for name, (user, password) in NOBODY.items():
        with Caller(front.url, user, password).client() as client:
            scene = Scene(client, front.url, its, NOTHING, files)
            told |= {(name, call.name): outcome(call, scene) for call in SIGNED_IN}
    return told


@pytest.fixture(scope="module")
def reference(data, reference_front, tmp_path_factory):
    """What MLflow's own access control answers."""
    return play(reference_front, tmp_path_factory.mktemp("reference"))


@pytest.fixture(scope="module")
def told(request, data, reference, tmp_path_factory):
    """What the front under test answers."""
    if request.config.getoption("--front") == "basic-auth":
        yield reference
        return
    with open_front(request, data, "calls", "union") as front:
        yield play(front, tmp_path_factory.mktemp("told"))


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
def test_call(told, reference, call, level):
    """A call succeeds from the level on that the table names, and fails below as MLflow's own access control fails."""
    found = told[level, call.name]
    allowed = call.needs != ADMIN and LEVELS.index(level) >= LEVELS.index(call.needs)
    assert denied(found) != allowed, found
    if allowed:
        assert (found[0] == "raised") == call.fails, found
    wanted = reference[level, call.name]
    # What says that a permission is missing is the same to the letter; our own errors have our own words.
    alike = slice(0, -1) if call.own_words and allowed else slice(None)
    assert found[alike] == wanted[alike]


@pytest.mark.parametrize("who", NOBODY)
@pytest.mark.parametrize("call", SIGNED_IN, ids=lambda call: call.name)
def test_not_signed_in(told, reference, call, who):
    """Without credentials that hold, a call fails as it does with MLflow's own access control."""
    found = told[who, call.name]
    assert found[0] == "raised" and "401" in str(found), found
    assert found == reference[who, call.name]
