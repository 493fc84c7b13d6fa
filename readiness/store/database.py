"""Opening a database and bringing its tables up to date."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from readiness.errors import ReadinessError, Unavailable
from readiness.language import gettext
from readiness.store import postgresql

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_SECONDS = 5
# Before 3.51.3 the write-ahead log can corrupt a database when two connections checkpoint at once.
SAFE_WAL = (3, 51, 3)


def open_database(url: str) -> Engine:
    """An engine for the URL; every connection is set to lose nothing, and on SQLite to leave nothing behind.

    Raises ReadinessError for a database on which writers would not wait for each other.
    """
    address = make_url(url)
    if address.get_backend_name() == "postgresql":
        return _open_postgresql(postgresql.with_driver(address))
    if address.get_backend_name() != "sqlite":
        raise ReadinessError(
            f"The database cannot be used: {address.get_backend_name()} is neither SQLite nor PostgreSQL. "
            "Check READINESS_DATABASE_URL."
        )
    engine = create_engine(address, hide_parameters=True)  # an error that is logged holds nobody's answers
    _make_private(engine.url.database)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _open_postgresql(address: URL) -> Engine:
    """Each use of a connection first asks whether it still stands, so that a restarted server is met by a new one."""
    arguments = postgresql.connect_arguments(address)
    engine = create_engine(address, hide_parameters=True, pool_pre_ping=True, connect_args=arguments)
    postgresql.prepare(engine)
    return engine


def _make_private(path: str | None) -> None:
    """Make the file of a new SQLite database, for its owner only; the journal beside it takes over who may read."""
    if path and path != ":memory:" and not path.startswith("file:"):
        with suppress(OSError):  # SQLite says what is wrong with the place
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _prepare_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see _begin_sqlite
    cursor = connection.cursor()
    journal = "WAL" if sqlite3.sqlite_version_info >= SAFE_WAL else "DELETE"
    for pragma in (
        f"busy_timeout = {BUSY_SECONDS * 1000}",
        f"journal_mode = {journal}",
        "synchronous = FULL",
        "foreign_keys = ON",
        "secure_delete = ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Writers take the lock at the start: a transaction that reads first and writes later could fail half-way."""
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


@contextmanager
def transaction(engine: Engine, *, writing: bool = False, within: str = "") -> Iterator[Connection]:
    """One transaction; all of it or nothing. Raises Unavailable when the database stays locked or cannot be reached.

    Of those that write, one runs at a time. `within` is the id of the one thing that is written, where no other of this
    kind changes what is read to decide so: if the database can, these wait for those within the same thing only, and
    for all that name none.
    """
    try:
        options = {"writing": writing, "within": within}
        with engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection
    except DBAPIError as error:
        if not (isinstance(error, OperationalError) or error.connection_invalidated):
            raise
        raise Unavailable(
            gettext("The database did not answer, so nothing was saved. Wait a moment and send the page again.")
        ) from error


def migrate(engine: Engine) -> None:
    """Create the tables, or bring those of an earlier version up to date; of several that start at once one does it."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with migrating(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@contextmanager
def migrating(engine: Engine) -> Iterator[Connection]:
    """One transaction in which tables may be made anew: SQLite would take the rows that lead to them for lost."""
    is_sqlite = engine.dialect.name == "sqlite"
    with engine.connect().execution_options(writing=True, migrating=True) as connection:
        driver = connection.connection.cursor()
        if is_sqlite:
            driver.execute("PRAGMA foreign_keys = OFF")  # heeded between transactions only
        try:
            with connection.begin():
                yield connection
                if is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise CommandError("rows lead nowhere after the migration")
        finally:
            if is_sqlite:
                driver.execute("PRAGMA foreign_keys = ON")


def ready_database(url: str) -> Engine:
    """An engine whose tables are up to date. Raises ReadinessError naming the setting when that cannot be had."""
    try:
        engine = open_database(url)
        with _closed_on_error(engine):
            migrate(engine)
    except CommandError:
        raise ReadinessError(
            "The database belongs to another version of Readiness. Start that version, or restore a backup of this one."
        ) from None
    except (SQLAlchemyError, ImportError, ValueError) as error:
        raise ReadinessError(_unusable(url, error)) from None
    return engine


@contextmanager
def opened_database(url: str) -> Iterator[Engine]:
    """`ready_database` as long as a command runs; then its connections are closed."""
    engine = ready_database(url)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _closed_on_error(engine: Engine) -> Iterator[None]:
    try:
        yield
    except BaseException:
        engine.dispose()
        raise


def _unusable(url: str, error: Exception) -> str:
    fact, remedy = type(error).__name__, "that its folder exists and can be written"
    if url.startswith("postgresql"):
        remedy = "that the server runs and has the database and the role it names, the role as owner of the database"
        if isinstance(error, DBAPIError):  # the server's own sentence; no password is in it
            fact = str(error.orig).partition("\n")[0]
    return f"The database cannot be used ({fact}). Check READINESS_DATABASE_URL, and {remedy}."
