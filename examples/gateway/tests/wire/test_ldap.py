"""People of a real OpenLDAP, with a real MLflow behind the gateway."""

import base64
import time
from contextlib import contextmanager

import pytest
import requests

from browser import chromium, fetch, follow, shows
from clients import SECONDS, Caller, admin
from conftest import running
from directory_server import ODD, SUFFIX, Directory, chart, group_entry, password_of, person, person_entry, service
from servers import ADMIN, ADMIN_PASSWORD, free_port, gateway_server
from world import API

SEARCH = API + "/experiments/search"
GROUP = "Data, Science (A+B)"
# How long what the directory says is used, in the tests that change it.
SHORT = 2
SECRET = "only for tests but longer than thirty-two bytes"


@pytest.fixture(scope="module")
def directory(data):
    """A directory that stays as it is."""
    with running(Directory(data / "directory")) as server:
        yield server


@pytest.fixture
def own(tmp_path):
    """A directory that a test changes, or stops."""
    with running(Directory(tmp_path / "own-directory")) as server:
        yield server


@contextmanager
def gateway_of(folder, inner, told, port=None):
    """A gateway whose people are in a directory."""
    server = gateway_server(folder, inner.url, "first-match", "NO_PERMISSIONS", environment=told, port=port)
    with running(server) as gateway:
        yield gateway


@pytest.fixture(scope="module")
def gateway(data, inner, directory):
    """A gateway with the chart's settings."""
    with gateway_of(data / "ldap", inner, chart(directory)) as server:
        yield server


def somebody(gateway, user, password=None):
    """Somebody of the directory."""
    return Caller(gateway.url, user, password_of(user) if password is None else password)


def ask(gateway, user, password=None):
    """The answer to somebody with this password."""
    return somebody(gateway, user, password).call("POST", SEARCH, json={"max_results": 5})


def status(gateway, user, password=None):
    """Its status."""
    return ask(gateway, user, password).status_code


def makes_groups(caller):
    """The status of what only admins may do."""
    return caller.call("POST", f"{API}/permissions/groups", json={"group_name": f"g-{time.time_ns()}"}).status_code


def experiment_of(gateway, name, group):
    """An experiment that a group may read."""
    boss = admin(gateway.url)
    number = boss.post(API + "/experiments/create", name=name)["experiment_id"]
    boss.call("POST", f"{API}/permissions/groups", json={"group_name": group})
    path = f"{API}/permissions/groups/{requests.utils.quote(group, safe='')}/experiments/{number}"
    boss.post(path, permission="READ")
    return number


def sees(caller, number):
    """The status of reading an experiment."""
    return caller.call("GET", f"{API}/experiments/get", params={"experiment_id": number}).status_code


def becomes(value, wanted):
    """How long it takes until `value` is what is wanted."""
    began = time.monotonic()
    while (found := value()) != wanted:
        assert time.monotonic() < began + SECONDS, f"{found} does not become {wanted}"
        time.sleep(0.05)
    return time.monotonic() - began


def test_the_mlflow_client_signs_in_with_a_password_of_the_directory(gateway):
    for user in ("ann", *ODD):
        with somebody(gateway, user).client() as client:
            experiment = client.create_experiment(f"of {time.time_ns()}")
            assert client.get_experiment(experiment).experiment_id == experiment, user
    users = {found["username"]: found for found in admin(gateway.url).get(API + "/users/list")["users"]}
    assert {"ann", *ODD} <= set(users)
    assert not any(users[user]["is_admin"] for user in ("ann", *ODD))


