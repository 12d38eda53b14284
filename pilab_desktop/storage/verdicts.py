"""What was concluded about blobs (`ports.storage.BlobVerdicts`)."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import Engine, Insert, select
from sqlalchemy.dialects import postgresql, sqlite

from pilab_desktop.domain.json import JsonValue
from pilab_desktop.storage.engine import begin_writing
from pilab_desktop.storage.failures import StateBusyError
from pilab_desktop.storage.tables.state import verdicts
from pilab_desktop.storage.transaction import BATCH

PATIENCE_SECONDS = 0.25
"""How long an engine for verdicts waits for SQLite's write lock; who holds it may be this thread's own unit of work."""


class SqlVerdicts:
    """A cache beside the workspace's data, in transactions of its own. Thread-safe."""

    def __init__(self, engine: Engine, tenant_id: UUID, *, writable: bool) -> None:
        self._engine = engine
        self._tenant_id = tenant_id
        self._writable = writable

    def get_many(self, kind: str, keys: Sequence[str]) -> Mapping[str, JsonValue]:
        """The stored conclusions among the keys."""
        wanted = list(dict.fromkeys(keys))
        found: dict[str, JsonValue] = {}
        with self._engine.connect() as connection:
            for start in range(0, len(wanted), BATCH):
                rows = connection.execute(
                    select(verdicts.c.key, verdicts.c.value).where(
                        verdicts.c.tenant_id == self._tenant_id,
                        verdicts.c.kind == kind,
                        verdicts.c.key.in_(wanted[start : start + BATCH]),
                    )
                )
                found.update({row.key: row.value for row in rows})
        return found

    def put_many(self, kind: str, values: Mapping[str, JsonValue]) -> None:
        """Keep conclusions; one that is there stays.

        Where somebody holds SQLite's write lock for longer than a moment they are not kept: they can be concluded
        again.
        """
        if not values or not self._writable:
            return
        rows: list[dict[str, object]] = [
            {"tenant_id": self._tenant_id, "kind": kind, "key": key, "value": value} for key, value in values.items()
        ]
        try:
            self._insert(rows)
        except StateBusyError:
            return

    def _insert(self, rows: list[dict[str, object]]) -> None:
        dialect = sqlite if self._engine.dialect.name == "sqlite" else postgresql
        statement: Insert = dialect.insert(verdicts).on_conflict_do_nothing()
        with self._engine.connect() as connection:
            begin_writing(connection)
            for start in range(0, len(rows), BATCH):
                connection.execute(statement, rows[start : start + BATCH])
            connection.commit()
