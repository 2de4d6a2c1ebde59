"""A real PostgreSQL with throw-away data, on a port of loopback of its own."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from servers import free_port

USER = "gateway"
START_SECONDS = 60


def programs():
    """Where PostgreSQL's programs are: Debian keeps them away from the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parent.parent.name))
    if found:
        return found[-1].parent
    initdb = shutil.which("initdb")
    if initdb is None:
        raise RuntimeError("PostgreSQL is missing; install Debian's `postgresql`")
    return Path(initdb).parent


class Postgres:
    """A cluster in a folder of its own. It refuses to run as root, so it runs as Debian's `postgres` then."""

    def __init__(self):
        self.programs = programs()
        self.folder = Path(tempfile.mkdtemp(prefix="wire-postgres-"))
        self.port = free_port()
        self.process = None
        self.as_user = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
        if self.as_user:
            shutil.chown(self.folder, "postgres", "postgres")
        self.run("initdb", "--username", USER, "--auth", "trust", "--encoding", "UTF8", "--no-locale", "-D", self.data)

    @property
    def data(self):
        """Where the server keeps everything."""
        return str(self.folder / "data")

    def run(self, program, *arguments):
        """Runs one of PostgreSQL's programs as the user that owns the data, and gives what it printed."""
        argv = [str(self.programs / program), *map(str, arguments)]
        done = subprocess.run(argv, capture_output=True, text=True, cwd="/", timeout=120, **self.as_user)
        if done.returncode != 0:
            raise RuntimeError(f"{program} ended with {done.returncode}: {done.stderr}")
        return done.stdout.strip()

    def sql(self, statement, database="postgres"):
        """What a statement gives, without headings."""
        where = ["-h", "127.0.0.1", "-p", self.port, "-U", USER, "-d", database]
        return self.run("psql", "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", *where, "-c", statement)

    def url(self, database):
        """How the gateway is told where a database is."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"

    def create(self, database):
        """A new database."""
        self.sql(f"CREATE DATABASE {database}")
        return self.url(database)

    def start(self):
        """Starts the server, with what it acknowledges on the disk, and waits until it answers."""
        argv = [str(self.programs / "postgres"), "-D", self.data, "-p", str(self.port)]
        argv += ["-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={self.folder}"]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(argv, stdout=log, stderr=log, cwd="/", **self.as_user)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            with suppress(RuntimeError):
                self.sql("SELECT 1")
                return self
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise RuntimeError(f"PostgreSQL did not start:\n{(self.folder / 'log').read_text()[-2000:]}")

    def stop(self):
        """Stops it in order, ending all connections (`pg_ctl stop -m fast`)."""
        self._end(signal.SIGINT)

    def kill(self):
        """Ends it and all its children at once, as a crash of the machine would."""
        for pid in self.children():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def children(self):
        """The process and those it started, one a connection among them."""
        postmaster = self.process.pid
        listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(postmaster)], capture_output=True, text=True)
        return [postmaster, *map(int, listed.stdout.split())]

    def remove(self):
        """Stops it, if it runs, and removes its data."""
        self._end(signal.SIGINT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _end(self, signal_number):
        if self.process is None:
            return
        self.process.send_signal(signal_number)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()
        self.process = None
