"""One action of an ALTER TABLE."""

from dataclasses import dataclass

from pilab_desktop.domain.severity import Severity
from pilab_desktop.drift.migrations.operation import Detail, Operation, OperationKind, operation
from pilab_desktop.drift.migrations.sql.cursor import Cursor
from pilab_desktop.drift.migrations.sql.dialect import has_table_locks


@dataclass(frozen=True, slots=True)
class Action:
    """One action: a cursor over it, and whose table it changes."""

    cursor: Cursor
    table: str | None
    text: str
    dialect: str

    @property
    def words(self) -> tuple[str, ...]:
        """What is left of it."""
        return self.cursor.rest()

    @property
    def locks(self) -> bool:
        """Whether a change of the schema can keep others waiting in this database."""
        return has_table_locks(self.dialect)

    def does(
        self,
        kind: OperationKind,
        *,
        column: str | None = None,
        name: str | None = None,
        locking: bool = False,
        severity: Severity | None = None,
        detail: Detail = Detail.NONE,
    ) -> Operation:
        """An operation of this action; `locking` holds only where the database has such locks."""
        return operation(
            kind,
            self.text,
            table=self.table,
            column=column,
            name=name,
            locking=locking and self.locks,
            severity=severity,
            detail=detail,
        )


Read = list[Operation] | None
"""What reading an action gives: None where something in it is not known."""
