"""HTTP as bytes: requests that no client library would send, and the answers to them."""

import base64
import http.client
import json
import re
import socket
from dataclasses import dataclass

SECONDS = 15


@dataclass
class Answer:
    """One response. `status` is 0 where the connection was closed without one."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def ok(self):
        """Whether it says that the request was executed."""
        return 200 <= self.status < 400

    def json(self):
        """Its body, read as JSON."""
        return json.loads(self.body)

    def __str__(self):
        return f"{self.status} {self.body[:300]!r}"


class _Once:
    """What `http.client` wants of a socket: one buffered reader, kept over several responses."""

    def __init__(self, reader):
        self.reader = reader

    def makefile(self, *_):
        return self.reader


class _Reader:
    """A reader that outlives the response that `http.client` closes."""

    def __init__(self, reader):
        self.reader = reader

    def close(self):
        pass

    def flush(self):
        pass

    def __getattr__(self, name):
        return getattr(self.reader, name)


def exchange(port, data, answers=1, method="GET"):
    """Sends `data` as it stands and reads up to `answers` responses, fewer where the connection ends before.
    """
    with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as connection:
        reader = _Reader(connection.makefile("rb"))
        found = []
        try:
            connection.sendall(data)
        except ConnectionError:
            pass  # Refused before it was read whole: the answer may be there all the same.
        try:
            while len(found) < answers:
                found.append(_read(reader, method))
        except (ConnectionError, http.client.HTTPException):
            pass
        return found or [Answer(0, http.client.HTTPMessage(), b"")]


def exchange_after_continue(port, head, body):
    """Sends `head`, and `body` when `100 Continue` was answered. Returns the status of the first answer, and the last."""
    with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as connection:
        reader = _Reader(connection.makefile("rb"))
        connection.sendall(head)
        first = int(reader.peek(12)[9:12])
        if first == 100:
            connection.sendall(body)
        return first, _read(reader, "POST")


def _read(reader, method):
    response = http.client.HTTPResponse(_Once(reader), method=method)
    response.begin()
    return Answer(response.status, response.headers, response.read())


def basic(user, password):
    """The value of an `Authorization` header."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def fill(template, names):
    """`template` with every `{name}` of `names` replaced by its value. Other braces stay, so that JSON can be written."""

    def value(found):
        name = found.group(1).decode()
        return str(names[name]).encode() if name in names else found.group(0)

    return re.sub(rb"\{(\w+)\}", value, template)


def as_bytes(text):
    """`text` in UTF-8, bytes as they are."""
    return text if isinstance(text, bytes) else text.encode()


def request(method, target, *headers, body=None, kind="application/json", auth="{auth}", close=True):
    """The bytes of a request, with the length of the body still to be counted by :func:`sized`.

    A body that is not text or bytes is written as JSON. `headers` are whole lines.
    """
    lines = [as_bytes(method) + b" " + as_bytes(target) + b" HTTP/1.1", b"Host: {host}"]
    lines += [b"Authorization: " + auth.encode()] if auth else []
    lines += [b"Connection: close"] if close else []
    lines += [as_bytes(header) for header in headers]
    if body is None:
        return b"\r\n".join(lines) + b"\r\n\r\n"
    text = body if isinstance(body, (str, bytes)) else json.dumps(body)
    lines += [b"Content-Type: " + kind.encode()] if kind else []
    return b"\r\n".join([*lines, b"Content-Length: {length}"]) + b"\r\n\r\n" + as_bytes(text)


def sized(data):
    """`data` with `{length}` replaced by what follows the first empty line."""
    head, _, body = data.partition(b"\r\n\r\n")
    return head.replace(b"{length}", str(len(body)).encode()) + b"\r\n\r\n" + body


def chunked(body, size=7):
    """`body` in chunks."""
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(f"{len(part):x}\r\n".encode() + part + b"\r\n" for part in parts) + b"0\r\n\r\n"
