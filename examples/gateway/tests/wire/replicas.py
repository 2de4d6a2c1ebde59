"""Three gateways on one PostgreSQL, in front of one MLflow."""

import threading
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import requests

from clients import SECONDS, Caller, admin
from postgres_server import Postgres
from servers import gateway_server
from world import API

# How long something remembered is used while the database does not answer.
STALENESS = 3


@dataclass
class Replicas:
    """The gateways, what keeps everything, and an experiment that nobody was granted anything on."""

    servers: list
    postgres: Postgres
    experiment: str

    def admin(self, number=0):
        """The admin at one of them."""
        return admin(self.servers[number].url)

    def person(self, user, number=0):
        """Somebody with a password, who can sign in at all of them."""
        return self.admin(number).create_user(user)

    def at(self, caller, number):
        """The same caller at another gateway."""
        return Caller(self.servers[number].url, caller.user, caller.password)


@contextmanager
def replicas(data, inner, name, count=3):
    """`count` gateways that start at once on an empty database."""
    postgres = Postgres()
    with ExitStack() as stack:
        stack.callback(postgres.remove)
        store = postgres.start().create("auth")
        servers = [
            gateway_server(
                data / f"{name}-{number}",
                inner.url,
                "first-match",
                "NO_PERMISSIONS",
                ("--cache-staleness", f"{STALENESS}s"),
                store=store,
            )
            for number in range(count)
        ]
        start_at_once(servers, stack)
        path = f"{API}/experiments/create"
        experiment = Caller(inner.url).post(path, name=f"{name}-{time.time_ns()}")["experiment_id"]
        yield Replicas(servers, postgres, experiment)


def start_at_once(servers, stack):
    """Starts them at the same moment: each finds a database that none of them has prepared."""
    failures = []

    def start(server):
        try:
            server.start()
        except RuntimeError as error:
            failures.append(error)

    threads = [threading.Thread(target=start, args=(server,)) for server in servers]
    for server in servers:
        stack.callback(server.stop)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


class Reader:
    """Reads the experiment on a kept connection, as a warm client does."""

    def __init__(self, replicas, caller, number):
        self.session = requests.Session()
        self.session.auth = (caller.user.encode(), caller.password.encode())
        self.url = f"{replicas.servers[number].url}{API}/experiments/get"
        self.query = {"experiment_id": replicas.experiment}

    def status(self):
        """What it is answered now."""
        return self.session.get(self.url, params=self.query, timeout=SECONDS).status_code

    def waits_for(self, status, at_most=5.0):
        """The seconds until it is answered `status`; fails if that takes too long."""
        began = time.monotonic()
        while (seen := self.status()) != status:
            took = time.monotonic() - began
            assert took < at_most, f"still {seen} and not {status} after {took:.1f} s"
            time.sleep(0.002)
        return time.monotonic() - began
