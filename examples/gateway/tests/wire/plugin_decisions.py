"""Random grants in the plugin mlflow-oidc-auth, and what it then answers about every object to every user.

`plugin_decisions.py plain` or `plugin_decisions.py workspaces` prints one JSON object: the members of groups, the grants,
and of each run, which is a start of the plugin over the same grants with another order of sources and another default,
every decision. The grants are written and the decisions are asked by the plugin's own REST API. `PLUGIN_SEED` makes other
grants.
"""

import json
import os
import random
import signal
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests

import plugin_objects
from plugin_server import ADMIN, plugin_accounts, plugin_server

API = "/api/2.0/mlflow/permissions"
API3 = "/api/3.0/mlflow"
AT_ONCE = 4
SECONDS = 120
PERMISSIONS = ("READ", "USE", "EDIT", "MANAGE", "NO_PERMISSIONS")
PATTERNS = (
    ".*", "^team-", "team-a", "^team-[ab]$", "prod", "^prod$", "(prod|churn)", "^[a-c]+$", ".*-x$", "a", "^ab?c?$",
    "t.*m", "^team-a-x", r"^\w+$", "churn$", ".+d", "^$", "[^t]", "x?", "prod(uction)?-?[0-9]*$",
)  # fmt: skip
# Kind: how the plugin's paths name its exact grants and its patterns.
KINDS = {
    "experiment": ("experiments", "experiment-patterns"),
    "registered_model": ("registered-models", "registered-models-patterns"),
    "prompt": ("prompts", "prompts-patterns"),
    "scorer": ("scorers", "scorer-patterns"),
    "gateway_endpoint": ("gateways/endpoints", "gateways/endpoints-patterns"),
    "gateway_secret": ("gateways/secrets", "gateways/secrets-patterns"),
    "gateway_model_definition": ("gateways/model-definitions", "gateways/model-definitions-patterns"),
    "mcp_server": ("mcp-servers", None),
}
RUNS = {
    "plain": [
        ("user,group,regex,group-regex", "NO_PERMISSIONS"),
        ("group-regex,regex,group,user", "READ"),
        ("regex,user", "EDIT"),
        ("group,group-regex,user,regex", "MANAGE"),
    ],
    "workspaces": [("user,group,regex,group-regex", "EDIT"), ("group-regex,group,regex,user", "NO_PERMISSIONS")],
}
USERS = {"plain": 24, "workspaces": 10}
GROUPS = 10


class Plugin:
    """The plugin at `url`, asked by whoever has one of `tokens`."""

    def __init__(self, url, tokens):
        self.url, self.tokens, self.local = url, tokens, threading.local()

    def ask(self, method, path, user=ADMIN, workspace=None, **fields):
        """The JSON of an answer. Raises unless it is a success."""
        answer = self.call(method, path, user, workspace, **fields)
        if answer.status_code >= 400:
            raise RuntimeError(f"{method} {path} as {user} in {workspace}: {answer.status_code} {answer.text[:500]}")
        return answer.json()

    def call(self, method, path, user, workspace, **fields):
        """An answer, whatever it is."""
        if not hasattr(self.local, "session"):
            self.local.session = requests.Session()
        headers = {"X-MLFLOW-WORKSPACE": workspace} if workspace else {}
        return self.local.session.request(
            method, self.url + path, auth=(user, self.tokens[user]), headers=headers, json=fields or None, timeout=SECONDS
        )

    def may_read(self, scorer, user, workspace):
        """Whether a user may read a scorer. Its list does not say: it leaves out those of unreadable experiments."""
        experiment, name = scorer.split("/")
        path = f"{API3}/scorers/get?experiment_id={experiment}&name={name}"
        answer = self.call("GET", path, user, workspace)
        if answer.status_code not in (200, 403):
            raise RuntimeError(f"{path} as {user} in {workspace}: {answer.status_code} {answer.text[:500]}")
        return answer.status_code == 200


def memberships(chance, mode):
    """Users with their groups."""
    groups = [f"g{number}" for number in range(GROUPS)]
    return {f"u{number}": chance.sample(groups, chance.choice((0, 1, 1, 2, 3, 4))) for number in range(USERS[mode])}


