"""What automation written for mlflow-oidc-auth calls, called on it and on the gateway: statuses, forms, rights, decisions.

Both are the real thing. In what they may differ, and where users read why, is in `plugin_differences.py`.
"""

from pathlib import Path

import pytest

import plugin_stories as stories
from plugin_differences import EDITS, INSTEAD, applying
from plugin_pair import pair

DOCUMENTS = Path(__file__).parents[4] / "mlflow-auth-tower/src/api/plugin"
WORKSPACE = "team-a"


@pytest.fixture(scope="module")
def grants(data):
    """Every call about grants, with both answers, where there are no workspaces."""
    with pair(data / "compare-grants") as both:
        told = (stories.rights, stories.grants, stories.looks, stories.grants_apart)
        for story in (story for tell in told for story in tell(both.gateway.experiment)):
            both.play(story)
        return both.played


@pytest.fixture(scope="module")
def workspaces(data):
    """Every call about accounts, groups and workspaces, with both answers, where there are workspaces."""
    with pair(data / "compare-workspaces", WORKSPACE) as both:
        for story in stories.workspaces(both.gateway.experiment, WORKSPACE):
            both.play(story)
        for story in [*stories.tokens(), *stories.users(), *stories.users_apart()]:
            both.play(story)
        return both.played


def compared(played):
    """The names of all rules that were needed. Fails with every call that no rule explains."""
    used, wrong = set(), []
    for call, there, here in played:
        rules = applying(call, there, here)
        used |= rules or set()
        if rules is None:
            wrong.append(f"{call}\n    there {there.text} {there.total or ''}\n    here  {here.text} {here.total or ''}")
    assert not wrong, f"{len(wrong)} of {len(played)} calls:\n" + "\n".join(wrong)
    return used


def test_grants_are_answered_alike(grants):
    """On every kind of object, to the admin, to who manages it, to who holds nothing and to nobody."""
    assert len(grants) > 1000
    compared(grants)


def test_accounts_and_workspaces_are_answered_alike(workspaces):
    """And what a level on a workspace gives and refuses, as the source that decided."""
    assert len(workspaces) > 400
    compared(workspaces)
    told = {row["kind"] for *_, here in workspaces for row in here.form if isinstance(row, dict) and "kind" in row}
    assert told >= {"workspace", "workspace-deny", "user", "group"}


def test_every_known_difference_is_there(grants, workspaces):
    """A rule that is not needed any more would hide a new fault."""
    assert compared(grants) | compared(workspaces) == set(EDITS) | set(INSTEAD)


def test_users_are_told_of_every_known_difference():
    """In the documents that come with the library."""
    words = " ".join(" ".join((DOCUMENTS / name).read_text().split()) for name in ("README.md", "objects/README.md"))
    untold = [name for name, rule in (EDITS | INSTEAD).items() if rule.told not in words]
    assert not untold


def test_a_difference_that_is_not_known_is_seen(grants):
    """In the status, in the name or the type of a field, in a level that decides, and in the number of rows."""
    call, there, here = next(one for one in grants if one[0].path.endswith("/users") and one[1].form and one[1] == one[2])
    row = here.form[0]
    for form in ([], [row, row], [row | {"more": None}], [row | {"permission": "DENY"}], [row | {"name": None}]):
        changed = type(here)(here.status, form, here.total, here.text)
        assert applying(call, there, changed) is None, form
    assert applying(call, there, type(here)(403, here.form, here.total, here.text)) is None
