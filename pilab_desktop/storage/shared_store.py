"""A workspace in a Postgres database, for many desktops."""

import hashlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, func, select, text

from pilab_desktop.domain.errors import StateError, StateNewerError
from pilab_desktop.domain.workspace import Workspace
from pilab_desktop.ports.clock import Clock
from pilab_desktop.storage.engine import place_of, postgres_engine, postgres_url
from pilab_desktop.storage.failures import StateBusyError, newer
from pilab_desktop.storage.opening import Opening
from pilab_desktop.storage.schema import HEAD, is_empty, is_newer, readable, stored_revision, upgrade
from pilab_desktop.storage.store import SqlStore
from pilab_desktop.storage.workspaces import ADVISORY_LOCK


class SharedStore(SqlStore):
    """A Postgres database. `place` names it without user and password."""

    def __init__(
        self,
        place: str,
        engine: Engine,
        workspace: Workspace,
        *,
        actor: str,
        clock: Clock,
        read_only: StateNewerError | None,
    ) -> None:
        super().__init__(engine, engine, workspace, actor=actor, clock=clock, read_only=read_only)
        self.place = place

    def backup(self, to: Path) -> None:
        """Raises StateError: a shared workspace is backed up by its administrator, with the server's own tools."""
        raise StateError(
            f"{self.place} is shared; {to} was not written. Its administrator backs it up with the server's own tools."
        )

    def exclusive(self, name: str, *, wait_seconds: float) -> AbstractContextManager[None]:
        """Only one holder at a time, of all desktops in this workspace, has a name.

        Raises StateError when waiting was in vain.
        """
        digest = hashlib.sha256(self.workspace.id.bytes + name.encode()).digest()
        return self._held(int.from_bytes(digest[:8], signed=True), name, wait_seconds)

    @contextmanager
    def _held(self, key: int, name: str, wait_seconds: float) -> Iterator[None]:
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            try:
                # Zero would mean to wait for ever.
                patience = str(max(1, int(wait_seconds * 1000)))
                connection.execute(select(func.set_config("lock_timeout", patience, False)))
                connection.execute(select(func.pg_advisory_lock(key)))
            except StateBusyError:
                connection.invalidate()
                raise StateBusyError(
                    f"Somebody else is busy with “{name}” in {self.place}; nothing was changed. Try again later."
                ) from None
            try:
                yield
            finally:
                connection.invalidate()  # ends the session, and with it the lock and the changed patience

    def _triggers(self) -> frozenset[str]:
        with self._engine.connect() as connection:
            rows = connection.execute(
                text("SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass('audit_log') AND tgenabled <> 'D'")
            )
            return frozenset(row.tgname for row in rows)

    def _faults(self) -> tuple[str, ...]:
        with self._engine.connect() as connection:
            rows = connection.execute(
                text(
                    "SELECT c.conname, c.conrelid::regclass::text AS owner FROM pg_constraint c "
                    "WHERE NOT c.convalidated AND c.connamespace = current_schema()::regnamespace ORDER BY c.conname"
                )
            ).all()
        return tuple(f"The rule {row.conname} of {row.owner} was never checked." for row in rows)


def open_shared(location: str, opening: Opening) -> SharedStore:
    """Open, and where `opening` says so create, the workspace in a database. Raises as `open_store` says."""
    url = postgres_url(location)
    place = place_of(url)
    engine = postgres_engine(url, wait_seconds=opening.wait_seconds)
    try:
        with engine.connect() as connection:
            later = _schema(connection, opening, place)
        if later is not None:
            engine.dispose()
            engine = postgres_engine(url, wait_seconds=opening.wait_seconds, read_only=True)
        with engine.connect() as connection:
            if later is not None and not readable(connection):
                raise later
            workspace = opening.enter(connection, place=place, read_only=later is not None)
        return SharedStore(place, engine, workspace, actor=opening.actor, clock=opening.clock, read_only=later)
    except BaseException:
        engine.dispose()
        raise


def _schema(connection: Connection, opening: Opening, place: str) -> StateNewerError | None:
    """Bring the schema up to date; the sentence where a later release made it."""
    revision = stored_revision(connection)
    if is_newer(revision):
        return newer(place)
    if revision is None and not is_empty(connection):
        raise StateError(f"{place} holds tables of something else; nothing was changed. Ask for a database of its own.")
    if revision is None and not opening.create:
        raise StateError(f"{place} holds no workspace yet. Create one with “pilab workspace create”.")
    if revision != HEAD:
        connection.rollback()
        connection.execute(select(func.pg_advisory_xact_lock(ADVISORY_LOCK)))
        if stored_revision(connection) != HEAD:
            upgrade(connection, opening.migrations_dir, place=place)
        connection.commit()
    return None
