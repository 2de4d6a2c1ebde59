"""What the gateway answers otherwise than MLflow's own access control. Whatever no rule here explains is a fault.

Each rule belongs to a line of the document for users, which says why it is so, and says exactly where it holds.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .answers import OWN_ROLE

DOCUMENT = Path(__file__).parents[3] / "docs/differences-from-mlflow.md"


@dataclass(frozen=True)
class Rule:
    """Where answers differ, and how."""

    # The line of the document.
    line: str
    # Fits what is asked: who, on whose objects, by which method, path and note, as `Asked` writes it.
    where: str
    # Status there and here.
    statuses: frozenset
    # What else must hold of the two answers.
    also: Callable = lambda there, here: True


def _statuses(*pairs):
    return frozenset(pairs)


def _on(line, where, *statuses, **more):
    return Rule(line, where, _statuses(*statuses), **more)


def _no_token(there, here):
    """The same page, without a token that leads to an empty one."""
    form = here.form or {}
    return "next_page_token" not in form and there.form == form | {"next_page_token": "a text"}


def _more_of_oneself(there, here):
    """MLflow's answer, and the caller's own row beside it."""
    return bool(here.form) and all(here.form.get(name) == value for name, value in there.form.items())


def _may_do_anything(there, here):
    return here.form == {"allowed": True, "permission": "MANAGE"}


def _more_of_a_user(there, here):
    """MLflow's answer, and what its older clients read."""
    lists = {"experiment_permissions", "registered_model_permissions"}
    told = {name: value for name, value in here.form.get("user", {}).items() if name not in lists}
    return there.form == {"user": told} and lists <= set(here.form["user"])


def _more_versions(there, here):
    """MLflow's answer, and the versions of the model."""
    model = dict((here.form or {}).get("registered_model") or {})
    return bool(model.pop("latest_versions", None)) and there.form == {"registered_model": model}


def _rows(form):
    """The names of lists in an answer, with their rows."""
    return {name: rows for name, rows in (form or {}).items() if isinstance(rows, list)}


def _shorter_lists(there, here):
    """The same lists with fewer rows."""
    lists, fewer = _rows(there.form), _rows(here.form)
    if not lists or _others(there.form) != _others(here.form):
        return False
    return all(not Counter(map(repr, rows)) - Counter(map(repr, lists.get(name, ()))) for name, rows in fewer.items())


def _others(form):
    """What is no list."""
    return {name: value for name, value in (form or {}).items() if not isinstance(value, list)}


def _apart_from(value, out):
    """A form without what `out` says of a name, if it has one, and a value; lists in order, since what was left out had put
    them in another one."""
    match value:
        case dict():
            return {name: _apart_from(item, out) for name, item in value.items() if not out(name, item)}
        case list():
            return sorted((_apart_from(item, out) for item in value if not out(None, item)), key=repr)
    return value


def _alike_but(*outs):
    """Forms that are alike apart from what `outs`, one after the other, leave out of both."""
    def alike(there, here):
        forms = there.form, here.form
        for out in outs:
            forms = [_apart_from(form, out) for form in forms]
        return forms[0] == forms[1]

    return alike


def _objects(field, values):
    """Objects in lists with one of these values in a field."""
    return lambda name, item: name is None and isinstance(item, dict) and item.get(field) in values


def _roles_but(*names):
    """Lists of roles, or of users with theirs, that differ in the roles of these names alone."""
    return _alike_but(_objects("name", names), lambda name, item: name is not None and item == [])


def _but(*kinds):
    """Grants that differ in those of some types alone."""
    return _alike_but(_objects("resource_type", kinds))


# MLflow's answer, without who made things.
_no_maker = _alike_but(lambda name, item: name in ("created_by", "last_updated_by"))


