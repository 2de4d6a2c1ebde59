"""Identity that a proxy tells in headers, plain and signed, with a real MLflow behind the gateway."""

import base64
import json
import time

import mlflow
import pytest
import requests
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from requests.adapters import HTTPAdapter

from clients import CLIENT_SETTINGS, SECONDS, Caller, admin
from conftest import running
from nginx_server import ADDRESS, telling_nginx
from servers import ADMIN, gateway_server
from upstream import Upstream
from world import API

ALICE = "alice@example.com"
SECRET = "a-secret-of-a-proxy-that-is-long-enough"
EMAIL = "X-Forwarded-Email"
SEARCH = API + "/experiments/search"
SETTINGS = {"MLFLOW_AUTH_PROXY_HEADERS": "oauth2-proxy", "MLFLOW_AUTH_PROXY_UNKNOWN_USERS": "create"}


class From(HTTPAdapter):
    """Connects from another address of this machine."""

    def init_poolmanager(self, *arguments, **more):
        super().init_poolmanager(*arguments, source_address=(ADDRESS, 0), **more)


def ask(url, headers, trusted=True, path=SEARCH):
    """The answer to somebody with these headers, from the address that is trusted or from another one."""
    with requests.Session() as session:
        if trusted:
            session.mount("http://", From())
        if path == SEARCH:
            return session.post(url + path, json={"max_results": 5}, headers=headers, timeout=SECONDS)
        return session.get(url + path, headers=headers, timeout=SECONDS)


@pytest.fixture(scope="module")
def gateway(data, inner):
    """A gateway that believes one address."""
    told = SETTINGS | {"TRUSTED_PROXIES": f"{ADDRESS},10.0.0.0/8", "MLFLOW_AUTH_PROXY_ADMIN_GROUPS": "ml-admins"}
    with running(gateway_server(data / "believing", inner.url, "first-match", environment=told)) as server:
        yield server


def test_the_mlflow_client_works_behind_a_proxy_that_has_signed_somebody_in(data, gateway, monkeypatch):
    for name, value in CLIENT_SETTINGS.items():
        monkeypatch.setenv(name, value)
    with running(telling_nginx(data / "signed-in", gateway.url, ALICE)) as nginx:
        client = mlflow.MlflowClient(tracking_uri=nginx.url)
        experiment = client.create_experiment("of-a-proxy")
        run = client.create_run(experiment)
        client.log_metric(run.info.run_id, "loss", 0.5)
        assert [found.experiment_id for found in client.search_experiments()] == [experiment]
        # Whatever the client says of itself, the proxy says otherwise.
        spoofed = {EMAIL: ADMIN, "X-Forwarded-Groups": "ml-admins"}
        assert requests.get(nginx.url + API + "/users/get?username=admin", headers=spoofed, timeout=SECONDS).status_code == 403
        client.delete_experiment(experiment)


def test_groups_of_the_proxy_hold_grants_and_make_admins(gateway):
    boss = admin(gateway.url)
    experiment = boss.post(API + "/experiments/create", name="of-a-group-of-a-proxy")["experiment_id"]
    assert boss.call("POST", API + "/permissions/groups", json={"group_name": "science"}).ok
    path = f"{API}/permissions/groups/science/experiments/{experiment}"
    assert boss.call("POST", path, json={"permission": "READ"}).status_code == 201
    read = f"{API}/experiments/get?experiment_id={experiment}"
    for groups, status in (("science", 200), ("other, science", 200), ("", 403), ("sciences", 403), ("ml-admins", 200)):
        answer = ask(gateway.url, {EMAIL: ALICE, "X-Forwarded-Groups": groups}, path=read)
        assert answer.status_code == status, groups


def test_spoofed_headers_of_anybody_else_are_nothing(gateway):
    assert ask(gateway.url, {EMAIL: ALICE}).status_code == 200
    for headers in (
        {EMAIL: ALICE},
        {EMAIL: ADMIN, "X-Forwarded-Groups": "ml-admins"},
        {EMAIL: ALICE, "X-Forwarded-For": ADDRESS, "X-Real-IP": ADDRESS, "Forwarded": f"for={ADDRESS}"},
        {"X_Forwarded_Email": ALICE},
    ):
        assert ask(gateway.url, headers, trusted=False).status_code == 401, headers
    # With a password they are nothing either, and hinder nobody.
    boss = admin(gateway.url)
    assert boss.call("POST", SEARCH, json={"max_results": 1}, headers={EMAIL: "nobody"}).status_code == 200


