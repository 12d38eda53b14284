"""A workspace in a file of its own."""

import hashlib
from contextlib import AbstractContextManager
from pathlib import Path

from sqlalchemy import Engine

from pilab_desktop.domain.errors import StateError, StateNewerError
from pilab_desktop.domain.project import slug_of
from pilab_desktop.domain.workspace import Workspace
from pilab_desktop.ports.clock import Clock
from pilab_desktop.storage import local_file
from pilab_desktop.storage.engine import begin_writing, sqlite_engine
from pilab_desktop.storage.failures import newer
from pilab_desktop.storage.opening import Opening
from pilab_desktop.storage.schema import HEAD, is_newer, readable, upgrade
from pilab_desktop.storage.store import SqlStore
from pilab_desktop.storage.verdicts import PATIENCE_SECONDS


class LocalStore(SqlStore):
    """A SQLite file. The operating system's account is the wall around it (security.md, Local workspace)."""

    def __init__(
        self,
        file: Path,
        engine: Engine,
        verdict_engine: Engine,
        workspace: Workspace,
        *,
        actor: str,
        clock: Clock,
        read_only: StateNewerError | None,
    ) -> None:
        super().__init__(engine, verdict_engine, workspace, actor=actor, clock=clock, read_only=read_only)
        self.file = file

    def backup(self, to: Path) -> None:
        """A copy as of now, while others may be writing. Raises InvalidInputError where `to` is there already."""
        local_file.copy(self.file, to)

    def exclusive(self, name: str, *, wait_seconds: float) -> AbstractContextManager[None]:
        """Only one holder at a time, of all processes on this file, has a name.

        Raises StateError when waiting was in vain.
        """
        told_apart = hashlib.sha256(name.encode()).hexdigest()[:8]
        return local_file.held(self.file, f"{slug_of(name)[:40]}-{told_apart}", wait_seconds=wait_seconds)

    def _triggers(self) -> frozenset[str]:
        with local_file.reading(self.file) as connection:
            rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        return frozenset(name for (name,) in rows)

    def _faults(self) -> tuple[str, ...]:
        with local_file.reading(self.file) as connection:
            return local_file.faults(connection)


def open_local(file: Path, opening: Opening) -> LocalStore:
    """Open, and where `opening` says so create, the workspace in a file. Raises as `open_store` says."""
    made = _there(file, create=opening.create)
    try:
        return _open(file, opening)
    except BaseException:
        if made and local_file.revision_of(file) is None:
            file.unlink()  # nobody ever saved anything in it
        raise


def _open(file: Path, opening: Opening) -> LocalStore:
    revision = local_file.revision_of(file)
    if revision is None and not opening.create:
        raise StateError(f"{file} is empty; nothing was changed. Create a workspace with “pilab workspace create”.")
    later = newer(str(file)) if is_newer(revision) else None
    if later is None and revision != HEAD:
        _upgrade(file, opening)
    read_only = later is not None
    engine = sqlite_engine(file, wait_seconds=opening.wait_seconds, read_only=read_only)
    try:
        with engine.connect() as connection:
            if later is not None and not readable(connection):
                raise later
            workspace = opening.enter(connection, place=str(file), read_only=read_only)
        verdicts = sqlite_engine(file, wait_seconds=PATIENCE_SECONDS, read_only=read_only)
        return LocalStore(file, engine, verdicts, workspace, actor=opening.actor, clock=opening.clock, read_only=later)
    except BaseException:
        engine.dispose()
        raise


def _there(file: Path, *, create: bool) -> bool:
    """Whether the file was made now."""
    if file.is_dir():
        raise StateError(f"{file} is a folder; nothing was changed. Name a file in it with --workspace.")
    if not file.exists() and not create:
        raise StateError(f"There is no workspace at {file}. Create one with “pilab workspace create”, or name another.")
    return create and local_file.make_file(file)


def _upgrade(file: Path, opening: Opening) -> None:
    """Alone with the file, after a copy of it; undone whole where it fails."""
    with local_file.held(file, "upgrade", wait_seconds=opening.wait_seconds):
        revision = local_file.revision_of(file)
        if revision == HEAD:
            return  # another process did it while this one waited
        if revision is not None:
            local_file.copy(file, local_file.free_name(file, f"before-{HEAD}", opening.clock.now()))
        # Rebuilding a table drops it for a moment; foreign keys are checked at the end instead.
        engine = sqlite_engine(file, wait_seconds=opening.wait_seconds, foreign_keys=False)
        try:
            with engine.connect() as connection:
                begin_writing(connection)
                connection.begin()
                upgrade(connection, opening.migrations_dir, place=str(file))
                connection.commit()
        finally:
            engine.dispose()
