"""Who calls: plain HTTP calls of a user, and MLflow's own client in a user's name."""

import os
import time
from contextlib import contextmanager
from dataclasses import dataclass

import mlflow
import requests

import wire
from servers import ADMIN, ADMIN_PASSWORD

PASSWORD = "a-long-password-of-"
SECONDS = 60
CLIENT_SETTINGS = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    # A trace is there when the call that made it returns, and so is the error.
    "MLFLOW_ENABLE_ASYNC_TRACE_LOGGING": "false",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
}


@dataclass(frozen=True)
class Caller:
    """A user at a server. Without a name, nobody."""

    url: str
    user: str | None = None
    password: str | None = None

    def call(self, method, path, **arguments):
        """One request on a connection of its own; the arguments are those of `requests`."""
        if self.user is not None and "auth" not in arguments:
            arguments["auth"] = (self.user.encode(), self.password.encode())
        arguments.setdefault("timeout", SECONDS)
        return requests.request(method, self.url + path, **arguments)

    def get(self, path, **query):
        """The JSON that a `GET` answers. Raises unless it is a success."""
        return self._json(self.call("GET", path, params=query))

    def post(self, path, **fields):
        """The JSON that a `POST` of `fields` answers. Raises unless it is a success."""
        return self._json(self.call("POST", path, json=fields))

    def patch(self, path, **fields):
        """The JSON that a `PATCH` with `fields` answers. Raises unless it is a success."""
        return self._json(self.call("PATCH", path, json=fields))

    def grant(self, user, kind, name, permission):
        """Grants, in the place of what was granted before."""
        named = {"username": user, "resource_type": kind, "resource_id": name}
        self.call("POST", "/api/3.0/mlflow/users/permissions/revoke", json=named)
        self.post("/api/3.0/mlflow/users/permissions/grant", **named, permission=permission)

    def revoke(self, user, kind, name):
        """Takes a grant away."""
        self.post("/api/3.0/mlflow/users/permissions/revoke", username=user, resource_type=kind, resource_id=name)

    def create_user(self, user):
        """A new user with the password of :func:`password_of`, as an admin creates one."""
        self.post("/api/2.0/mlflow/users/create", username=user, password=password_of(user))
        return Caller(self.url, user, password_of(user))

    @contextmanager
    def client(self):
        """MLflow's own client in this user's name: its settings are those of the process as long as this lasts."""
        named = {"MLFLOW_TRACKING_USERNAME": self.user, "MLFLOW_TRACKING_PASSWORD": self.password}
        settings = CLIENT_SETTINGS | {name: value for name, value in named.items() if value is not None}
        before = {name: os.environ.get(name) for name in CLIENT_SETTINGS | named}
        for name in named:
            os.environ.pop(name, None)
        os.environ.update(settings)
        mlflow.set_tracking_uri(self.url)
        mlflow.set_registry_uri(self.url)
        try:
            yield mlflow.MlflowClient(tracking_uri=self.url, registry_uri=self.url)
        finally:
            for name, value in before.items():
                os.environ.pop(name, None)
                if value is not None:
                    os.environ[name] = value

    @staticmethod
    def _json(response):
        if response.status_code >= 400:
            raise AssertionError(f"{response.request.method} {response.url}: {response.status_code} {response.text[:500]}")
        return response.json() if response.content else {}


def admin(url):
    """The admin of a server of these tests."""
    return Caller(url, ADMIN, ADMIN_PASSWORD)


def password_of(user):
    """The password that the tests give a user."""
    return PASSWORD + user


def basic_user(caller):
    """The value of an `Authorization` header for a caller."""
    return wire.basic(caller.user, caller.password)


def becomes(value, wanted):
    """How long it takes until `value` is what is wanted."""
    began = time.monotonic()
    while (found := value()) != wanted:
        assert time.monotonic() < began + SECONDS, f"{found} does not become {wanted}"
        time.sleep(0.05)
    return time.monotonic() - began
