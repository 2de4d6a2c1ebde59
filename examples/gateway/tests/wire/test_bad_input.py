"""Bad input gets an error that names what is wrong, and never one of the server's own."""

import os
import subprocess

import pytest

import wire
from clients import basic_user
from conftest import open_front
from wire import basic, fill, request, sized
from world import API, API3, PROXY, settle


@pytest.fixture(scope="module")
def names(request, data):
    """The ids of what bob owns, and his headers."""
    with open_front(request, data, "input", "union") as front:
        bob = front.admin.create_user("bob")
        owns = settle(bob, front.inner, "of-bob")
        yield {
            "host": front.url.removeprefix("http://"), "auth": basic_user(bob), "port": front.port,
            "run": owns.run, "experiment": owns.experiment, "model": owns.model, "trace": owns.trace,
        }  # fmt: skip


SET_TAG = API + "/runs/set-tag"
ANSWERS_400 = (400,)
TOO_LONG = (400, 413, 431)
# What cannot be read as HTTP at all is answered with a status alone, or not at all.
BARE = None


def post(body, *headers, path=SET_TAG, **more):
    """A `POST` of a text."""
    return request("POST", path, *headers, body=body, **more)


def without(line):
    """A sound request without the header that begins so."""
    lines = request("GET", API + "/runs/get?run_id={run}").split(b"\r\n")
    return b"\r\n".join(one for one in lines if not one.startswith(line))


