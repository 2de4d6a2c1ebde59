"""Signing in in a real Chromium with a real provider, to a real MLflow behind the gateway."""

import json
import re
import threading
import time
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from browser import chromium, fetch, fill_in, follow, leave, shows, text, wait
from clients import SECONDS, admin
from conftest import running
from provider_server import provider_server, put_into, rotate, times_exchanged
from servers import ADMIN_PASSWORD, free_port, gateway_server
from world import API

ALICE, BOB = "alice@example.com", "bob@example.com"
SECRET = "only for tests but longer than thirty-two bytes"
AJAX = "/ajax-api/2.0/mlflow"


def settings(provider, port, **more):
    """What the gateway is told of a provider."""
    told = {
        "OIDC_DISCOVERY_URL": provider.url + "/.well-known/openid-configuration",
        "OIDC_AUDIENCE": "mlflow",
        "OIDC_CLIENT_ID": "browser",
        "OIDC_CLIENT_SECRET": "secret of browser",
        "OIDC_REDIRECT_URI": f"http://127.0.0.1:{port}/callback",
        "OIDC_SCOPE": "openid email profile groups",
        "SECRET_KEY": SECRET,
    }
    return told | more


@contextmanager
def pair(data, inner, name, provider_environment=None, **more):
    """A provider, and a gateway that signs in with it."""
    port = free_port()
    addresses = {"REDIRECT_URIS": f"http://127.0.0.1:{port}/callback"} | (provider_environment or {})
    with running(provider_server(data / f"{name}-provider", environment=addresses)) as provider:
        told = settings(provider, port, **more)
        server = gateway_server(data / name, inner.url, "first-match", "NO_PERMISSIONS", environment=told, port=port)
        with running(server) as gateway:
            yield provider, gateway


@pytest.fixture(scope="module")
def both(data, inner):
    """A provider and a gateway for most of the tests."""
    with pair(data, inner, "sign-in", AUTOMATIC_LOGIN_REDIRECT="true") as servers:
        yield servers


@pytest.fixture
def gateway(both):
    """The gateway."""
    return both[1]


@pytest.fixture
def browser(tmp_path):
    """A browser that nobody has used."""
    with chromium(tmp_path / "profile") as browser:
        yield browser


def sign_in(browser, gateway, name, *groups, page="/"):
    """Opens a page, and signs in at the provider on the way to it."""
    browser.get(gateway.url + page)
    fill_in(browser, name, *groups)
    wait(browser, lambda b: b.current_url.startswith(gateway.url), "the way back")


def experiment(gateway, name, *groups):
    """An experiment of the admin, which these groups may read."""
    number = admin(gateway.url).post(API + "/experiments/create", name=name)["experiment_id"]
    for group in groups:
        # It may be there from another test.
        admin(gateway.url).call("POST", f"{API}/permissions/groups", json={"group_name": group})
        path = f"{API}/permissions/groups/{group}/experiments/{number}"
        admin(gateway.url).post(path, permission="READ")
    return number


def cookies_of(browser):
    """The cookies of the browser, as another program would use them that stole them."""
    return {cookie["name"]: cookie["value"] for cookie in browser.get_cookies()}


def is_in(browser, gateway):
    """Whether the browser has a session."""
    answer = requests.get(gateway.url + "/auth/status", cookies=cookies_of(browser), timeout=SECONDS)
    assert answer.status_code in (200, 401)
    return answer.status_code == 200


def makes_users(browser):
    """What somebody is answered who does what only admins may."""
    fields = {"username": f"made-{time.time_ns()}", "password": "long enough for anybody"}
    return fetch(browser, AJAX + "/users/create", "POST", fields)[0]


def test_the_way_to_a_page_goes_through_the_provider_and_back_to_it(browser, gateway):
    experiment(gateway, "the way back", "scientists")
    sign_in(browser, gateway, ALICE, "mlflow", "scientists", page="/?x=1#/experiments?searchFilter=way")
    assert browser.current_url == gateway.url + "/?x=1#/experiments?searchFilter=way"
    shows(browser, "the way back")
    shows(browser, ALICE)
    names = {cookie["name"]: cookie for cookie in browser.get_cookies()}
    assert names["session"]["httpOnly"] and names["session"]["sameSite"] == "Lax"
    assert not [name for name in names if name.startswith("mlflow_auth_sign_in")]
    status = fetch(browser, "/auth/status")
    assert status[0] == 200
    for part in ('"authenticated":true', f'"username":"{ALICE}"', '"provider":"default"'):
        assert part in status[2]


