"""Brings a database to a revision of MLflow's own access control: run it with the Python of MLflow 3.17.2.

    python import_revisions.py FILE [REVISION]

prints all revisions, the first one first, or makes FILE and fills it as far as its tables go: ann may update experiment 7
and no other, whatever stands in tables that count no more.
"""

import sqlite3
import sys
from pathlib import Path

import mlflow.server.auth.db as db
from alembic.command import upgrade
from alembic.config import Config
from alembic.script import ScriptDirectory
from werkzeug.security import generate_password_hash

SINCE_ROLES = ("e5f6a7b8c9d0", "f1a2b3c4d5e6")


def config(file):
    """The settings of its migrations."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(db.__file__).parent / "migrations"))
    settings.set_main_option("sqlalchemy.url", f"sqlite:///{file}")
    return settings


def fill(connection, revision):
    """Writes rows."""
    hashed = generate_password_hash("old-password-of-ann")
    connection.execute("INSERT INTO users (id, username, password_hash, is_admin) VALUES (5, 'ann', ?, 0)", (hashed,))
    counts = "8" if revision in SINCE_ROLES else "7"
    old = "INSERT INTO experiment_permissions (experiment_id, user_id, permission) VALUES (?, 5, 'EDIT')"
    connection.execute(old, (counts,))
    if revision in SINCE_ROLES:
        connection.execute("INSERT INTO roles (id, name, workspace) VALUES (3, '__user_5__', 'default')")
        connection.execute("INSERT INTO user_role_assignments (user_id, role_id) VALUES (5, 3)")
        connection.execute(
            "INSERT INTO role_permissions (role_id, resource_type, resource_pattern, permission)"
            " VALUES (3, 'experiment', '7', 'EDIT')"
        )


def main(file, revision=None):
    """See above."""
    scripts = ScriptDirectory.from_config(config(file))
    revisions = [script.revision for script in scripts.walk_revisions()][::-1]
    if revision is None:
        print(*revisions)
        return
    for step in revisions[: revisions.index(revision) + 1]:
        upgrade(config(file), step)
    with sqlite3.connect(file) as connection:
        fill(connection, revision)


if __name__ == "__main__":
    main(*sys.argv[1:])
