"""One transaction on one workspace: what every collection of a unit of work reads and writes through.

The scope is applied here and nowhere else: `select`, `update` and `delete` see only the workspace's rows, and `insert`
refuses another's. What is written is remembered and goes to the change feed in the same commit.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Delete,
    Engine,
    Executable,
    Insert,
    Label,
    RowMapping,
    Select,
    Table,
    Update,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from pilab_desktop.domain.change_set import Change, ChangeSet
from pilab_desktop.domain.errors import ConflictError, DuplicateError, NotFoundError, NotPermittedError, StateNewerError
from pilab_desktop.ports.clock import Clock
from pilab_desktop.storage.engine import begin_writing
from pilab_desktop.storage.failures import PostgresFailure
from pilab_desktop.storage.shape import Shape, Values
from pilab_desktop.storage.tables.state import change_feed, feed_counters

if TYPE_CHECKING:
    from pilab_desktop.storage.shape import Versioned

VersionedT = TypeVar("VersionedT", bound="Versioned")

BATCH = 1000
"""Rows sent at once: large enough to be quick, small enough to stay in bounded memory."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What to say when a name is taken: the field of the form that holds it, and the sentence."""

    field: str
    sentence: str


class Transaction:
    """Opened by a unit of work. Reads see one state of the database until the first write (see `begin_writing`)."""

    def __init__(self, engine: Engine, tenant_id: UUID, clock: Clock, *, read_only: StateNewerError | None) -> None:
        self.tenant_id = tenant_id
        self.clock = clock
        self._engine = engine
        self._read_only = read_only
        self._connection: Connection | None = None
        self._writing = False
        self._changes: dict[Change, None] = {}

    def open(self) -> None:
        """Take a connection."""
        self._connection = self._engine.connect()

    def close(self) -> None:
        """Undo what was not committed, give the connection back."""
        connection, self._connection = self._connection, None
        self._writing = False
        self._changes.clear()
        if connection is not None:
            connection.close()

    @property
    def dialect(self) -> str:
        """ "sqlite" or "postgresql"."""
        return self._engine.dialect.name

    def select(
        self, table: Table, columns: Sequence[ColumnElement[object]] | Sequence[Label[UUID]] | None = None
    ) -> Select[*tuple[object, ...]]:
        """A query of the workspace's rows of a table."""
        return select(*(columns or table.columns)).where(table.c.tenant_id == self.tenant_id)

    def update(self, table: Table) -> Update:
        """An update of the workspace's rows of a table."""
        return update(table).where(table.c.tenant_id == self.tenant_id)

    def delete(self, table: Table) -> Delete:
        """A removal of the workspace's rows of a table."""
        return delete(table).where(table.c.tenant_id == self.tenant_id)

    def all(self, statement: Executable) -> Sequence[RowMapping]:
        """Every row of a query."""
        return self._open().execute(statement).mappings().all()

    def first(self, statement: Executable) -> RowMapping | None:
        """The first row of a query."""
        return self._open().execute(statement).mappings().first()

    def run(self, statement: Update | Delete | Insert) -> int:
        """Write; how many rows were touched."""
        return self._writer().execute(statement).rowcount

    def insert(self, table: Table, values: Values, *, taken: Taken | None = None) -> None:
        """Add a row, with `created_at` where the table has it and the values have not.

        Raises DuplicateError with `taken`'s words, NotFoundError where the row points to what is not of this
        workspace or project, NotPermittedError for a row of another workspace.
        """
        with self._refusals(taken):
            self._writer().execute(insert(table), [self._complete(table, values)])

    def insert_many(self, table: Table, rows: Sequence[Values]) -> None:
        """Add rows, many at a time. Raises as `insert` does."""
        with self._refusals(None):
            for start in range(0, len(rows), BATCH):
                batch = [self._complete(table, row) for row in rows[start : start + BATCH]]
                self._writer().execute(insert(table), batch)

    def save(
        self,
        shape: Shape[VersionedT],
        record: VersionedT,
        name: str,
        *,
        taken: Taken | None = None,
        stored: Callable[[], object] | None = None,
    ) -> VersionedT:
        """Replace the row of the record's version; the record with its new version.

        `name` says in a sentence what it is. Raises ConflictError where someone saved first (with what `stored`
        returns, else with the row), NotFoundError where it was deleted, DuplicateError with `taken`'s words.
        """
        saved = replace(record, version=record.version + 1)
        self.change(shape, record, shape.changes(saved), name, taken=taken, stored=stored)
        return saved

    def change(
        self,
        shape: Shape[VersionedT],
        record: VersionedT,
        values: Values,
        name: str,
        *,
        taken: Taken | None = None,
        stored: Callable[[], object] | None = None,
    ) -> None:
        """Set only `values` on the row of the record's version, and the next version. Raises as `save` does."""
        columns = shape.table.c
        here = [columns.id == record.id]
        if "deleted_at" in columns:
            here.append(columns.deleted_at.is_(None))
        changed = self.update(shape.table).where(*here, columns.version == record.version)
        with self._refusals(taken):
            if self.run(changed.values({**values, "version": record.version + 1})):
                return
        found = self.first(self.select(shape.table).where(*here))
        if found is None:
            raise NotFoundError(
                f"{name[0].upper()}{name[1:]} is no longer there; nothing was changed. Reload the list."
            )
        raise ConflictError(
            f"Someone else changed {name} first; your change was not saved. Compare both and save again.",
            mine=record,
            theirs=stored() if stored else shape.of(found),
        )

    def touched(self, kind: str, entity_id: UUID, project_id: UUID | None = None) -> None:
        """Remember what was written."""
        self._changes[Change(kind, entity_id, project_id)] = None

    def commit(self) -> ChangeSet:
        """Write the change feed, make it all last, say what was touched."""
        changes = tuple(self._changes)
        if changes:
            self._feed(changes)
        self._open().commit()
        self._changes.clear()
        return ChangeSet.of(changes)

    def _feed(self, changes: Sequence[Change]) -> None:
        counter = (
            self.update(feed_counters).values(last=feed_counters.c.last + len(changes)).returning(feed_counters.c.last)
        )
        first = int(self._writer().execute(counter).scalar_one()) - len(changes) + 1
        now = self.clock.now()
        rows = [
            {
                "tenant_id": self.tenant_id,
                "sequence": first + offset,
                "kind": change.kind,
                "entity_id": change.id,
                "project_id": change.project_id,
                "at": now,
            }
            for offset, change in enumerate(changes)
        ]
        self.insert_many(change_feed, rows)

    def _complete(self, table: Table, values: Values) -> dict[str, object]:
        if values["tenant_id"] != self.tenant_id:
            raise NotPermittedError("That belongs to another workspace; nothing was saved.")
        made = {"created_at": self.clock.now()} if "created_at" in table.columns else {}
        return {**made, **values}

    def _open(self) -> Connection:
        if self._connection is None:
            raise RuntimeError("A unit of work is used within its with-block.")
        return self._connection

    def _writer(self) -> Connection:
        connection = self._open()
        if self._read_only is not None:
            raise self._read_only
        if not self._writing:
            begin_writing(connection)
            self._writing = True
        return connection

    @contextmanager
    def _refusals(self, taken: Taken | None) -> Iterator[None]:
        # On Postgres a refused row would take the whole transaction with it. Other failures do so on both (a full disk
        # has SQLite undo it at once), and then there is no savepoint to go back to.
        savepoint = self._writer().begin_nested()
        try:
            yield
        except IntegrityError as error:
            savepoint.rollback()
            if taken is not None and _broken_rule(error) == "unique":
                raise DuplicateError(taken.sentence, taken.field) from error
            if _broken_rule(error) == "reference":
                raise NotFoundError(
                    "What this belongs to is gone or is another project's; nothing was saved. Reload, then try again."
                ) from error
            raise
        savepoint.commit()


def _broken_rule(error: IntegrityError) -> str | None:
    refused: object = error.orig
    if isinstance(refused, sqlite3.IntegrityError):
        return _SQLITE_RULES.get(refused.sqlite_errorcode)
    if isinstance(refused, PostgresFailure):
        return _POSTGRES_RULES.get(refused.sqlstate or "")
    return None


_SQLITE_RULES = {sqlite3.SQLITE_CONSTRAINT_UNIQUE: "unique", sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY: "reference"}
_POSTGRES_RULES = {"23505": "unique", "23503": "reference"}
