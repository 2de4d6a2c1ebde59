"""The ways in which a front could read a request otherwise than MLflow does, D1 to D37, each tried on the victim's."""

import gzip
import json

from law2_cases import *

RUN = '"run_id":"{victim_run}"'
OWN = '"run_id":"{own_run}"'
TAG = '"key":"note","value":"taken"'
GET_RUN = API + "/runs/get"
GET_EXPERIMENT = API + "/experiments/get"
THEIRS = "{" + RUN + "," + TAG + "}"
EXPERIMENT = "X-Mlflow-Experiment-Id: {own_experiment}"
SMUGGLED = request("GET", GET_RUN + "?run_id={victim_run}", close=False)
HEAD = b"Host: {host}\r\nAuthorization: {auth}\r\nConnection: close\r\n"
JSON = "Content-Type: application/json"


def raw(line, *headers, body=b"", host=True):
    """A request whose framing is written out; `line` and `headers` as they stand."""
    head = HEAD if host else HEAD.replace(b"Host: {host}\r\n", b"")
    lines = [as_bytes(header) + b"\r\n" for header in headers]
    return as_bytes(line) + b" HTTP/1.1\r\n" + head + b"".join(lines) + b"\r\n" + as_bytes(body)


def as_bytes(text):
    """`text` in UTF-8, bytes as they are."""
    return text if isinstance(text, bytes) else text.encode()


def encoded(text, encoding):
    """`runs/set-tag` with `text` in another encoding."""

    def data(names):
        return fill(post(f"{API}/runs/set-tag", fill(text.encode(), names).decode().encode(encoding)), names)

    return data


def twice(text):
    """A JSON string that holds JSON."""
    return lambda names: fill(set_tag(json.dumps(fill(text.encode(), names).decode())), names)


SOURCES = [
    Case("D1 GET without query, body", get(GET_RUN, body={"run_id": "{victim_run}"})),
    Case("D1 GET with an empty query, body", get(GET_RUN + "?", body={"run_id": "{victim_run}"})),
    Case("D1 GET with a query of separators, body", get(GET_RUN + "?&&", body={"run_id": "{victim_run}"})),
    Case("D1 GET of an own run, body", get(GET_RUN + "?run_id={own_run}", body={"run_id": "{victim_run}"})),
    Case("D1 OPTIONS with a body", request("OPTIONS", GET_RUN, body={"run_id": "{victim_run}"})),
    Case("D2 HEAD with query and body", request("HEAD", GET_RUN + "?run_id={own_run}", body={"run_id": "{victim_run}"}), method="HEAD"),
    Case("D2 HEAD of the victim's", request("HEAD", GET_RUN + "?run_id={victim_run}"), method="HEAD"),
    Case("D3 POST with an own id in the query", post(API + "/runs/set-tag?run_id={own_run}", THEIRS)),
    Case("D3 POST with the victim's id in the query", post(API + "/runs/set-tag?run_id={victim_run}", {"run_id": "{own_run}", "key": "d3", "value": "x"}), HARMLESS),
    Case("D3 PATCH with an own name in the query", patch(API + "/registered-models/update?name={own_model}", {"name": "{victim_model}", "description": "taken"})),
    Case("D3 DELETE, both", delete(API + "/registered-models/delete?name={own_model}", {"name": "{victim_model}"})),
    Case("D3 DELETE, query alone", delete(API + "/registered-models/delete?name={victim_model}")),
    Case("D4 PATCH as text", patch(API + "/registered-models/update", {"name": "{victim_model}", "description": "taken"}, kind="text/plain")),
    Case("D4 DELETE as a form", delete(API + "/model-versions/delete", "name={own_model}&version=1", kind="application/x-www-form-urlencoded")),
    Case("D4 POST as text", set_tag(THEIRS, kind="text/plain")),
    Case("D5 upload, run_id first", post(AJAX + "/upload-artifact?run_id={own_run}&run_uuid={victim_run}&path=note.txt", "taken"), weak=ALWAYS),
    Case("D5 upload, run_uuid first", post(AJAX + "/upload-artifact?run_uuid={victim_run}&run_id={own_run}&path=note.txt", "taken"), weak=ALWAYS),
    Case("D5 upload, run_uuid twice", post(AJAX + "/upload-artifact?run_uuid={victim_run}&run_uuid={own_run}&path=note.txt", "taken")),
    Case("D5 get-artifact, two runs", get("/get-artifact?run_id={own_run}&run_uuid={victim_run}&path=note.txt")),
    Case("D5 get-artifact, two runs, the other way", get("/get-artifact?run_id={victim_run}&run_uuid={own_run}&path=note.txt")),
    Case("D5 get-artifact, empty run_id", get("/get-artifact?run_id=&run_uuid={victim_run}&path=note.txt")),
    Case("D5 get-artifact, run in the body", get("/get-artifact?path=note.txt", body={"run_id": "{victim_run}"})),
]  # fmt: skip

