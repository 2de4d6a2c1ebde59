"""The two servers: what is sent to them, and the same world in both."""

import base64
import http.client
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from conftest import running
from servers import ADMIN, ADMIN_PASSWORD, basic_auth_server, gateway_server, mlflow_server

from . import makers
from .objects import API, API3, MAKERS, MISSING
from .people import ANONYMOUS, EXACT, USERS, WRONG

SECONDS = 60
HEADER = "X-MLFLOW-WORKSPACE"
# A second workspace, where nobody was granted anything.
ELSEWHERE = "team-b"
SETTINGS = {"MLFLOW_CRYPTO_KEK_PASSPHRASE": "only-for-tests-only-for-tests-only"}
# Whose password is guessed at. It asks for nothing itself: some servers make who is guessed at wait.
GUESSED = "guessed"
# Who is granted something, and asks for nothing.
TARGETS = (GUESSED, "granted", "holder", "keeper", "denied_one", "former", "former_too", "former_third", "odd_one")
SAFE = "/:@!$&'()*+,;=~"


@dataclass
class Reply:
    """What a server answered."""

    status: int
    kind: str
    body: bytes

    def json(self):
        """Its body, read as JSON."""
        return json.loads(self.body)


@dataclass
class Side:
    """One of the servers, and the names of what is there."""

    name: str
    port: int
    workspace: str | None
    # By whose it is.
    names: dict = field(default_factory=dict)
    role_of: dict = field(default_factory=dict)

    def ask(self, person, method, path, query=None, body=None, headers=None):
        """One request on a connection of its own."""
        headers = dict(headers or {}, Connection="close")
        if self.workspace and HEADER not in headers:
            headers[HEADER] = self.workspace
        if person is not ANONYMOUS:
            headers["Authorization"] = basic(person.name)
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
            headers.setdefault("Content-Type", "application/json")
        target = quote(path, safe=SAFE) + (f"?{urlencode(query, doseq=True)}" if query else "")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        try:
            connection.request(method, target, body=body, headers=headers)
            answer = connection.getresponse()
            return Reply(answer.status, answer.headers.get("Content-Type", ""), answer.read())
        finally:
            connection.close()


def basic(user):
    """What a user sends as its credentials."""
    password = {ADMIN: ADMIN_PASSWORD, WRONG.name: "not-the-password"}.get(user, makers.PASSWORD + user)
    name = GUESSED if user == WRONG.name else user
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


@dataclass
class Make:
    """The admin at a side, who makes things. Raises where it is refused."""

    side: Side
    workspace: str | None = None
    name: str = ADMIN

    def tried(self, method, path, body=None):
        """What is answered, whatever it is."""
        return self.side.ask(self, method, path, body=body, headers={HEADER: self.workspace} if self.workspace else {})

    def send(self, method, path, body=None, headers=None):
        """What is answered, if it is a success."""
        headers = (headers or {}) | ({HEADER: self.workspace} if self.workspace else {})
        reply = self.side.ask(self, method, path, body=body, headers=headers)
        if reply.status >= 400:
            raise RuntimeError(f"{self.side.name}: {method} {path} {body}: {reply.status} {reply.body[:500]}")
        return reply

    def get(self, path):
        """The JSON of a `GET`."""
        return self.send("GET", path).json()

    def post(self, path, **fields):
        """The JSON of a `POST` of fields."""
        return self.send("POST", path, fields).json()

    def patch(self, path, **fields):
        """The JSON of a `PATCH` of fields."""
        return self.send("PATCH", path, fields).json()

    def put(self, path, content):
        """Sends a file."""
        self.send("PUT", path, content, {"Content-Type": "application/octet-stream"})


def build(side):
    """Makes everybody and everything at a side."""
    make = Make(side)
    if side.workspace:
        for name in (side.workspace, ELSEWHERE):
            Make(side, "default").post(f"{API3}/workspaces", name=name)
    everybody = [person.name for person in USERS] + list(TARGETS)
    for name in everybody:
        make.post(f"{API}/users/create", username=name, password=makers.PASSWORD + name)
    common = {"workspace": side.workspace or "default", "target": "granted", "member": "granted"}
    common |= {"role": 1, "role_permission": 1}
    for whose in ("mine", "others"):
        side.names[whose] = _things(make, whose, dict(common))
    if side.workspace:
        side.names["elsewhere"] = _things(Make(side, ELSEWHERE), "elsewhere", dict(common))
    side.names["missing"] = common | MISSING
    common |= makers.made(["role", "member"], make, side.names["mine"], "of-all")
    for names in side.names.values():
        names |= {name: common[name] for name in ("role", "role_permission", "member")}
    _grants(side, make)


def _things(make, mark, names):
    for maker in MAKERS:
        names |= maker(make, names, mark)
    return names


def _grants(side, make):
    for person in USERS:
        if person.role or person.workspace:
            _role(side, make, person)
            continue
        for kind, level in person.every.items():
            grant(make, person, (kind, "*", level))
    for person in USERS:
        for row in person.grants(side.names["mine"]):
            grant(make, person, row)


def _role(side, make, person):
    """A role of a person's own."""
    names = side.names["mine"]
    id = make.post(f"{API3}/roles/create", workspace=names["workspace"], name=f"of-{person.name}")["role"]["id"]
    side.role_of[person.name] = id
    rows = [("workspace", "*", person.workspace)] if person.workspace else []
    rows += [(kind, names[name], person.role) for kind, name in EXACT.items() if person.role]
    for row in rows:
        add_to_role(make, id, row)
    make.post(f"{API3}/roles/assign", username=person.name, role_id=id)


def grant(make, person, row):
    """Grants something directly."""
    kind, id, level = row
    named = {"username": person.name, "resource_type": kind, "resource_id": id}
    make.post(f"{API3}/users/permissions/grant", **named, permission=level)


def add_to_role(make, role, row):
    """Adds a permission to a role."""
    kind, pattern, level = row
    fields = {"resource_type": kind, "resource_pattern": pattern, "permission": level}
    make.post(f"{API3}/roles/permissions/add", role_id=role, **fields)


@contextmanager
def sides(data, workspace=None, arguments=()):
    """Both servers with their worlds: MLflow's own access control first."""
    settings = SETTINGS | ({"MLFLOW_ENABLE_WORKSPACES": "true"} if workspace else {})
    theirs = basic_auth_server(data / "theirs", "NO_PERMISSIONS", arguments)
    theirs.environment |= settings
    inner = mlflow_server(data / "inner", environment=settings)
    with ThreadPoolExecutor(2) as pool, running(inner), running(theirs):
        flags = ["--enable-workspaces"] if workspace else []
        gateway = gateway_server(data / "gateway", inner.url, "union", "NO_PERMISSIONS", flags)
        with running(gateway):
            both = [Side(name, server.port, workspace) for name, server in (("theirs", theirs), ("ours", gateway))]
            for done in [pool.submit(build, side) for side in both]:
                done.result()
            yield both