V2, V3 = "/2.0/mlflow", "/3.0/mlflow"
GET_GRANT, GIVE, TAKE = (f"{V3}/users/permissions/{what}" for what in ("get", "grant", "revoke"))
# Without those that name the experiment, which is there or not for everybody.
PART_ROUTES = "label-schemas/(get|update|delete)|review-queues/(get|get-by-name|update|delete|items/[a-z-]+)"
NO_RESOURCE = r"\((one part|no type|a scorer without a slash|.*no such level)\)"
RULES = [
    _on("last-page", rf"GET {V2}/(experiments|registered-models)/search \(pages of one\)", (200, 200), also=_no_token),
    _on("missing-runs", rf"on missing: GET {V2}/metrics/get-history-bulk", (404, 403)),
    _on("missing-runs", rf"^(?!admin ).* on elsewhere: GET {V2}/metrics/get-history-bulk", (404, 403)),
    _on("all-in-a-workspace", r"(all_reader|workspace_admin) on elsewhere: ", *((403, status) for status in (200, 400, 404, 501))),
    _on("lists", r"workspace_user on (mine|others): (GET|POST) .*(/search|/list|/mcp-servers|/endpoints|\(the root\))( in workspaces)?$", (200, 200), also=_shorter_lists),
    _on("nothing-asked", rf"(GET|POST) ({V2}|{V3})/traces.* \((none|nowhere)\)", (403, 400)),
    _on("filters", rf"no_run on mine: .*{V2}/(model-versions|logged-models)/search \(no filter\)", (403, 400)),
    _on("filters", rf"no_(run|logged_model|assessment) on mine: POST {V3}/traces/search \(no filter\)", (403, 400)),
    _on("prompt-files", r"GET /model-versions/get-artifact \(prompt\)", (403, 404)),
    _on("places", rf"^(?!admin ).*POST {V2}/model-versions/create \(of a place\)", (200, 403)),
    _on("linked-prompts", rf"POST {V2}/traces/link-prompts", (200, 403)),
    _on("spans-of-runs", r"(no_run .*POST /v1/traces \(of a run|^(editor|manager) .*POST /v1/traces \(of another's run)\)", (200, 403)),
    _on("errors-in-json", r"POST /v1/traces \(no experiment\)", (400, 400)),
    _on("no-sql", rf"PATCH {V2}/users/update-admin \(no flag\)", (400, 400)),
    _on("up", rf"GET {V2}-artifacts/artifacts \(up\)", (403, 400)),
    _on(
        "files-of-nobody", rf"workspace_admin on mine: GET {V2}-artifacts/artifacts.* \((the root|no experiment)\)", (403, 200),
        (403, 404),
    ),
    _on("both-at-once", rf"(stranger|reader) on mine: POST {V2}/artifacts/presigned-upload-url \(of both\)", (400, 403)),
    _on("sharing-prompts", rf"{GET_GRANT} \(prompt", (400, 200)),
    _on("sharing-prompts", rf"({GIVE}|{TAKE}) \(prompt\)", (400, 200), (400, 403)),
    _on("admins", rf"admin on .*{GET_GRANT} ", (200, 200), also=_may_do_anything),
    _on("no-resource", rf"({GET_GRANT}|{GIVE}|{TAKE}) {NO_RESOURCE}", (403, 400), (404, 400)),
    _on("oneself", rf"GET {V2}/users/current", (200, 200), also=_more_of_oneself),
    _on("older-clients", rf"GET {V2}/users/get", (200, 200), also=_more_of_a_user),
    _on("sign-up", rf"POST {V2}/users/create-ui", (400, 403), (403, 403)),
    _on("roles-follow", rf"role_editor on mine: POST {V2}/registered-models/rename", (200, 200), also=_more_versions),
    _on("roles-follow", r"\(what role_\w+ holds in the end\)", (200, 200), also=_shorter_lists),
    _on("own-roles", rf"GET ({V2}/users|{V3}/roles)/list", (200, 200), also=_roles_but(OWN_ROLE)),
    _on("first-roles", rf"GET {V3}/roles/list", (200, 200), also=_roles_but(OWN_ROLE, "user")),
    _on("mcp-managers", rf"admin on mine: GET {V3}/users/(current/permissions|(permissions|roles)/list)", (200, 200), also=_but("mcp_server")),
    _on("scorer-managers", rf"admin on mine: GET {V3}/users/permissions/list \(what \w+ holds in the end\)", (200, 200), also=_but("scorer")),
]  # fmt: skip
RULES += [
    _on("missing-parts", rf"^(?!admin ).* on (missing|elsewhere): \w+ {V3}/({PART_ROUTES})\b(?!-)", (404, 403)),
    _on("nothing-asked", rf"(POST {V3}/issues|PUT {V3}/scorers/online-config).* \(no experiment\)", (403, 400)),
    _on("runs-of-issues", rf"(no_run .*POST {V3}/issues \(of a run|^(?!admin ).*POST {V3}/issues \(of another's run)\)", (200, 403)),
    _on("online-scoring", rf"no_scorer_version on mine: PUT {V3}/scorers/online-config", (400, 403)),
    _on("submitted-jobs", r"POST /3.0/jobs/", (500, 403)),
    _on("optimized-prompts", rf"^(?!admin ).*POST {V3}/prompt-optimization/jobs \(another's prompt\)", (500, 403)),
    _on(
        "assistant", rf"\w+ {V3}/assistant/", (200, 403), (400, 403), (404, 403), (422, 403),
    ),
    _on("made-like-all-else", rf"^(manager|role_editor) .*POST {V3}/gateway/(endpoints|model-definitions)/create in workspaces$", (200, 403)),
    _on(
        "made-like-all-else", r"\(what manager holds in the end\) in workspaces", (200, 200),
        also=_but("gateway_endpoint", "gateway_model_definition"),
    ),
    _on("demo", rf"^(?!admin|workspace_).*POST {V3}/demo/generate in workspaces$", (200, 403)),
    _on("mcp-makers", rf"{V3}/mcp-servers", (200, 200), also=_no_maker),
    _on(
        "older-operations", r"/mlflow/(experiments|registered-models|scorers)/permissions/", (403, 200), (403, 404), (404, 200),
        (404, 404),
    ),
    _on("gateway-proxy", rf"{V2}/gateway-proxy", (200, 403)),
    _on("nothing-asked", rf"GET {V3}/gateway/secrets/get \(by name\)", (403, 400)),
    _on("missing-parts", rf"on missing: GET {V3}/gateway/endpoints/get \(by name\)", (404, 403)),
    _on("tracked", rf"^(?!admin ).*POST {V3}/gateway/endpoints/update \(tracked in another's", (200, 403)),
    _on("errors-in-json", r"POST /gateway/.* \(no model\)", (400, 400)),
    _on("compact", r"POST /gateway/openai/v1/responses/compact", (400, 403), (400, 500)),
    _on("graphql-errors", r"(GET|POST) /graphql \((no query|in the query string)\)", (500, 400)),
    _on("one-workspace", rf"GET {V3}/workspaces/{{workspace}}", (403, 503), (403, 200)),
]  # fmt: skip


def applying(asked, there, here):
    """The rule by which two answers may differ, or `None`."""
    text = re.sub("/(ajax-)?api/", "/", str(asked))
    for rule in RULES:
        if (there.status, here.status) in rule.statuses and re.search(rule.where, text) and rule.also(there, here):
            return rule
    return None


# Lines that other tests hold: those of forms of requests (`odd`), of GraphQL, of the AI gateway's traffic, of jobs, of roles.
HELD_ELSEWHERE = {
    "one-way-alone", "head", "graphql-fields", "compressed", "named-models", "former-workspaces", "wide-roles",
}  # fmt: skip


def lines():
    """The ids of the lines of the document."""
    return re.findall(r"^\| `([a-z0-9-]+)` \|", DOCUMENT.read_text(), re.MULTILINE)
