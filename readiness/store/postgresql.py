"""PostgreSQL behind the same transactions as SQLite: one writer at a time, readers that see one moment.

Every writing transaction begins by taking one advisory lock, as it begins with BEGIN IMMEDIATE on SQLite. Each of them
reads, decides and writes, and what it read still holds when it commits: revisions, limits, links that open once, the
last administrator. Row locks would have to be thought of anew in each of them, and protect no rows that are not there
yet; SERIALIZABLE would fail some transactions that then have to be run again, which a `with` block cannot do.
"""

from typing import Any

from sqlalchemy import URL, Connection, Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

DRIVER = "postgresql+psycopg"
WRITERS = 7_324_842  # the number that all writers of a database agree on; others of the same server do not meet it
WITHIN = 7_324_843
# A page that has waited so long says that nothing was saved. The last one frees the lock of a machine that vanished.
LIMITS = {"lock_timeout": "5s", "statement_timeout": "30s", "idle_in_transaction_session_timeout": "30s"}
# What a migration needs instead: it may be long, and of several machines that start at once the others wait for it.
PATIENT = {"lock_timeout": "10min", "statement_timeout": "0", "idle_in_transaction_session_timeout": "10min"}
# Seconds (and one in milliseconds) after which a server that does not answer at all is given up.
NETWORK = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}


def with_driver(url: URL) -> URL:
    """The address with the driver that is installed, where it names none."""
    return url.set(drivername=DRIVER) if url.drivername == "postgresql" else url


def connect_arguments(url: URL) -> dict[str, Any]:
    """How a connection is made, as far as the address does not say it itself."""
    return {name: value for name, value in NETWORK.items() if name not in url.query}


def prepare(engine: Engine) -> None:
    """Set up every connection and every transaction of an engine."""
    event.listen(engine, "connect", _set_limits)
    event.listen(engine, "begin", _begin)


def _set_limits(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute("; ".join(f"SET {name} = '{value}'" for name, value in LIMITS.items()))
    cursor.close()
    connection.commit()


def _begin(connection: Connection) -> None:
    """Say what the transaction is before its first statement; no message to the server is spent on that.

    Writers see what was committed before each statement, so everything once they hold the lock: the snapshot of a
    stricter level would be older than the lock. Readers see one moment, as on SQLite, and cannot write.
    """
    from psycopg import IsolationLevel  # only where there is PostgreSQL: it is slow to load

    options = connection.get_execution_options()
    is_writing = options.get("writing", False)
    driver: Any = connection.connection.dbapi_connection
    driver.read_only = not is_writing
    driver.isolation_level = IsolationLevel.READ_COMMITTED if is_writing else IsolationLevel.REPEATABLE_READ
    if options.get("migrating", False):
        connection.exec_driver_sql("; ".join(f"SET LOCAL {name} = '{value}'" for name, value in PATIENT.items()))
    if is_writing and (within := options.get("within", "")):
        lock = f"SELECT pg_advisory_xact_lock_shared({WRITERS}), pg_advisory_xact_lock({WITHIN}, hashtext(%s))"
        connection.exec_driver_sql(lock, (within,))
    elif is_writing:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITERS})")
