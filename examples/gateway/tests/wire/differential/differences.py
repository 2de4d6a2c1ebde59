"""What the gateway answers otherwise than MLflow's own access control. Whatever no rule here explains is a fault.

Each rule belongs to a line of the document for users, which says why it is so, and says exactly where it holds.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

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
    # Families that must be there for it to be needed; without any, it always is.
    families: tuple = ()


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


def _without_roles(there, here):
    rows = (here.form or {}).get("users")
    return bool(rows) and not any("roles" in row for row in rows)


def _fewer_grants(there, here):
    rows = (here.form or {}).get("permissions")
    return bool(rows) and len(rows) < len(there.form["permissions"])


V2, V3 = "/2.0/mlflow", "/3.0/mlflow"
PARTS = ("scorers", "datasets", "issues", "label_schemas", "review_queues")
GET_GRANT, GIVE, TAKE = (f"{V3}/users/permissions/{what}" for what in ("get", "grant", "revoke"))
NO_RESOURCE = r"\((one part|no type|a scorer without a slash|.*no such level)\)"
RULES = [
    _on("last-page", rf"GET {V2}/(experiments|registered-models)/search \(pages of one\)", (200, 200), also=_no_token),
    _on("missing-runs", rf"on missing: GET {V2}/metrics/get-history-bulk", (404, 403)),
    _on("missing-runs", rf"on elsewhere: GET {V2}/metrics/get-history-bulk", (404, 403)),
    _on("all-in-a-workspace", r"all_reader on elsewhere: (GET|POST) ", (403, 404), (403, 200), (403, 501)),
    _on("nothing-asked", rf"(GET|POST) ({V2}|{V3})/traces.* \((none|nowhere)\)", (403, 400)),
    _on("filters", rf"no_run on mine: .*{V2}/(model-versions|logged-models)/search \(no filter\)", (403, 400)),
    _on("filters", rf"no_(run|logged_model|assessment) on mine: POST {V3}/traces/search \(no filter\)", (403, 400)),
    _on("prompt-files", r"GET /model-versions/get-artifact \(prompt\)", (403, 404)),
    _on("places", rf"^(?!admin ).*POST {V2}/model-versions/create \(of a place\)", (200, 403)),
    _on("linked-prompts", rf"POST {V2}/traces/link-prompts", (200, 403)),
    _on("spans-of-runs", r"POST /v1/traces \(of (a|another's) run\)", (200, 403)),
    _on("errors-in-json", r"POST /v1/traces \(no experiment\)", (400, 400)),
    _on("errors-in-json", rf"POST {V2}/users/create \(empty\)", (400, 400)),
    _on("no-sql", rf"PATCH {V2}/users/update-admin \(no flag\)", (400, 400)),
    _on("up", rf"GET {V2}-artifacts/artifacts \(up\)", (403, 400)),
    _on(
        "files-of-nobody", rf"all_reader on mine: GET {V2}-artifacts/artifacts.* \((the root|no experiment)\)", (403, 200),
        (403, 404),
    ),
    _on("both-at-once", rf"POST {V2}/artifacts/presigned-upload-url \(of both\)", (400, 403)),
    _on("sharing-prompts", rf"{GET_GRANT} \(prompt", (400, 200)),
    _on("sharing-prompts", rf"({GIVE}|{TAKE}) \(prompt\)", (400, 200), (400, 403)),
    _on("admins", rf"admin on .*{GET_GRANT} ", (200, 200), also=_may_do_anything),
    _on("no-resource", rf"({GET_GRANT}|{GIVE}|{TAKE}) {NO_RESOURCE}", (403, 400), (404, 400)),
    _on("no-resource", rf"{GIVE} \(level `(NOTHING)?`\)", (403, 400)),
    _on("oneself", rf"GET {V2}/users/current", (200, 200), also=_more_of_oneself),
    _on("no-sign-up", rf"(GET /signup|POST {V2}/users/create-ui)", (200, 404), (200, 403), (400, 404)),
]  # fmt: skip
RULES += [
    _on("missing-parts", rf"on missing: \w+ {V3}/(label-schemas|review-queues)/", (404, 403), families=PARTS),
    _on("nothing-asked", rf"(POST {V3}/issues|PUT {V3}/scorers/online-config).* \(no experiment\)", (403, 400), families=PARTS),
    _on("runs-of-issues", rf"POST {V3}/issues \(of (a|another's) run\)", (200, 403), families=PARTS),
    _on("online-scoring", rf"no_scorer_version on mine: PUT {V3}/scorers/online-config", (400, 403), families=PARTS),
    _on("submitted-jobs", r"POST /3.0/jobs/", (500, 403), families=("jobs",)),
    _on("optimized-prompts", rf"POST {V3}/prompt-optimization/jobs \(another's prompt\)", (500, 403), families=("jobs",)),
    _on(
        "assistant", rf"\w+ {V3}/assistant/", (200, 403), (400, 403), (404, 403), (422, 403), families=("assistant",),
    ),
    _on("gateway-proxy", rf"{V2}/gateway-proxy", (200, 403), families=("gateway",)),
    _on("nothing-asked", rf"GET {V3}/gateway/secrets/get \(by name\)", (403, 400), families=("gateway",)),
    _on("missing-parts", rf"on missing: GET {V3}/gateway/endpoints/get \(by name\)", (404, 403), families=("gateway",)),
    _on("tracked", rf"POST {V3}/gateway/endpoints/update \(tracked in another's", (200, 403), families=("gateway",)),
    _on("errors-in-json", r"POST /gateway/.* \(no model\)", (400, 400), families=("gateway_traffic",)),
    _on("compact", r"POST /gateway/openai/v1/responses/compact", (400, 403), (400, 500), families=("gateway_traffic",)),
    _on("graphql-errors", r"(GET|POST) /graphql \((no query|in the query string)\)", (500, 400), families=("graphql",)),
    _on("one-workspace", rf"GET {V3}/workspaces/{{workspace}}", (403, 503), (403, 200), families=("workspaces",)),
]  # fmt: skip
# Faults of the gateway that are known and not mended yet. None may stay.
FAULTS = [
    _on("", rf"admin on .*{GIVE} \((everything|a part), no such level", (400, 200)),
    _on("", rf"DELETE {V2}/users/delete \(oneself\)", (400, 400)),
    _on("", rf"GET {V2}/users/list", (200, 200), also=_without_roles),
    _on("", rf"admin on mine: GET {V3}/users/(current/permissions|permissions/list)", (200, 200), also=_fewer_grants),
]


def applying(asked, there, here):
    """The rule by which two answers may differ, or `None`."""
    text = re.sub("/(ajax-)?api/", "/", str(asked))
    for rule in RULES + FAULTS:
        if (there.status, here.status) in rule.statuses and re.search(rule.where, text) and rule.also(there, here):
            return rule
    return None


# Lines about forms of requests, which `odd` holds against the servers.
ODD_LINES = {"one-way-alone", "head"}


def lines():
    """The ids of the lines of the document."""
    return re.findall(r"^\| `([a-z0-9-]+)` \|", DOCUMENT.read_text(), re.MULTILINE)
