"""Requests of odd forms, as bytes: what a server of HTTP makes of them, and not only MLflow, decides what they mean."""

from wire import request

V2 = "/api/2.0/mlflow"
GET = V2 + "/experiments/get?experiment_id={experiment}"
RUN = V2 + "/runs/get?run_id={run}"
TAG = {"run_id": "{run}", "key": "a", "value": "b"}
JSON = "application/json"


def get(target, *headers, method="GET", **more):
    """A request without a body."""
    return request(method, target, *headers, **more)


def tag(path=V2 + "/runs/set-tag", *headers, body=TAG, method="POST", kind=JSON):
    """A tag on a run."""
    return request(method, path, *headers, body=body, kind=kind)


ODD = {
    "plain": get(GET),
    "a run": get(RUN),
    "a search": get(V2 + "/experiments/search?max_results=10"),
    "a write": tag(),
    "a model": get(V2 + "/registered-models/get?name={model}"),
    "no such route": get(V2 + "/nothing"),
    "HEAD of a page": get("/", method="HEAD"),
    "HEAD of an experiment": get(GET, method="HEAD"),
    "HEAD of a file": get("/get-artifact?run_id={run}&path=note.txt", method="HEAD"),
    "OPTIONS": get(GET, method="OPTIONS"),
    "TRACE": get(GET, method="TRACE"),
    "a method of no meaning": get(GET, method="BREW"),
    "a method in small letters": get(GET, method="get"),
    "a write in small letters": tag(method="post"),
    "another method in a header": tag(V2 + "/runs/set-tag", "X-HTTP-Method-Override: GET"),
    "a slash at the end": get(V2 + "/experiments/get/?experiment_id={experiment}"),
    "two slashes": get("//api/2.0/mlflow/experiments/get?experiment_id={experiment}"),
    "two slashes within": get("/api//2.0/mlflow/experiments/get?experiment_id={experiment}"),
    "a dot": get("/api/2.0/mlflow/./experiments/get?experiment_id={experiment}"),
    "two dots": get("/api/2.0/mlflow/runs/../experiments/get?experiment_id={experiment}"),
    "dots in escapes": get("/api/2.0/mlflow/runs/%2e%2e/experiments/get?experiment_id={experiment}"),
    "letters in escapes": get("/api/2.0/mlflow/%65xperiments/get?experiment_id={experiment}"),
    "a slash in escapes": get("/api/2.0/mlflow/experiments%2Fget?experiment_id={experiment}"),
    "capitals": get("/API/2.0/mlflow/experiments/get?experiment_id={experiment}"),
    "a semicolon": get("/api/2.0/mlflow/experiments/get;x=1?experiment_id={experiment}"),
    "a whole address": get("http://{host}" + GET),
    "a fragment": get(GET + "#x"),
    "an id twice": get(GET + "&experiment_id={experiment}"),
    "two ids": get(GET + "&experiment_id={others_experiment}"),
    "two ids, others' first": get(V2 + "/experiments/get?experiment_id={others_experiment}&experiment_id={experiment}"),
    "an escaped name of a parameter": get(V2 + "/experiments/get?experiment%5Fid={experiment}"),
    "a semicolon between parameters": get(GET + ";experiment_id={others_experiment}"),
    "a plus": get(V2 + "/registered-models/get?name={model}+"),
    "a body with GET": request("GET", GET, body={"experiment_id": "{others_experiment}"}),
    "credentials twice": get(GET, "Authorization: {auth}"),
    "credentials of two": get(GET, "Authorization: Basic bm9ib2R5OnBhc3N3b3Jk"),
    "a length twice": tag(V2 + "/runs/set-tag", "Content-Length: {length}"),
    "a kind twice": tag(V2 + "/runs/set-tag", "Content-Type: text/plain"),
    "a host twice": get(GET, "Host: elsewhere.example"),
    "no kind": tag(kind=None),
    "another kind": tag(kind="text/plain"),
    "the kind in capitals": tag(kind="APPLICATION/JSON"),
    "a name with an underscore": get(GET, "Content_Length: 5"),
    "a key twice": tag(body='{"run_id": "{run}", "run_id": "{run}", "key": "a", "value": "b"}'),
    "two keys of one field": tag(body='{"run_id": "{run}", "runId": "{others_run}", "key": "a", "value": "b"}'),
    "JSON in JSON": tag(body='"{\\"run_id\\": \\"{run}\\", \\"key\\": \\"a\\", \\"value\\": \\"b\\"}"'),
    "a mark at the beginning": tag(body=b"\xef\xbb\xbf" + b'{"run_id": "{run}", "key": "a", "value": "b"}'),
    "no JSON": tag(body="{"),
    "an array": tag(body="[]"),
    "nothing": tag(body=""),
}  # fmt: skip

# Refused by the gateway to everybody who gets that far, since another server may read them in another way.
REFUSED = {
    "TRACE", "a method of no meaning", "a method in small letters", "a write in small letters", "two slashes",
    "two slashes within", "a dot", "two dots", "dots in escapes", "letters in escapes", "a slash in escapes",
    "a whole address", "an id twice", "two ids", "two ids, others' first", "a semicolon between parameters",
    "a body with GET", "credentials twice", "credentials of two", "a kind twice", "a host twice", "a key twice",
    "two keys of one field", "JSON in JSON", "a mark at the beginning", "an array",
}  # fmt: skip
# Executed by the gateway for whoever may do what they mean: they mean one thing alone.
EXECUTED = {"HEAD of a page", "HEAD of an experiment", "HEAD of a file", "a length twice", "the kind in capitals"}
# Refused by both; the gateway asks for rights before MLflow reads the rest.
RIGHTS_FIRST = {"no kind", "a length twice"}