DUPLICATES = [
    Case("D6 query key twice, own first", get(GET_RUN + "?run_id={own_run}&run_id={victim_run}")),
    Case("D6 query key twice, own last", get(GET_RUN + "?run_id={victim_run}&run_id={own_run}")),
    Case("D6 query key twice, one encoded", get(GET_RUN + "?run%5Fid={victim_run}&run_id={own_run}")),
    Case("D6 a list with one of the victim's", get(AJAX + "/metrics/get-history-bulk?run_id={own_run}&run_id={victim_run}&metric_key=m")),
    Case("D6 a list with one of the victim's, interval", get(API + "/metrics/get-history-bulk-interval?run_ids={own_run}&run_ids={victim_run}&metric_key=m")),
    Case("D6 experiment twice", get(GET_EXPERIMENT + "?experiment_id={victim_experiment}&experiment_id={own_experiment}")),
    Case("D6 semicolon", get(GET_RUN + "?run_id={own_run};run_id={victim_run}")),
    Case("D7 JSON key twice, victim last", set_tag("{" + OWN + "," + TAG + "," + RUN + "}")),
    Case("D7 JSON key twice, victim first", set_tag("{" + RUN + "," + TAG + "," + OWN + "}")),
    Case("D7 JSON key twice, one escaped", set_tag("{" + OWN + "," + TAG + r',"run\u005fid":"{victim_run}"}')),
    Case("D7 JSON key twice, nested", post(API3 + "/traces/search", '{"locations":[{"type":"MLFLOW_EXPERIMENT","mlflow_experiment":{"experiment_id":"{own_experiment}","experiment_id":"{victim_experiment}"}}]}')),
    Case("D8 camelCase", set_tag({"runId": "{victim_run}", "key": "note", "value": "taken"})),
    Case("D8 both spellings", set_tag({"runId": "{victim_run}", "run_id": "{own_run}", "key": "note", "value": "taken"})),
    Case("D8 both spellings, nested", post(API3 + "/traces/search", {"locations": [{"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": "{own_experiment}"}, "mlflowExperiment": {"experimentId": "{victim_experiment}"}}]})),
    Case("D37 two different runs", set_tag({"run_id": "{own_run}", "run_uuid": "{victim_run}", "key": "note", "value": "taken"})),
    Case("D37 two different runs, the other way", set_tag({"run_uuid": "{own_run}", "run_id": "{victim_run}", "key": "note", "value": "taken"})),
    Case("D37 two different runs in the query", get(GET_RUN + "?run_id={own_run}&run_uuid={victim_run}")),
    Case("D37 the victim's, and null", set_tag({"run_id": None, "run_uuid": "{victim_run}", "key": "note", "value": "taken"})),
    Case("D37 the victim's, and nothing", set_tag({"run_id": "", "run_uuid": "{victim_run}", "key": "note", "value": "taken"})),
]  # fmt: skip

