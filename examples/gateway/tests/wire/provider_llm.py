"""A provider of language models as the AI gateway calls one: OpenAI's API on a port of loopback, which tells what it was
asked and answers in pieces when it is told to.
"""

import json
import queue
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PATIENCE = 30
# MLflow calls no address of loopback unless it is told that it may. Prices are not asked of the network.
SETTINGS = {
    "MLFLOW_GATEWAY_API_BASE_ALLOW_PRIVATE_IPS": "true",
    "MLFLOW_GATEWAY_API_BASE_ALLOWED_SCHEMES": "http,https",
    "MLFLOW_CRYPTO_KEK_PASSPHRASE": "only-for-tests-0123456789",
    "MLFLOW_MODEL_CATALOG_URI": "file:///nowhere",
}
# What ends an answer that is streamed.
DONE = "data: [DONE]\n\n"


def piece(text, number=0):
    """One event of a chat that is streamed."""
    delta = {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": None}
    event = {"id": f"c-{number}", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [delta]}
    return f"data: {json.dumps(event)}\n\n"


class Provider:
    """The server. `asked` holds `(path, headers, body)` of every call."""

    def __init__(self):
        self.asked = []
        # What is sent next of an answer that is streamed; `None` ends it.
        self.pieces = queue.Queue()
        # Set when a caller goes away in the middle of an answer.
        self.left = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        """What a secret names as its `api_base`."""
        return f"http://127.0.0.1:{self.server.server_port}/v1"

    def stop(self):
        """Ends it."""
        self.server.shutdown()
        self.server.server_close()

    def handler(self):
        """What answers one connection."""
        provider = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
                provider.asked.append((self.path, dict(self.headers), body))
                if body.get("stream"):
                    return self.stream()
                usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
                if "embeddings" in self.path:
                    data = [{"object": "embedding", "index": 0, "embedding": [0.5]}]
                    return self.answer({"object": "list", "model": "m", "data": data, "usage": usage})
                message = {"role": "assistant", "content": "hello"}
                choice = {"index": 0, "message": message, "finish_reason": "stop"}
                common = {"id": "c-1", "object": "chat.completion", "created": 1, "model": "m", "usage": usage}
                return self.answer({**common, "choices": [choice]})

            def answer(self, value):
                text = json.dumps(value).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def stream(self):
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.send_header("Connection", "close")
                self.end_headers()
                try:
                    while (text := provider.pieces.get(timeout=PATIENCE)) is not None:
                        self.wfile.write(text.encode())
                        self.wfile.flush()
                except (ConnectionError, queue.Empty):
                    provider.left.set()
                self.close_connection = True

            def log_message(self, *_):
                pass

        return Handler


@contextmanager
def provider():
    """A provider that runs as long as this lasts."""
    started = Provider()
    try:
        yield started
    finally:
        started.stop()