def test_who_is_let_in_and_who_is_not(gateway, directory):
    for user, password, expected in (
        ("ann", None, 200),
        ("ann", "a guess of the tests", 401),
        ("ann", "", 401),
        ("boss", "", 401),
        ("stranger", None, 401),
        ("nobody", None, 401),
        ("*", password_of("ann"), 401),
        ("ann)(uid=*", password_of("ann"), 401),
        ("ann,ou=people", password_of("ann"), 401),
        ("a*", password_of("ann"), 401),
    ):
        answer = ask(gateway, user, password)
        assert answer.status_code == expected, (user, password, answer.text)
        assert expected == 200 or answer.headers["WWW-Authenticate"].startswith("Basic"), user
    assert "stranger" not in {user["username"] for user in admin(gateway.url).get(API + "/users/list")["users"]}
    log = gateway.tail(1000) + directory.log()
    for secret in (password_of("ann"), password_of("stranger"), "a guess of the tests"):
        assert secret not in log


def test_other_spellings_of_a_name_are_the_same_user(gateway):
    number = somebody(gateway, "ann").post(API + "/experiments/create", name="of ann alone")["experiment_id"]
    assert sees(somebody(gateway, "ANN", password_of("ann")), number) == 200
    assert sees(somebody(gateway, "eve"), number) == 403
    assert "ANN" not in {user["username"] for user in admin(gateway.url).get(API + "/users/list")["users"]}


def test_an_admin_of_the_directory_is_an_admin(gateway):
    assert makes_groups(somebody(gateway, "boss")) == 200
    assert makes_groups(somebody(gateway, "both")) == 200
    assert makes_groups(somebody(gateway, "ann")) == 403
    # Nothing of it is written.
    assert not admin(gateway.url).get(API + "/users/get", username="boss")["user"]["is_admin"]


def test_groups_of_the_directory_are_what_permissions_are_given_to(gateway):
    number = experiment_of(gateway, "of the directory group", GROUP)
    for user, expected in (("ann", 200), ("José", 200), ("eve", 403), ("boss", 200)):
        assert sees(somebody(gateway, user), number) == expected, user
    with somebody(gateway, "ann").client() as client:
        assert "of the directory group" in [found.name for found in client.search_experiments()]
    with somebody(gateway, "eve").client() as client:
        assert "of the directory group" not in [found.name for found in client.search_experiments()]


def test_a_credential_that_is_remembered_costs_the_directory_nothing(gateway, directory):
    assert status(gateway, "eve") == 200
    before = directory.binds("eve")
    assert [status(gateway, "eve") for _ in range(20)] == [200] * 20
    assert directory.binds("eve") == before


def test_the_log_says_what_is_on(gateway):
    log = gateway.log.read_text()
    for line in (
        f"servers: `ldap://127.0.0.1:{gateway_port(log)}` in clear text on this machine",
        f"people: bind as `uid=%s,ou=people,{SUFFIX}`, found by that name; they search for themselves",
        f"admins: members of `cn=test-admin,ou=groups,{SUFFIX}`",
        f"others who come in: members of `cn=test-user,ou=groups,{SUFFIX}`",
        "remembered: 60s",
        "names with a password in the store: not the directory's",
    ):
        assert line in log, (line, log)


def gateway_port(log):
    """The port of the directory, as the log has it."""
    return log.split("servers: `ldap://127.0.0.1:")[1].split("`")[0]


def test_a_name_of_the_directory_takes_over_no_account_with_a_password(gateway, directory):
    """`admin` is an admin there too, with another password."""
    before = directory.binds("ADMIN")
    assert status(gateway, ADMIN, ADMIN_PASSWORD) == 200
    assert status(gateway, ADMIN, password_of("admin")) == 401
    assert directory.binds("admin") == 0, "the directory is not asked about a name with a password of ours"
    # The directory takes another spelling for the same entry; the password there is right, and opens nothing.
    assert status(gateway, "ADMIN", password_of("admin")) == 401
    assert status(gateway, "ADMIN", ADMIN_PASSWORD) == 401
    assert directory.binds("ADMIN") > before


def test_an_account_that_gets_a_password_of_ours_is_not_the_directorys_any_more(tmp_path, inner, directory):
    with gateway_of(tmp_path, inner, chart(directory)) as gateway:
        assert status(gateway, "eve") == 200
        change = {"username": "eve", "password": "a long password of ours"}
        assert somebody(gateway, "eve").call("PATCH", API + "/users/update-password", json=change).status_code == 400
        admin(gateway.url).patch(API + "/users/update-password", **change)
        assert status(gateway, "eve") == 401, "at once, though the credential is remembered"
        assert status(gateway, "eve", "a long password of ours") == 200


