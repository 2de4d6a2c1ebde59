"""Calls through the AI gateway, with a real MLflow and a provider behind it."""

import json

import pytest
import requests

import wire
from clients import basic_user
from gateway_objects import front, linked
from provider_llm import DONE, PATIENCE, piece

CHAT = {"messages": [{"role": "user", "content": "hi"}]}
# Where the endpoint is named, and what MLflow answers whoever may use it: its provider is one of OpenAI's kind, for which
# it refuses what is of others.
IN_BODY = [
    ("mlflow/v1/chat/completions", 200), ("openai/v1/chat/completions", 200), ("openai/v1/embeddings", 200),
    ("openai/v1/responses", 200), ("openai/v1/responses/compact", 200), ("anthropic/v1/messages", 400),
    ("typesafe/v1/systemone", 422),
]  # fmt: skip
IN_PATH = [
    ("{}/mlflow/invocations", 200), ("gemini/v1beta/models/{}:generateContent", 400),
    ("gemini/v1beta/models/{}:streamGenerateContent", 200), ("proxy/{}/v1/chat/completions", 200),
]  # fmt: skip
MODELS = "/gateway/mlflow/v1/models"
OPEN = "/gateway/openai/v1/chat/completions"


@pytest.fixture(scope="module", params=("union", "first-match"))
def gateway(request, data, ai_inner):
    """A gateway, in each way of deciding."""
    with front(data / f"calls-{request.param}", ai_inner, request.param) as started:
        yield started


@pytest.fixture(scope="module")
def chat(gateway):
    """An endpoint, its id, and who may do what with it."""
    id = gateway.inner.all("chat")["gateway_endpoint"]
    grants = {"stranger": [], "reader": [(id, "READ")], "user": [(id, "USE")]}
    return gateway.called("chat"), id, {name: gateway.user(f"calls-{name}", gateway_endpoint=held) for name, held in grants.items()}


def calls(endpoint):
    """Every way to call an endpoint: path, body, and what MLflow answers."""
    named = [(f"/gateway/{path}", {**CHAT, "model": endpoint}, status) for path, status in IN_BODY]
    return named + [("/gateway/" + path.format(endpoint), CHAT, status) for path, status in IN_PATH]


def test_every_call_takes_use_of_its_endpoint(gateway, chat):
    """Reading it is not enough; one that is not there is refused as any."""
    endpoint, _, users = chat
    for path, body, expected in calls(endpoint):
        before = len(gateway.provider.asked)
        assert [users[who].call("POST", path, json=body).status_code for who in ("stranger", "reader")] == [403, 403], path
        assert requests.post(gateway.url + path, json=body, timeout=PATIENCE).status_code == 401
        assert len(gateway.provider.asked) == before, path
        found = users["user"].call("POST", path, json=body)
        assert found.status_code == expected, (path, found.text)
    for path, body, _ in calls("nowhere"):
        assert users["user"].call("POST", path, json=body).status_code == 403, path


def test_w7_compact_responses_work(gateway, chat):
    """For whoever may use the endpoint, and not for admins alone."""
    endpoint, _, users = chat
    body = {"model": endpoint, "input": "hi"}
    assert users["user"].call("POST", "/gateway/openai/v1/responses/compact", json=body).status_code == 200
    assert gateway.provider.asked[-1][0] == "/v1/responses/compact"
    assert users["reader"].call("POST", "/gateway/openai/v1/responses/compact", json=body).status_code == 403


def test_the_body_names_one_endpoint(gateway, chat):
    """Attempts to have one endpoint judged and another one called."""
    endpoint, _, users = chat
    gateway.inner.all("victim")
    victim = gateway.called("victim")
    bodies = [
        f'{{"model": "{endpoint}", "model": "{victim}", "messages": []}}',
        f'{{"model": "{endpoint}", "mo\\u0064el": "{victim}", "messages": []}}',
        f'{{"model": ["{victim}"], "messages": []}}',
        f'{{"model": {{"name": "{victim}"}}, "messages": []}}',
        '{"model": "", "messages": []}',
        '{"model": null, "messages": []}',
        '{"messages": []}',
        f'[{{"model": "{victim}"}}]',
        "{",
    ]
    before = len(gateway.provider.asked)
    for path, _ in IN_BODY:
        for body in bodies:
            found = users["user"].call("POST", f"/gateway/{path}", data=body, headers={"content-type": "application/json"})
            assert found.status_code == 400, (path, body, found.text)
    assert users["user"].call("POST", f"{OPEN}?model={endpoint}", json={**CHAT, "model": victim}).status_code == 403
    for path in (f"/gateway/proxy/{endpoint}/../{victim}/a", f"/gateway/{endpoint}%2F..%2F{victim}/mlflow/invocations"):
        raw = wire.sized(wire.request("POST", path, body=CHAT)).replace(b"{auth}", basic_user(users["user"]).encode())
        answer = wire.exchange(int(gateway.url.rsplit(":", 1)[1]), raw.replace(b"{host}", b"localhost"))[0]
        assert answer.status == 400, str(answer)
    assert len(gateway.provider.asked) == before


