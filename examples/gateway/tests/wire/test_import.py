"""Moving in: what real servers kept is brought in, and then holds here: old passwords, and what everybody may."""

import os
import sqlite3
import subprocess
from pathlib import Path

import pytest

from clients import Caller, admin
from conftest import running
from importing import API, added, brings_in, differences, loaded, may, program, sign_ins
from plugin_server import plugin_accounts, plugin_server
from postgres_server import Postgres
from servers import ADMIN_PASSWORD, basic_auth_server, gateway_server, mlflow_server

API3 = "/api/3.0/mlflow"
REVISIONS = Path(__file__).parent / "import_revisions.py"


@pytest.fixture(scope="module")
def postgres():
    """A real PostgreSQL."""
    server = Postgres()
    try:
        yield server.start()
    finally:
        server.remove()


@pytest.fixture()
def store(tmp_path):
    """A store that is not there yet."""
    return f"sqlite:///{tmp_path}/store.db"


@pytest.mark.parametrize(
    "name, resolution", [("mlflow-2.9", "union"), ("mlflow-3.4", "union"), ("mlflow-oidc-auth-7.18", "first-match")]
)
def test_what_old_versions_kept(name, resolution, tmp_path, store, inner):
    """Decides as they did, and lets in whom they let in."""
    source, answers = loaded(name, tmp_path)
    report = brings_in(store, source, resolution=resolution)
    assert f"resolution {resolution}" in report["here"] and "NO_PERMISSIONS" in report["here"], report
    assert not report["rows"] and all(part["read"] == part["added"] for part in report["parts"]), report
    assert differences(store, answers["decisions"], resolution) == []
    statuses = sign_ins(tmp_path / "gateway", store, inner.url, answers["passwords"])
    assert set(statuses.values()) == {(200, 401)}, statuses
    again = program(store, "import", "--from", source, "--dry-run", resolution=resolution)
    assert again.status == 0 and " 0 to add," in again.out, again


@pytest.mark.parametrize("name, wrong", [("mlflow-3.4", "first-match"), ("mlflow-oidc-auth-7.18", "union")])
def test_another_resolution_than_that_of_the_source_is_refused(name, wrong, tmp_path, store):
    """A refusal that wins there could lose here."""
    source, _ = loaded(name, tmp_path)
    ended = program(store, "import", "--from", source, resolution=wrong)
    assert ended.status == 2 and "the setting `resolution`" in ended.err and not is_known(store, "ann"), ended
    looked = program(store, "import", "--from", source, "--dry-run", resolution=wrong)
    assert looked.status == 1 and looked.out.count("may widen access: ") == 1, looked
    rows = brings_in(store, source, "--allow-wider", resolution=wrong)["rows"]
    assert [row["row"] for row in rows] == ["the setting `resolution`"] and rows[0]["may_widen"], rows


def test_a_revision_of_the_plugin_that_is_not_known_is_refused(tmp_path, store):
    """As one of MLflow's own is."""
    source, _ = loaded("mlflow-oidc-auth-7.18", tmp_path)
    for change in ("UPDATE alembic_version SET version_num = 'ffff00001111'", "DELETE FROM alembic_version"):
        with sqlite3.connect(source.removeprefix("sqlite:///")) as connection:
            connection.execute(change)
        ended = program(store, "import", "--from", source, resolution="first-match")
        assert ended.status == 2 and "the revision" in ended.err and not is_known(store, "ann"), ended


def test_what_of_groups_would_be_lost_is_refused(tmp_path, store):
    """A refusal that is asked after what others allow, and members whom SCIM would take out of their group."""
    source, _ = loaded("mlflow-oidc-auth-7.18", tmp_path)
    with sqlite3.connect(source.removeprefix("sqlite:///")) as connection:
        connection.execute("INSERT INTO gateway_endpoint_group_permissions VALUES (5, 'a.b', 2, 'NO_PERMISSIONS')")
        connection.execute("INSERT INTO gateway_endpoint_group_permissions VALUES (6, 'a.c', 2, 'READ')")
        connection.execute("UPDATE user_groups SET managed_by = 'scim' WHERE group_id = 1")
        connection.execute("UPDATE user_groups SET managed_by = 'oidc:default' WHERE group_id = 2")
    ended = program(store, "import", "--from", source, resolution="first-match")
    assert ended.status == 2 and not is_known(store, "ann"), ended
    rows = brings_in(store, source, "--allow-wider", resolution="first-match")["rows"]
    names = ["user_groups of group `data/science`", "gateway_endpoint_group_permissions row 5"]
    assert [row["row"] for row in rows] == names and all(row["may_widen"] for row in rows), rows
    assert "`scim` keeps there: 2" in rows[0]["why"], rows