TEXTS = [
    *[Case(f"D9 {name}", encoded(THEIRS, name)) for name in ("utf-16", "utf-16-le", "utf-32", "utf-8-sig", "utf-7")],
    Case("D9 own in UTF-16", encoded("{" + OWN + "," + TAG + "}", "utf-16")),
    Case("D9 not UTF-8", set_tag(b'{"run_id":"{victim_run}","key":"note","value":"\xff"}')),
    Case("D10 JSON in a JSON string", twice(THEIRS)),
    Case("D11 garbage behind", set_tag(THEIRS + " x")),
    Case("D11 two values", set_tag("{" + OWN + "," + TAG + "}" + THEIRS)),
    Case("D11 array", set_tag("[" + THEIRS + "]")),
    Case("D11 not closed", set_tag(THEIRS[:-1])),
    Case("D11 comment", set_tag("/**/" + THEIRS)),
    Case("D11 huge number", set_tag("{" + RUN + "," + TAG + ',"step":' + "9" * 5000 + "}")),
    Case("D11 empty", set_tag("")),
    Case("D12 wrong type of one field", set_tag('{"run_uuid":"{victim_run}","key":"note","value":5,' + OWN + "}")),
    Case("D12 wrong type of the id", set_tag('{"run_uuid":"{victim_run}","run_id":["{own_run}"],' + TAG + "}")),
    Case("D12 object as id", set_tag('{"run_uuid":"{victim_run}","run_id":{"a":"{own_run}"},' + TAG + "}")),
    Case("D13 lone surrogate", set_tag(r'{"run_uuid":"{victim_run}","key":"note","value":"\ud800",' + OWN + "}"), weak=ALWAYS),
    Case("D13 lone surrogate in a name", set_tag("{" + OWN + r',"run_id\ud800":1,' + TAG + "}")),
    Case("D14 NaN", post(API + "/runs/log-metric", "{" + RUN + ',"key":"m","timestamp":2,"value":NaN}')),
    Case("D14 too big", post(API + "/runs/log-metric", "{" + RUN + ',"key":"m","timestamp":2,"value":1e999}')),
    Case("D14 deep", set_tag("{" + RUN + "," + TAG + ',"x":' + "[" * 200 + "]" * 200 + "}")),
    Case("D14 very deep", set_tag("{" + OWN + "," + TAG + ',"x":' + "[" * 100_000 + "]" * 100_000 + "}")),
    *[
        Case(f"D15 {name} in {place}", post(API + "/experiments/set-experiment-tag", {"experiment_id": spelling, "key": "note", "value": "taken"}) if place == "JSON" else get(GET_EXPERIMENT + "?experiment_id=" + in_query), weak=OPEN if place == "query" else None)
        for name, spelling, in_query in (
            ("leading zero", "0{victim_experiment}", "00{victim_experiment}"),
            ("sign", "+{victim_experiment}", "%2b{victim_experiment}"),
            ("space", " {victim_experiment} ", "+{victim_experiment}+"),
            ("underscore", "0_{victim_experiment}", "0_0{victim_experiment}"),
            ("wide digit", "\uff10{victim_experiment}", "%EF%BC%90{victim_experiment}"),
            ("arabic digit", "\u0660{victim_experiment}", "%D9%A0{victim_experiment}"),
            ("tab", "\t{victim_experiment}", "%09{victim_experiment}"),
        )
        for place in ("JSON", "query")
    ],
    Case("D15 number for a text", post(API + "/experiments/set-experiment-tag", '{"experiment_id":{victim_experiment},"key":"note","value":"taken"}')),
    Case("D15 version", get(API + "/model-versions/get?name={victim_model}&version=01")),
]  # fmt: skip

