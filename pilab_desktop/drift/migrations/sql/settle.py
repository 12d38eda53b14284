"""What the statements of one script mean together, where that differs from what each means alone."""

from collections.abc import Sequence
from dataclasses import replace

from pilab_desktop.domain.severity import Severity
from pilab_desktop.drift.migrations.operation import Detail, Operation, OperationKind, operation, table_key
from pilab_desktop.drift.migrations.sql.dialect import has_table_locks


def settle(found: Sequence[Operation], transactions: Sequence[int], dialect: str) -> tuple[Operation, ...]:
    """The operations of a script, each weighed with what stands before and behind it.

    `transactions` gives for each the number of the transaction it runs in, 0 for none. The rules: a default that is set
    again was not dropped; NOT NULL after a validated check of the same column scans nothing; VALIDATE in the
    transaction that added the constraint keeps its lock; an index cannot be built concurrently inside a transaction; a
    primary key that is put back was not lost; a table that SQLite rebuilds was not dropped.
    """
    settled = [_in_company(one, index, found) for index, one in enumerate(found)]
    if has_table_locks(dialect) and any(transactions):
        settled = [_in_transaction(one, index, settled, transactions) for index, one in enumerate(settled)]
    if dialect == "sqlite":
        settled = _rebuilt(settled)
    return tuple([replace(one, columns=()) if one.columns else one for one in settled])


def _in_company(one: Operation, index: int, found: Sequence[Operation]) -> Operation:
    if one.kind is OperationKind.DROP_DEFAULT:
        again = any(after.detail is Detail.SET_DEFAULT and _same_column(after, one) for after in found[index + 1 :])
        return replace(one, severity=Severity.MEDIUM) if again else one
    if one.kind is OperationKind.SET_NOT_NULL and _checked_before(one, found[:index]):
        return replace(one, severity=Severity.MEDIUM, locking=False)
    if one.kind is OperationKind.DROP_CONSTRAINT and one.detail is Detail.PRIMARY_KEY:
        return replace(one, severity=Severity.MEDIUM) if _put_back(one, found[index + 1 :]) else one
    return one


def _in_transaction(one: Operation, index: int, found: Sequence[Operation], transactions: Sequence[int]) -> Operation:
    here = transactions[index]
    if not here:
        return one
    if one.kind is OperationKind.CREATE_INDEX_CONCURRENTLY:
        # the database refuses it there; built plainly instead it would lock
        return replace(one, severity=Severity.HIGH, locking=True)
    if one.detail in {Detail.NOT_VALID, Detail.NOT_NULL_CHECK} and any(
        found[at].detail is Detail.VALIDATE and found[at].name == one.name and transactions[at] == here
        for at in range(index + 1, len(found))
    ):
        return replace(one, severity=Severity.HIGH, locking=True)
    return one


def _same_column(one: Operation, other: Operation) -> bool:
    same = (one.column or "").lower() == (other.column or "").lower()
    return same and table_key(one.table) == table_key(other.table)


def _checked_before(one: Operation, earlier: Sequence[Operation]) -> bool:
    checks = {before.name for before in earlier if before.detail is Detail.NOT_NULL_CHECK and _same_column(before, one)}
    return any(before.detail is Detail.VALIDATE and before.name in checks for before in earlier)


def _put_back(one: Operation, later: Sequence[Operation]) -> bool:
    return any(
        table_key(after.table) == table_key(one.table)
        and (after.detail is Detail.PRIMARY_KEY or after.kind is OperationKind.ADD_PRIMARY_KEY)
        for after in later
    )


def _rebuilt(found: Sequence[Operation]) -> list[Operation]:
    """SQLite cannot alter most of a table; it is rebuilt under a second name, its rows copied
    (https://www.sqlite.org/lang_altertable.html, "Making Other Kinds Of Table Schema Changes").
    """
    settled = list(found)
    for index, one in enumerate(found):
        if one.kind is not OperationKind.DROP_TABLE:
            continue
        copy = next((c for c in found[:index] if c.detail is Detail.COPY_ROWS and _names(c.name, one.table)), None)
        if copy is None or not _ends_in_place(copy, one, found):
            continue
        for at, other in enumerate(found):
            touches = _names(other.table, one.table) or _names(other.table, copy.table)
            if touches and other.kind in {OperationKind.DROP_TABLE, OperationKind.RENAME_TABLE}:
                settled[at] = _as_alter(other)
        settled.extend(_demanding(copy, found))
    return settled


def _demanding(copy: Operation, found: Sequence[Operation]) -> list[Operation]:
    """The columns of the rebuilt table that must be given and that its old rows did not have: code that does not know
    them cannot insert."""
    made = next(
        (one for one in found if one.kind is OperationKind.CREATE_TABLE and _names(one.table, copy.table)), None
    )
    required = {column.lower() for column in made.columns} if made else set()
    return [
        operation(OperationKind.ADD_NOT_NULL_COLUMN, copy.statement, table=copy.table, column=column)
        for column in copy.columns
        if column.lower() in required
    ]


def _as_alter(other: Operation) -> Operation:
    return replace(operation(OperationKind.ALTER_TABLE, other.statement, table=other.table), name=other.name)


def _ends_in_place(copy: Operation, dropped: Operation, found: Sequence[Operation]) -> bool:
    """Whether the copy bears the old name in the end: the old one was moved away before, or the new one moved in."""
    return any(
        one.kind is OperationKind.RENAME_TABLE
        and (
            (_names(one.table, copy.table) and _names(one.name, dropped.table))
            or (_names(one.name, dropped.table) and _names(one.table, copy.table))
        )
        for one in found
    )


def _names(one: str | None, other: str | None) -> bool:
    return one is not None and table_key(one) == table_key(other)
