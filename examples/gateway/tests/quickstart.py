"""Starts `./quickstart` as a person would, uses it, stops it with Ctrl-C, and sees that nothing is left running.

Twice: the second start must take seconds and keep the password. `GATEWAY_BIN` names a gateway that is built already;
without it the quickstart builds its own.
"""

import base64
import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
FIRST_START_SECONDS = 800
SECOND_START_SECONDS = 60


def free_port():
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def processes_of(folder):
    """The processes whose command line names the folder, as Linux lists them."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if str(folder) in command:
                found[int(entry.name)] = command
    return found


def get(url, user=None, password=None):
    """Status and body of a GET."""
    request = urllib.request.Request(url)
    if user:
        token = base64.b64encode(f"{user}:{password}".encode()).decode()
        request.add_header("Authorization", f"Basic {token}")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=30) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def read_until_ready(process, seconds):
    """What it prints up to the line that tells how to stop it."""
    deadline, text = time.monotonic() + seconds, ""
    os.set_blocking(process.stdout.fileno(), False)
    while "Ctrl-C" not in text:
        assert time.monotonic() < deadline, f"it is not ready after {seconds} s:\n{text}"
        text += (process.stdout.read() or b"").decode()
        ended = process.poll()
        assert ended is None or "Ctrl-C" in text, f"it ended with {ended}:\n{text}"
        time.sleep(0.1)
    return text


def one_round(folder, port, seconds, how):
    """Starts it, uses it, stops it by the signal `how`. Returns the password and the seconds it took to start."""
    environment = os.environ | {"QUICKSTART_LISTEN": f"127.0.0.1:{port}", "QUICKSTART_FOLDER": str(folder)}
    began = time.monotonic()
    process = subprocess.Popen(
        [ROOT / "quickstart"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    )
    try:
        text = read_until_ready(process, seconds)
        took = time.monotonic() - began
        password = re.search(r"^ *password +(\S+)$", text, re.MULTILINE).group(1)
        base = f"http://127.0.0.1:{port}"
        assert base in text and "mlflow.set_tracking_uri" in text, text
        path = "/api/2.0/mlflow/experiments/get?experiment_id=0"
        assert get(base + path)[0] == 401
        assert get(base + path, "admin", "wrong-password")[0] == 401
        status, body = get(base + path, "admin", password)
        assert status == 200 and json.loads(body)["experiment"]["name"] == "Default", (status, body)
        status, body = get(base + "/", "admin", password)
        assert status == 200 and b"<html" in body, (status, body[:200])
        # Ctrl-C in a terminal reaches the whole foreground process group: here, the script alone.
        process.send_signal(how)
        assert process.wait(40) == 0, f"it ended with {process.returncode}"
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(60)
    left = processes_of(folder)
    assert not left, f"still running: {left}"
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0, "somebody still listens"
    return password, took


def main():
    """Two rounds."""
    # Whoever is started in the background ignores a Ctrl-C, and so would all that it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="quickstart-") as temporary:
        folder, port = Path(temporary) / "data", free_port()
        first, took = one_round(folder, port, FIRST_START_SECONDS, signal.SIGINT)
        print(f"the first start took {took:.1f} s")
        assert (folder / "admin-password").stat().st_mode & 0o077 == 0, "others can read the password"
        second, took = one_round(folder, port, SECOND_START_SECONDS, signal.SIGTERM)
        print(f"the second start took {took:.1f} s")
        assert first == second, "the password changed"


main()