VICTIM_RUN = API + "/runs/get?run_id={victim_run}"
OTHER_DIRECTORY = f"{PROXY}/{{own_experiment}}/"
PATHS = [
    Case("D16 slash in front", get("/" + VICTIM_RUN)),
    Case("D16 slash in front of bob's", get("/" + GET_RUN + "?run_id={own_run}"), HARMLESS),
    Case("D16 encoded slash", get("/api%2F2.0%2Fmlflow%2Fruns%2Fget?run_id={victim_run}")),
    Case("D16 encoded letter", get("/%61pi/2.0/mlflow/runs/get?run_id={victim_run}")),
    Case("D16 slash behind", get(GET_RUN + "/?run_id={victim_run}")),
    Case("D16 slash within", get("/api//2.0/mlflow/runs/get?run_id={victim_run}")),
    Case("D16 other case", get("/API/2.0/mlflow/runs/get?run_id={victim_run}")),
    Case("D16 parameter", get(GET_RUN + ";x?run_id={victim_run}")),
    Case("D16 zero byte", get(GET_RUN + "%00?run_id={victim_run}")),
    Case("D17 fragment and query", get(GET_RUN + "?run_id={own_run}#&run_id={victim_run}"), HARMLESS),
    Case("D17 fragment in front of the query", get(GET_RUN + "#?run_id={victim_run}")),
    Case("D17 fragment, victim first", get(VICTIM_RUN + "#&run_id={own_run}")),
    Case("D17 health as fragment, nobody", get(VICTIM_RUN + "#/health", auth=None)),
    Case("D18 absolute", raw("GET http://{host}" + VICTIM_RUN)),
    Case("D18 absolute, other host", raw("GET http://10.1.2.3" + GET_RUN + "?run_id={own_run}")),
    Case("D18 absolute, user", raw("GET http://admin:x@{host}" + VICTIM_RUN)),
    Case("D18 asterisk", raw("OPTIONS *"), HARMLESS),
    Case("D18 authority", raw("CONNECT {host}")),
    *[
        Case(f"D19 {name}", get(f"{OTHER_DIRECTORY}{up}{{victim_file}}"))
        for name, up in (("up", "../"), ("up, encoded", "%2e%2e/"), ("up, all encoded", "%2e%2e%2f"), ("up, mixed", ".%2E/"),
                         ("backslash", "..\\"), ("backslash, encoded", "..%5c"), ("up twice encoded", "%252e%252e/"), ("wide dots", "%ef%bc%8e%ef%bc%8e/"))
    ],
    Case("D19 tab in the target", get(f"{PROXY}/.\t./{{victim_file}}")),
    Case("D19 up, from a health check, nobody", get("/health/../api/2.0/mlflow/runs/get?run_id={victim_run}", auth=None)),
    Case("D19 up to another operation", get(API + "/experiments/../runs/get?run_id={victim_run}")),
    *[Case(f"D20 {path}", get(f"{PROXY}/{path}"), weak=OPEN) for path in ("./{victim_file}", "%252e/{victim_file}", "%25252e/{victim_file}")],
    *[
        Case(f"D20 {path}", get(f"{PROXY}/{path}"))
        for path in (
            "%09{victim_file}", "{victim_experiment}%09/{victim_run}/artifacts/note.txt",
            "%20{victim_file}", "{victim_experiment}//{victim_run}/artifacts/note.txt", "{victim_file}%3F", "{victim_file}%23", "{victim_file}%3B", "{victim_file}/", "/{victim_file}",
            "%2F{victim_file}", "{victim_experiment}%2F{victim_run}%2Fartifacts%2Fnote.txt", "{victim_experiment}%252F{victim_run}/artifacts/note.txt", "file:{victim_file}", "%00{victim_file}",
        )
    ],
    *[
        Case(f"D20 listing {path}", get(f"{PROXY}?path={path}"))
        for path in ("./{victim_experiment}", "%252e/{victim_experiment}", "{own_experiment}/../{victim_experiment}", "%09{victim_experiment}", "/{victim_experiment}", "{victim_experiment}%2509", ".", "..")
    ],
    Case("D20 write", put(f"{PROXY}/./{{victim_file}}", "taken")),
    Case("D20 write, twice encoded", put(f"{PROXY}/%252e/{{victim_file}}", "taken")),
    Case("D20 several parts", post("/api/2.0/mlflow-artifacts/mpu/create/{own_experiment}/%2e%2e/{victim_experiment}/x", {"path": "x", "num_parts": 1})),
    Case("D20 several parts, path in the body", post("/api/2.0/mlflow-artifacts/mpu/complete/{victim_experiment}/x", {"path": "{own_file}", "upload_id": "x", "parts": []})),
    Case("D21 cut in the middle of the id", get(f"{PROXY}/{{shorter_experiment}}%09{{victim_tail}}/{{victim_run}}/artifacts/note.txt")),
    Case("D21 cut in the middle of the id, twice encoded", get(f"{PROXY}/{{shorter_experiment}}%2509{{victim_tail}}/{{victim_run}}/artifacts/note.txt")),
    Case("D21 cut in the middle of the id, write", put(f"{PROXY}/{{shorter_experiment}}%250A{{victim_tail}}/{{victim_run}}/artifacts/note.txt", "taken")),
]  # fmt: skip

