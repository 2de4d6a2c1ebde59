"""The assistant, which is closed unless somebody opens it: it works on the machine of the server."""

from ..cases import ajax, asked, get, patch, post, put

V3 = "3.0/mlflow/assistant"
SESSION = f"{V3}/sessions/nobody-made-this"

CASES = ajax(
    post(f"{V3}/message", {}),
    get(f"{SESSION}/stream"),
    patch(SESSION, {"status": "cancelled"}),
    post(f"{SESSION}/permission", {"request_id": "x", "decision": "deny"}),
    post(f"{SESSION}/tool-result", {"request_id": "x", "content": "", "is_error": True}),
    get(f"{V3}/providers/nobody-made-this/health"),
    get(f"{V3}/providers"),
    get(f"{V3}/config"),
    put(f"{V3}/config", {"providers": "nothing"}),
    post(f"{V3}/skills/install", {"type": "nothing"}),
    asked(f"{V3}/providers/nobody-made-this/models"),
)