def test_groups_of_the_provider_are_what_permissions_are_given_to(browser, gateway):
    shared, closed = experiment(gateway, "for-scientists", "scientists"), experiment(gateway, "for-others", "others")
    sign_in(browser, gateway, BOB, "mlflow", "scientists")
    found = fetch(browser, AJAX + "/experiments/search", "POST", {"max_results": 100})
    assert found[0] == 200 and '"for-scientists"' in found[2] and '"for-others"' not in found[2]
    for number, status in ((shared, 200), (closed, 403)):
        assert fetch(browser, f"{AJAX}/experiments/get?experiment_id={number}")[0] == status
    assert makes_users(browser) == 403


def test_who_is_in_no_group_that_is_let_in_gets_a_page_that_says_little(browser, gateway):
    sign_in(browser, gateway, "eve@example.com", "visitors")
    shows(browser, "You are not signed in")
    assert "visitors" not in browser.page_source and "eve@" not in browser.page_source
    assert not is_in(browser, gateway)
    users = admin(gateway.url).get(API + "/users/list")["users"]
    assert "eve@example.com" not in [user["username"] for user in users]


def test_an_admin_group_makes_admins(browser, gateway):
    sign_in(browser, gateway, "root@example.com", "mlflow-admin")
    assert makes_users(browser) == 200


def test_an_experiment_is_made_in_the_pages_of_mlflow(browser, gateway):
    """The proof against other pages is one that MLflow's own pages pass as they are."""
    experiment(gateway, "already there", "scientists")
    sign_in(browser, gateway, ALICE, "mlflow", "scientists", page="/#/experiments")
    shows(browser, "already there")
    follow(browser, "Create")
    box = wait(browser, lambda b: b.find_elements("css selector", "input[placeholder*='experiment name' i]"), "a form")[0]
    box.send_keys("made in the browser")
    browser.find_element("xpath", "//*[@role='dialog']//button[normalize-space()='Create']").click()
    wait(browser, lambda b: re.search(r"#/experiments/\d+", b.current_url), "the page of the experiment")
    found = admin(gateway.url).get(API + "/experiments/get-by-name", experiment_name="made in the browser")
    assert found["experiment"]["lifecycle_stage"] == "active"


def test_one_leaves_by_the_pages_of_mlflow(browser, gateway):
    """Their *Logout* ends the session, also for who has a copy of its cookie."""
    sign_in(browser, gateway, ALICE, "mlflow", page="/#/experiments")
    shows(browser, "Experiments")
    stolen = cookies_of(browser)
    leave(browser, ALICE)
    wait(browser, lambda b: not b.current_url.startswith(gateway.url) or "signed out" in text(b).lower(), "the way out")
    answer = requests.get(gateway.url + "/auth/status", cookies=stolen, timeout=SECONDS)
    assert answer.status_code == 401


class Elsewhere(BaseHTTPRequestHandler):
    """A page of another site, with a form that is sent at once, and a link."""

    target = ""

    def do_GET(self):  # noqa: N802
        """The page; its path is that of the target."""
        kind = "text/plain" if self.path.startswith("/json") else "application/x-www-form-urlencoded"
        path = self.path.removeprefix("/json").removeprefix("/form")
        text = f"""<!doctype html><form method="post" enctype="{kind}" action="{self.target}{path}">
            <input name='{{"name": "from elsewhere", "x": "' value='"}}'></form>
            <a href="{self.target}{path}">link</a>"""
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        """Nothing is said."""