SET_TAG = "POST " + API + "/runs/set-tag"
FRAMING = [
    Case("D22 chunked, the victim's", in_chunks(raw(SET_TAG, JSON), THEIRS.encode())),
    Case("D23 length and chunks", lambda names: fill(raw(SET_TAG, JSON, "Content-Length: 5", "Transfer-Encoding: chunked"), names) + chunked(fill(THEIRS.encode(), names))),
    Case("D23 length and chunks, another request behind", raw(SET_TAG, JSON, "Content-Length: 5", "Transfer-Encoding: chunked", body=b"0\r\n\r\n" + SMUGGLED), answers=2),
    Case("D23 two lengths", raw(SET_TAG, JSON, "Content-Length: 2", "Content-Length: 90", body=b"{}" + SMUGGLED), answers=2),
    Case("D23 the same length twice", raw(SET_TAG, JSON, "Content-Length: 2", "Content-Length: 2", body=b"{}"), HARMLESS),
    Case("D23 list of lengths", raw(SET_TAG, JSON, "Content-Length: 2, 90", body=b"{}" + SMUGGLED), answers=2),
    Case("D23 signed length", raw(SET_TAG, JSON, "Content-Length: +2", body=b"{}" + SMUGGLED), answers=2),
    Case("D23 compressed and chunked", raw(SET_TAG, JSON, "Transfer-Encoding: gzip, chunked", body=b"0\r\n\r\n")),
    Case("D23 unknown coding", raw(SET_TAG, JSON, "Transfer-Encoding: xchunked", body=b"0\r\n\r\n" + SMUGGLED), answers=2),
    Case("D23 coding with a space in front of the colon", raw(SET_TAG, JSON, "Content-Length: 5", "Transfer-Encoding : chunked", body=b"0\r\n\r\n" + SMUGGLED), answers=2),
    Case("D23 bad chunk", raw(SET_TAG, JSON, "Transfer-Encoding: chunked", body=b"zz\r\n{}\r\n0\r\n\r\n")),
    Case("D23 GET with a length, another request inside", raw("GET " + GET_RUN + "?run_id={own_run}", "Content-Length: 10", body=SMUGGLED), answers=2),
    Case("D24 two hosts", raw("GET " + GET_RUN + "?run_id={own_run}", "Host: 10.1.2.3")),
    Case("D24 the same host twice", raw("GET " + GET_RUN + "?run_id={own_run}", "Host: {host}")),
    Case("D24 no host", raw("GET " + GET_RUN + "?run_id={own_run}", host=False)),
    Case("D24 host with a user", raw("GET " + GET_RUN + "?run_id={own_run}", "Host: localhost:80@evil.example", host=False)),
    Case("D24 bare line feeds", raw("GET " + VICTIM_RUN).replace(b"\r\n", b"\n")),
    Case("D24 folded header", raw("GET " + GET_RUN + "?run_id={own_run}", "X-A: b\r\n X-Mlflow-Run-Id: {victim_run}"), HARMLESS),
    *[Case(f"D25 {method}", request(method, VICTIM_RUN)) for method in ("get", "Get", "FETCH", "TRACE", "PROPFIND")],
]  # fmt: skip

HEADERS = [
    Case("D26 underscores", otlp(EXPERIMENT, "X_Mlflow_Run_Id: {victim_run}", "X_Mlflow_Experiment_Id: {victim_experiment}"), HARMLESS),
    Case("D26 length with an underscore", raw(SET_TAG, JSON, "Content_Length: 2", body=b"{}"), HARMLESS),
    Case("D27 two experiments", otlp(EXPERIMENT, "X-Mlflow-Experiment-Id: {victim_experiment}")),
    Case("D27 two experiments, the other way", otlp("X-Mlflow-Experiment-Id: {victim_experiment}", EXPERIMENT)),
    Case("D27 two credentials", get(GET_RUN + "?run_id={own_run}", "Authorization: Basic eDp5")),
    Case("D27 two workspaces", get(GET_RUN + "?run_id={own_run}", "X-MLFLOW-WORKSPACE: default", "X-MLFLOW-WORKSPACE: team-b")),
    Case("D27 two content types", set_tag(THEIRS, "Content-Type: text/plain")),
    Case("D28 script name", get("/health/api/2.0/mlflow/runs/get?run_id={victim_run}", "SCRIPT_NAME: /health", auth=None)),
    Case("D28 script name with a hyphen", get("/health/api/2.0/mlflow/runs/get?run_id={victim_run}", "Script-Name: /health", auth=None)),
    Case("D28 rewritten path", get("/health", "X-Original-URL: " + VICTIM_RUN, "X-Rewrite-URL: " + VICTIM_RUN, auth=None), HARMLESS),
    Case("D28 prefix", get(GET_RUN + "?run_id={victim_run}", "X-Forwarded-Prefix: /health")),
    Case("D28 other method", get(GET_RUN + "?run_id={own_run}", "X-HTTP-Method-Override: DELETE"), HARMLESS),
    *[
        Case(f"D28 assistant, {header}", request("PUT", AJAX3 + "/assistant/config", header, body={"providers": {}}))
        for header in ("X-Forwarded-For: 127.0.0.1", "Forwarded: for=127.0.0.1", "X-Real-IP: ::1")
    ],
    Case("D29 compressed JSON", lambda names: fill(post(f"{API}/runs/set-tag", gzip.compress(fill(THEIRS.encode(), names)), "Content-Encoding: gzip"), names)),
    Case("D29 compressed spans into the victim's trace", otlp(EXPERIMENT, "Content-Encoding: gzip", spans=("victim_trace",), squeeze=gzip.compress), weak=ALWAYS),
    Case("D29 compressed spans that grow", lambda names: fill(post("/v1/traces", b"", EXPERIMENT, "Content-Encoding: gzip", kind=KIND), names) + bomb(1 << 29)),
    Case("D29 spans compressed twice", otlp(EXPERIMENT, "Content-Encoding: gzip, gzip", spans=("victim_trace",), squeeze=lambda body: gzip.compress(gzip.compress(body)))),
]  # fmt: skip