def test_what_a_proxy_says_in_two_ways_is_refused(gateway):
    for headers in (
        {},
        {"X-Forwarded-User": ALICE},
        {EMAIL: f"{ALICE},admin"},
        {EMAIL: f"{ALICE}, {ALICE}"},
        {EMAIL: "admin"},
        {EMAIL: "a@b@c"},
        {"X_Forwarded_Email": ALICE},
        {EMAIL: ALICE, "Connection": f"close, {EMAIL}"},
    ):
        assert ask(gateway.url, headers).status_code == 401, headers
    # A proxy that names nobody is not one through which somebody signs in with a password.
    answer = ask(gateway.url, {"Authorization": requests.auth._basic_auth_str(ADMIN, "correct-horse-battery-9")})
    assert answer.status_code == 401


def test_an_account_that_is_shut_is_shut_behind_the_proxy_too(gateway):
    mallory = "mallory@example.com"
    assert ask(gateway.url, {EMAIL: mallory}).status_code == 200
    boss = admin(gateway.url)
    assert boss.call("PATCH", f"{API}/users/update-admin", json={"username": mallory, "is_admin": True}).ok
    seen = ask(gateway.url, {EMAIL: mallory}, path=f"{API}/users/get?username=admin")
    assert seen.status_code == 200, "the account is an admin's"
    assert boss.call("DELETE", f"{API}/users/delete", json={"username": mallory}).ok
    assert ask(gateway.url, {EMAIL: mallory}, path=f"{API}/users/get?username=admin").status_code == 403, "a new account"


def test_no_identity_header_reaches_mlflow(data):
    mlflow_like = Upstream(lambda _: (200, {}, b"{}")).start()
    told = SETTINGS | {
        "TRUSTED_PROXIES": ADDRESS,
        "MLFLOW_AUTH_PROXY_USER_HEADER": "X-Request-Id",
        "MLFLOW_AUTH_PROXY_USERNAME": "user",
        "MLFLOW_AUTH_PROXY_SECRET": SECRET,
        "MLFLOW_AUTH_PROXY_SECRET_HEADER": "X-MLflow-Proxy-Secret",
    }
    try:
        with running(gateway_server(data / "stripping", mlflow_like.url, "first-match", environment=told)) as server:
            mlflow_like.take()
            # Both of these names would pass to MLflow otherwise.
            identity = {"X-Request-Id": "alice", "X-MLflow-Proxy-Secret": SECRET}
            assert ask(server.url, identity, path="/version").status_code == 200
            assert ask(server.url, identity | {"X-MLflow-Proxy-Secret": "x" * 40}, path="/version").status_code == 401
            boss = admin(server.url)
            assert boss.call("GET", "/version", headers=identity).status_code == 200
            for asked in mlflow_like.take():
                names = [name.lower() for name, _ in asked.headers]
                assert not {"x-request-id", "x-mlflow-proxy-secret"} & set(names), asked
    finally:
        mlflow_like.stop()


def test_trust_in_everybody_keeps_the_gateway_from_starting(data, inner):
    for number, told in enumerate((
        {},
        {"TRUSTED_PROXIES": "0.0.0.0/0"},
        {"TRUSTED_PROXIES": "0.0.0.0/1,128.0.0.0/1"},
        {"TRUSTED_PROXIES": "localhost"},
        {"MLFLOW_AUTH_PROXY_SECRET": "short"},
    )):
        server = gateway_server(data / f"open-{number}", inner.url, "first-match", environment=SETTINGS | told)
        with pytest.raises(RuntimeError) as refusal:
            server.start()
        assert "trusted_proxies" in str(refusal.value) or "proxy_secret" in str(refusal.value), refusal.value
        assert "short" not in str(refusal.value)


