"""What a browser and a plain HTTP client meet: pages, challenges, refusals, what is for admins."""

import re

import pytest
import requests

from clients import Caller
from conftest import open_front
from world import API, API3, PROXY, settle

AJAX3 = "/ajax-api/3.0/mlflow"
BROWSER = {"Accept": "text/html,application/xhtml+xml", "Sec-Fetch-Mode": "navigate", "User-Agent": "Mozilla/5.0"}


@pytest.fixture(scope="module")
def front(request, data):
    """A front with users of its own."""
    with open_front(request, data, "http", "union") as front:
        yield front


@pytest.fixture(scope="module")
def bob(front):
    """A user who holds nothing."""
    return front.admin.create_user("bob")


@pytest.fixture(scope="module")
def mallory(front):
    """A user who does not know the password."""
    return front.admin.create_user("mallory")


@pytest.fixture(scope="module")
def alice(front):
    """A user who owns something: the ids in `alice_owns`."""
    return front.admin.create_user("alice")


@pytest.fixture(scope="module")
def alice_owns(front, alice):
    """What alice owns."""
    return settle(alice, front.inner, "of-alice")


@pytest.fixture(scope="module")
def stranger(front):
    """Somebody without credentials."""
    return Caller(front.url)


@pytest.fixture(scope="module")
def reference_bob(reference_front):
    """A user without grants at MLflow's own access control."""
    return reference_front.admin.create_user("plain-bob")


@pytest.mark.parametrize("path", ["/health", f"{API3}/server-info", f"{AJAX3}/server-info", "/static-files/index.html"])
def test_public(front, stranger, path):
    """What is public says the same as without access control."""
    answer, wanted = stranger.call("GET", path, headers=BROWSER), front.inner.call("GET", path)
    assert (answer.status_code, answer.content) == (wanted.status_code, wanted.content)


# MLflow's native routes say the one, its others the other.
TEXTS = ("text/plain; charset=utf-8", "text/html; charset=utf-8")
CHALLENGED = [
    ("GET", "/"), ("GET", "/version"), ("GET", "/nothing"), ("GET", "/build/index.html"), ("GET", "/metrics"), ("GET", "/graphql"),
    ("GET", API + "/experiments/search"), ("POST", API + "/experiments/search"), ("GET", "/ajax-api/2.0/mlflow/users/current"),
    ("GET", PROXY + "/1/x"), ("PUT", PROXY + "/1/x"), ("GET", PROXY), ("POST", "/v1/traces"), ("GET", "/get-artifact?run_id=x&path=y"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), CHALLENGED)
# Nobody else is called so: who fails often has to wait, with the right password too.
@pytest.mark.parametrize("credentials", [None, ("mallory", "not-the-password"), ("stranger", "some-long-password")])
def test_challenge(front, reference_front, mallory, method, path, credentials):
    """Who is not signed in is asked to, in MLflow's words, and a browser shows its prompt."""
    answer, wanted = (Caller(at.url).call(method, path, headers=BROWSER, auth=credentials) for at in (front, reference_front))
    assert (answer.status_code, answer.text) == (401, wanted.text)
    assert answer.headers["WWW-Authenticate"] == wanted.headers["WWW-Authenticate"] == 'Basic realm="mlflow"'
    assert answer.headers["Content-Type"] in TEXTS


DENIED = [
    ("GET", API + "/experiments/get?experiment_id=999"), ("GET", API + "/runs/get?run_id=" + "0" * 32), ("GET", "/nothing"),
    ("GET", PROXY + "/999/x"), ("PUT", PROXY + "/999/x"), ("GET", PROXY + "?path=999"), ("GET", API + "/webhooks"),
    ("POST", API + "/users/create"), ("GET", API3 + "/users/permissions/list?username=admin"), ("GET", "/build/index.html"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), DENIED)
def test_denied(bob, reference_bob, method, path):
    """Who may not is told so in MLflow's words."""
    body = {} if method == "POST" else None
    answer, wanted = (caller.call(method, path, json=body) for caller in (bob, reference_bob))
    assert (answer.status_code, answer.text) == (403, "Permission denied")
    assert (wanted.status_code, wanted.text) == (403, "Permission denied")
    assert answer.headers["Content-Type"] in TEXTS


def test_pages(front, bob):
    """The UI comes up for whoever is signed in: the page, and every file that it names."""
    page = bob.call("GET", "/", headers=BROWSER)
    assert page.status_code == 200 and page.content == front.inner.call("GET", "/").content
    files = re.findall(r'(?:src|href)="\.?/?(static-files/[^"]+)"', page.text)
    assert len(files) >= 3
    for file in files:
        answer, wanted = bob.call("GET", "/" + file), front.inner.call("GET", "/" + file)
        assert (answer.status_code, answer.content) == (200, wanted.content)
        assert answer.headers["Content-Type"] == wanted.headers["Content-Type"]
    assert bob.call("GET", "/version").text == "3.17.2"


