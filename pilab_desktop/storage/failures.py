"""What a database says when it fails, as the sentences that a person reads.

SQLite's codes: https://www.sqlite.org/rescode.html. Postgres' states:
https://www.postgresql.org/docs/current/errcodes-appendix.html. A sentence never holds a password or a statement.
"""

import sqlite3
from pathlib import Path
from typing import Protocol, runtime_checkable

from pilab_desktop.domain.errors import NotPermittedError, PilabError, StateError, StateNewerError, UnreachableError


class StateBusyError(StateError):
    """Someone else is writing and did not finish in time."""


@runtime_checkable
class PostgresFailure(Protocol):
    """The part of psycopg's errors that is read here; psycopg itself is imported only where it is used."""

    sqlstate: str | None


_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}

_SQLITE_SENTENCES = {
    sqlite3.SQLITE_FULL: (
        "The disk that holds {file} is full; nothing of this step was saved, everything saved before is kept. Free "
        "some space, then try again."
    ),
    sqlite3.SQLITE_CORRUPT: (
        "The workspace {file} is damaged; nothing was changed. Restore a backup with “pilab workspace restore”; the "
        "damaged file is kept beside it."
    ),
    sqlite3.SQLITE_NOTADB: (
        "{file} is not a PiLab Studio workspace; it was left as it is. Name another file with --workspace."
    ),
    sqlite3.SQLITE_READONLY: (
        "The workspace {file} cannot be written; nothing was changed. Check the permissions of the file and of its "
        "folder."
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "The workspace {file} cannot be opened; nothing was changed. Check that the folder is there and that you may "
        "read and write in it."
    ),
    sqlite3.SQLITE_IOERR: (
        "The disk failed while the workspace {file} was read or written; what was saved before is kept. Check the "
        "disk, then run “pilab workspace check”."
    ),
}


def sqlite_failure(error: sqlite3.Error, file: Path) -> PilabError | None:
    """The error to raise instead, None where it is a bug or a broken rule of the data."""
    extended = getattr(error, "sqlite_errorcode", None)
    if not isinstance(extended, int):
        return None
    code = extended & 0xFF
    if code in _BUSY:
        return StateBusyError(
            f"The workspace {file} is in use by another program that is writing to it; nothing of this step was "
            "saved. Wait for it to end, then try again."
        )
    sentence = _SQLITE_SENTENCES.get(code)
    return StateError(sentence.format(file=file)) if sentence else None


def not_a_workspace(file: Path) -> StateError:
    """The file is something else; it was not touched."""
    return StateError(_SQLITE_SENTENCES[sqlite3.SQLITE_NOTADB].format(file=file))


_POSTGRES_CLASSES: dict[str, tuple[type[PilabError], str]] = {
    "08": (
        UnreachableError,
        "The connection to {place} was lost; nothing of this step was saved. Try again when it is back.",
    ),
    "57": (
        UnreachableError,
        "The server of {place} ended the connection; nothing of this step was saved. Try again when it is back.",
    ),
    "53": (
        StateError,
        "The server of {place} is out of disk, memory or connections; nothing of this step was saved. Ask its "
        "administrator, then try again.",
    ),
    "55": (StateBusyError, "{place} is busy with someone else's change; nothing of this step was saved. Try again."),
    "40": (StateBusyError, "{place} is busy with someone else's change; nothing of this step was saved. Try again."),
}

_POSTGRES_STATES: dict[str, tuple[type[PilabError], str]] = {
    "42501": (NotPermittedError, "Your account may not do that in {place}; nothing was changed."),
    "25006": (StateError, "{place} can only be read at the moment; nothing was changed."),
    "3D000": (UnreachableError, "{place} knows no such database. Check the name in --workspace."),
}


def postgres_failure(error: Exception, place: str) -> PilabError | None:
    """The error to raise instead, None where it is a bug or a broken rule of the data.

    `place` is host and database as they may be shown.
    """
    state = error.sqlstate if isinstance(error, PostgresFailure) else None
    if state is None or state.startswith("28"):
        return _no_connection(str(error), place)
    known = _POSTGRES_STATES.get(state) or _POSTGRES_CLASSES.get(state[:2])
    if known is None:
        return None
    kind, sentence = known
    return kind(sentence.format(place=place))


def _no_connection(said: str, place: str) -> UnreachableError:
    if "authentication failed" in said or "no password supplied" in said:
        return UnreachableError(
            f"{place} refused the user name or the password. Put the right password into the keyring or PGPASSFILE."
        )
    if "does not exist" in said:
        return UnreachableError(f"{place} knows no such database or user. Check the name in --workspace.")
    return UnreachableError(f"{place} does not answer. Check the address and the network, then try again.")


def newer(place: str) -> StateNewerError:
    """The schema was made by a later release."""
    return StateNewerError(
        f"The workspace {place} was upgraded by a newer release of PiLab Studio; nothing was changed. Update this "
        "application to work with it."
    )
