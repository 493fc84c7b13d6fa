"""Taking turns: of several processes that want the same done, one does it while the others wait.

On PostgreSQL by an advisory lock, which holds on all machines of a site; on SQLite by a lock on a file beside the
database. Either ends with the process that holds it.
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from readiness.errors import Unavailable
from readiness.language import gettext

TURNS = 7_324_844  # the kind of lock on PostgreSQL, beside those of its writers
PATIENCE = 25.0  # seconds; a page that waited so long can still do the work before its server gives it up
PAUSE = 0.05


@contextmanager
def turn(engine: Engine, name: str, patience: float = PATIENCE) -> Iterator[None]:
    """Until the block ends nobody else is in a block of this name. Raises Unavailable when it takes too long."""
    with ExitStack() as stack:
        take = _on_server(engine, name, stack) if engine.dialect.name == "postgresql" else _by_file(engine, name, stack)
        until = time.monotonic() + patience
        while not take():
            if time.monotonic() > until:
                raise Unavailable(gettext("This is being made at the moment. Please try again in a minute."))
            time.sleep(PAUSE)
        yield


def _on_server(engine: Engine, name: str, stack: ExitStack) -> Callable[[], bool]:
    """Tries to take a lock of the session, outside any transaction: those have a limit of time while they are idle."""
    connection = stack.enter_context(engine.connect().execution_options(isolation_level="AUTOCOMMIT"))
    values = {"kind": TURNS, "name": name}

    def take() -> bool:
        taken = connection.execute(text("SELECT pg_try_advisory_lock(:kind, hashtext(:name))"), values).scalar_one()
        if taken:
            stack.callback(_release, connection, values)
        return bool(taken)

    return take


def _release(connection: Connection, values: dict[str, object]) -> None:
    connection.execute(text("SELECT pg_advisory_unlock(:kind, hashtext(:name))"), values)


def _by_file(engine: Engine, name: str, stack: ExitStack) -> Callable[[], bool]:
    """Tries to lock a file of that name; it is gone when the turn is over."""
    database = engine.url.database
    if not database or database == ":memory:" or database.startswith("file:"):
        return lambda: True  # nobody else has this database
    path = Path(f"{database}-turn-{name}")

    def take() -> bool:
        try:
            descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
        except OSError:
            return True  # a full disk does not keep people from what they want; it may be done twice
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            is_ours = os.path.samestat(os.fstat(descriptor), path.stat())  # whoever had it may have removed it since
        except OSError:
            is_ours = False
        if not is_ours:
            os.close(descriptor)
            return False
        stack.callback(os.close, descriptor)
        stack.callback(_remove, path)  # before it is closed, so that nobody takes a file that is removed under them
        return True

    return take


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
