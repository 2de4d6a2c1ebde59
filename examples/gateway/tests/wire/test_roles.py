"""Roles, grants and workspaces over MLflow's REST API: the gateway answers as MLflow's own access control."""

import pytest

import roles_stories as stories
from roles_differences import RULES, applying
from roles_pair import open_pair

ONLY_WITH = {"a_workspace_is_seen_by_who_belongs_there", "new_workspaces_let_their_users_read"}


@pytest.fixture(scope="module", params=[False, True], ids=["without workspaces", "with workspaces"])
def pair(request, data):
    """Both sides, with the same roles and experiments."""
    name = "roles-with" if request.param else "roles-without"
    with open_pair(data / name, request.param) as both:
        for step, there, here in both.play(stories.set_up(both.workspaces)):
            assert there[0] == here[0] and there[0] < 300, f"{step}: {there} {here}"
        yield both


def test_all_is_answered_alike(pair):
    """Every operation, by everybody: status, error code and the form of what is told."""
    told = [stories.roles, stories.grants, stories.accounts]
    story = [step for tell in told for step in tell(pair.workspaces)]
    story += list(stories.spaces()) if pair.workspaces else []
    played = pair.play([*stories.nobody(story), *story, *stories.odd()])
    used, wrong = set(), []
    for step, there, here in played:
        rule = applying(step, there[:2], here[:2])
        if rule is False:
            wrong.append(f"{step}\n    there {there[0]} {there[2][:300]}\n    here  {here[0]} {here[2][:300]}")
        elif rule:
            used.add(rule.__name__)
    assert not wrong, f"{len(wrong)} of {len(played)}:\n" + "\n".join(wrong)
    assert len(played) > 1000
    unused = {rule.__name__ for rule in RULES} - used
    assert unused <= (set() if pair.workspaces else ONLY_WITH), f"not needed: {unused}"
