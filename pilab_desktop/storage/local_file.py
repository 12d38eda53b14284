"""A workspace's file: made, copied, put back. What is written here appears whole or not at all."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from itertools import count
from pathlib import Path

from filelock import FileLock, Timeout

from pilab_desktop.domain.errors import InvalidInputError, StateError
from pilab_desktop.storage.failures import StateBusyError, newer, not_a_workspace, sqlite_failure
from pilab_desktop.storage.schema import is_newer

_PRIVATE = 0o600


def make_file(file: Path) -> bool:
    """An empty file that only its owner can read; whether it was made now. Raises StateError where that cannot be."""
    try:
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, _PRIVATE))
    except FileExistsError:
        return False
    except OSError as error:
        raise cannot_write(file, error) from error
    return True


def cannot_write(file: Path, error: OSError) -> StateError:
    """The operating system refused to make or change a file."""
    if not file.parent.is_dir():
        return StateError(f"The folder {file.parent} is not there; nothing was saved. Create it, or name another one.")
    return StateError(f"{file} cannot be written ({error.strerror}); nothing was saved. Name another place.")


@contextmanager
def held(file: Path, purpose: str, *, wait_seconds: float) -> Iterator[None]:
    """Only one process at a time holds a purpose of a file. Raises StateBusyError when waiting was in vain."""
    lock = FileLock(file.with_name(f".{file.name}.{purpose}.lock"), mode=_PRIVATE)
    try:
        lock.acquire(timeout=wait_seconds)
    except Timeout:
        raise StateBusyError(
            f"Another PiLab Studio is busy with {file}; nothing was changed. Wait for it to end, then try again."
        ) from None
    except OSError as error:
        raise cannot_write(file, error) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def reading(file: Path) -> Iterator[sqlite3.Connection]:
    """A connection that changes nothing. Raises StateError for a file that is missing, damaged or no database."""
    if not file.is_file():
        raise StateError(f"There is no file {file}; nothing was changed. Check the name.")
    with _explained(file), closing(_connect(file, "ro")) as connection:
        yield connection


def revision_of(file: Path) -> str | None:
    """The schema's revision, None for an empty database. Raises StateError for a database of another kind."""
    with reading(file) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not tables:
            return None
        if not {"alembic_version", "tenants"} <= tables:
            raise not_a_workspace(file)
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return str(row[0]) if row else None


def copy(source: Path, to: Path) -> None:
    """A copy as of one moment, while others may be writing. Raises StateError, InvalidInputError where `to` exists."""
    if to.exists():
        raise InvalidInputError(f"{to} is there already; it was left as it is. Name another file.")
    partial = to.with_name(f".{to.name}.partial")
    partial.unlink(missing_ok=True)
    make_file(partial)
    try:
        with reading(source) as original, _explained(partial), closing(_connect(partial, "rw")) as copied:
            original.backup(copied)  # in one step: in smaller ones, every write of others would begin it anew
            # One file, no log beside it, until somebody opens it to write.
            copied.execute("PRAGMA journal_mode = DELETE")
        _last(partial, to)
    finally:
        partial.unlink(missing_ok=True)


def faults(connection: sqlite3.Connection) -> tuple[str, ...]:
    """What SQLite itself finds wrong, in its own words: pages, indices, rows that point to nothing."""
    found = [str(line) for (line,) in connection.execute("PRAGMA integrity_check") if line != "ok"]
    for table, _row, parent, _key in connection.execute("PRAGMA foreign_key_check"):
        found.append(f"A row of {table} points to a row of {parent} that is not there.")
    return tuple(found)


def restore_backup(
    backup: Path, to: Path, *, now: datetime, overwrite: bool = False, wait_seconds: float = 10.0
) -> Path | None:
    """Put a backup in the place of a workspace; where the replaced file is kept, None where there was none.

    Raises StateError where the backup is damaged or no workspace, StateNewerError where a later release made it,
    InvalidInputError where `to` exists and `overwrite` is not set, StateBusyError where somebody uses `to`.
    """
    fresh = to.with_name(f".{to.name}.restored")
    fresh.unlink(missing_ok=True)
    with held(to, "upgrade", wait_seconds=wait_seconds):
        if to.exists() and not overwrite:
            raise InvalidInputError(f"{to} is there already; it was left as it is. Name another file or overwrite it.")
        _healthy(backup)
        try:
            copy(backup, fresh)
            _healthy(fresh)
            aside = _set_aside(to, now, wait_seconds=wait_seconds) if to.exists() else None
            _last(fresh, to)
        finally:
            fresh.unlink(missing_ok=True)
    return aside


def free_name(file: Path, what: str, now: datetime) -> Path:
    """A name beside the file that nothing bears yet, with the moment in it."""
    stem = f"{file.stem}.{what}-{now:%Y%m%dT%H%M%SZ}"
    names = (file.with_name(f"{stem}{'' if number == 1 else f'-{number}'}{file.suffix}") for number in count(1))
    return next(name for name in names if not name.exists())


def _healthy(file: Path) -> None:
    revision = revision_of(file)
    if revision is None:
        raise not_a_workspace(file)
    if is_newer(revision):
        raise newer(str(file))
    with reading(file) as connection:
        found = faults(connection)
    if found:
        raise StateError(f"The backup {file} is damaged ({found[0]}); nothing was changed. Use another backup.")


def _set_aside(file: Path, now: datetime, *, wait_seconds: float) -> Path:
    """Keep the file under another name, complete without the log beside it, and leave it in its place as well."""
    aside = free_name(file, "replaced", now)
    try:
        with reading(file) as looked_at:
            looked_at.execute("PRAGMA schema_version")  # opened to write, what is no database would lose its log
        with _explained(file), closing(_connect(file, "rw", wait_seconds=wait_seconds)) as connection:
            # Needs to be alone with the file, writes the log into it and removes the log.
            connection.execute("PRAGMA journal_mode = DELETE").fetchone()
    except StateBusyError:
        raise
    except StateError:
        # Damaged: kept as it is, together with its log, which must not be read into the restored file.
        for suffix in ("-wal", "-shm"):
            log = file.with_name(file.name + suffix)
            if log.exists():
                log.replace(aside.with_name(aside.name + suffix))
    try:
        os.link(file, aside)
    except OSError:
        file.replace(aside)  # a file system without links: for a moment there is no file, never half of one
    return aside


def _connect(file: Path, mode: str, *, wait_seconds: float = 10.0) -> sqlite3.Connection:
    uri = f"{file.absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=wait_seconds)


@contextmanager
def _explained(file: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise sqlite_failure(error, file) or error from error


def _last(partial: Path, to: Path) -> None:
    try:
        with partial.open("rb+") as written:
            os.fsync(written.fileno())
        partial.replace(to)
        if os.name == "posix":
            folder = os.open(to.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
    except OSError as error:
        raise cannot_write(to, error) from error
