"""The registry of MCP servers, with a real MLflow behind the gateway."""

import threading

import pytest
import requests

from clients import Caller
from conftest import running
from gateway_objects import Front
from servers import gateway_server
from world import API3

SERVERS = f"{API3}/mcp-servers"
LEVELS = ("none", "READ", "USE", "EDIT", "MANAGE")
VERSION = "mcp_server_version"
# What each operation takes on the server where nothing is granted on versions.
OPERATIONS = [
    ("GET", "", "READ", None),
    ("PATCH", "", "EDIT", {"description": "d"}),
    ("POST", "/tags", "EDIT", {"key": "k", "value": "v"}),
    ("DELETE", "/tags/k", "MANAGE", None),
    ("POST", "/versions", "EDIT", "version"),
    ("GET", "/versions", "READ", None),
    ("GET", "/versions/1.0.0", "READ", None),
    ("PATCH", "/versions/1.0.0", "EDIT", {"tools": []}),
    ("POST", "/versions/1.0.0/tags", "EDIT", {"key": "k", "value": "v"}),
    ("DELETE", "/versions/1.0.0/tags/k", "MANAGE", None),
    ("POST", "/aliases", "EDIT", {"alias": "best", "version": "1.0.0"}),
    ("GET", "/aliases/best", "READ", None),
    ("POST", "/endpoints", "EDIT", {"url": "https://mcp.example/a", "server_version": "1.0.0"}),
    ("GET", "/endpoints", "READ", None),
    ("GET", "/endpoints/ENDPOINT", "READ", None),
    ("PATCH", "/endpoints/ENDPOINT", "EDIT", {"server_alias": "best", "server_version": None}),
    ("DELETE", "/endpoints/ENDPOINT", "MANAGE", None),
    ("DELETE", "/aliases/best", "MANAGE", None),
    ("DELETE", "/versions/1.0.0", "MANAGE", None),
    ("DELETE", "", "MANAGE", None),
]
OF_VERSIONS = ("resolved_version", "tools", "server_version", "server_alias")


class Registry(Front):
    """A gateway before a plain MLflow, and names that are its own."""

    def named(self, slug):
        """The name of a server."""
        return f"com.{self.store.parent.name}/{slug}"

    def make(self, slug, versions=("1.0.0",)):
        """A server with versions and an endpoint on the first of them, that nobody holds anything on."""
        name = self.named(slug)
        self.inner.post(SERVERS, name=name)
        for version in versions:
            self.inner.post(f"{SERVERS}/{name}/versions", **described(name, version))
        if versions:
            self.inner.post(f"{SERVERS}/{name}/endpoints", url="https://mcp.example/x", server_version=versions[0])
        return name


def described(name, version):
    """A version as it is registered."""
    return {"server_json": {"name": name, "version": version, "description": "d"}, "tools": [{"name": "search"}]}


@pytest.fixture(scope="module", params=("union", "first-match"))
def registry(request, data, inner):
    """A gateway that allows nothing where nothing is granted, in each way of deciding."""
    directory = data / f"mcp-{request.param}"
    with running(gateway_server(directory, inner.url, request.param, "NO_PERMISSIONS")) as server:
        yield Registry(server.url, Caller(inner.url), None, directory / "auth.db")


def call(caller, method, path, body=None, **query):
    """The answer to one operation."""
    return caller.call(method, SERVERS + path, json=body, params=query)


def status(caller, method, path, body=None, **query):
    """Its status."""
    return call(caller, method, path, body, **query).status_code


def test_each_level_opens_its_operations(registry):
    """And no other; who deletes a server ends the grants on it."""
    name = registry.make("table")
    endpoint = registry.inner.get(f"{SERVERS}/{name}/endpoints")["mcp_access_endpoints"][0]["id"]
    users = {
        level: registry.user(f"t-{level}", mcp_server=[(name, level)] if level != "none" else []) for level in LEVELS
    }
    wrong = []
    for method, below, least, body in OPERATIONS:
        for number, level in enumerate(LEVELS):
            told = described(name, f"2.0.{number}") if body == "version" else body
            found = call(users[level], method, f"/{name}{below.replace('ENDPOINT', endpoint)}", told)
            allowed = LEVELS.index(level) >= LEVELS.index(least)
            # What was done already may be refused by MLflow, and by it alone.
            expected = 200 if allowed and level == least else (200, 400, 404) if allowed else 403
            if found.status_code != expected and found.status_code not in (expected if isinstance(expected, tuple) else ()):
                wrong.append((level, method, below, found.status_code, found.text[:200]))
    assert not wrong, wrong
    assert registry.holders(name) == []