def test_who_loses_the_group_loses_the_right_within_the_bound(tmp_path, inner, own):
    told = chart(own, MLFLOW_AUTH_LDAP_CACHE_TTL=f"{SHORT}s")
    with gateway_of(tmp_path / "gateway", inner, told) as gateway:
        number = experiment_of(gateway, f"lost-{time.time_ns()}", GROUP)
        ann, both, eve = (somebody(gateway, user) for user in ("ann", "both", "eve"))
        assert (sees(ann, number), makes_groups(both), sees(eve, number)) == (200, 200, 403)
        own.take_from(GROUP, "ann")
        own.take_from("test-admin", "both")
        own.delete("eve")
        assert becomes(lambda: sees(ann, number), 403) < SHORT + 1.5
        assert becomes(lambda: makes_groups(both), 403) < SHORT + 1.5
        assert becomes(lambda: sees(eve, number), 401) < SHORT + 1.5
        own.change_password("ann", "another")
        assert becomes(lambda: status(gateway, "ann"), 401) < SHORT + 1.5
        assert status(gateway, "ann", "another") == 200


def test_while_the_directory_is_down_it_is_an_outage_and_no_refusal(tmp_path, inner, own):
    told = chart(own, MLFLOW_AUTH_LDAP_CACHE_TTL="6s")
    with gateway_of(tmp_path / "gateway", inner, told) as gateway:
        began = time.monotonic()
        assert status(gateway, "ann") == 200
        own.stop()
        answer = ask(gateway, "eve")
        assert answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0, answer.text
        assert "the directory is unavailable" in answer.text
        assert str(own.plain) not in answer.text, "where it is, is for the log alone"
        assert status(gateway, "boss", "wrong") == 503, "nobody can tell a wrong password from a right one"
        assert status(gateway, "ann") == 200, "what is remembered goes on"
        assert time.monotonic() < began + 6, "the machine is too slow for this test"
        assert status(gateway, ADMIN, ADMIN_PASSWORD) == 200
        assert status(gateway, ADMIN, "wrong") == 401
        assert makes_groups(admin(gateway.url)) == 200
        assert becomes(lambda: status(gateway, "ann"), 503) < 7.5
        assert f"`ldap://127.0.0.1:{own.plain}` cannot be reached: Connection refused" in gateway.log.read_text()
        own.start()
        assert becomes(lambda: status(gateway, "ann"), 200) < 20, "it is found again by itself"


@pytest.mark.parametrize("way", ["starttls", "ldaps"])
@pytest.mark.parametrize("authority", ["file", "base64"])
def test_a_private_authority(tmp_path, inner, data, way, authority):
    """The server takes no password in clear text. The function of the chart sends it so with these settings."""
    secure = Directory(tmp_path / "secure", extra="security simple_bind=128")
    with running(secure):
        uri = f"ldap://localhost:{secure.plain}" if way == "starttls" else f"ldaps://localhost:{secure.tls}"
        encoded = base64.b64encode(secure.authority.read_bytes()).decode()
        ca = str(secure.authority) if authority == "file" else encoded
        with gateway_of(tmp_path / "gateway", inner, chart(secure, LDAP_URI=uri, LDAP_CA=ca)) as gateway:
            assert (status(gateway, "ann"), status(gateway, "ann", "wrong")) == (200, 401)
            with somebody(gateway, "boss").client() as client:
                assert client.search_experiments() is not None
        assert "TLS established" in secure.log()
        if authority == "file":
            with running(Directory(tmp_path / "other")) as other:
                told = chart(secure, LDAP_URI=uri, LDAP_CA=str(other.authority))
                with gateway_of(tmp_path / "distrusting", inner, told) as gateway:
                    before = secure.binds("ann")
                    assert status(gateway, "ann") == 503
                    assert secure.binds("ann") == before, "nobody else gets a password"


