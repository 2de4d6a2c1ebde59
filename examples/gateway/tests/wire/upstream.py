"""A server in MLflow's place that keeps what it was asked, byte for byte."""

import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


@dataclass(frozen=True)
class Asked:
    """One request as it arrived: the target as it stood in its first line, the body without its framing."""

    method: str
    target: str
    headers: tuple = ()
    body: bytes = b""

    @property
    def path(self):
        """The target without its query."""
        return self.target.partition("?")[0]

    @property
    def query(self):
        """The query as it stood in the target."""
        return self.target.partition("?")[2]


@dataclass
class Upstream:
    """Answers what `answer` says: a function of :class:`Asked` to status, headers and body (or parts of one)."""

    answer: object
    asked: list = field(default_factory=list)
    server: ThreadingHTTPServer = None

    def start(self):
        """Starts it on a free port of loopback."""
        handler = type("Handler", (_Handler,), {"upstream": self} | {f"do_{method}": _Handler.handle_any for method in METHODS})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def stop(self):
        """Stops it."""
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self):
        """Where it listens."""
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def take(self):
        """What was asked since the last time."""
        taken, self.asked[:] = list(self.asked), []
        return taken


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    upstream = None

    def handle_any(self):
        asked = Asked(self.command, self.path, tuple(self.headers.items()), self._body())
        self.upstream.asked.append(asked)
        status, headers, body = self.upstream.answer(asked)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if isinstance(body, bytes):
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)
        else:
            self._parts(body)

    def _parts(self, parts):
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for part in parts:
            self.wfile.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")

    def _body(self):
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline() not in (b"\r\n", b""):
            pass
        return b"".join(parts)

    def log_message(self, *_):
        pass