def test_versions_are_a_tier_of_their_own(registry):
    """A grant on versions widens and narrows what the server gives, never past a server that is not readable."""
    name = registry.make("tier")
    ann, ben, eve = registry.user("tier-ann", mcp_server=[(name, "READ")]), registry.user("tier-ben", mcp_server=[(name, "MANAGE")]), registry.user("tier-eve")
    for user, permission in ("tier-ann", "EDIT"), ("tier-ben", "READ"), ("tier-eve", "MANAGE"):
        registry.admin.grant(user, VERSION, "*", permission)
    change = {"status": "active"}
    assert [status(who, "PATCH", f"/{name}/versions/1.0.0", change) for who in (ann, ben, eve)] == [200, 403, 403]
    assert [status(who, "GET", f"/{name}/versions", None) for who in (ann, ben, eve)] == [200, 200, 403]
    # To take the server away takes its versions away.
    assert status(ben, "DELETE", f"/{name}") == 403
    registry.admin.grant("tier-ben", VERSION, "*", "DENY")
    assert [status(ben, "GET", f"/{name}{below}") for below in ("", "/versions", "/versions/1.0.0")] == [200, 403, 403]
    assert status(ben, "POST", f"/{name}/versions", described(name, "3.0.0")) == 403


def test_lists_hold_what_may_be_read_with_what_may_be_done(registry):
    """Pages are full, in order and without gaps, though most rows are others'."""
    names = [registry.make(f"list-{number:02}", versions=()) for number in range(12)]
    mine = [name for number, name in enumerate(names) if number % 3 == 2]
    ann = registry.user("list-ann", mcp_server=[(name, "EDIT") for name in mine])
    pages, token = [], None
    while True:
        query = {"max_results": 2, "order_by": "name ASC"} | ({"page_token": token} if token else {})
        page = call(ann, "GET", "", **query).json()
        pages.append([(row["name"], row["allowed_actions"]) for row in page["mcp_servers"]])
        token = page["next_page_token"]
        if not token:
            break
    assert [row for page in pages for row in page] == [(name, ["USE", "UPDATE"]) for name in mine]
    assert all(len(page) == 2 for page in pages[:2])
    assert call(ann, "GET", f"/{mine[0]}").json()["allowed_actions"] == ["USE", "UPDATE"]
    assert call(ann, "PATCH", f"/{mine[0]}", {"description": "d"}).json()["allowed_actions"] == ["USE", "UPDATE"]
    assert "allowed_actions" not in call(registry.admin, "GET", f"/{mine[0]}").json()


def test_endpoints_tell_nothing_of_versions_that_are_denied(registry):
    """Wherever they stand; and no search asks by one."""
    name, other = registry.make("told"), registry.make("told-other")
    ann = registry.user("told-ann", mcp_server=[(name, "EDIT")])

    def everywhere():
        rows = call(ann, "GET", "/endpoints").json()["mcp_access_endpoints"]
        assert {row["server_name"] for row in rows} == {name}
        one = call(ann, "GET", f"/{name}/endpoints/{rows[0]['id']}").json()
        changed = call(ann, "PATCH", f"/{name}/endpoints/{rows[0]['id']}", {"url": "https://mcp.example/y"}).json()
        of_server = call(ann, "GET", f"/{name}/endpoints").json()["mcp_access_endpoints"][0]
        inside = [call(ann, "GET", f"/{name}").json(), call(ann, "GET", "").json()["mcp_servers"][0]]
        return [rows[0], one, changed, of_server, *(server["access_endpoints"][0] for server in inside)]

    assert all(found["server_version"] == "1.0.0" and found["resolved_version"] for found in everywhere())
    selectors = [{"server_version": "1.0.0"}, {"server_alias": "best"}, {"filter_string": "status = 'draft'"}]
    paths = "/endpoints", f"/{name}/endpoints"
    new = {"url": "https://mcp.example/z", "server_version": "1.0.0"}
    assert 403 not in [status(ann, "GET", path, **selector) for path in paths for selector in selectors]
    registry.admin.grant("told-ann", VERSION, "*", "DENY")
    for found in everywhere():
        assert found["url"] and all(found.get(field) is None for field in OF_VERSIONS), found
    assert [status(ann, "GET", path, **selector) for path in paths for selector in selectors] == [403] * 6
    assert [status(ann, "GET", path) for path in paths] == [200, 200]
    assert status(ann, "POST", f"/{name}/endpoints", new) == 403
    assert status(ann, "GET", f"/{other}/endpoints") == 403


