"""People of a real OpenLDAP, with a real MLflow behind the gateway."""

import base64
import time

import pytest
import requests

from clients import SECONDS, admin, becomes
from conftest import running
from directory_gateway import (
    GROUP, SHORT, ask, directory, experiment_of, gateway_of, makes_groups, own, sees, somebody, status,
)
from directory_server import ODD, SUFFIX, Directory, chart, password_of, service
from servers import ADMIN, ADMIN_PASSWORD, gateway_server
from world import API


@pytest.fixture(scope="module")
def gateway(data, inner, directory):
    """A gateway with the chart's settings."""
    with gateway_of(data / "ldap", inner, chart(directory)) as server:
        yield server


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


def test_a_token_sheds_no_group_of_the_directory(tmp_path, inner, directory, gateway):
    """A token brings no groups: where the directory does not tell them to whoever comes, its people get none."""
    asked = {"name": "ci", "expiration": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))}
    tokens = f"{API}/users/current/tokens"
    assert status(gateway, "ann") == 200
    assert somebody(gateway, "ann").call("POST", tokens, json=asked).status_code == 403
    told = chart(directory, MLFLOW_AUTH_LDAP_GROUPS="true", **service())
    with gateway_of(tmp_path / "tells", inner, told) as tells:
        number = experiment_of(tells, f"token-{time.time_ns()}", GROUP)
        token = somebody(tells, "ann").post(tokens, **asked)["token"]
        bearer = {"Authorization": f"Bearer {token}"}
        path = f"{tells.url}{API}/experiments/get?experiment_id={number}"
        assert requests.get(path, headers=bearer, timeout=SECONDS).status_code == 200, "by a group of the directory"


def test_while_the_directory_is_down_it_is_an_outage_and_no_refusal(tmp_path, inner, own):
    remembered = 30
    told = chart(own, MLFLOW_AUTH_LDAP_CACHE_TTL=f"{remembered}s")
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
        assert time.monotonic() < began + remembered, "the machine is too slow for this test"
        assert status(gateway, ADMIN, ADMIN_PASSWORD) == 200
        assert status(gateway, ADMIN, "wrong") == 401
        assert makes_groups(admin(gateway.url)) == 200
        assert becomes(lambda: status(gateway, "ann"), 503) < remembered + 1.5
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
