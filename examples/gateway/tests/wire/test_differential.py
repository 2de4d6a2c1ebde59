"""MLflow with its own access control and the gateway in front of a plain MLflow are asked the same, and answer the same.

Every route of MLflow, by nobody, by a stranger, by who holds each level on what is meant or on parts of it, by members of
roles and by admins, on what is theirs, others' and not there. In what the answers may differ is in
`docs/differences-from-mlflow.md`, each line of which a rule in `differential/differences.py` names.
"""

import itertools
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from differential import catalogue
from differential.cases import fill
from differential.differences import HELD_ELSEWHERE, RULES, applying, lines
from differential.objects import MISSING
from differential.play import play
from differential.routes import live
from differential.sides import sides

# Everybody on everything, wherever it may matter, instead of those whose answers say most.
WIDE = os.environ.get("DIFFERENTIAL_WIDE") == "true"


def compared(data, name, workspace=None):
    """Every request, with both answers."""
    with sides(data / f"differential-{name}", workspace) as both:
        return play(both, list(catalogue.cases()), WIDE)


@pytest.fixture(scope="module")
def both_played(data):
    """What was asked where there are no workspaces, and where there are: at once, since no server uses two cores."""
    with ThreadPoolExecutor(2) as pool:
        told = [pool.submit(compared, data, name, space) for name, space in (("plain", None), ("spaces", "team-a"))]
        return [one.result() for one in told]


@pytest.fixture(scope="module")
def played(both_played):
    """What was asked where there are no workspaces."""
    return both_played[0]


@pytest.fixture(scope="module")
def in_workspaces(both_played):
    """What was asked where there are."""
    return both_played[1]


def explained(played):
    """The rules that were needed. Fails with every answer that no rule explains."""
    used, wrong = set(), []
    for asked, there, here in played:
        if there == here:
            continue
        rule = applying(asked, there, here)
        used |= {rule} if rule else set()
        if rule is None:
            wrong.append(f"{asked}\n    there {there}\n    here  {here}" + _forms(there, here))
    assert not wrong, f"{len(wrong)} of {len(played)} answers differ:\n" + "\n".join(wrong[:100])
    return used


def _forms(there, here):
    return "" if there.form == here.form else f"\n    there {there.form}\n    here  {here.form}"


def test_answers_are_alike(played, record_property):
    """Where there are no workspaces."""
    record_property("answers compared without workspaces", len(played))
    assert len(played) > 3000
    explained(played)


def test_answers_are_alike_in_workspaces(in_workspaces, record_property):
    """Where there are."""
    record_property("answers compared with workspaces", len(in_workspaces))
    assert len(in_workspaces) > 1000
    explained(in_workspaces)


def test_every_difference_is_needed(played, in_workspaces):
    """A rule that explains nothing any more would hide a new fault, and a line without a rule is not true."""
    used = explained(played) | explained(in_workspaces)
    assert not {rule.where for rule in set(RULES) - used}
    assert sorted(set(lines())) == sorted(lines())
    assert {rule.line for rule in RULES} | HELD_ELSEWHERE == set(lines())


def test_every_route_of_mlflow_has_a_case():
    """By the routes of the server itself: no request of a case misses the route it was written for."""
    names = MISSING | {"new": "n", "count": "1", "caller": "c", "workspace": "w"}
    names |= {f"{whose}.{name}": id for whose in ("mine", "others") for name, id in MISSING.items()}
    requests = [[case.method, fill(path, names).partition("?")[0]] for case in catalogue.cases() for path in case.paths()]
    routes, answers = live(requests)
    assert len(routes) > 500
    taken = {(method, _plain(path)) for (method, _), path in zip(requests, answers, strict=True) if path}
    missing = {(method, _plain(path)) for method, path in routes} - taken
    assert not missing, sorted(missing)


# What no answer is like.
OTHER = {"other": "a text"}


def _plain(path):
    """`<path:name>` and `{name:path}` alike."""
    return "/".join("*" if part[:1] in ("<", "{") else part for part in path.split("/"))


@pytest.mark.parametrize("status", [200, 400, 403, 404, 500])
def test_a_difference_that_is_not_known_is_seen(both_played, status):
    """In the status, in the error code, and in what a list holds."""
    played = itertools.chain(*both_played)
    same = [(asked, there) for asked, there, here in played if there == here and (there.form or there.code)]
    assert len(same) > 2000
    for asked, there in same:
        other = replace(there, form=OTHER) if there.form else replace(there, code="OTHER")
        for here in (replace(there, status=status), other):
            assert here == there or applying(asked, there, here) is None, (asked, here)
