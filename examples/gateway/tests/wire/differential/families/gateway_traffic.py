"""Calls through the AI gateway. The endpoints use a provider that nobody reaches."""

from ..cases import get, post, root

CHAT = {"messages": [{"role": "user", "content": "say"}]}
NAMED = {"model": "{gateway_endpoint_name}"}
GEMINI = {"contents": [{"role": "user", "parts": [{"text": "say"}]}]}

CASES = root(
    post("/gateway/{gateway_endpoint_name}/mlflow/invocations", CHAT, changes=False),
    post("/gateway/mlflow/v1/chat/completions", NAMED | CHAT, changes=False),
    post("/gateway/mlflow/v1/chat/completions", CHAT, changes=False, note="no model"),
    get("/gateway/mlflow/v1/models"),
    post("/gateway/openai/v1/chat/completions", NAMED | CHAT, changes=False),
    post("/gateway/openai/v1/embeddings", NAMED | {"input": "say"}, changes=False),
    post("/gateway/typesafe/v1/systemone", NAMED | CHAT, changes=False),
    post("/gateway/openai/v1/responses", NAMED | {"input": "say"}, changes=False),
    post("/gateway/openai/v1/responses/compact", NAMED | {"input": "say"}, changes=False),
    post("/gateway/anthropic/v1/messages", NAMED | CHAT | {"max_tokens": 1}, changes=False),
    post("/gateway/gemini/v1beta/models/{gateway_endpoint_name}:generateContent", GEMINI, changes=False),
    post("/gateway/gemini/v1beta/models/{gateway_endpoint_name}:streamGenerateContent", GEMINI, changes=False),
    post("/gateway/proxy/{gateway_endpoint_name}/v1/chat/completions", CHAT, changes=False),
)
