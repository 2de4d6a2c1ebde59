"""Writes what an old MLflow's own access control keeps, and what it answers: run it with the Python of that MLflow.

    python make_mlflow.py FOLDER NAME

makes FOLDER/NAME.sql, a dump of the database that its own store wrote, and FOLDER/NAME.json, who signs in with which
password and what each may do to each experiment and model, as its own permissions say. Nothing is granted by default.
"""

import json
import sqlite3
import sys
import tempfile
from pathlib import Path

from mlflow.exceptions import MlflowException
from mlflow.server.auth.permissions import get_permission
from mlflow.server.auth.sqlalchemy_store import SqlAlchemyStore

USERS = {"admin": True, "ann": False, "bob": False, "Zoë": False}
EXPERIMENTS = {
    "ann": {"1": "READ", "2": "EDIT", "3": "MANAGE"}, "bob": {"1": "NO_PERMISSIONS", "2": "READ"}, "Zoë": {"3": "EDIT"},
}  # fmt: skip
MODELS = {"ann": {"churn": "MANAGE", "a b/c": "READ"}, "bob": {"churn": "READ"}, "Zoë": {"a b/c": "EDIT"}}
ACTIONS = {"read": "can_read", "update": "can_update", "delete": "can_delete", "manage": "can_manage"}


def password(user):
    """The password of a user."""
    return f"old-password-of-{user}"


def allowed(ask, name, user):
    """What a user may do to something that they hold a grant on, or not."""
    try:
        permission = get_permission(ask(name, user).permission)
    except MlflowException:
        permission = get_permission("NO_PERMISSIONS")
    return {action: bool(getattr(permission, flag)) for action, flag in ACTIONS.items()}


def main(folder, name):
    """Makes the two files."""
    with tempfile.TemporaryDirectory() as place:
        file = f"{place}/auth.db"
        store = SqlAlchemyStore()
        store.init_db(f"sqlite:///{file}")
        for user, is_admin in USERS.items():
            store.create_user(user, password(user), is_admin)
        for user, grants in EXPERIMENTS.items():
            for experiment, level in grants.items():
                store.create_experiment_permission(experiment, user, level)
        for user, grants in MODELS.items():
            for model, level in grants.items():
                store.create_registered_model_permission(model, user, level)
        assert all(store.authenticate_user(user, password(user)) for user in USERS)
        decisions = []
        for user in EXPERIMENTS:
            for kind, names, ask in (
                ("experiment", ("1", "2", "3"), store.get_experiment_permission),
                ("registered_model", ("churn", "a b/c"), store.get_registered_model_permission),
            ):
                decisions += [[user, kind, name, allowed(ask, name, user)] for name in names]
        answers = {"passwords": {user: password(user) for user in USERS}, "decisions": decisions}
        Path(folder, f"{name}.json").write_text(json.dumps(answers, indent=1, ensure_ascii=False) + "\n")
        with sqlite3.connect(file) as connection:
            Path(folder, f"{name}.sql").write_text("\n".join(connection.iterdump()) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