def test_file_as_it_is(bob, alice, alice_owns):
    """The headers that protect and describe a downloaded file pass."""
    for path in (f"/get-artifact?run_id={alice_owns.run}&path=note.txt", f"{PROXY}/{alice_owns.file}"):
        answer = alice.call("GET", path)
        assert (answer.status_code, answer.text) == (200, "of-alice")
        assert "note.txt" in answer.headers["Content-Disposition"] and answer.headers["X-Content-Type-Options"] == "nosniff"
        assert bob.call("GET", path).status_code == 403


def test_a_client_that_uploads_learns_why_it_may_not(front, alice_owns, tmp_path):
    """It reads no answer before it has sent the whole file, which is refused by its name alone."""
    reader = front.admin.create_user("reader")
    front.admin.grant("reader", "experiment", alice_owns.experiment, "READ")
    file = tmp_path / "large"
    file.write_bytes(b"x" * (64 << 20))
    with reader.client() as client, pytest.raises(requests.HTTPError, match="403"):
        client.log_artifact(alice_owns.run, file)
    with file.open("rb") as content:
        answer = reader.call("PUT", f"{PROXY}/{alice_owns.file}", data=content)
    assert (answer.status_code, answer.text) == (403, "Permission denied")
    assert answer.headers["Connection"] == "close"


def test_unknown_route(front, bob, stranger):
    """What nobody knows is refused to all but admins, whom MLflow itself tells that there is nothing."""
    for path in ("/nothing", API + "/nothing", "/api/9.9/mlflow/runs/get", "/static-mlflow/x"):
        assert [caller.call("GET", path).status_code for caller in (stranger, bob, front.admin)] == [401, 403, 404]


def test_webhooks_are_for_admins(front, bob, stranger):
    """Who are answered as if nothing stood between."""
    path = API + "/webhooks"
    assert [caller.call("GET", path).status_code for caller in (stranger, bob)] == [401, 403]
    answer, wanted = (caller.call("GET", path) for caller in (front.admin, front.inner))
    assert (answer.status_code, answer.json()) == (wanted.status_code, wanted.json()) == (200, answer.json())


ASSISTANT = [
    ("GET", "/providers"), ("GET", "/config"), ("PUT", "/config"), ("POST", "/message"), ("POST", "/skills/install"),
    ("GET", "/sessions/x/stream"), ("PATCH", "/sessions/x"), ("POST", "/sessions/x/permission"), ("GET", "/providers/x/health"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), ASSISTANT)
def test_assistant(front, bob, method, path):
    """Operations on the server's own machine are closed to everybody, though MLflow believes that the gateway is local."""
    for caller in (bob, front.admin):
        assert caller.call(method, f"{AJAX3}/assistant{path}", json={} if method != "GET" else None).status_code == 403


def test_other_origin(alice, alice_owns):
    """A page of another origin cannot write with the password that the browser remembers."""
    tag = {"run_id": alice_owns.run, "key": "origin", "value": "x"}
    for origin in ("https://evil.example", "http://localhost:9999", "null"):
        answer = alice.call("POST", API + "/runs/set-tag", json=tag, headers={"Origin": origin})
        assert answer.status_code == 403, origin
    own = alice.call("POST", API + "/runs/set-tag", json=tag, headers={"Origin": alice.url})
    assert own.status_code == 200


def test_letters_beyond_ascii(front):
    """A name and a password in any script work on every route, the native ones too."""
    user, password = "zoë", "пароль-достаточно-длинный"
    front.admin.post(API + "/users/create", username=user, password=password)
    zoe = Caller(front.url, user, password)
    assert zoe.get(API + "/users/current")["user"]["username"] == user
    owns = settle(zoe, front.inner, "of-zoe")
    assert zoe.call("GET", f"{PROXY}/{owns.file}").text == "of-zoe"


def test_nothing_is_leaked(front, bob, stranger):
    """An error says nothing about hashes, statements or which workspaces there are."""
    again = front.admin.call("POST", API + "/users/create", json={"username": "bob", "password": "a-long-password"})
    assert (again.status_code, again.json()["error_code"]) == (400, "RESOURCE_ALREADY_EXISTS")
    assert not re.search(r"scrypt|argon2|pbkdf2|INSERT|UNIQUE|sqlite", again.text, re.IGNORECASE)
    for workspace in ("default", "no-such-one"):
        assert stranger.call("GET", API + "/experiments/search", headers={"X-MLFLOW-WORKSPACE": workspace}).status_code == 401
    listed = front.admin.call("GET", API + "/users/list").text + bob.call("GET", API + "/users/current").text
    assert not re.search(r"scrypt|argon2|password", listed)