PLACES = [
    Case("D30 logged model in path and body", patch(API + "/logged-models/{own_logged_model}", {"model_id": "{victim_logged_model}", "status": "LOGGED_MODEL_UPLOAD_FAILED"}), weak=ALWAYS),
    Case("D30 logged model in path and body, tags", patch(API + "/logged-models/{own_logged_model}/tags", {"model_id": "{victim_logged_model}", "tags": [{"key": "note", "value": "taken"}]}), HARMLESS),
    Case("D30 trace in path and body", patch(API3 + "/traces/{own_trace}/tags", {"trace_id": "{victim_trace}", "key": "note", "value": "taken"}), HARMLESS),
    Case("D30 the victim's trace in the path", patch(API3 + "/traces/{victim_trace}/tags", {"trace_id": "{own_trace}", "key": "note", "value": "taken"})),
    # A field that is refused is null.
    Case("D31 GraphQL", post("/graphql", {"query": '{mlflowGetRun(input:{runId:"{victim_run}"}){run{info{runUuid}}}}'}), HARMLESS),
    Case("D31 GraphQL, alias and variable", post("/graphql", {"query": "query q($r:String){a:mlflowGetRun(input:{runId:$r}){run{data{tags{value}}}}}", "variables": {"r": "{victim_run}"}, "operationName": "q"}), HARMLESS),
    Case("D31 GraphQL, experiment otherwise spelled", post("/graphql", {"query": '{mlflowGetExperiment(input:{experimentId:"0{victim_experiment}"}){experiment{name}}}'}), HARMLESS, weak=OPEN),
    Case("D31 GraphQL, GET with a body", get("/graphql", body={"query": '{mlflowGetExperiment(input:{experimentId:"{victim_experiment}"}){experiment{name}}}'})),
    Case("D32 model in a text", post("/gateway/mlflow/v1/chat/completions", {"model": "x"}, kind="text/plain")),
    Case("D33 the last of two versions", get(AJAX3 + "/mcp-servers/a/versions/b/versions/c")),
    Case("D34 other workspace", get(GET_RUN + "?run_id={victim_run}", "X-MLFLOW-WORKSPACE: team-b")),
    Case("D34 empty workspace", get(GET_RUN + "?run_id={victim_run}", "X-MLFLOW-WORKSPACE:  ")),
    Case("D35 path that ends like a public one", get(f"{PROXY}/{{victim_experiment}}/{{victim_run}}/artifacts/mlflow/server-info", auth=None)),
    Case("D35 path that ends like a public one, written", put(f"{PROXY}/{{victim_experiment}}/{{victim_run}}/artifacts/mlflow/server-info", "taken", auth=None)),
    Case("D36 compressed answer of a search", get(API + "/experiments/search?max_results=1000", "Accept-Encoding: gzip, br"), DONE),
    Case("D36 HEAD of a search", request("HEAD", API + "/experiments/search?max_results=1000"), HARMLESS, no_length, method="HEAD"),
]  # fmt: skip

CASES = SOURCES + DUPLICATES + TEXTS + PATHS + FRAMING + HEADERS + PLACES