def test_a_name_that_another_endpoint_takes_is_judged_as_that(gateway):
    """At once, where the change passes through the gateway: an endpoint leaves its name or is deleted."""
    ids, others = gateway.inner.all("moving"), gateway.inner.all("waiting")
    mine, name = ids["gateway_endpoint"], gateway.called("moving")
    ann = gateway.user("moving-ann", gateway_endpoint=[(mine, "MANAGE")])
    body = {**CHAT, "model": name}
    assert ann.call("POST", OPEN, json=body).status_code == 200
    gateway.admin.post("/api/3.0/mlflow/gateway/endpoints/update", endpoint_id=mine, name=gateway.called("moved"))
    gateway.admin.post("/api/3.0/mlflow/gateway/endpoints/update", endpoint_id=others["gateway_endpoint"], name=name)
    assert ann.call("POST", OPEN, json=body).status_code == 403
    body["model"] = gateway.called("moved")
    assert ann.call("POST", OPEN, json=body).status_code == 200
    assert ann.call("DELETE", "/api/3.0/mlflow/gateway/endpoints/delete", json={"endpoint_id": mine}).status_code == 200
    gateway.inner.made("endpoints/create", name=body["model"], model_configs=linked(others["gateway_model_definition"]), usage_tracking=False)
    assert ann.call("POST", OPEN, json=body).status_code == 403


def test_models_are_those_that_may_be_used(gateway, chat):
    """The list in the form of OpenAI's."""
    endpoint, _, users = chat
    listed = {who: [model["id"] for model in users[who].get(MODELS)["data"]] for who in users}
    assert listed == {"stranger": [], "reader": [], "user": [endpoint]}
    assert users["user"].get(MODELS)["object"] == "list"
    assert len(gateway.admin.get(MODELS)["data"]) > 1


def test_an_answer_that_is_streamed_arrives_piece_by_piece(gateway, chat):
    """Each piece is there before the next one is made."""
    endpoint, _, users = chat
    credentials = (users["user"].user, users["user"].password)
    for path, body in [(OPEN, {**CHAT, "model": endpoint}), (f"/gateway/{endpoint}/mlflow/invocations", CHAT), (f"/gateway/proxy/{endpoint}/v1/chat/completions", CHAT)]:
        arguments = {"json": {**body, "stream": True}, "auth": credentials, "stream": True, "timeout": PATIENCE}
        gateway.provider.pieces.put(piece("one", 1))
        with requests.post(gateway.url + path, **arguments) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            lines = (line for line in answer.iter_lines(chunk_size=1) if line.startswith(b"data: {"))
            for number, text in enumerate(["one", "two", "three"], 1):
                event = json.loads(next(lines)[len(b"data: ") :])
                assert event["choices"][0]["delta"]["content"] == text, path
                if number < 3:
                    gateway.provider.pieces.put(piece(["two", "three"][number - 1], number + 1))
            gateway.provider.pieces.put(DONE)
            gateway.provider.pieces.put(None)
            assert list(lines) == [], path


def test_a_caller_who_goes_away_ends_the_call(gateway, chat):
    """The provider need not go on for nobody."""
    endpoint, _, users = chat
    credentials = (users["user"].user, users["user"].password)
    body = {**CHAT, "model": endpoint, "stream": True}
    gateway.provider.left.clear()
    gateway.provider.pieces.put(piece("one"))
    with requests.post(gateway.url + OPEN, json=body, auth=credentials, stream=True, timeout=PATIENCE) as answer:
        assert next(answer.iter_lines(chunk_size=1)).startswith(b"data: ")
    for _ in range(PATIENCE * 10):
        gateway.provider.pieces.put(piece("x" * 100_000))
        if gateway.provider.left.wait(0.1):
            break
    assert gateway.provider.left.is_set()
    while not gateway.provider.pieces.empty():
        gateway.provider.pieces.get_nowait()


def test_raw_calls_pass_as_they_are(gateway, chat):
    """The path below the endpoint and the query, and never the credentials of the caller."""
    endpoint, _, users = chat
    headers = {"anthropic-beta": "tools", "x-mlflow-guardrail-bypass": "1", "x-api-key": "k"}
    body = {"model": "as it is", "n": 1.5, "nested": {"b": [1, {}], "a": None}}
    path = f"/gateway/proxy/{endpoint}/v1/some/thing?alt=sse&b=%26&alt=two"
    assert users["user"].call("POST", path, json=body, headers=headers).status_code == 200
    asked, seen, told = gateway.provider.asked[-1]
    assert (asked, told) == ("/v1/some/thing?alt=sse&b=%26&alt=two", body)
    seen = {name.lower(): value for name, value in seen.items()}
    assert seen["authorization"] == "Bearer sk-of-the-provider" and seen["anthropic-beta"] == "tools"
    assert not {"x-mlflow-guardrail-bypass", "x-api-key", "cookie", "x-mlflow-authorization"} & set(seen)


def test_credentials_may_stand_in_the_header_of_the_gateway(gateway, chat):
    """Where `Authorization` holds the key of a provider; and nowhere but on calls."""
    endpoint, _, users = chat
    body = {**CHAT, "model": endpoint}

    def status(method, path, who, **told):
        headers = {"x-mlflow-authorization": basic_user(users[who]), "authorization": "Bearer key-of-a-provider"}
        return requests.request(method, gateway.url + path, headers=headers, timeout=PATIENCE, **told).status_code

    assert [status("POST", OPEN, who, json=body) for who in ("user", "reader")] == [200, 403]
    assert gateway.provider.asked[-1][1]["authorization"] == "Bearer sk-of-the-provider"
    assert status("GET", "/api/3.0/mlflow/gateway/endpoints/list", "user") == 401
