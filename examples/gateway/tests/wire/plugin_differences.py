"""In what the gateway is known to differ from mlflow-oidc-auth. Whatever no rule here explains is a fault.

Each rule has words of the two documents for users that tell the difference and why it is there; it says exactly where it
holds, and what is answered instead. Some change what is expected; the others allow another answer in its place.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from plugin_grants import USER


@dataclass(frozen=True)
class Edit:
    """What the plugin's answer is expected to be like here. The rest of the answer must be the same."""

    told: str
    where: str
    edit: Callable
    status: int = 200


@dataclass(frozen=True)
class Instead:
    """Pairs of statuses, there and here, that are answered to the same call. Errors here are `{"detail": ...}` all the same."""

    told: str
    where: str
    statuses: set


def _rows(edit):
    """An edit of every object in an answer, and of the answer if it is one."""

    def over(form):
        return [edit(row) for row in form] if isinstance(form, list) else edit(form)

    return lambda answer: replace(answer, form=over(answer.form))


def _quiet(row):
    return {"detail": [{name: item for name, item in one.items() if name not in ("input", "ctx")} for one in row["detail"]]}


def _without_number(row):
    return row | {"group_id": None} if "group_id" in row else row


def _named(row):
    return row | {name: held for name, held in (("username", USER), ("group_name", "corp/ml")) if name in row}


def _without_maker(answer):
    rows = [row for row in answer.form if "admin" not in (row.get("name"), row.get("username"))]
    return replace(answer, form=rows)


def _with_maker(answer):
    rows = [*answer.form, {"name": "admin", "permission": "MANAGE", "kind": "user"}]
    return replace(answer, form=sorted(rows, key=repr))


def _rewritten(row):
    return row | {"regex": "^team-a"} if row["priority"] == -1 else row


def _counted(answer):
    return replace(answer, total=str(len(answer.form)))


def _narrowed(answer):
    if not isinstance(answer.form, dict) or "tokens" not in answer.form:
        return answer
    rows = [row | {"read_only": "a flag", "resources": None} for row in answer.form["tokens"]]
    return replace(answer, form={"tokens": rows})


def _in_words(_):
    return "a text"


ONE_PATTERN = r"-patterns/\{id\}$"
OF_GATEWAY = r"gateways/[a-z-]+"
SPACES = "/permissions/workspaces"

EDITS = {
    "a 401 as everywhere": Edit("A 401, a 503, and a request that cannot be read", ".", _rows(_in_words), 401),
    "MLflow's own 403": Edit("A refusal on MLflow's own routes is in MLflow's words", "GET /api/2.0/mlflow/experiments/get",
        _rows(_in_words), 403),
    "nothing is repeated": Edit("A 422 does not repeat what was sent", ".", _rows(_quiet), 422),
    "groups have no numbers": Edit(
        "groups are known by their names", "(GET|PATCH) .*/groups/.*(-patterns|/scorers)", _rows(_without_number)),
    "and none when they are made": Edit(
        "groups are known by their names", "POST .*/groups/.*-patterns$", _rows(_without_number), 201),
    "deleted with a message": Edit("answers without a message", r"DELETE .*/users/ann/(registered-models|prompts)" + ONE_PATTERN,
        _rows(lambda row: row | {"message": "a text"})),
    "admins get no grant for making": Edit(
        "only admins make them here, and they need none", r"GET .*/permissions/workspaces/[^/]+/users$", _without_maker),
    "admins manage the servers they make": Edit(
        "An admin who makes an MCP server holds `MANAGE` on it", r"GET .*/permissions/mcp-servers/.*-server/users$", _with_maker),
    "holders by name": Edit("give the name of the holder", f"GET .*{SPACES}/regex/(user|group)$", _rows(_named)),
    "a change changes the pattern": Edit(
        "the old pattern stays", f"(GET|PATCH) .*/users/ann/{OF_GATEWAY}" + ONE_PATTERN, _rows(_rewritten)),
    "pages of scorers": Edit(
        "scorers are listed whole, whatever page is asked for", "GET .*/scorers/[0-9]+.*&limit=1$", _counted),
    "both answers in one": Edit(
        "MLflow's answer and the plugin's in one", "GET .*/users/current$",
        _rows(lambda row: row | {
            "is_basic_auth": "a flag",
            "user": {"id": row["id"], "username": row["username"], "is_admin": row["is_admin"]},
        })),
    "narrowed tokens": Edit("which tell what a token is narrowed to", "GET .*/tokens", _narrowed),
    **{
        f"workspaces answer {status} like all": Edit(
            "errors in MLflow's words", f".* .*{SPACES}/",
            _rows(lambda row: {"detail": "a text"} if "error_code" in row else row), status)
        for status in (400, 404, 409)
    },
}  # fmt: skip

