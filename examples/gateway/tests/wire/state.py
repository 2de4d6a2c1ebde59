"""What a real MLflow has stored, read from its database and its artifacts themselves and not by asking it."""

import sqlite3
from contextlib import closing


def stored(directory, experiment, ids):
    """Everything below `directory` that belongs to or names one of `ids`, or the experiment: rows and files, as texts.

    `directory` is where `servers.mlflow_server` keeps its data. `ids` are long enough to be found inside a text; the
    experiment's is not, and counts in columns of experiments alone.
    """
    found = {}
    with closing(sqlite3.connect(f"file:{directory}/mlflow.db?mode=ro", uri=True, timeout=10)) as database:
        database.row_factory = sqlite3.Row
        for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for row in database.execute(f'SELECT * FROM "{table}"'):
                if _names(row, experiment, ids):
                    found.setdefault(table, []).append(str(dict(row)))
    below = directory / "artifacts" / experiment
    for path in sorted(below.rglob("*")):
        found[str(path.relative_to(below))] = path.read_bytes().decode(errors="replace") if path.is_file() else "directory"
    return {name: sorted(rows) if isinstance(rows, list) else rows for name, rows in found.items()}


def _names(row, experiment, ids):
    for column in row.keys():  # noqa: SIM118, a row is not a dictionary
        value = row[column]
        if column.endswith("experiment_id") and str(value) == experiment:
            return True
        if isinstance(value, str) and any(one in value for one in ids):
            return True
    return False