def encode(data):
    """Base64 as tokens have it."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Signer:
    """A proxy that signs who is calling, with its keys published."""

    def __init__(self):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.published = Upstream(self.answer).start()

    def answer(self, asked):
        numbers = self.key.public_key().public_numbers()
        point = {"x": encode(numbers.x.to_bytes(32, "big")), "y": encode(numbers.y.to_bytes(32, "big"))}
        keys = json.dumps({"keys": [{"kty": "EC", "crv": "P-256", "kid": "one", "alg": "ES256", "use": "sig"} | point]})
        pem = self.key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return (200, {}, keys.encode()) if asked.path.endswith("jwks.json") else (200, {}, pem)

    def sign(self, head, claims, key=None, padded=False):
        """A token in its compact form."""
        code = (lambda data: base64.urlsafe_b64encode(data).decode()) if padded else encode
        text = f"{code(json.dumps(head).encode())}.{code(json.dumps(claims).encode())}"
        r, s = decode_dss_signature((key or self.key).sign(text.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{text}.{code(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


@pytest.fixture(scope="module")
def signer():
    """Somebody who signs."""
    found = Signer()
    yield found
    found.published.stop()


def test_pomerium_is_believed_for_what_it_signs_and_nothing_else(data, inner, signer):
    host = "mlflow.example.com"
    told = {
        "MLFLOW_AUTH_PROXY_ASSERTION": "pomerium",
        "MLFLOW_AUTH_PROXY_ASSERTION_ISSUER": host,
        "MLFLOW_AUTH_PROXY_ASSERTION_AUDIENCE": host,
        "MLFLOW_AUTH_PROXY_ASSERTION_KEYS": signer.published.url + "/.well-known/pomerium/jwks.json",
        "MLFLOW_AUTH_PROXY_UNKNOWN_USERS": "create",
        "MLFLOW_AUTH_PROXY_ADMIN_GROUPS": "ml-admins",
    }
    head = {"alg": "ES256", "kid": "one", "typ": "JWT"}
    claims = {"iss": host, "aud": host, "sub": "1", "email": ALICE, "exp": int(time.time()) + 300, "groups": []}
    name = "X-Pomerium-Jwt-Assertion"
    with running(gateway_server(data / "pomerium", inner.url, "first-match", environment=told)) as server:
        assert ask(server.url, {name: signer.sign(head, claims)}, trusted=False).status_code == 200
        admins = signer.sign(head, claims | {"groups": ["ml-admins"]})
        assert ask(server.url, {name: admins}, path=f"{API}/users/get?username=admin").status_code == 200
        stranger = ec.generate_private_key(ec.SECP256R1())
        for told_of, text in (
            ("another key", signer.sign(head, claims, key=stranger)),
            ("expired", signer.sign(head, claims | {"exp": int(time.time()) - 300})),
            ("another route", signer.sign(head, claims | {"aud": "other.example.com"})),
            ("another proxy", signer.sign(head, claims | {"iss": "other.example.com"})),
            ("unsigned", signer.sign(head | {"alg": "none"}, claims).rpartition(".")[0] + "."),
            ("a name", ALICE),
        ):
            assert ask(server.url, {name: text}).status_code == 401, told_of
        for plain in ({EMAIL: ALICE}, {"X-Pomerium-Claim-Email": ALICE}, {"X_Pomerium_Jwt_Assertion": admins}):
            assert ask(server.url, plain).status_code == 401, plain


def test_a_load_balancer_is_believed_only_if_it_is_ours(data, inner, signer):
    arn = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/mlflow/0123456789abcdef"
    issuer = "https://login.example.com"
    told = {
        "MLFLOW_AUTH_PROXY_ASSERTION": "alb",
        "MLFLOW_AUTH_PROXY_ASSERTION_ISSUER": issuer,
        "MLFLOW_AUTH_PROXY_ASSERTION_SIGNERS": arn,
        "MLFLOW_AUTH_PROXY_ASSERTION_KEYS": signer.published.url + "/",
        "MLFLOW_AUTH_PROXY_UNKNOWN_USERS": "create",
    }
    kid = "0123abcd-0123-4567-89ab-0123456789ab"
    head = {"alg": "ES256", "kid": kid, "typ": "JWT", "iss": issuer, "client": "c", "signer": arn, "exp": int(time.time()) + 100}
    claims = {"sub": "1", "email": ALICE}
    name = "x-amzn-oidc-data"
    with running(gateway_server(data / "alb", inner.url, "first-match", environment=told)) as server:
        for padded in (True, False):
            assert ask(server.url, {name: signer.sign(head, claims, padded=padded)}).status_code == 200
        for changes in (
            {"signer": arn.replace("123456789012", "210987654321")},
            {"iss": "https://evil.example.com"},
            {"exp": int(time.time()) - 300},
            {"kid": "../../evil"},
            {"alg": "HS256"},
        ):
            assert ask(server.url, {name: signer.sign(head | changes, claims, padded=True)}).status_code == 401, changes
        assert ask(server.url, {"x-amzn-oidc-identity": "1"}).status_code == 401


def test_keys_of_a_proxy_that_cannot_be_had_are_an_outage(data, inner, signer):
    told = {
        "MLFLOW_AUTH_PROXY_ASSERTION": "cloudflare-access",
        "MLFLOW_AUTH_PROXY_ASSERTION_ISSUER": "http://127.0.0.1:9",
        "MLFLOW_AUTH_PROXY_ASSERTION_AUDIENCE": "tag",
    }
    with running(gateway_server(data / "no-keys", inner.url, "first-match", environment=told)) as server:
        text = signer.sign({"alg": "RS256", "kid": "one"}, {"iss": "http://127.0.0.1:9", "aud": "tag", "sub": "1"})
        answer = ask(server.url, {"Cf-Access-Jwt-Assertion": text})
        assert answer.status_code == 503 and "Retry-After" in answer.headers
        assert Caller(server.url, ADMIN, "correct-horse-battery-9").call("GET", "/version").status_code == 200
