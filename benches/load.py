"""Load on a server of loopback, over connections that are kept alive."""

import http.client
import os
import socket
import statistics
import threading
import time

SECONDS = float(os.environ.get("SECONDS_EACH", "5"))


def connect(port):
    """A connection that waits for nothing before it sends."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.connect()
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def one_client(call):
    """Milliseconds a call, the median."""
    for _ in range(3):
        call()
    times, end = [], time.perf_counter() + SECONDS
    while time.perf_counter() < end or len(times) < 5:
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


def four_clients(client):
    """Calls a second, all together. `client` makes one with a connection of its own, a function that calls."""
    counts, end = [], time.perf_counter() + SECONDS

    def run():
        call, count = client(), 0
        while time.perf_counter() < end:
            call()
            count += 1
        counts.append(count)

    start = time.perf_counter()
    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(counts) == len(threads), "a client failed"
    return sum(counts) / (time.perf_counter() - start)
