"""The real mlflow-oidc-auth and the gateway side by side: the same users and objects, the same calls, and what each answers.

An answer is kept as far as it can be compared: its status, how many rows there are in all, and the form of its JSON with
the values of the fields that say what was decided.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

import requests

import plugin_grants as calls
from clients import SECONDS, Caller, admin, password_of
from conftest import running
from plugin_grants import API, API3, GRANTS, GROUP, USER
from plugin_server import ADMIN, plugin_accounts, plugin_server
from servers import gateway_server, mlflow_server

SECRETS = {"MLFLOW_CRYPTO_KEK_PASSPHRASE": "only-for-tests-only-for-tests-only"}
# Ann is in the groups of both stories; mia manages objects; joe holds nothing.
USERS = {USER: [GROUP, "corp/ml"], "bob": [], "mia": [], "joe": []}
# Fields whose values are compared, not only their types.
TOLD = {
    "permission", "kind", "name", "regex", "priority", "workspace", "username", "group_name", "is_admin", "active", "type",
    "loc", "status", "display_name", "is_service_account", "managed_by", "service_account_source",
}  # fmt: skip
WORKSPACE = "X-MLFLOW-WORKSPACE"


@dataclass(frozen=True)
class Call:
    """One call of a story. The path may hold `{id}`, the number of the pattern that was last made or listed."""

    method: str
    path: str
    body: object = None
    user: str | None = ADMIN
    workspace: str | None = None

    def __str__(self):
        place = f" in {self.workspace}" if self.workspace else ""
        return f"{self.user}: {self.method} {self.path}{place} {'' if self.body is None else self.body}".rstrip()


@dataclass(frozen=True)
class Answer:
    """What a call is answered, as far as it is compared."""

    status: int
    form: object
    total: str | None
    text: str = field(compare=False)


def one_by_one():
    """A session that keeps no connection: a server may close one that was idle while a busy machine was elsewhere."""
    session = requests.Session()
    session.headers["Connection"] = "close"
    return session


@dataclass
class Side:
    """One of the two servers, and its users."""

    url: str
    passwords: dict
    number: object = 0
    experiment: str = ""
    session: requests.Session = field(default_factory=one_by_one)

    def play(self, story):
        """The answers to the calls of a story, one after the other."""
        self.number = 0
        return [self._answer(call) for call in story]

    def _answer(self, call):
        arguments = {} if call.body is None else {"json": call.body}
        arguments |= {"headers": {WORKSPACE: call.workspace}} if call.workspace else {}
        path, signed = call.path.replace("{id}", str(self.number)), None
        if call.user is not None:
            signed = (call.user, self.passwords[call.user])
        answer = self.session.request(call.method, self.url + path, auth=signed, timeout=SECONDS, **arguments)
        value = answer.json() if answer.headers.get("content-type", "").startswith("application/json") else answer.text
        self._note(call, answer.status_code, value)
        total = answer.headers.get("x-total-count")
        return Answer(answer.status_code, form(value), total, f"{answer.status_code} {answer.text[:300]}")

    def _note(self, call, status, value):
        """Notes the number of a pattern."""
        if status < 300 and call.path.endswith("-patterns") and call.method == "GET":
            self.number = calls.number_of(value) or self.number
        elif status == 201 and "/regex/" in call.path:
            self.number = value["id"]


def form(value, key=None):
    """The form of JSON: fields of objects, types of values, and the values of the fields of `TOLD`. Order does not count."""
    match value:
        case dict():
            return {name: form(item, name) for name, item in value.items()}
        case list():
            return sorted((form(item, key) for item in value), key=repr)
        case bool() | str() | int() | float() if key in TOLD:
            return value
        case None:
            return None
    return {bool: "a flag", str: "a text", int: "a number", float: "a number"}[type(value)]


def _plugin(stack, data, environment):
    """The plugin in front of its own MLflow."""
    environment = {"DEFAULT_MLFLOW_PERMISSION": "NO_PERMISSIONS", "MLFLOW_ENABLE_WORKSPACES": "false"} | environment
    tokens = plugin_accounts(data / "plugin", USERS, environment)
    server = stack.enter_context(running(plugin_server(data / "plugin", environment)))
    return Side(server.url, tokens)


def _gateway(stack, data, environment):
    """The gateway in front of an MLflow."""
    inner = stack.enter_context(running(mlflow_server(data / "inner", environment=SECRETS | environment)))
    server = gateway_server(data / "gateway", inner.url, "first-match", "NO_PERMISSIONS", environment=environment)
    root = admin(stack.enter_context(running(server)).url)
    for user in USERS:
        told = {"username": user, "display_name": user, "password": password_of(user)}
        root.post(f"{API}/users", **told)
    for group in sorted({group for groups in USERS.values() for group in groups}):
        root.post(f"{GRANTS}/groups", group_name=group)
        members = [user for user, groups in USERS.items() if group in groups]
        answer = root.call("PUT", f"{GRANTS}/groups/{group.replace('/', '%2F')}/members", json={"members": members})
        assert answer.status_code == 200, answer.text
    passwords = {ADMIN: root.password} | {user: password_of(user) for user in USERS}
    _tokens(root, passwords)
    return Side(root.url, passwords)


def _tokens(root, users):
    """A token for everybody, as they have one of the plugin; those who call the plugin with it have used it."""
    for user in users:
        told = {"name": "tests", "expiration": (datetime.now(timezone.utc) + timedelta(days=1)).isoformat()}
        token = root.post(f"{API}/users/{user}/tokens", **told)["token"]
        if user in (ADMIN, USER, "joe"):
            Caller(root.url, user, token).get(f"{API}/users/current")


@dataclass
class Pair:
    """The plugin and the gateway."""

    plugin: Side
    gateway: Side
    played: list = field(default_factory=list)

    def play(self, story):
        """Has both answer a story at once; adds `(call, the plugin's answer, the gateway's)` for every call."""
        story = list(story)
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda side: side.play(story), (self.plugin, self.gateway)))
        self.played += zip(story, *answers, strict=True)


@contextmanager
def pair(data, workspace=None):
    """Starts both sides with one object of every kind, in `workspace` if it is given."""
    environment = {"MLFLOW_ENABLE_WORKSPACES": "true"} if workspace else {}
    with ExitStack() as stack, ThreadPoolExecutor(2) as pool:
        started = [pool.submit(side, stack, data, environment) for side in (_plugin, _gateway)]
        plugin, gateway = (future.result() for future in started)
        for side in (plugin, gateway):
            side.experiment = _make(Caller(side.url, ADMIN, side.passwords[ADMIN]), workspace)
        # Stories name it once for both.
        assert plugin.experiment == gateway.experiment
        yield Pair(plugin, gateway)


def _make(maker, workspace):
    if workspace:
        maker.post(f"{API3}/workspaces", name=workspace)

    def post(path, **fields):
        headers = {WORKSPACE: workspace} if workspace else {}
        answer = maker.call("POST", path, json=fields, headers=headers)
        assert answer.status_code < 300, (path, answer.status_code, answer.text[:300])
        return answer.json()

    return calls.make(post)