def revisions():
    """The revisions of MLflow's own access control, by that of the wire tests."""
    return "8606fa83a998 0965eb92f5f0 a1b2c3d4e5f6 2ed73881770d c3d4e5f6a7b8 e5f6a7b8c9d0 f1a2b3c4d5e6".split()


def at_revision(file, *revision):
    """Runs `import_revisions` with MLflow's Python."""
    argv = [os.environ.get("MLFLOW_PYTHON", "python"), "-W", "ignore", str(REVISIONS), str(file), *revision]
    return subprocess.run(argv, capture_output=True, text=True, timeout=120, check=True).stdout


def test_every_revision_is_read(tmp_path, store):
    """From the first to the head, and there are no others."""
    assert at_revision(tmp_path / "x.db").split() == revisions()
    for revision in revisions():
        file = tmp_path / f"{revision}.db"
        at_revision(file, revision)
        into = f"{store}.{revision}"
        report = brings_in(into, f"sqlite:///{file}")
        assert revision in report["from"] and added(report) == {"accounts": 1, "grants": 1}, report
        assert may(into, "ann", "update", "experiment:7", "x", "union"), revision
        assert not may(into, "ann", "read", "experiment:8", "x", "union"), revision


def test_a_later_revision_and_conditions_are_refused_unless_told_otherwise(tmp_path, store):
    """Something may be meant there that takes access away, and would not be brought in."""
    file = tmp_path / "later.db"
    at_revision(file, "f1a2b3c4d5e6")
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version_auth SET version_num = '262a5e73fb1a'")
        connection.execute("CREATE TABLE mutation_conditions (id INTEGER, role_id INTEGER)")
        connection.execute("INSERT INTO mutation_conditions VALUES (1, 3)")
    looked = program(store, "import", "--from", f"sqlite:///{file}", "--dry-run")
    assert looked.status == 1 and looked.out.count("may widen access: ") == 2, looked
    ended = program(store, "import", "--from", f"sqlite:///{file}")
    assert ended.status == 2 and "mutation_conditions row 1" in ended.err and "262a5e73fb1a" in ended.err, ended
    assert not is_known(store, "ann")
    assert added(brings_in(store, f"sqlite:///{file}", "--allow-wider"))["accounts"] == 1


def is_known(store, user):
    """Whether a store knows somebody."""
    path = store.removeprefix("sqlite:///")
    with sqlite3.connect(path) as connection:
        return connection.execute("SELECT count(*) FROM subjects WHERE name = ?", (user,)).fetchone()[0] > 0


def ask_basic_auth(url, people, experiments):
    """What each may do: the status of reading and of changing each experiment."""
    found = {}
    for user, password in people.items():
        for name, number in experiments.items():
            caller, body = Caller(url, user, password), {"experiment_id": number, "key": "k", "value": "v"}
            read = caller.call("GET", f"{API}/experiments/get?experiment_id={number}").status_code
            change = caller.call("POST", f"{API}/experiments/set-experiment-tag", json=body).status_code
            found[user, name] = (read, change)
    return found


def test_the_real_mlflow_moves_in(data, tmp_path, store):
    """With roles and refusals made through its REST API: asked before and after, everybody gets the same answers."""
    place = data / "import-basic-auth"
    with running(basic_auth_server(place, "NO_PERMISSIONS")) as server:
        root = admin(server.url)
        people = {user: root.create_user(user).password for user in ("ann", "bob", "eve")}
        names = ("one", "two", "three")
        experiments = {name: root.post(f"{API}/experiments/create", name=name)["experiment_id"] for name in names}
        root.grant("ann", "experiment", experiments["one"], "READ")
        root.grant("ann", "experiment", experiments["two"], "EDIT")
        role = root.post(f"{API3}/roles/create", workspace="default", name="readers", description="may look")["role"]["id"]
        rows = ("experiment", "*", "READ"), ("experiment", experiments["three"], "DENY")
        for kind, pattern, permission in rows:
            given = {"resource_type": kind, "resource_pattern": pattern, "permission": permission}
            root.post(f"{API3}/roles/permissions/add", role_id=role, **given)
        root.post(f"{API3}/roles/assign", username="bob", role_id=role)
        before = ask_basic_auth(server.url, people, experiments)
    assert before["ann", "two"] == (200, 200) and before["bob", "two"] == (200, 403)
    assert before["bob", "three"] == (403, 403)

    report = brings_in(store, f"sqlite:///{place}/auth.db")
    assert added(report) | {"grants": 0} == {"accounts": 4, "roles": 1, "assignments of roles": 1, "grants": 0}, report
    with running(mlflow_server(place)) as inside:
        with running(gateway_server(tmp_path / "gateway", inside.url, "union", "NO_PERMISSIONS", store=store)) as server:
            assert ask_basic_auth(server.url, people, experiments) == before
            assert Caller(server.url, "admin", ADMIN_PASSWORD).call("GET", f"{API}/users/list").status_code == 200
            assert Caller(server.url, "ann", "not-the-password").call("GET", f"{API}/experiments/get").status_code == 401


