"""What the tests of the AI gateway call through and configure: a real MLflow whose provider is one of their own."""

import json
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from clients import Caller, admin
from conftest import running
from provider_llm import Provider
from servers import gateway_server
from test_creation import subject
from world import API, API3

GATEWAY = f"{API3}/gateway"
PLUGIN = "/api/2.0/mlflow/permissions"
KINDS = ("gateway_secret", "gateway_model_definition", "gateway_endpoint")


@dataclass
class Objects:
    """Makes objects of the AI gateway in somebody's name."""

    caller: Caller
    base: str = ""
    headers: dict = field(default_factory=dict)
    # What all names begin with, so that two gateways before one MLflow do not share any.
    prefix: str = ""

    def post(self, path, **fields):
        """The answer to a `POST` in the workspace of the headers, with its status."""
        return self.caller.call("POST", f"{GATEWAY}/{path}", json=fields, headers=self.headers)

    def made(self, path, **fields):
        """The same, which must be a success, as JSON."""
        answer = self.post(path, **fields)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def secret(self, name):
        """The id of a new secret that leads to the provider."""
        value = {"secret_value": {"api_key": "sk-of-the-provider"}, "auth_config": {"api_base": self.base}}
        return self.made("secrets/create", secret_name=self.prefix + name, provider="openai", **value)["secret"]["secret_id"]

    def definition(self, name, secret):
        """The id of a new model definition."""
        made = self.made("model-definitions/create", name=self.prefix + name, secret_id=secret, provider="openai", model_name="m")
        return made["model_definition"]["model_definition_id"]

    def endpoint(self, name, *definitions, **fields):
        """The id of a new endpoint."""
        fields = {"usage_tracking": False} | fields
        return self.made("endpoints/create", name=self.prefix + name, model_configs=linked(*definitions), **fields)["endpoint"][
            "endpoint_id"
        ]

    def all(self, name):
        """The ids of a new secret, a definition with it and an endpoint with that, by their types."""
        secret = self.secret(f"{name}-key")
        definition = self.definition(f"{name}-model", secret)
        return dict(zip(KINDS, (secret, definition, self.endpoint(name, definition)), strict=True))

    def guardrail(self, name):
        """The ids of a new experiment, a scorer `<name> judge` in it, and a guardrail that calls that."""
        experiment = self.caller.post(f"{API}/experiments/create", name=f"of {self.prefix}{name}")["experiment_id"]
        judge = {"name": f"{name} judge", "instructions_judge_pydantic_data": {"instructions": "{{ inputs }}", "model": "openai:/m"}}
        scorer = self.caller.post(
            f"{API3}/scorers/register", experiment_id=experiment, name=f"{name} judge", serialized_scorer=json.dumps(judge)
        )["scorer_id"]
        made = self.made("guardrails/create", name=self.prefix + name, scorer_id=scorer, scorer_version=1, stage="BEFORE", action="VALIDATION")
        return experiment, f"{experiment}/{name}%20judge", made["guardrail"]["guardrail_id"]


def linked(*definitions):
    """Definitions as an endpoint names them."""
    return [{"model_definition_id": definition, "linkage_type": "PRIMARY"} for definition in definitions]


@dataclass
class Front:
    """A gateway, the MLflow behind it, and the provider that this calls."""

    url: str
    inner: Objects
    provider: Provider
    store: Path

    @property
    def admin(self):
        """The admin."""
        return admin(self.url)

    def called(self, name):
        """What an object of `inner` is called."""
        return self.inner.prefix + name

    def user(self, name, **grants):
        """A new user, who holds `grants`: a type and `(id, permission)` pairs."""
        caller = self.admin.create_user(name)
        for kind, held in grants.items():
            for named, permission in held:
                self.admin.grant(name, kind, named, permission)
        return caller

    def holders(self, named):
        """Who holds a grant on this id, with what, as the store has it."""
        query = "SELECT s.name, g.resource_type, g.permission FROM grants g JOIN subjects s ON s.id = g.subject_id WHERE text = ?"
        with closing(sqlite3.connect(self.store)) as store:
            return sorted(store.execute(query, (named,)).fetchall())

    def write(self, user, kind, form, text, permission, workspace=None):
        """Writes a grant past the API, into the store of a gateway that is not running."""
        with closing(sqlite3.connect(self.store)) as store, store:
            row = (subject(store, "user", user), workspace, kind, form, text, permission)
            store.execute(
                "INSERT INTO grants (subject_id, workspace, resource_type, form, text, priority, permission) "
                "VALUES (?, ?, ?, ?, ?, 0, ?)", row,
            )  # fmt: skip


@contextmanager
def front(data, inner, resolution, **settings):
    """A gateway that allows nothing where nothing is granted, before an MLflow and the provider that it calls."""
    caller, called = inner
    server = gateway_server(data, caller.url, resolution, "NO_PERMISSIONS", environment=settings)
    with running(server) as started:
        yield Front(started.url, Objects(caller, called.url, prefix=f"{data.name}-"), called, data / "auth.db")
