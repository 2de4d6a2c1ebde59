"""The password form with people of a real OpenLDAP: the sessions it opens hold what the directory says, and no longer."""

import time
from contextlib import contextmanager

import requests

from browser import chromium, fetch, follow, shows
from clients import SECONDS, admin, becomes
from directory_gateway import GROUP, SHORT, directory, experiment_of, gateway_of, own, status
from directory_server import chart, password_of, person_entry, service
from servers import ADMIN, ADMIN_PASSWORD, free_port
from world import API

SECRET = "only for tests but longer than thirty-two bytes"


@contextmanager
def form_of(folder, inner, directory, **changes):
    """A gateway with the form for passwords. Its provider is never asked."""
    port, nobody = free_port(), free_port()
    told = {
        "OIDC_DISCOVERY_URL": f"http://127.0.0.1:{nobody}/.well-known/openid-configuration",
        "OIDC_AUDIENCE": "mlflow",
        "OIDC_CLIENT_ID": "browser",
        "OIDC_CLIENT_SECRET": "secret of browser",
        "OIDC_REDIRECT_URI": f"http://127.0.0.1:{port}/callback",
        "SECRET_KEY": SECRET,
    }
    told |= chart(directory, **changes)
    with gateway_of(folder, inner, told, port=port) as gateway:
        yield gateway


def sign_in(gateway, user, password=None):
    """What the form says, and the session that it opened."""
    fields = {"username": user, "password": password_of(user) if password is None else password}
    headers = {"Origin": gateway.url}
    answer = requests.post(
        gateway.url + "/login/password", data=fields, headers=headers, allow_redirects=False, timeout=SECONDS
    )
    return answer.status_code, {"session": answer.cookies["session"]} if "session" in answer.cookies else {}


def session_status(gateway, cookies, number=None):
    """The status of what a page asks for."""
    path = f"{API}/experiments/get?experiment_id={number}" if number else "/auth/status"
    return requests.get(gateway.url + path, cookies=cookies, timeout=SECONDS).status_code


def test_the_password_form_takes_passwords_of_the_directory(tmp_path, inner, directory):
    with form_of(tmp_path / "gateway", inner, directory, **service()) as gateway, chromium(tmp_path / "profile") as browser:
        experiment_of(gateway, "in the pages", GROUP)
        browser.get(gateway.url + "/login/password?next=%2F%23%2Fexperiments")
        browser.find_element("name", "username").send_keys("ANN")
        browser.find_element("name", "password").send_keys(password_of("ann"))
        follow(browser, "Sign in")
        shows(browser, "in the pages")
        told = fetch(browser, "/auth/status")[2]
        assert '"username":"ann"' in told and '"provider":"directory"' in told
        fields = {"group_name": "made in a page"}
        assert fetch(browser, "/ajax-api/2.0/mlflow/permissions/groups", "POST", fields)[0] == 403


def test_who_gets_a_session_by_the_form(tmp_path, inner, directory):
    with form_of(tmp_path / "gateway", inner, directory, **service()) as gateway:
        for user, password, expected in (
            ("ann", None, 303),
            ("boss", None, 303),
            (ADMIN, ADMIN_PASSWORD, 303),
            (ADMIN, None, 401),
            ("ADMIN", password_of("admin"), 401),
            ("ann", "wrong", 401),
            ("ann", "", 401),
            ("stranger", None, 401),
        ):
            found, cookies = sign_in(gateway, user, password)
            assert (found, bool(cookies)) == (expected, expected == 303), (user, password)
    # Nobody could be asked about the owner of a session later.
    with form_of(tmp_path / "alone", inner, directory) as gateway:
        assert (sign_in(gateway, "ann")[0], sign_in(gateway, ADMIN, ADMIN_PASSWORD)[0]) == (401, 303)
        assert status(gateway, "ann") == 200
        assert "password form: not for them without LDAP_BIND_DN" in gateway.log.read_text()


def test_a_session_by_the_form_holds_what_the_directory_says_and_no_longer(tmp_path, inner, own):
    more = service() | {"MLFLOW_AUTH_LDAP_CACHE_TTL": f"{SHORT}s"}
    with form_of(tmp_path / "gateway", inner, own, **more) as gateway:
        number = experiment_of(gateway, f"session-{time.time_ns()}", GROUP)
        sessions = {user: sign_in(gateway, user)[1] for user in ("ann", "both", "eve", "boss")}
        assert session_status(gateway, sessions["ann"], number) == 200
        assert session_status(gateway, sessions["both"], number) == 200, "an admin"
        assert session_status(gateway, sessions["eve"], number) == 403
        own.take_from(GROUP, "ann")
        own.take_from("test-admin", "both")
        own.delete("eve")
        assert becomes(lambda: session_status(gateway, sessions["ann"], number), 403) < SHORT + 1.5
        assert becomes(lambda: session_status(gateway, sessions["both"], number), 403) < SHORT + 1.5
        assert becomes(lambda: session_status(gateway, sessions["eve"]), 401) < SHORT + 1.5
        # Whoever is put in again signs in again.
        own.write("ldapadd", person_entry("eve"))
        time.sleep(SHORT)
        assert session_status(gateway, sessions["eve"]) == 401
        assert session_status(gateway, sessions["boss"], number) == 200
        own.stop()
        assert becomes(lambda: session_status(gateway, sessions["boss"], number), 503) < SHORT + 1.5
        assert sign_in(gateway, "boss")[0] == 503
        local = sign_in(gateway, ADMIN, ADMIN_PASSWORD)
        assert local[0] == 303 and session_status(gateway, local[1], number) == 200
        own.start()
        assert becomes(lambda: session_status(gateway, sessions["boss"], number), 200) < 20