def test_postgresql_as_a_source_and_stores_of_both_kinds(postgres, tmp_path, store):
    """From MLflow's tables in PostgreSQL to a file, from there to PostgreSQL, and back to another file."""
    _, answers = loaded("mlflow-3.4", tmp_path)
    source = postgres.create("source")
    dump = (tmp_path / "mlflow-3.4.db", "source")
    copy_tables(postgres, *dump)
    report = brings_in(store, source)
    assert differences(store, answers["decisions"], "union") == []
    target, back = postgres.create("target"), f"sqlite:///{tmp_path}/back.db"
    assert added(brings_in(target, store)) == added(report)
    assert added(brings_in(back, target)) == added(report)
    assert differences(back, answers["decisions"], "union") == []
    for one, other in ((store, back), (back, target), (target, store)):
        assert program(one, "import", "--from", other, "--dry-run").status == 0


def copy_tables(postgres, file, database):
    """Makes the tables of an SQLite file in PostgreSQL, as the types of SQLAlchemy are there."""
    postgres.sql(
        "CREATE TABLE users (id serial PRIMARY KEY, username varchar(255), password_hash varchar(255), is_admin boolean);"
        "CREATE TABLE experiment_permissions (id serial, experiment_id varchar(255), user_id int, permission varchar(255));"
        "CREATE TABLE registered_model_permissions (id serial, name varchar(255), user_id int, permission varchar(255))",
        database,
    )
    quoted = {"users": {"is_admin": lambda value: "true" if value else "false"}}
    with sqlite3.connect(file) as connection:
        connection.row_factory = sqlite3.Row
        for table in ("users", "experiment_permissions", "registered_model_permissions"):
            for row in connection.execute(f"SELECT * FROM {table}"):
                write = quoted.get(table, {})
                literal = {name: write.get(name, lambda value: f"'{value}'")(row[name]) for name in row.keys()}
                postgres.sql(f"INSERT INTO {table} ({', '.join(literal)}) VALUES ({', '.join(literal.values())})", database)


@pytest.mark.parametrize(
    "arguments, status, says",
    [
        (["--from", "sqlite:////no/such/file.db"], 2, "there is no database"),
        (["--from", "postgresql://me:secret-word@127.0.0.1:1/x"], 2, "--from-file"),
        (["--from", "mysql://h/d"], 2, "mysql"),
        (["--from-file", "/no/such/file"], 2, "cannot be read"),
        ([], 2, "--from"),
    ],
)
def test_bad_sources(arguments, status, says, store):
    """Are named, without their secrets."""
    ended = program(store, "import", *arguments)
    assert ended.status == status and says in ended.err and "secret-word" not in ended.err + ended.out, ended


def test_a_pattern_that_cannot_be_used_names_its_row_and_refuses(tmp_path, store):
    """And says what to write in its place."""
    source, _ = loaded("mlflow-oidc-auth-7.18", tmp_path)
    with sqlite3.connect(source.removeprefix("sqlite:///")) as connection:
        connection.execute("UPDATE registered_model_regex_permissions SET regex = '^(?!secret)' WHERE priority = 9")
        number = connection.execute("SELECT id FROM registered_model_regex_permissions WHERE priority = 9").fetchone()[0]
    rows = brings_in(store, source, resolution="first-match")["rows"]
    assert [row["row"] for row in rows] == [f"registered_model_regex_permissions row {number}"]
    assert "write a pattern without look-around" in rows[0]["why"]
    assert not may(store, "ann", "read", "registered_model:team-b-model", "team-b-model", "first-match")
    assert may(store, "ann", "read", "registered_model:team-a-model", "team-a-model", "first-match")


def test_a_token_that_would_not_end_here_is_refused_and_one_that_has_ended_is_gone(tmp_path, store):
    """A password of 7.x with an end would be worth something longer than before."""
    source, answers = loaded("mlflow-oidc-auth-7.18", tmp_path)
    with sqlite3.connect(source.removeprefix("sqlite:///")) as connection:
        connection.execute("UPDATE users SET password_expiration = '2001-01-01 00:00:00' WHERE username = 'zoe'")
        connection.execute("UPDATE users SET password_expiration = '2999-01-01 00:00:00' WHERE username = 'ann'")
    ended = program(store, "import", "--from", source, resolution="first-match")
    assert ended.status == 2 and "users row" in ended.err and "does not end" not in ended.out, ended
    rows = brings_in(store, source, "--allow-wider", resolution="first-match")["rows"]
    assert sorted(row["may_widen"] for row in rows) == [False, True]
    with sqlite3.connect(store.removeprefix("sqlite:///")) as connection:
        without = connection.execute(
            "SELECT name FROM subjects JOIN accounts ON subject_id = id WHERE password_hash IS NULL"
        ).fetchall()
    assert without == [("zoe",)], (without, answers["passwords"])


