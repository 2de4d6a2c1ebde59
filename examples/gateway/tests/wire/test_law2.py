"""Forward what you judged: each request of the tables, as raw bytes, to the gateway with a real MLflow behind it."""

import pytest

import law2_controls
import law2_differences
import law2_second
import law2_weaknesses
import wire
from law2_cases import ALWAYS, DONE, OPEN, REFUSED
from world import PROXY

CASES = law2_weaknesses.CASES + law2_differences.CASES + law2_second.CASES + law2_controls.CASES


def harm(world, answers):
    """What became known or changed of the victim's, as texts."""
    found = [f"an answer shows what is the victim's: {answer}" for answer in answers if world.mark.encode() in answer.body]
    changes = world.changes()
    if changes:
        found.append("what is the victim's changed: " + changes)
        world.build()
    return found


def wrong(case, answers):
    """What the answers themselves should not be, as texts."""
    told = ", ".join(map(str, answers))
    found = [f"an error of the server: {told}"] if any(answer.status >= 500 for answer in answers) else []
    if case.expect == REFUSED and any(answer.ok for answer in answers):
        found.append(f"not refused: {told}")
    if case.expect == DONE and not all(answer.ok for answer in answers):
        found.append(f"not executed: {told}")
    if case.expect == DONE and len(answers) < case.answers:
        found.append(f"{len(answers)} answers of {case.answers}: {told}")
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_request(world, case):
    """Refused, or judged and executed on the same resource; and whatever a real client sends is executed."""
    answers = wire.exchange(world.front.port, case.bytes(world.names()), case.answers, case.method)
    harmed = harm(world, answers)
    problems = harmed + wrong(case, answers)
    if world.front.name == "basic-auth":
        # MLflow's own access control, to see that the cases can fail. Where it refuses, it may do so by other means.
        weak = case.weak == ALWAYS or (case.weak == OPEN and world.front.default_permission != "NO_PERMISSIONS")
        assert bool(problems if weak else harmed) == weak, "\n".join(problems)
        return
    assert not problems, "\n".join(problems)
    if case.check:
        case.check(world, answers)


def test_body_after_continue(world):
    """A client that asks first is answered `100 Continue`, and then executed; one that may not is refused first."""
    for whose, statuses in (("own", (100, 200)), ("victim", (403, 403))):
        path = f"{PROXY}/{{{whose}_experiment}}/{{{whose}_run}}/artifacts/asked.txt"
        head = wire.request("PUT", path, "Expect: 100-continue", "Content-Length: 5", "Content-Type: text/plain")
        first, answer = wire.exchange_after_continue(world.front.port, wire.fill(head, world.names()), b"asked")
        assert (first, answer.status) == statuses, str(answer)
    assert not world.changes()


def test_names_are_unique():
    """No two cases hide behind one name."""
    names = [case.name for case in CASES]
    assert sorted(set(names)) == sorted(names)
