"""MLflow with its own access control, and the gateway in front of a plain one, as two sides that hear the same calls.

What differs between the sides by nature are numbers: a call names them, and each side puts its own in their place.
"""

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import requests

from clients import SECONDS, admin, password_of
from conftest import running
from servers import ADMIN, ADMIN_PASSWORD, basic_auth_server, gateway_server, mlflow_server

USERS = ("ann", "rob", "bob", "dan")
VERSION_2 = ("users/create", "users/get", "users/list", "users/current", "users/update", "users/delete", "experiments", "registered")
# The fields whose values must be equal, and not only of the same type.
TOLD = {
    "name", "role_name", "workspace", "description", "resource_type", "resource_pattern", "permission", "username",
    "is_admin", "allowed", "error_code", "is_basic_auth",
}  # fmt: skip


@dataclass(frozen=True)
class Step:
    """One call: who makes it, what it says, in which workspace. `$name` stands for what was kept under that name."""

    who: str | None
    method: str
    path: str
    fields: object = None
    at: str | None = None
    keep: str | None = None

    def __str__(self):
        return f"{self.who or 'nobody'} {self.method} {self.path} {self.fields or ''} {self.at or ''}"


@dataclass
class Side:
    """One of the two, and what was kept of its answers."""

    url: str
    kept: dict = field(default_factory=dict)

    def fill(self, value):
        """`value` with what was kept in the place of its names. A text that is nothing but a name becomes what was kept."""
        match value:
            case dict():
                return {name: self.fill(item) for name, item in value.items()}
            case list():
                return [self.fill(item) for item in value]
            case str() if value.startswith("$") and value[1:] in self.kept:
                return self.kept[value[1:]]
            case str():
                return re.sub(r"\$(\w+)", lambda name: str(self.kept.get(name.group(1), name.group(0))), value)
        return value

    def call(self, step):
        """The status of the answer, and its form."""
        family = "/ajax-api" if step.path.startswith("!") else "/api"
        path = step.path.removeprefix("!")
        version = "2.0" if path.startswith(VERSION_2) else "3.0"
        auth = None if step.who is None else (step.who, ADMIN_PASSWORD if step.who == ADMIN else password_of(step.who))
        headers = {"X-MLFLOW-WORKSPACE": step.at} if step.at else {}
        fields = self.fill(step.fields)
        told = {"params": fields} if step.method == "GET" else {"json": fields} if fields is not None else {}
        url = f"{self.url}{family}/{version}/mlflow/{self.fill(path)}"
        answer = requests.request(step.method, url, auth=auth, headers=headers, timeout=SECONDS, **told)
        try:
            value = answer.json()
        except requests.JSONDecodeError:
            value = answer.text
        if step.keep and answer.ok:
            self.kept[step.keep] = first_id(value)
        return answer.status_code, form(value), answer.text


def first_id(value):
    """The first id in an answer, looking inside."""
    for name, item in value.items():
        if isinstance(item, dict):
            return first_id(item)
        if name in ("id", "experiment_id"):
            return item
    raise AssertionError(value)


def form(value, key=None):
    """The form of JSON: fields of objects, types of values, and the values of the fields of `TOLD`. Order does not count."""
    match value:
        case dict():
            told = {name: item for name, item in sorted(value.items()) if name != "message"}
            # MLflow leaves an empty list of its own messages out.
            return {name: form(item, name) for name, item in told.items() if (name, item) != ("workspaces", [])}
        case list():
            return sorted((form(item, key) for item in value), key=repr)
        case str() if key in TOLD:
            return re.sub(r"^__user_\d+__$", "__user_ID__", value)
        case bool() if key in TOLD:
            return value
        case None:
            return None
    return {bool: "a flag", str: "a text", int: "a number", float: "a number"}[type(value)]


@dataclass
class Pair:
    """Both sides; `mlflow` is MLflow's own access control."""

    mlflow: Side
    gateway: Side
    workspaces: bool

    def play(self, story):
        """Has both hear a story; `(step, MLflow's answer, the gateway's)` for every step."""
        story = list(story)
        with ThreadPoolExecutor(2) as pool:
            sides = (self.mlflow, self.gateway)
            answers = pool.map(lambda side: [side.call(step) for step in story], sides)
            return list(zip(story, *answers, strict=True))


@contextmanager
def open_pair(data, workspaces):
    """Starts both, with some users."""
    environment = {"MLFLOW_ENABLE_WORKSPACES": "true" if workspaces else "false"}

    def reference(stack):
        server = basic_auth_server(data / "reference", "NO_PERMISSIONS")
        server.environment |= environment
        return stack.enter_context(running(server)).url

    def gateway(stack):
        inner = stack.enter_context(running(mlflow_server(data / "inner", environment=environment)))
        server = gateway_server(data / "gateway", inner.url, "union", "NO_PERMISSIONS", environment=environment)
        return stack.enter_context(running(server)).url

    with ExitStack() as stack, ThreadPoolExecutor(2) as pool:
        started = [pool.submit(start, stack) for start in (reference, gateway)]
        sides = [Side(future.result()) for future in started]
        for side in sides:
            for user in USERS:
                admin(side.url).create_user(user)
        yield Pair(*sides, workspaces)
