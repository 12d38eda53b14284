"""Connections to the database, set up so that what is committed stays, whatever happens.

SQLite: write-ahead log, `synchronous=FULL` (a power cut loses nothing that was committed),
foreign keys on, and transactions begun by us: Python's driver would begin them late and end them before DDL.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from pilab_desktop.domain.errors import InvalidInputError, PilabError, StateError
from pilab_desktop.storage.failures import postgres_failure, sqlite_failure

_WRITES = "pilab_writes"
_OLDEST_SQLITE = (3, 37, 0)  # the first with STRICT tables


def sqlite_version() -> str:
    """The version of SQLite that this Python brings."""
    return sqlite3.sqlite_version


def sqlite_engine(file: Path, *, wait_seconds: float, read_only: bool = False, foreign_keys: bool = True) -> Engine:
    """An engine on a file that is there. A writer waits `wait_seconds` for another one to end.

    Raises StateError where Python's SQLite is too old.
    """
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        raise StateError(
            f"This Python brings SQLite {sqlite3.sqlite_version}, PiLab Studio needs 3.37 or later; nothing was "
            "changed. Install a newer Python."
        )
    uri = f"{file.absolute().as_uri()}?mode={'ro' if read_only else 'rw'}"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(uri, uri=True, timeout=wait_seconds, isolation_level=None, check_same_thread=False)

    engine = create_engine(URL.create("sqlite+pysqlite", database=str(file)), creator=connect)
    event.listen(engine, "connect", _sqlite_settings(read_only=read_only, foreign_keys=foreign_keys))
    event.listen(engine, "begin", _begin_sqlite)
    event.listen(engine, "handle_error", _sqlite_errors(file))
    return engine


def _sqlite_settings(*, read_only: bool, foreign_keys: bool) -> Callable[[DBAPIConnection, ConnectionPoolEntry], None]:
    def apply(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys = ON" if foreign_keys else "PRAGMA foreign_keys = OFF")
        cursor.execute("PRAGMA trusted_schema = OFF")
        if read_only:
            cursor.execute("PRAGMA query_only = ON")
        else:
            cursor.execute("PRAGMA journal_mode = WAL")
            cursor.execute("PRAGMA synchronous = FULL")
        cursor.close()

    return apply


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def begin_writing(connection: Connection) -> None:
    """End what was read and begin to write.

    Until a unit of work writes, it reads one snapshot and keeps nobody waiting. Its first write takes SQLite's one
    write lock at once, waiting for its turn: a lock that is taken later, from within a snapshot, fails instead of
    waiting as soon as someone else wrote in between.
    """
    connection.rollback()
    connection.execution_options(**{_WRITES: True})


def _sqlite_errors(file: Path) -> Callable[[ExceptionContext], PilabError | None]:
    def translate(context: ExceptionContext) -> PilabError | None:
        error = context.original_exception
        return sqlite_failure(error, file) if isinstance(error, sqlite3.Error) else None

    return translate


def postgres_url(location: str) -> URL:
    """The address of a shared workspace. Raises InvalidInputError for one that cannot be read."""
    try:
        url = make_url(location)
    except (ArgumentError, ValueError):
        raise InvalidInputError(
            "The workspace's address cannot be read. Write it as postgresql://USER@HOST/DATABASE."
        ) from None  # SQLAlchemy's text would show the password
    if not url.database:
        raise InvalidInputError(
            "The workspace's address names no database. Write it as postgresql://USER@HOST/DATABASE."
        )
    return url.set(drivername="postgresql+psycopg")


def place_of(url: URL) -> str:
    """Database and host as they may be shown: without user and password."""
    return f"“{url.database}” at {url.host or url.query.get('host') or 'localhost'}"


def postgres_engine(url: URL, *, wait_seconds: float, read_only: bool = False) -> Engine:
    """An engine on a database. Connecting and waiting for someone else's lock end after `wait_seconds`."""
    options = f"-c timezone=UTC -c lock_timeout={int(wait_seconds * 1000)}"
    if read_only:
        options += " -c default_transaction_read_only=on"
    engine = create_engine(
        url,
        connect_args={
            "connect_timeout": max(2, int(wait_seconds)),
            "options": options,
            "application_name": "PiLab Studio",
        },
        pool_pre_ping=True,
        pool_size=3,
        max_overflow=4,  # with one listener that makes the eight connections a member may have (security.md)
    )
    event.listen(engine, "handle_error", _postgres_errors(place_of(url)))
    return engine


def _postgres_errors(place: str) -> Callable[[ExceptionContext], PilabError | None]:
    def translate(context: ExceptionContext) -> PilabError | None:
        import psycopg  # noqa: PLC0415  # a quarter of a second that a local workspace need not wait for

        error = context.original_exception
        operational = isinstance(error, (psycopg.OperationalError, psycopg.ProgrammingError, psycopg.InternalError))
        return postgres_failure(error, place) if operational and isinstance(error, Exception) else None

    return translate
