"""What real clients send, however odd it looks, and must get through: the positive half of the tables."""

import gzip

from law2_cases import *

RUN = {"run_id": "{own_run}", "run_uuid": "{own_run}"}
HEADER = "X-Mlflow-Experiment-Id: {own_experiment}"
SPAN = {"traceId": "{own_trace_number}", "spanId": "00000000000000aa", "name": "json", "startTimeUnixNano": "1", "endTimeUnixNano": "2"}
# As a client writes it in a path, in a query, and what it means.
NAMES = [
    ("space", "a%20b", "a+b", "a b"),
    ("per cent", "a%25b", "a%25b", "a%b"),
    ("per cent and digits", "a%2541b", "a%2541b", "a%41b"),
    ("plus", "a+b", "a%2Bb", "a+b"),
    ("ampersand", "a&b", "a%26b", "a&b"),
    ("letters beyond ASCII", "gr%C3%BC%C3%9Fe%E6%97%A5", "gr%C3%BC%C3%9Fe%E6%97%A5", "grüße日"),
    ("equals and comma", "a=b,c", "a%3Db%2Cc", "a=b,c"),
]
# A file name is decoded once more by MLflow itself, so one with an escape in it is another file there.
FILE_NAMES = [name for name in NAMES if name[0] != "per cent and digits"]


def tag(key, value="x", **more):
    """`runs/set-tag` on bob's run, and the check that it was done."""
    return {"data": set_tag(RUN | {"key": key, "value": value}, **more), "expect": DONE, "check": own_tag(key, value)}


def file_says(path, text):
    """Asserts that the file is there, at the proxy of the inner server."""

    def check(world, answers):
        response = world.front.inner.call("GET", fill(f"{PROXY}/{path}".encode(), world.names()).decode())
        assert response.text == text, response.text

    return check


def trace_has(part):
    """Asserts that bob's trace holds `part`."""

    def check(world, answers):
        told = world.front.inner.call("GET", f"{API3}/traces/get?trace_id=tr-{world.own.run}").text
        assert part in told, told

    return check


def each_ok(world, answers):
    """Asserts that every answer is 200."""
    assert [answer.status for answer in answers] == [200, 200], [str(answer) for answer in answers]


def in_order(world, answers):
    """Asserts two answers, the first about the run, the second about the experiment."""
    each_ok(world, answers)
    assert answers[0].json()["run"]["info"]["run_id"] == world.own.run
    assert answers[1].json()["experiment"]["experiment_id"] == world.own.experiment


def refused_then_read(world, answers):
    """Asserts that a refusal does not end the connection."""
    assert [answer.status for answer in answers] == [403, 200], [str(answer) for answer in answers]


def no_body(world, answers):
    """Asserts 200 without a body."""
    assert (answers[-1].status, answers[-1].body) == (200, b""), str(answers[-1])


ODD_BUT_FINE = [
    Case("equal run_id and run_uuid", **tag("both")),
    Case("equal run_id and run_uuid in the query", get(API + "/runs/get?run_uuid={own_run}&run_id={own_run}"), DONE, says("bobs-own")),
    Case("run_uuid alone", get(API + "/runs/get?run_uuid={own_run}"), DONE, says("bobs-own")),
    Case("trace in path and query", get(API3 + "/traces/{own_trace}?trace_id={own_trace}"), DONE, says("{own_trace}")),
    Case("logged model in path and body", patch(API + "/logged-models/{own_logged_model}", {"model_id": "{own_logged_model}", "status": "LOGGED_MODEL_READY"}), DONE, says("{own_logged_model}")),
    Case("run in every metric of a batch", post(API + "/runs/log-batch", RUN | {"metrics": [{"key": "b", "value": 1.5, "timestamp": 2, "step": 0, "run_id": "{own_run}"}]}), DONE),
    Case("metric that is not a number", post(API + "/runs/log-metric", RUN | {"key": "nan", "value": "NaN", "timestamp": 2}), DONE),
    Case("time as a text", post(API + "/runs/log-metric", RUN | {"key": "n", "value": 1, "timestamp": "1700000000000"}), DONE),
    Case("unknown field", set_tag(RUN | {"key": "unknown", "value": "x", "another": [1, {"a": None}]}), DONE, own_tag("unknown", "x")),
    Case("spaces in the JSON", set_tag('\r\n {\t"run_id" : "{own_run}" ,\n "key":"spaces", "value":"x" } \n'), DONE, own_tag("spaces", "x")),
    Case("escapes in the JSON", set_tag(r'{"run_\u0069d":"{own_run}","key":"escapes","value":"\u00fc\ud83d\ude00\/"}'), DONE, own_tag("escapes", "ü😀/")),
    Case("charset", **tag("charset", kind="application/json; charset=utf-8")),
    Case("scheme in small letters", get(API + "/runs/get?run_id={own_run}", "authorization: {small_auth}", auth=None), DONE, says("bobs-own")),
    Case("search without a query", get(API + "/registered-models/search"), DONE, says("{own_model}")),
    Case("search with an empty object", post(API + "/experiments/search", {}), HARMLESS),
    Case("upload", post(AJAX + "/upload-artifact?run_uuid={own_run}&path=up.txt", "sent", kind="application/octet-stream"), DONE, file_says("{own_experiment}/{own_run}/artifacts/up.txt", "sent")),
    Case("deletion of a tag", delete(API3 + "/traces/{own_trace}/tags?key=note"), HARMLESS),
    Case("model deleted and made anew", delete(API + "/registered-models/delete-tag", {"name": "{own_model}", "key": "note"}), DONE),
]  # fmt: skip