@pytest.fixture
def elsewhere(gateway):
    """Another site: `localhost` is not `127.0.0.1`."""
    # One thread would wait for ever for the connections that a browser opens ahead and leaves silent.
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("To", (Elsewhere,), {"target": gateway.url}))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_form_of_another_site_is_refused_though_the_browser_sends_the_cookie(browser, gateway, elsewhere):
    sign_in(browser, gateway, ALICE, "mlflow")
    # Neighbours on the same host, which `SameSite` does not keep out, count as another site too.
    for origin in (elsewhere, elsewhere.replace("localhost", "127.0.0.1")):
        for kind in ("/json", "/form"):
            browser.get(origin + kind + API + "/experiments/create")
            browser.execute_script("document.forms[0].submit()")
            wait(browser, lambda b: b.current_url.startswith(gateway.url), "the gateway")
            assert "made" not in browser.page_source
            assert any(text in browser.page_source for text in ("cross-site", "Cross-origin")), browser.page_source
        browser.get(origin + "/form/logout")
        browser.find_element("link text", "link").click()
        shows(browser, "Sign out?")
    browser.get(gateway.url + "/version")
    assert is_in(browser, gateway)
    names = [found["name"] for found in admin(gateway.url).post(API + "/experiments/search", max_results=1000)["experiments"]]
    assert "from elsewhere" not in names


def test_signing_out_ends_the_session_here_and_at_the_provider(browser, both):
    provider, gateway = both
    sign_in(browser, gateway, ALICE, "mlflow")
    stolen = cookies_of(browser)
    ask = partial(requests.get, gateway.url + "/version", cookies=stolen, timeout=SECONDS)
    assert ask().status_code == 200
    browser.get(gateway.url + "/logout")
    wait(browser, lambda b: b.current_url.startswith(provider.url + "/session/end"), "the provider")
    assert "id_token_hint=" in browser.current_url
    assert ask().status_code == 401
    browser.find_element("css selector", "button[name=logout]").click()
    shows(browser, "You are signed out")
    assert browser.current_url.startswith(gateway.url + "/logout")
    assert "session" not in cookies_of(browser)
    browser.get(gateway.url + "/")
    wait(browser, lambda b: b.find_elements("name", "groups"), "the provider's form again")


def test_a_page_that_asks_for_data_is_not_answered_with_a_window_for_passwords(browser, gateway):
    browser.get(gateway.url + "/health")
    status, headers, _ = fetch(browser, AJAX + "/experiments/search", "POST", {"max_results": 1})
    assert status == 401 and "www-authenticate" not in headers
    answer = requests.post(gateway.url + API + "/experiments/search", json={}, timeout=SECONDS)
    assert answer.status_code == 401 and answer.headers["WWW-Authenticate"].startswith("Basic")


def test_programs_come_in_as_before(gateway):
    assert admin(gateway.url).post(API + "/experiments/search", max_results=1)["experiments"]
    answer = requests.get(gateway.url + "/", headers={"Accept": "text/html"}, allow_redirects=False, timeout=SECONDS)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/login?next=%2F")
    wrong = requests.get(gateway.url + "/", auth=("admin", "wrong"), headers={"Accept": "text/html"}, timeout=SECONDS)
    assert wrong.status_code == 401


def test_the_ways_to_sign_in_are_listed(both):
    provider, gateway = both
    told = requests.get(gateway.url + "/providers", headers={"Host": "evil.example"}, timeout=SECONDS)
    assert told.json() == {
        "providers": [{"id": "default", "display_name": "Login with OIDC", "type": "oidc", "login_url": "/login/default"}]
    }
    for path, status in (("/login/nobody", 404), ("/callback/nobody", 404), ("/callback", 403), ("/callback?state=x", 403)):
        answer = requests.get(gateway.url + path, allow_redirects=False, timeout=SECONDS)
        assert answer.status_code == status, path
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
    going = requests.get(gateway.url + "/login?provider=evil", allow_redirects=False, timeout=SECONDS)
    assert going.headers["Location"].startswith(provider.url + "/auth?")
    asked = parse_qs(urlsplit(going.headers["Location"]).query)
    assert asked["redirect_uri"] == [gateway.url + "/callback"] and asked["code_challenge_method"] == ["S256"]


def test_keys_are_exchanged_and_the_provider_goes_away(data, inner, browser):
    with pair(data, inner, "going", AUTOMATIC_LOGIN_REDIRECT="true") as (provider, gateway):
        sign_in(browser, gateway, ALICE, "mlflow")
        assert is_in(browser, gateway)
        rotate(provider, "two:ES256")
        # The provider still knows who it is: the new key signs at once.
        time.sleep(11)
        browser.delete_all_cookies()
        sign_in(browser, gateway, ALICE, "mlflow")
        assert is_in(browser, gateway)
        provider.stop()
        assert is_in(browser, gateway)
        time.sleep(11)
        answer = requests.get(gateway.url + "/login", allow_redirects=False, timeout=SECONDS)
        assert answer.status_code == 503 and "Retry-After" in answer.headers and "Nobody can sign in now" in answer.text
        answer = requests.get(gateway.url + "/login/default", allow_redirects=False, timeout=SECONDS)
        assert answer.status_code == 503
        assert is_in(browser, gateway), "sessions go on"
        browser.get(gateway.url + "/#/experiments")
        shows(browser, "Experiments")


