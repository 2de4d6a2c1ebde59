"""The plugin mlflow-oidc-auth (11.0.2) as a server: what the decisions of first-match mode are held against.

It runs in an environment of its own, with what `requirements-plugin.txt` lists, whose Python `PLUGIN_PYTHON` names. There
is no identity provider: users sign in with their access tokens, by Basic authentication.

The plugin says that it runs on Python 3.11, and does not: the default of one field of a frozen dataclass is a read-only
mapping, which Python hashes from 3.12 on. There that one module is imported while such mappings are made by a class that
can be hashed. Nothing of the plugin is changed or copied.
"""

import json
import os
import subprocess
import sys
import types
from collections.abc import Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone

ADMIN = "admin"
SETTINGS = {
    "SECRET_KEY": "only-for-tests-only-for-tests",
    "AUDIT_LOG_ENABLED": "false",
    "LOG_LEVEL": "ERROR",
    "MLFLOW_CRYPTO_KEK_PASSPHRASE": "only-for-tests-only-for-tests-only",
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
}


def plugin_python():
    """The Python that has the plugin. Raises `RuntimeError` if nobody names one."""
    python = os.environ.get("PLUGIN_PYTHON")
    if not python:
        raise RuntimeError("PLUGIN_PYTHON must name a Python with what requirements-plugin.txt lists")
    return python


def plugin_environment(data, environment=None):
    """The settings of a plugin whose data is below `data`; those of `environment` win."""
    places = {
        "OIDC_USERS_DB_URI": f"sqlite:///{data}/plugin.db",
        "_MLFLOW_SERVER_FILE_STORE": f"sqlite:///{data}/mlflow.db",
        "_MLFLOW_SERVER_ARTIFACT_ROOT": "mlflow-artifacts:/",
        "_MLFLOW_SERVER_ARTIFACT_DESTINATION": str(data / "artifacts"),
        "_MLFLOW_SERVER_SERVE_ARTIFACTS": "true",
    }
    return SETTINGS | places | (environment or {})


def plugin_server(data, environment=None, port=None):
    """A server of the plugin with its data below `data`, to be started; `environment` holds the plugin's settings."""
    # Needs `requests`, which whoever only writes accounts need not have.
    from servers import Server, free_port

    data.mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    argv = [plugin_python(), "-W", "ignore", __file__, "serve", str(port)]
    return Server(
        argv, f"http://127.0.0.1:{port}", "/health/live", data / "plugin.log", plugin_environment(data, environment), data
    )


def plugin_accounts(data, users, environment=None):
    """Writes users with their groups into the plugin's database, and with them the admin. Gives each one's access token.

    `users` maps names to lists of groups. The plugin must not be running. Users that are there get a new token and these
    groups in the place of theirs.
    """
    data.mkdir(parents=True, exist_ok=True)
    told = os.environ | {"PYTHONWARNINGS": "ignore"} | plugin_environment(data, environment)
    argv = [plugin_python(), __file__, "accounts"]
    done = subprocess.run(argv, input=json.dumps(users), env=told, cwd=data, capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        raise RuntimeError(f"the accounts of the plugin were not written:\n{done.stderr[-4000:]}")
    return json.loads(done.stdout.splitlines()[-1])


class _View(Mapping):
    """A read-only mapping that can be hashed."""

    def __init__(self, mapping):
        self._mapping = dict(mapping)

    def __getitem__(self, key):
        return self._mapping[key]

    def __iter__(self):
        return iter(self._mapping)

    def __len__(self):
        return len(self._mapping)

    __hash__ = object.__hash__


@contextmanager
def _hashable_views():
    real = types.MappingProxyType
    if real.__hash__ is None:
        types.MappingProxyType = _View
    try:
        yield
    finally:
        types.MappingProxyType = real


def _import_plugin():
    import mlflow_oidc_auth.db.models  # noqa: F401  (all that the next one imports, as it is)

    with _hashable_views():
        import mlflow_oidc_auth.permission_kinds  # noqa: F401


def _serve(port):
    import uvicorn

    _import_plugin()
    from mlflow_oidc_auth.app import app

    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)


def _accounts(users):
    _import_plugin()
    from mlflow_oidc_auth.store import store

    tokens = {}
    store.populate_groups(sorted({group for groups in users.values() for group in groups}))
    for name, groups in ({ADMIN: []} | users).items():
        if not store.has_user(name):
            store.create_user(name, name, is_admin=name == ADMIN)
        store.set_user_groups(name, groups)
        expires = datetime.now(timezone.utc) + timedelta(days=1)
        tokens[name] = store.replace_user_token(name, "tests", expires, ADMIN)[1]
    print(json.dumps(tokens))


def main(command, *arguments):
    """`serve PORT`, or `accounts` with the users as JSON on the standard input."""
    if command == "serve":
        _serve(int(arguments[0]))
    elif command == "accounts":
        _accounts(json.load(sys.stdin))
    else:
        raise SystemExit(f"unknown command `{command}`")


if __name__ == "__main__":
    main(*sys.argv[1:])
