"""An opened workspace (`ports.storage.Store`): what both databases have in common."""

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from pathlib import Path

from sqlalchemy import Engine, func, select

from pilab_desktop.domain.change_set import Change, ChangeSet
from pilab_desktop.domain.errors import StateError, StateNewerError
from pilab_desktop.domain.workspace import Workspace
from pilab_desktop.ports import storage
from pilab_desktop.ports.clock import Clock
from pilab_desktop.storage.schema import HEAD, stored_revision
from pilab_desktop.storage.tables.state import change_feed
from pilab_desktop.storage.transaction import Transaction
from pilab_desktop.storage.unit_of_work import SqlUnitOfWork
from pilab_desktop.storage.verdicts import SqlVerdicts

AUDIT_TRIGGERS = frozenset({"audit_log_refuses_update", "audit_log_refuses_delete"})


class SqlStore(ABC):
    """Thread-safe: each unit of work has its own connection.

    `read_only` is the sentence to show where a later release made the schema: then everything can be read, and every
    write raises it.
    """

    def __init__(
        self,
        engine: Engine,
        verdict_engine: Engine,
        workspace: Workspace,
        *,
        actor: str,
        clock: Clock,
        read_only: StateNewerError | None,
    ) -> None:
        self.workspace = workspace
        self.read_only = read_only
        self.verdicts: storage.BlobVerdicts = SqlVerdicts(verdict_engine, workspace.id, writable=read_only is None)
        self._engine = engine
        self._verdict_engine = verdict_engine
        self._actor = actor
        self._clock = clock

    def unit_of_work(self) -> storage.UnitOfWork:
        """One transaction, to be used in a with-block."""
        transaction = Transaction(self._engine, self.workspace.id, self._clock, read_only=self.read_only)
        return SqlUnitOfWork(transaction, self._actor)

    def changes_since(self, cursor: int) -> tuple[ChangeSet, int]:
        """What was touched after a place in the change feed, and the feed's place now (0 is its beginning).

        Also what this process itself touched.
        """
        with self._engine.connect() as connection:
            rows = connection.execute(
                select(change_feed.c.sequence, change_feed.c.kind, change_feed.c.entity_id, change_feed.c.project_id)
                .where(change_feed.c.tenant_id == self.workspace.id, change_feed.c.sequence > cursor)
                .order_by(change_feed.c.sequence)
            ).all()
        changes = ChangeSet.of(Change(row.kind, row.entity_id, row.project_id) for row in rows)
        return changes, rows[-1].sequence if rows else cursor

    def feed_cursor(self) -> int:
        """The change feed's place now."""
        with self._engine.connect() as connection:
            last = connection.scalar(
                select(func.max(change_feed.c.sequence)).where(change_feed.c.tenant_id == self.workspace.id)
            )
        return last or 0

    def check(self) -> tuple[str, ...]:
        """What is wrong with the database, in sentences; empty where nothing is."""
        try:
            return self._wrong()
        except StateError as error:
            return (error.sentence,)

    def _wrong(self) -> tuple[str, ...]:
        with self._engine.connect() as connection:
            revision = stored_revision(connection)
        schema = () if revision == HEAD else (f"The schema is at {revision}, this release's is {HEAD}.",)
        missing = AUDIT_TRIGGERS - self._triggers()
        triggers = tuple(f"The audit log is not protected: the trigger {name} is missing." for name in sorted(missing))
        return (*schema, *triggers, *self._faults())

    @abstractmethod
    def backup(self, to: Path) -> None:
        """A copy of a local workspace as of now, while others may be writing. Raises StateError for a shared one."""

    @abstractmethod
    def exclusive(self, name: str, *, wait_seconds: float) -> AbstractContextManager[None]:
        """Only one holder at a time has a name; raises StateError when waiting was in vain."""

    @abstractmethod
    def _triggers(self) -> frozenset[str]: ...

    @abstractmethod
    def _faults(self) -> tuple[str, ...]: ...

    def close(self) -> None:
        """Give back every connection."""
        self._engine.dispose()
        self._verdict_engine.dispose()