INSTEAD = {
    "patterns on MCP servers": Instead("no patterns on MCP servers", "mcp-servers-patterns",
        {(404, here) for here in (200, 201, 400, 403, 404, 409, 422)}),
    "a look at a group's grant": Instead("no look at one exact grant of a group",
        "GET .*/groups/[^/]+/(experiments|registered-models|prompts|scorers)/", {(404, 200)}),
    "back-references and look-around": Instead(
        "Look-around and back-references are refused", r"POST .*\(\?(P=|!)", {(201, 400)}),
    "scorers of groups": Instead("at the wrong moment is a 500", r".* .*/groups/[^/]+/scorers/", {(500, 404), (500, 409)}),
    "a group's pattern on the AI gateway": Instead(
        "sought by the group's id", rf".* .*/groups/[^/]+/{OF_GATEWAY}" + ONE_PATTERN,
        {(404, 200)}),
    "objects to come": Instead("kept for a later one of that name", rf"POST .*/{OF_GATEWAY}/to-come", {(201, 404)}),
    "pages of scorers that are none": Instead("scorers are listed whole, whatever page is asked for",
        r"GET .*/scorers/[0-9]+\?limit=0", {(200, 422)}),
    "what is no object": Instead("Whole bodies that are no JSON object", r"POST .*/permissions/groups \['ml'\]", {(422, 400)}),
    "colons in names": Instead("A user name holds no colon", "POST .*/users .*'e:ve'", {(201, 400)}),
    "passwords": Instead("**`password?`**", "POST .*/users .*'password'", {(201, 400)}),
    "flags are not written over": Instead(
        "changes nothing. There it writes the flags", "POST .*/users .*'is_admin': True", {(200, 409)}),
    "another holder than in the path": Instead("one that is not the holder in the path is a 400",
        f"PATCH .*{SPACES}/team-a/users/ann .*'bob'", {(404, 400)}),
    "back in": Instead("There its tokens are gone", "bob: GET .*/users/current", {(401, 200)}),
    "members of groups": Instead(
        "Bold is what mlflow-oidc-auth lacks", "(GET|PUT|DELETE) .*/permissions/groups/[^/]+(/members.*)?$",
        {(404, 200), (404, 201), (404, 403), (404, 404)}),
}  # fmt: skip


def applying(call, there, here):
    """The names of the rules by which an answer here is right beside the plugin's, or `None` if it is not."""
    text, used = str(call), set()
    expected = there
    for name, rule in EDITS.items():
        if there.status == rule.status and re.search(rule.where, text.split(" {")[0]):
            edited = rule.edit(expected)
            used |= {name} if edited != expected else set()
            expected = edited
    if expected == here:
        return used
    for name, rule in INSTEAD.items():
        if (there.status, here.status) in rule.statuses and re.search(rule.where, text) and _is_proper(here):
            return {name}
    return None


def _is_proper(here):
    return here.status < 400 or (isinstance(here.form, dict) and list(here.form) == ["detail"])