PLUGIN_USERS = {"ann": ["data/science"], "bob": ["data/science", "ops"], "zoe": []}
MODELS = ("team-a-model", "team-b-model", "prod", "production", "other")


def give_in_the_plugin(root, experiment):
    """Grants and patterns of every source, through the plugin's REST API."""
    users, groups = f"{API}/permissions/users", f"{API}/permissions/groups"
    for path, body in (
        (f"{users}/ann/registered-models/other", {"permission": "EDIT"}),
        (f"{users}/bob/registered-models/prod", {"permission": "NO_PERMISSIONS"}),
        (f"{groups}/data%2Fscience/registered-models/prod", {"permission": "MANAGE"}),
        (f"{groups}/ops/registered-models/other", {"permission": "READ"}),
        (f"{users}/ann/registered-models-patterns", {"regex": "^team-a", "priority": 5, "permission": "MANAGE"}),
        (f"{users}/ann/registered-models-patterns", {"regex": "^team-", "priority": 9, "permission": "READ"}),
        (f"{groups}/ops/registered-models-patterns", {"regex": "^team-b", "priority": 1, "permission": "EDIT"}),
        (f"{users}/zoe/registered-models-patterns", {"regex": "^prod", "priority": 1, "permission": "EDIT"}),
        (f"{users}/zoe/experiments/{experiment}", {"permission": "READ"}),
        (f"{groups}/ops/experiment-patterns", {"regex": "^team-", "priority": 1, "permission": "EDIT"}),
        (f"{users}/zoe/gateways/endpoints/a.b", {"permission": "USE"}),
    ):
        root.post(path, **body)


def ask_plugin(url, tokens, experiment):
    """The status of reading and of changing every model, and the experiment, for everybody."""
    found = {}
    for user in PLUGIN_USERS:
        caller = Caller(url, user, tokens[user])
        for model in MODELS:
            read = caller.call("GET", f"{API}/registered-models/get?name={model}").status_code
            tag = {"name": model, "key": "k", "value": "v"}
            found[user, model] = (read, caller.call("POST", f"{API}/registered-models/set-tag", json=tag).status_code)
        read = caller.call("GET", f"{API}/experiments/get?experiment_id={experiment}").status_code
        tag = {"experiment_id": experiment, "key": "k", "value": "v"}
        changed = caller.call("POST", f"{API}/experiments/set-experiment-tag", json=tag).status_code
        found[user, "experiment"] = (read, changed)
    return found


def test_the_real_plugin_moves_in(data, tmp_path, store):
    """With groups, patterns and refusals made through its REST API: the old tokens get the same answers."""
    place = data / "import-plugin"
    tokens = plugin_accounts(place, PLUGIN_USERS)
    with running(plugin_server(place)) as server:
        root = Caller(server.url, "admin", tokens["admin"])
        experiment = root.post(f"{API}/experiments/create", name="team-x")["experiment_id"]
        for model in MODELS:
            root.post(f"{API}/registered-models/create", name=model)
        give_in_the_plugin(root, experiment)
        before = ask_plugin(server.url, tokens, experiment)
    assert before["bob", "prod"] == (403, 403) and before["ann", "prod"] == (200, 200)

    report = brings_in(store, f"sqlite:///{place}/plugin.db", resolution="first-match")
    assert added(report)["access tokens"] == 4 and added(report)["memberships"] == 3, report
    for name, expected in (("a.b", True), ("axb", False), ("a.bc", False), ("za.b", False)):
        assert may(store, "zoe", "use", "gateway_endpoint:e-1", name, "first-match") == expected, name
    with running(mlflow_server(place)) as inside:
        gateway = gateway_server(tmp_path / "gateway", inside.url, "first-match", "NO_PERMISSIONS", store=store)
        with running(gateway) as server:
            assert ask_plugin(server.url, tokens, experiment) == before
            wrong = Caller(server.url, "ann", tokens["ann"][:-1] + ("A" if tokens["ann"][-1] != "A" else "B"))
            assert wrong.call("GET", f"{API}/experiments/search?max_results=1").status_code == 401
            assert Caller(server.url, "bob", tokens["ann"]).call("GET", f"{API}/users/current").status_code == 401