BYTES = [
    Case("chunked file", in_chunks(request("PUT", PROXY + "/{own_experiment}/{own_run}/artifacts/chunks.txt", "Content-Type: text/plain"), b"in several parts"), DONE, file_says("{own_experiment}/{own_run}/artifacts/chunks.txt", "in several parts")),
    Case("chunked JSON", in_chunks(request("POST", API + "/runs/set-tag", "Content-Type: application/json"), b'{"run_id":"{own_run}","key":"chunked","value":"x"}'), DONE, own_tag("chunked", "x")),
    Case("empty file", put(PROXY + "/{own_experiment}/{own_run}/artifacts/empty.txt", ""), DONE, file_says("{own_experiment}/{own_run}/artifacts/empty.txt", "")),
    Case("two requests on one connection", (get(API + "/runs/get?run_id={own_run}", close=False), get(API + "/experiments/get?experiment_id={own_experiment}")), DONE, in_order, answers=2),
    Case("two requests on one connection, a refusal first", (get(API + "/runs/get?run_id={victim_run}", close=False), get(API + "/runs/get?run_id={own_run}")), HARMLESS, refused_then_read, answers=2),
    Case("HEAD of a page", request("HEAD", "/"), DONE, no_body, method="HEAD"),
    Case("HEAD of the version", request("HEAD", "/version"), DONE, no_body, method="HEAD"),
    Case("HEAD of a file", request("HEAD", "/get-artifact?run_id={own_run}&path=note.txt"), DONE, no_body, method="HEAD"),
    Case("HEAD of a file at the proxy", request("HEAD", PROXY + "/{own_file}"), DONE, no_body, method="HEAD"),
    Case("spans", otlp(HEADER), DONE, trace_has("from-bob")),
    Case("spans, compressed", otlp(HEADER, "Content-Encoding: gzip", squeeze=gzip.compress), DONE, trace_has("from-bob")),
    Case("spans, to the same trace again", otlp(HEADER, spans=("own_trace",)), DONE),
    Case("spans in JSON", post("/v1/traces", {"resourceSpans": [{"scopeSpans": [{"spans": [SPAN]}]}]}, HEADER), DONE),
    Case("spans of an own run", otlp(HEADER, "X-Mlflow-Run-Id: {own_run}"), DONE),
]  # fmt: skip

SPELLINGS = [
    *[Case(f"tag: {name}", **tag(f"t{number}", text)) for number, (name, _, _, text) in enumerate(NAMES)],
    *[
        Case(f"experiment by name: {name}", (post(API + "/experiments/create", {"name": text + "{own_run}"}, close=False), get(f"{API}/experiments/get-by-name?experiment_name={query}{{own_run}}")), DONE, each_ok, answers=2)
        for name, _, query, text in NAMES
    ],
    *[
        Case(f"registered model: {name}", (post(API + "/registered-models/create", {"name": text + "{own_run}"}, close=False), get(f"{API}/registered-models/get?name={query}{{own_run}}")), DONE, each_ok, answers=2)
        for name, _, query, text in NAMES
    ],
    *[
        Case(f"file: {name}", (put(f"{PROXY}/{{own_experiment}}/{{own_run}}/artifacts/{path}.txt", "it", close=False), get(f"{PROXY}/{{own_experiment}}/{{own_run}}/artifacts/{path}.txt")), DONE, says(b"it"), answers=2)
        for name, path, _, _ in FILE_NAMES
    ],
    *[
        Case(f"listing: {name}", get(f"{PROXY}?path={{own_experiment}}%2F{{own_run}}%2Fartifacts%2F{query}"), DONE)
        for name, _, query, _ in FILE_NAMES
    ],
]  # fmt: skip

CASES = ODD_BUT_FINE + BYTES + SPELLINGS
