"""Serving the pages with gunicorn: find a port, print one line, and answer until stopped; beside it mail is sent."""

import contextlib
import errno
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import click
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from readiness.app import create_app
from readiness.config import ROOT, TURN_ACCOUNTS_ON
from readiness.errors import ReadinessError
from readiness.hosts import is_loopback
from readiness.store.accounts import first_link
from readiness.store.database import opened_database
from readiness.store.retention import delete_old_responses, months_before
from readiness.store.shares import delete_ended_shares

FIRST_PORT, PORTS_TRIED = 8000, 20
LOOPBACK = ("127.0.0.1", "localhost")
EVERYWHERE = "0.0.0.0"
BETWEEN_STARTS, TO_END = 5.0, 5.0  # seconds between two starts of what sends mail, and to let it end a mail


class Server(BaseApplication):
    """Gunicorn with our settings instead of a file."""

    def __init__(self, settings: Mapping[str, object], options: Mapping[str, object]) -> None:
        self.settings = settings
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        """Take over the options."""
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application; loaded once, before the workers are forked."""
        return create_app(self.settings)

    def run(self) -> None:
        """Serve until stopped."""
        Keeper(self).run()


class Keeper(Arbiter):
    """Gunicorn's main process, which keeps one process of ours alive beside its workers: the one that sends mail."""

    sender: subprocess.Popen[bytes] | None = None
    started_at = -BETWEEN_STARTS

    def manage_workers(self) -> None:
        """Called every second and whenever a child has ended."""
        super().manage_workers()
        is_gone = self.sender is None or self.sender.poll() is not None
        if self.app.settings["SMTP"] and is_gone and time.monotonic() - self.started_at >= BETWEEN_STARTS:
            self.started_at = time.monotonic()
            self.sender = start_sender()

    def stop(self, graceful: bool = True) -> None:
        """Tell it to end with the workers; a mail that it has begun it still ends, so that none goes out twice."""
        if self.sender is not None:
            self.sender.terminate()
        super().stop(graceful)
        if self.sender is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.sender.wait(TO_END)


def start_sender() -> subprocess.Popen[bytes]:
    """A process that sends mail as long as this one lives. It has no terminal: only we tell it to end."""
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    command = [sys.executable, "-m", "readiness.mail_sender", str(os.getpid())]
    quiet, environment = subprocess.DEVNULL, {**os.environ, "PYTHONPATH": path}
    return subprocess.Popen(command, env=environment, stdin=quiet, stdout=quiet, start_new_session=True)


def run(settings: dict[str, object], host: str, port: int | None, workers: int) -> None:
    """Serve until stopped. Raises ReadinessError when the address cannot be listened on."""
    if ":" in host:  # werkzeug cuts the name that a browser sends at its first colon, so none such could be trusted
        raise ReadinessError(
            f"{host} is an IPv6 address; pages are served on IPv4 only. Put a proxy in front for IPv6."
        )
    if not settings["ACCOUNTS"] and not is_loopback(host):
        raise ReadinessError(f"{host} is open to other computers, and there are no accounts. {TURN_ACCOUNTS_ON}")
    forget_old_responses(settings)
    port = _free_port(host, port)
    settings["TRUSTED_HOSTS"] = [*_words(settings["TRUSTED_HOSTS"]), *_own_names(host)]
    address = f"http://{'127.0.0.1' if host == EVERYWHERE else host}:{port}/"

    def ready(_: object) -> None:
        click.echo(f"Readiness is running. Open {address} (Ctrl-C stops it)")
        for line in first_steps(settings, address):
            click.echo(line)

    Server(settings, options(host, port, workers, ready)).run()


def options(host: str, port: int, workers: int, ready: Callable[[object], None]) -> dict[str, object]:
    """What gunicorn is told; `ready` is called once pages are answered."""
    return {
        "bind": f"{host}:{port}",
        "workers": workers,
        "preload_app": True,
        "timeout": 90,
        "loglevel": "warning",
        "when_ready": ready,
        "control_socket_disable": True,
    }


def forget_old_responses(settings: Mapping[str, object]) -> None:
    """What every start does: delete single answers of rounds that were closed too long ago, and links that ended."""
    with opened_database(str(settings["DATABASE_URL"])) as engine:
        delete_old_responses(engine, months_before(date.today(), int(str(settings["KEEP_MONTHS"]))))
        delete_ended_shares(engine, date.today())


def first_steps(settings: Mapping[str, object], address: str) -> list[str]:
    """What to tell at the start while there is no administrator: a link that makes one, once. Else nothing."""
    if not settings["ACCOUNTS"]:
        return []
    with opened_database(str(settings["DATABASE_URL"])) as engine:
        key = first_link(engine)
    if key is None:
        return []
    link = link_address(settings, address, key)
    return ["There is no administrator yet. To become the first one, open this link; it works once:", f"  {link}"]


def link_address(settings: Mapping[str, object], address: str, key: str) -> str:
    """A link that sets a password, as a browser reaches it: behind https under the first of the public names."""
    public = [name for name in _words(settings["TRUSTED_HOSTS"]) if not is_loopback(name)]
    if settings["SESSION_COOKIE_SECURE"] and public:
        address = f"https://{public[0]}/"
    return f"{address}account/link/{key}"


def _words(value: object) -> list[str]:
    return [str(word) for word in value] if isinstance(value, list) else []


def _own_names(host: str) -> list[str]:
    """The names under which people reach a server that listens on `host`."""
    if host in LOOPBACK:
        return []
    if host != EVERYWHERE:
        return [host]
    name = socket.gethostname()
    try:
        addresses = {str(info[4][0]) for info in socket.getaddrinfo(name, None, socket.AF_INET)}
    except OSError:
        addresses = set()
    return [name, *sorted(addresses)]


def _free_port(host: str, port: int | None) -> int:
    """The port asked for, or the first free one of ours."""
    candidates = [port] if port is not None else range(FIRST_PORT, FIRST_PORT + PORTS_TRIED)
    for candidate in candidates:
        problem = _problem(host, candidate)
        if problem is None:
            return candidate
        if problem.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise ReadinessError(f"{host} is no address of this machine ({problem.strerror}). Choose another --host.")
    if port is not None:
        raise ReadinessError(f"Port {port} cannot be used: it is taken or reserved. Choose another with --port.")
    raise ReadinessError(f"Ports {FIRST_PORT} to {FIRST_PORT + PORTS_TRIED - 1} are all taken. Choose one with --port.")


def _problem(host: str, port: int) -> OSError | None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error
    return None
