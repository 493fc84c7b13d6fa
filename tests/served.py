"""A site that is served as `bin/run` serves it: by gunicorn, in processes of its own."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Site:
    """The address of a site, and the process above its workers."""

    address: str
    process: int

    def workers(self) -> list[int]:
        """The processes that answer at the moment."""
        command = ["ps", "-A", "-o", "pid=", "-o", "ppid=", "-o", "pgid=", "-o", "stat="]
        table = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        rows = [line.split() for line in table.splitlines()]
        mine = str(self.process)  # its own session, which the process that sends mail has left
        return [int(pid) for pid, parent, group, state in rows if parent == group == mine and state[0] != "Z"]


def _free_port() -> int:
    """A port that nobody uses: sites that tests start at the same time would both find 8000 free."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def serving(folder: Path, workers: int = 2, **settings: str) -> Iterator[Site]:
    """A site on an instance folder of its own; the database is in it unless the settings name another."""
    environment = {**os.environ, "READINESS_INSTANCE": str(folder), "PYTHONUNBUFFERED": "1", **settings}
    command = [sys.executable, "-m", "readiness.cli", "serve", "--workers", str(workers), "--port", str(_free_port())]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        assert server.stdout is not None
        line = server.stdout.readline()
        assert line.startswith("Readiness is running. Open http://127.0.0.1:"), line
        yield Site(line.split()[4].rstrip("/"), server.pid)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=30)
        assert server.stdout is not None
        server.stdout.close()
