"""Writes what mlflow-oidc-auth 7.x keeps, and what it answers: run it with the Python of that version.

    OIDC_USERS_DB_URI=sqlite:///EMPTY_FOLDER/plugin.db python make_plugin.py FOLDER NAME

makes FOLDER/NAME.sql, a dump of the database that its own store wrote, and FOLDER/NAME.json, who signs in with which
token, and what each may do, as its own resolution of permissions says.
"""

import json
import os
import sqlite3
import sys
from pathlib import Path

from mlflow_oidc_auth.permissions import get_permission
from mlflow_oidc_auth.store import store
from mlflow_oidc_auth.utils import permissions

USERS = {"ann": ["data/science"], "bob": ["data/science", "ops"], "zoe": []}
ACTIONS = {"read": "can_read", "update": "can_update", "delete": "can_delete", "manage": "can_manage"}
MODELS = ("team-a-model", "team-b-model", "prod", "production", "other")


def token(user):
    """The token of a user: 24 characters, as its own are."""
    return f"token-of-{user}".ljust(24, "x")


def main(folder, name):
    """Makes the two files."""
    store.populate_groups(["data/science", "ops"])
    for user, groups in USERS.items():
        store.create_user(user, token(user), user.title(), is_admin=False)
        store.set_user_groups(user, groups)
    store.create_user("admin", token("admin"), "Admin", is_admin=True)
    store.create_registered_model_permission("other", "ann", "EDIT")
    store.create_registered_model_permission("prod", "bob", "NO_PERMISSIONS")
    store.create_group_model_permission("data/science", "prod", "MANAGE")
    store.create_group_model_permission("ops", "other", "READ")
    store.create_registered_model_regex_permission("^team-a", 5, "MANAGE", "ann")
    store.create_registered_model_regex_permission("^team-", 9, "READ", "ann")
    store.create_registered_model_regex_permission("^prod", 1, "EDIT", "zoe")
    store.create_group_registered_model_regex_permission("ops", "^team-b", 1, "EDIT")
    store.create_experiment_permission("7", "zoe", "READ")
    assert all(store.authenticate_user(user, token(user)) for user in USERS)
    decisions = []
    for user in USERS:
        for model in MODELS:
            found = permissions.effective_registered_model_permission(model, user)
            level = get_permission(found.permission.name) if found.kind != "fallback" else get_permission("NO_PERMISSIONS")
            allowed = {action: bool(getattr(level, flag)) for action, flag in ACTIONS.items()}
            decisions.append([user, "registered_model", model, allowed])
    answers = {"passwords": {user: token(user) for user in [*USERS, "admin"]}, "decisions": decisions}
    Path(folder, f"{name}.json").write_text(json.dumps(answers, indent=1, ensure_ascii=False) + "\n")
    file = os.environ["OIDC_USERS_DB_URI"].removeprefix("sqlite:///")
    with sqlite3.connect(file) as connection:
        Path(folder, f"{name}.sql").write_text("\n".join(connection.iterdump()) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