# What is sent, the statuses that will do, and what the error must name, in small letters.
CASES = {
    "credentials that are not base64": (request("GET", "/version", auth="Basic %%%"), (401,), ""),
    "credentials without a colon": (request("GET", "/version", auth="Basic Ym9i"), (401,), ""),
    "credentials that are not UTF-8": (request("GET", "/version", auth="Basic //8="), (401,), ""),
    "empty credentials": (request("GET", "/version", auth="Basic "), (401,), ""),
    "another scheme": (request("GET", "/version", auth="Bearer x.y.z"), (401,), ""),
    "a name of 10,000 letters": (request("GET", "/version", auth=basic("n" * 10_000, "p")), (401, 431), ""),
    "a password of 30,000 letters": (request("GET", "/version", auth=basic("bob", "p" * 30_000)), (401, 431), ""),
    "a zero byte in the name": (request("GET", "/version", auth=basic("bob\0", "a-long-password")), (401,), ""),
    "a header that is not text": (request("GET", "/version", b"X-MLFLOW-WORKSPACE: \xff\xfe"), (400, 200), ""),
    "a bad workspace": (request("GET", API + "/runs/get?run_id={run}", "X-MLFLOW-WORKSPACE: No/Such"), ANSWERS_400, "workspace"),
    "a header of 200,000 bytes": (request("GET", "/version", "X-Long: " + "x" * 200_000), TOO_LONG, BARE),
    "5,000 headers": (request("GET", "/version", *(f"X-{number}: x" for number in range(5_000))), TOO_LONG, BARE),
    "a target of 100,000 bytes": (request("GET", API + "/runs/get?run_id=" + "0" * 100_000), (400, 403, 414, 431), BARE),
    "no host": (without(b"Host"), ANSWERS_400, "host"),
    "no run": (post('{"key":"a","value":"b"}'), ANSWERS_400, "run_id"),
    "an empty run": (post('{"run_id":"","key":"a","value":"b"}'), ANSWERS_400, "run_id"),
    "no run in a query": (request("GET", API + "/runs/get?x=y"), ANSWERS_400, "run_id"),
    "no experiment": (request("GET", API + "/experiments/get"), ANSWERS_400, "experiment_id"),
    "no model": (request("GET", API + "/registered-models/get"), ANSWERS_400, "name"),
    "no key": (post('{"run_id":"{run}","value":"b"}'), ANSWERS_400, "key"),
    "a number for a text": (post('{"run_id":{experiment},"key":"a","value":"b"}'), ANSWERS_400, "run_id"),
    "a text for a number": (post('{"run_id":"{run}","key":"a","value":"many","timestamp":1}', path=API + "/runs/log-metric"), ANSWERS_400, "value"),
    "a list for an object": (post('[{"run_id":"{run}"}]'), ANSWERS_400, "object"),
    "an object for a list": (post('{"run_id":"{run}","tags":{"a":1}}', path=API + "/runs/log-batch"), ANSWERS_400, "tags"),
    "a key that stands twice": (post('{"run_id":"{run}","key":"a","key":"b","value":"c"}'), ANSWERS_400, "key"),
    "two spellings": (post('{"run_id":"{run}","runId":"{run}","key":"b","value":"c"}'), ANSWERS_400, "run_id"),
    "two runs": (post('{"run_id":"{run}","run_uuid":"00","key":"b","value":"c"}'), ANSWERS_400, "run_uuid"),
    "a query key that stands twice": (request("GET", API + "/runs/get?run_id={run}&run_id={run}"), ANSWERS_400, "run_id"),
    "JSON that is not closed": (post('{"run_id":"{run}"'), ANSWERS_400, "json"),
    "no body": (request("POST", SET_TAG), ANSWERS_400, ""),
    "an empty body": (post(""), ANSWERS_400, ""),
    "a body that is not UTF-8": (post(b'{"run_id":"{run}","key":"\xff","value":"b"}'), ANSWERS_400, "unicode"),
    "a body on a GET": (request("GET", API + "/runs/get?run_id={run}", body="{}"), ANSWERS_400, "body"),
    "a deep body": (post('{"run_id":"{run}","x":' + "[" * 5_000 + "]" * 5_000 + "}"), ANSWERS_400, ""),
    "a compressed body": (post("x", "Content-Encoding: gzip"), (400, 415), "encoding"),
    "a body of another type": (post('{"run_id":"{run}","key":"a","value":"b"}', kind="text/plain"), (400, 415), "type"),
    "a body that is announced as 10 GB": (request("POST", SET_TAG, "Content-Type: application/json", "Content-Length: 10000000000"), (400, 413), ""),
    "a length that is no number": (request("POST", SET_TAG, "Content-Length: many"), ANSWERS_400, BARE),
    "a bad experiment": (request("GET", API + "/experiments/get?experiment_id=one"), ANSWERS_400, "experiment"),
    "an experiment beyond all numbers": (request("GET", API + "/experiments/get?experiment_id=" + "9" * 40), ANSWERS_400, "experiment"),
    "a bad escape in the query": (request("GET", API + "/runs/get?run_id=%zz"), ANSWERS_400, ""),
    "a query that is not UTF-8": (request("GET", API + "/runs/get?run_id=%ff"), ANSWERS_400, ""),
    "a bad escape in the path": (request("GET", PROXY + "/{experiment}/%zz"), ANSWERS_400, ""),
    "a path that is not UTF-8": (request("GET", PROXY + "/{experiment}/%ff"), ANSWERS_400, ""),
    "a bare byte in the target": (request("GET", b"/version?\xff"), ANSWERS_400, BARE),
    "a control byte in the path": (request("GET", PROXY + "/{experiment}/a%00b"), ANSWERS_400, ""),
    "no query where a path is needed": (request("GET", "/get-artifact?run_id={run}"), ANSWERS_400, ""),
    "a filter that cannot be read": (post('{"experiment_ids":["{experiment}"],"filter":"no filter at all"}', path=API + "/runs/search"), ANSWERS_400, "filter"),
    "a page token that cannot be read": (request("GET", API + "/registered-models/search?page_token=%21%21"), ANSWERS_400, "token"),
    "a page of no size": (request("GET", API + "/registered-models/search?max_results=many"), ANSWERS_400, "max_results"),
    "a page of negative size": (request("GET", API + "/experiments/search?max_results=-5"), ANSWERS_400, "max_results"),
    "a page of negative size in a body": (post('{"max_results":-5}', path=API + "/experiments/search"), ANSWERS_400, "max_results"),
    "a page of nothing": (request("GET", API + "/experiments/search?max_results=0"), ANSWERS_400, "max_results"),
    "a page that is too long": (request("GET", API + "/experiments/search?max_results=100000"), ANSWERS_400, "max_results"),
    "a page of models that is too long": (request("GET", API + "/registered-models/search?max_results=100000"), ANSWERS_400, "max_results"),
    "spans that are none": (post(b"\xff\xff\xff", "X-Mlflow-Experiment-Id: {experiment}", path="/v1/traces", kind="application/x-protobuf"), ANSWERS_400, ""),
    "spans without an experiment": (post(b"", path="/v1/traces", kind="application/x-protobuf"), ANSWERS_400, "x-mlflow-experiment-id"),
    "spans that are not compressed": (post(b"x", "Content-Encoding: gzip", "X-Mlflow-Experiment-Id: {experiment}", path="/v1/traces", kind="application/x-protobuf"), ANSWERS_400, ""),
    "a permission that there is not": (post('{"username":"bob","resource_type":"experiment","resource_id":"{experiment}","permission":"SUPER"}', path=API3 + "/users/permissions/grant"), ANSWERS_400, "super"),
    "a type that there is not": (post('{"username":"bob","resource_type":"planet","resource_id":"1","permission":"READ"}', path=API3 + "/users/permissions/grant"), (400, 403), ""),
    "a grant without a user": (post('{"resource_type":"experiment","resource_id":"{experiment}","permission":"READ"}', path=API3 + "/users/permissions/grant"), ANSWERS_400, "username"),
    "an unknown method": (request("BREW", "/version"), (400, 403, 405, 501), ""),
    "no HTTP": (b"hello\r\n\r\n", (0, 400), BARE),
    "TLS": (bytes.fromhex("160301005a0100005603036a6b"), (0, 400), BARE),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_bad_input(names, case):
    """One request of the table."""
    data, statuses, named = CASES[case]
    (answer,) = wire.exchange(names["port"], sized(fill(data, names)))
    assert answer.status in statuses, str(answer)
    if named is not BARE:
        assert named in answer.body.decode(errors="replace").lower(), str(answer)
        assert answer.body, "the error says nothing"


def test_it_still_serves(names):
    """After all that, bob's run is as it was, and he can read it."""
    (answer,) = wire.exchange(names["port"], fill(request("GET", API + "/runs/get?run_id={run}"), names))
    assert answer.status == 200
    assert {tag["key"] for tag in answer.json()["run"]["data"]["tags"]} <= {"note", "mlflow.runName"}


SETTINGS = {
    "--resolution": "sometimes",
    "--default-permission": "SUPER",
    "--upstream": "not a url",
    "--store": "mysql://localhost/x",
    "--listen": "everywhere",
    "--max-body-bytes": "many",
}


@pytest.mark.parametrize("flag", SETTINGS)
def test_bad_setting(data, flag):
    """A setting that cannot be used ends the program with an error that names it and its value."""
    sound = {"--store": f"sqlite:///{data}/never.db", "--listen": "127.0.0.1:0"} | {flag: SETTINGS[flag]}
    argv = [os.environ["GATEWAY_BIN"], "serve", *(part for setting in sound.items() for part in setting)]
    ended = subprocess.run(argv, capture_output=True, text=True, timeout=20, cwd=data, env={})
    assert ended.returncode not in (0, 101), ended
    # An address may hold a password, and is not said again whole.
    assert SETTINGS[flag].partition(":")[0] in ended.stderr and flag.removeprefix("--").replace("-", "_") in ended.stderr.replace("-", "_")
