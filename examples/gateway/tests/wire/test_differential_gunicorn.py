"""The same comparison, smaller, with MLflow served by gunicorn, whose reader of HTTP is another one than uvicorn's.

Requests of odd forms, as bytes, to MLflow with its own access control and to the gateway in front of a plain one. In
`differential/odd.py` is which of them the gateway answers otherwise, and why.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest

import wire
from conftest import running
from differential.answers import answer, known
from differential.makers import PASSWORD
from differential.objects import API, experiment, logged_model, registered_model, run
from differential.odd import EXECUTED, ODD, REFUSED, RIGHTS_FIRST
from differential.people import ADMIN, ANONYMOUS, Person
from differential.sides import Make, Reply, Side, basic, grant
from servers import basic_auth_server, gateway_server, mlflow_server

GUNICORN = ("--gunicorn-opts", "--log-level warning")
USERS = (Person("stranger"), Person("reader", "READ"), Person("editor", "EDIT"))
PEOPLE = (ANONYMOUS, *USERS, ADMIN)


@pytest.fixture(scope="module")
def both(data):
    """Both servers, with the same objects and the same grants."""
    theirs = basic_auth_server(data / "gunicorn-theirs", "NO_PERMISSIONS", GUNICORN)
    inner = mlflow_server(data / "gunicorn-inner", *GUNICORN)
    with running(theirs), running(inner):
        with running(gateway_server(data / "gunicorn-gateway", inner.url, "union", "NO_PERMISSIONS")) as gateway:
            sides = [Side("theirs", theirs.port, None), Side("ours", gateway.port, None)]
            for side in sides:
                build(side)
            yield sides


def build(side):
    """Makes what the requests are about. What needs spans is left out: gunicorn does not serve them."""
    make = Make(side)
    for whose in ("mine", "others"):
        names = {}
        for maker in (experiment, run, logged_model, registered_model):
            names |= maker(make, names, whose)
        side.names[whose] = names
    for person in USERS:
        make.post(f"{API}/users/create", username=person.name, password=PASSWORD + person.name)
        for row in person.grants(side.names["mine"]):
            grant(make, person, row)


def send(side, person, data):
    """The answer to a request, given as bytes."""
    names = side.names["mine"] | {f"others_{name}": id for name, id in side.names["others"].items()}
    if person is ANONYMOUS:
        data = data.replace(b"Authorization: {auth}\r\n", b"")
    names |= {"host": f"127.0.0.1:{side.port}", "auth": basic(person.name)}
    data = wire.sized(wire.fill(data, names))
    told = wire.exchange(side.port, data, method=data.partition(b" ")[0].decode())[0]
    return answer(Reply(told.status, told.headers.get("Content-Type", ""), told.body), known(side, {}))


@pytest.fixture(scope="module")
def played(both):
    """For every request and every person both answers."""
    asked = [(name, person) for name in ODD for person in PEOPLE]
    with ThreadPoolExecutor(4) as pool:
        told = [list(pool.map(lambda one, side=side: send(side, one[1], ODD[one[0]]), asked)) for side in both]
    return list(zip(asked, *told, strict=True))


def test_odd_requests_are_answered_alike_or_refused(played, record_property):
    """Nobody gets by an odd form what a plain request would refuse."""
    record_property("answers compared with gunicorn", len(played))
    wrong, used = [], set()
    for (name, person), there, here in played:
        if there == here:
            continue
        used.add(name)
        if not fits(name, there, here):
            wrong.append(f"{name}, {person.name}\n    there {there}\n    here  {here}\n    {there.form}\n    {here.form}")
    assert not wrong, f"{len(wrong)} of {len(played)} differ:\n" + "\n".join(wrong)
    assert used == REFUSED | EXECUTED | RIGHTS_FIRST


def fits(name, there, here):
    """Whether answers that differ are known to."""
    refused = name in REFUSED and here.status in (400, 405)
    executed = name in EXECUTED and here.status == 200
    return refused or executed or (name in RIGHTS_FIRST and here.status in (401, 403) and there.status >= 400)


def test_odd_requests_are_executed_for_those_who_may_alone(played):
    """`HEAD` is `GET` without a body, and the others are writes."""
    told = {(name, person.name): here.status for (name, person), _, here in played}
    like = {"HEAD of an experiment": "plain", "HEAD of a file": "a run"}
    like |= dict.fromkeys(("a length twice", "the kind in capitals"), "a write")
    for name, plain in like.items():
        assert [told[name, person.name] for person in PEOPLE] == [told[plain, person.name] for person in PEOPLE], name


def test_the_plain_requests_tell_people_apart(played):
    """They are answered otherwise to those who may and to those who may not, or nothing would be compared."""
    told = {(name, person.name): here.status for (name, person), _, here in played}
    assert [told["plain", person.name] for person in PEOPLE] == [401, 403, 200, 200, 200]
    assert [told["a write", person.name] for person in PEOPLE] == [401, 403, 403, 200, 200]