def test_search_then_bind_with_the_password_of_a_file(tmp_path, inner, directory):
    secret = tmp_path / "secret"
    secret.write_text(service()["LDAP_BIND_PASSWORD"] + "\n")
    told = chart(directory, LDAP_BIND_DN=service()["LDAP_BIND_DN"], LDAP_BIND_PASSWORD_FILE=str(secret))
    del told["LDAP_LOOKUP_BIND"]
    told |= {"LDAP_USER_SEARCH_BASE_DN": SUFFIX, "LDAP_USER_SEARCH_FILTER": "(&(objectClass=inetOrgPerson)(uid=%s))"}
    with gateway_of(tmp_path / "gateway", inner, told) as gateway:
        assert [status(gateway, user) for user in ("ann", "a,b", "José", "stranger", "nobody")] == [200, 200, 200, 401, 401]
        assert makes_groups(somebody(gateway, "boss")) == 200


def test_groups_of_the_directory_count_for_those_who_sign_in_with_a_proxy(tmp_path, inner, own):
    told = chart(own, MLFLOW_AUTH_LDAP_GROUPS="true", MLFLOW_AUTH_LDAP_CACHE_TTL=f"{SHORT}s", **service())
    told |= {"TRUSTED_PROXIES": "127.0.0.1/32", "MLFLOW_AUTH_PROXY_HEADERS": "oauth2-proxy"}
    told |= {"MLFLOW_AUTH_PROXY_UNKNOWN_USERS": "admit", "MLFLOW_AUTH_PROXY_CHAINED": "true"}
    told |= {"MLFLOW_AUTH_PROXY_USERNAME": "user", "MLFLOW_AUTH_PROXY_LOWER_CASE": "false"}
    with gateway_of(tmp_path / "gateway", inner, told) as gateway:
        number = experiment_of(gateway, f"proxied-{time.time_ns()}", GROUP)
        path = f"{gateway.url}{API}/experiments/get?experiment_id={number}"

        def through_proxy(user):
            return requests.get(path, headers={"X-Forwarded-User": user}, timeout=SECONDS).status_code

        # Who is not exactly whom the directory knows has none of its groups.
        for user, expected in (("ann", 200), ("eve", 403), ("ANN", 403), ("*", 403), ("nobody", 403)):
            assert through_proxy(user) == expected, user
        own.take_from(GROUP, "ann")
        assert becomes(lambda: through_proxy("ann"), 403) < SHORT + 1.5
        own.stop()
        assert becomes(lambda: through_proxy("ann"), 503) < SHORT + 1.5
        assert sees(admin(gateway.url), number) == 200


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


def test_a_gateway_does_not_start_with_settings_that_do_not_fit(tmp_path, inner, directory):
    for number, (change, said) in enumerate(
        (
            ({"LDAP_GROUP_SEARCH_FILTER": "(uniquemember="}, "LDAP_GROUP_SEARCH_FILTER: "),
            ({"LDAP_LOOKUP_BIND": "%s"}, "LDAP_LOOKUP_BIND: it must say more than `%s`"),
            ({"LDAP_CA": str(tmp_path / "nowhere.pem")}, "LDAP_CA: "),
            ({"LDAP_TLS_VERIFY": "maybe"}, "LDAP_TLS_VERIFY: `maybe`"),
            ({"MLFLOW_AUTH_LDAP_GROUPS": "true"}, "LDAP_BIND_DN: "),
            ({"LDAP_BIND_PASSWORD_FILE": str(tmp_path / "none")}, "none` cannot be read"),
        )
    ):
        server = gateway_server(tmp_path / str(number), inner.url, "first-match", environment=chart(directory, **change))
        with pytest.raises(RuntimeError) as error, running(server):
            pass
        assert "ended with 2" in str(error.value) and said in str(error.value), (change, str(error.value))
