"""What is asked of mlflow-oidc-auth and of the gateway side by side, as stories of calls."""

import re

from plugin_grants import API, API3, GRANTS, GROUP, USER, exact_story, holders, kinds, pattern_story, unknown_story
from plugin_pair import Call
from plugin_users import ADMIN, BAD, GROUPS, SPACES, USERS, WALK, rule

OTHERS = (None, "joe", "mia")


def _calls(story, user=ADMIN, workspace=None):
    """Calls of the steps of a story; the statuses that it tells are not asked for."""
    return [Call(*step[:3], user, workspace) for step in story]


def _is_referring(step):
    """Whether it makes a pattern with a back-reference."""
    return "(?P=" in (step[2] or {}).get("regex", "")


def grants(experiment):
    """All that an admin does with grants on every kind of object."""
    for kind in kinds(experiment).values():
        for word, holder in holders().items():
            patterns = [step for step in pattern_story(kind, word, holder) if not _is_referring(step)]
            for story in (exact_story(kind, word, holder), unknown_story(kind, word), patterns):
                yield _calls(story)


def looks(experiment):
    """A look at one exact grant of a group."""
    for kind in kinds(experiment).values():
        one = kind.exact(holders()["group"])
        yield [Call("POST", one, {"permission": "READ"}), Call("GET", one), Call("DELETE", one)]


def grants_apart(experiment):
    """The last stories: what is made there by them stays."""
    for kind in kinds(experiment).values():
        for word, holder in holders().items():
            yield _calls(filter(_is_referring, pattern_story(kind, word, holder)))
            if kind.words.startswith("gateways/"):
                yield [Call("POST", f"{kind.held(holder)}/to-come", {"permission": "READ"})]


def _once(story):
    """Every operation once: who may not is told so whatever the body."""
    return {(method, path): (method, path, body) for method, path, body, _ in story}.values()


def rights(experiment):
    """What others than admins are told: nobody, joe who holds nothing, and mia who manages every object."""
    for name, kind in kinds(experiment).items():
        mia = kind.exact("users/mia")
        yield [Call("POST", mia, {"permission": "MANAGE"})]
        for word, holder in holders().items():
            exact, patterns = exact_story(kind, word, holder), _once(pattern_story(kind, word, holder))
            yield _calls(exact, "mia")
            yield _calls(patterns, "mia")
            for user in (None, "joe"):
                yield _calls([*_once(exact_story(kind, word, holder)), *patterns], user)
        lists = kind.words if name != "scorers" else f"{kind.words}/{experiment}"
        yield [
            Call("GET", f"{kind.root}/{lists}{query}", user=user)
            for user in (ADMIN, *OTHERS)
            for query in ("", "?search=TEAM-A&limit=1", "?limit=0")
        ]
        yield [Call("DELETE", mia)]


def _is_lacking(step):
    """Whether mlflow-oidc-auth has no such operation: members of groups, one group."""
    return re.search("/permissions/groups/[^/]+(/members.*)?$", step[1]) and not step[1].endswith("/details")


def _is_taken_there(step):
    """Whether mlflow-oidc-auth takes it, so that it changes something there alone."""
    return step[0] == "POST" and any(word in str(step[2]) for word in ("(?!", "e:ve", "'password'", "is_admin"))


def users():
    """The walk through users, groups and workspaces, what is wrong, and both as somebody else."""
    common = [step for step in WALK if not _is_lacking(step)]
    for user in (ADMIN, None, "joe"):
        yield _calls(common, user)
    yield _calls(step for step in BAD if not _is_lacking(step) and not _is_taken_there(step))
    yield [
        Call("GET", f"{USERS}?service=true"),
        Call("POST", USERS, {"username": "bot", "display_name": "Bot", "is_service_account": True}),
        Call("GET", f"{USERS}?service=true"),
        Call("GET", f"{USERS}/details?limit=1&search=BO"),
        Call("GET", f"{USERS}?limit=2&offset=1"),
        Call("GET", f"{GROUPS}?search=CORP"),
        Call("GET", f"{USERS}/current", user="bob"),
        Call("PATCH", f"{USERS}/bob/active", {"active": False}),
        Call("GET", f"{USERS}/current", user="bob"),
        Call("PATCH", f"{USERS}/bob/active", {"active": True}),
        Call("GET", f"{USERS}/current", user="bob"),
    ]


def tokens():
    """Access tokens, as far as whoever signs in with one may do with them: lists and ends."""
    own, of_ann, of_mia = f"{USERS}/current/tokens", f"{USERS}/{USER}/tokens", f"{USERS}/mia/tokens"
    for user in (ADMIN, "joe", None):
        yield [
            Call("GET", own, user=user),
            Call("GET", f"{own}?limit=1&search=EST", user=user),
            Call("GET", f"{own}?search=nothing", user=user),
            Call("GET", f"{own}?limit=0", user=user),
            Call("GET", of_ann, user=user),
            Call("GET", f"{USERS}/nobody/tokens", user=user),
            Call("DELETE", f"{own}/999999", user=user),
            Call("DELETE", f"{own}/none", user=user),
            Call("DELETE", f"{of_ann}/999999", user=user),
            Call("DELETE", f"{USERS}/nobody/tokens", user=user),
        ]
    yield [Call("DELETE", of_mia, user="joe"), Call("GET", of_mia), Call("DELETE", of_mia), Call("GET", of_mia)]
    yield [Call("DELETE", of_mia)]


def users_apart():
    """The last stories: after them the two do not hold the same."""
    for user in (ADMIN, "joe"):
        yield _calls(filter(_is_lacking, [*WALK, *BAD]), user)
    yield _calls(filter(_is_taken_there, BAD))


LISTED = ("experiments", "registered-models", "prompts", "gateways/endpoints", "gateways/secrets", "mcp-servers")


def workspaces(experiment, workspace):
    """What a user may do in a workspace and why: as its levels are given, changed and taken back, under other grants."""
    kind = kinds(experiment)["experiments"]
    rows = [
        Call("GET", f"{GRANTS}/users/{USER}/{words}", user=user, workspace=workspace)
        for words in LISTED
        for user in (ADMIN, USER)
    ]
    reads = [Call("GET", f"{API}/experiments/get?experiment_id={experiment}", user=USER, workspace=workspace)]
    for word, field, name in (("user", "username", USER), ("group", "group_name", GROUP)):
        at, one = f"{SPACES}/{workspace}/{word}s", f"{SPACES}/{workspace}/{word}s/{name.replace('/', '%2F')}"
        holder = holders()[word]
        yield rows + reads
        yield [Call("POST", at, {field: name, "permission": "READ"}), *rows, *reads]
        # An exact grant of the workspace is asked before the workspace.
        yield [Call("POST", kind.exact(holder), {"permission": "EDIT"}, workspace=workspace), *rows, *reads]
        yield [Call("PATCH", one, {field: name, "permission": "NO_PERMISSIONS"}), *rows, *reads]
        yield [Call("DELETE", kind.exact(holder), workspace=workspace), *rows, *reads]
        yield [Call("PATCH", one, {field: name, "permission": "MANAGE"}), *rows, *reads]
        yield [Call("GET", at, user=USER), Call("DELETE", one), *rows, *reads]
        pattern = f"{SPACES}/regex/{word}"
        yield [
            Call("POST", pattern, rule(field, name)), *rows, *reads,
            Call("PATCH", f"{pattern}/{{id}}", rule(field, name, permission="NO_PERMISSIONS")), *rows, *reads,
            Call("DELETE", f"{pattern}/{{id}}?{field}={name}"), *rows, *reads,
        ]  # fmt: skip