def test_creators_manage_their_servers(registry):
    """Those that they make, and those that are made for their first version; not those of others."""
    ann, ben = registry.user("new-ann"), registry.user("new-ben")
    one, other = registry.named("new-one"), registry.named("new-other")
    assert status(ann, "POST", "", {"name": one}) == 200
    assert status(ann, "POST", f"/{other}/versions", described(other, "1.0.0")) == 200
    for name in one, other:
        assert registry.holders(name) == [("new-ann", "mcp_server", "MANAGE")]
        assert status(ben, "POST", f"/{name}/versions", described(name, "2.0.0")) == 403
        assert status(ben, "POST", "", {"name": name}) != 200
        assert registry.holders(name) == [("new-ann", "mcp_server", "MANAGE")]
    # What MLflow makes no version of is no server either.
    wrong = registry.named("new-wrong")
    assert status(ann, "POST", f"/{wrong}/versions", described(one, "1.0.0")) == 400
    assert registry.holders(wrong) == [] and registry.inner.call("GET", f"{SERVERS}/{wrong}").status_code == 404
    assert status(ann, "DELETE", f"/{one}") == 200
    assert registry.holders(one) == []
    registry.admin.grant("new-ben", "mcp_server", registry.named("new-denied"), "DENY")
    for path, body in ("", {"name": registry.named("new-denied")}), (f"/{registry.named('new-denied')}/versions", described(registry.named("new-denied"), "1")):
        assert status(ben, "POST", path, body) == 403


def test_of_two_who_make_a_server_at_once_one_manages_it(registry):
    """An attempt to get a grant on what somebody else made, by being nearly as fast."""
    users = [registry.user(f"race-{number}") for number in range(4)]
    for attempt in range(3):
        name = registry.named(f"race-{attempt}")
        begin, found = threading.Barrier(len(users)), {}

        def make(who):
            begin.wait()
            found[who.user] = status(who, "POST", f"/{name}/versions", described(name, f"1.0.{users.index(who)}"))

        threads = [threading.Thread(target=make, args=(who,)) for who in users]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        made = [user for user, code in found.items() if code == 200]
        assert len(made) == 1, found
        assert registry.holders(name) == [(made[0], "mcp_server", "MANAGE")]


def test_what_is_no_name_of_a_server_is_refused(registry):
    """Attempts to have one server judged and another one reached."""
    mine, victim = registry.make("split-mine"), registry.make("split-victim")
    bob = registry.user("split-bob", mcp_server=[(mine, "MANAGE")])
    single = mine.split("/")[0]
    for path in (f"/{single}", f"/{single}/versions", f"/{single}/endpoints", f"/{mine}/{victim}", f"/{mine}/versions/1.0.0/versions/1.0.0", f"/{victim}/versions/1.0.0/endpoints"):
        assert status(bob, "GET", path) == 403, path
    for path in (f"/{mine}/../{victim.split('/')[1]}", f"/{mine}%2F..%2F..%2F{victim}", f"/{mine.replace('/', '%2F')}"):
        # As it stands, without what the library makes of it.
        request = requests.Request("GET", registry.url, auth=(bob.user, bob.password)).prepare()
        request.url = registry.url + SERVERS + path
        assert requests.Session().send(request, timeout=30).status_code == 400, path
    assert status(bob, "POST", f"/{mine}/versions", described(victim, "9.0.0")) == 400
    assert status(bob, "PATCH", f"/{mine}", {"name": victim, "description": "x"}) == 400
    assert call(registry.admin, "GET", f"/{victim}").json()["description"] in (None, "d")