def random_grants(chance, users, objects, workspaces):
    """Grants, each on another place."""
    subjects = [("user", name) for name in users for _ in range(10)]
    groups = sorted({group for groups in users.values() for group in groups})
    subjects += [("group", name) for name in groups for _ in range(9)]
    kinds = [*KINDS, "experiment", "registered_model", *(["workspace"] * 2 if workspaces else [])]
    grants = {}
    for holder in subjects:
        kind = chance.choice(kinds)
        if kind == "workspace":
            exact, place, ids = chance.random() < 0.5, None, workspaces
        else:
            place = chance.choice(workspaces) if workspaces else None
            exact = chance.random() < 0.5 or KINDS[kind][1] is None
            ids = [row["id"] for row in objects if row["kind"] == kind and row["workspace"] == place]
        text = chance.choice(ids if exact else PATTERNS)
        if not exact and chance.random() < 0.5:
            place = None
        # A model and a prompt share their exact grants.
        table = "registered_model" if kind == "prompt" and exact else kind
        grants[(holder, table, exact, text, place)] = {
            "holder": holder, "kind": kind, "exact": exact, "text": text, "workspace": place,
            "priority": chance.choice((-1, 0, 0, 1, 1, 2)), "permission": chance.choice(PERMISSIONS),
        }  # fmt: skip
    return list(grants.values())


def write(plugin, grant):
    """Writes one grant by the plugin's REST API."""
    (holder, name), permission = grant["holder"], grant["permission"]
    rule = {"regex": grant["text"], "priority": grant["priority"], "permission": permission}
    if grant["kind"] == "workspace":
        named = {"username" if holder == "user" else "group_name": name}
        if grant["exact"]:
            plugin.ask("POST", f"{API3}/permissions/workspaces/{grant['text']}/{holder}s", **named, permission=permission)
        else:
            plugin.ask("POST", f"{API3}/permissions/workspaces/regex/{holder}", **named, **rule)
        return
    exact, patterns = KINDS[grant["kind"]]
    path = f"{API}/{holder}s/{name}"
    if grant["exact"]:
        plugin.ask("POST", f"{path}/{exact}/{grant['text']}", workspace=grant["workspace"], permission=permission)
    else:
        plugin.ask("POST", f"{path}/{patterns}", workspace=grant["workspace"], **rule)


def decisions(plugin, user, workspace, objects):
    """What the plugin says about every object of a workspace to a user."""
    told = []
    for kind, (path, _) in KINDS.items():
        if kind != "scorer":
            rows = plugin.ask("GET", f"{API}/users/{user}/{path}", workspace=workspace)
            told += [[kind, row.get("id", row["name"]), row["name"], row["permission"], row["kind"]] for row in rows]
    return [{"user": user, "workspace": workspace, "told": told, "scorers": scorers(plugin, user, workspace, objects)}]


def scorers(plugin, user, workspace, objects):
    """What a user may read and manage of scorers: of them the plugin lists no permissions."""
    # Whoever names no workspace is in the one that is called default.
    mine = [row for row in objects if row["kind"] == "scorer" and row["workspace"] in (workspace, workspace or "default")]
    manage = set()
    for experiment in sorted({row["id"].split("/")[0] for row in mine}):
        rows = plugin.ask("GET", f"{API3}/permissions/scorers/{experiment}", user, workspace)
        manage |= {f"{row['experiment_id']}/{row['name']}" for row in rows}
    return [[row["id"], plugin.may_read(row["id"], user, workspace), row["id"] in manage] for row in mine]


def main(mode):
    """Prints the world and all answers."""
    # Being told to end ends the server too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    seed = int(os.environ.get("PLUGIN_SEED", "1"))
    chance = random.Random(f"{mode} {seed}")
    workspaces = ["default", "blue", "red"] if mode == "workspaces" else []
    users = memberships(chance, mode)
    grants, runs = [], []
    with tempfile.TemporaryDirectory(prefix="plugin-") as folder, ThreadPoolExecutor(AT_ONCE) as pool:
        data = Path(folder)
        told = {"MLFLOW_ENABLE_WORKSPACES": "true" if workspaces else "false"}
        tokens = plugin_accounts(data, users, told)
        for order, default in RUNS[mode]:
            settings = {"PERMISSION_SOURCE_ORDER": order, "DEFAULT_MLFLOW_PERMISSION": default}
            server = plugin_server(data, told | settings).start()
            try:
                plugin = Plugin(server.url, tokens)
                if not grants:
                    objects = plugin_objects.make(plugin, chance, workspaces)
                    grants = random_grants(chance, users, objects, workspaces)
                    list(pool.map(lambda grant: write(plugin, grant), grants))
                asked = [(user, place) for user in users for place in ([*workspaces, None] if workspaces else [None])]
                answers = list(pool.map(lambda ask: decisions(plugin, *ask, objects), asked))
            finally:
                server.stop()
            runs.append({"order": order, "default": default, "answers": [row for rows in answers for row in rows]})
    print(json.dumps({"seed": seed, "users": users, "objects": objects, "grants": grants, "runs": runs}))


if __name__ == "__main__":
    main(*sys.argv[1:])