def test_a_provider_is_asked_again_and_who_lost_the_group_is_out(data, inner, browser):
    more = {"OIDC_USE_REFRESH_TOKEN": "true", "OIDC_SESSION_EXPIRY_LEEWAY_SECONDS": "0"}
    short = {"ACCESS_TOKEN_SECONDS": "6"}
    with pair(data, inner, "asked", short, AUTOMATIC_LOGIN_REDIRECT="true", **more) as (provider, gateway):
        sign_in(browser, gateway, ALICE, "mlflow")
        exchanged = times_exchanged(provider)
        time.sleep(7)
        assert is_in(browser, gateway)
        assert times_exchanged(provider) > exchanged
        put_into(provider, ALICE, "visitors")
        time.sleep(7)
        assert not is_in(browser, gateway)


@contextmanager
def two_providers(data, inner):
    """A gateway that signs in with two providers, and the providers."""
    port = free_port()
    environments = ({"REDIRECT_URIS": f"http://127.0.0.1:{port}/callback{path}"} for path in ("", "/second"))
    first, second = (
        provider_server(data / f"two-{number}", environment=environment) for number, environment in enumerate(environments)
    )
    with running(first), running(second):
        entry = {
            "id": "second",
            "display_name": "The second",
            "issuer": second.url,
            "discovery_url": second.url + "/.well-known/openid-configuration",
            "audience": "mlflow",
            "client_id": "browser",
            "scope": "openid email profile groups",
        }
        more = {"AUTH_PROVIDERS": json.dumps([entry]), "OIDC_CLIENT_SECRET_SECOND": "secret of browser"}
        told = settings(first, port, OIDC_ISSUER=first.url, **more)
        server = gateway_server(data / "two", inner.url, "first-match", "NO_PERMISSIONS", environment=told, port=port)
        with running(server) as gateway:
            yield gateway, first, second


def test_a_second_provider_with_the_same_user_name_is_refused(data, inner, browser):
    with two_providers(data, inner) as (gateway, first, second):
        browser.get(gateway.url + "/#/experiments")
        follow(browser, "Login with OIDC")
        fill_in(browser, ALICE, "mlflow")
        shows(browser, ALICE)
        mine = cookies_of(browser)["session"]
        browser.get(gateway.url + "/login")
        follow(browser, "The second")
        wait(browser, lambda b: b.current_url.startswith(second.url), "the second provider")
        fill_in(browser, ALICE, "mlflow")
        shows(browser, "You are not signed in")
        assert cookies_of(browser)["session"] == mine and is_in(browser, gateway)
        # What the second gives is for its own callback alone.
        going = requests.get(gateway.url + "/login/second", allow_redirects=False, timeout=SECONDS)
        state = parse_qs(urlsplit(going.headers["Location"]).query)["state"][0]
        exchanged = times_exchanged(first), times_exchanged(second)
        query = {"state": state, "code": "x", "iss": first.url}
        answer = requests.get(
            gateway.url + "/callback", params=query, cookies=going.cookies, allow_redirects=False, timeout=SECONDS
        )
        assert answer.status_code == 403
        assert (times_exchanged(first), times_exchanged(second)) == exchanged
        browser.delete_all_cookies()
        browser.get(gateway.url + "/login/second")
        fill_in(browser, BOB, "mlflow")
        wait(browser, lambda b: b.current_url.startswith(gateway.url), "the way back")
        assert is_in(browser, gateway)


def test_a_password_opens_a_session_too(browser, gateway):
    browser.get(gateway.url + "/login/password?next=%2F%23%2Fexperiments")
    browser.find_element("name", "username").send_keys("admin")
    browser.find_element("name", "password").send_keys(ADMIN_PASSWORD)
    follow(browser, "Sign in")
    shows(browser, "Experiments")
    assert browser.current_url.endswith("/#/experiments")
    assert makes_users(browser) == 200
