"""Constraints and indexes that ALTER TABLE adds and drops."""

from pilab_desktop.domain.severity import Severity
from pilab_desktop.drift.migrations.operation import Detail, Operation, OperationKind
from pilab_desktop.drift.migrations.sql.action import Action, Read
from pilab_desktop.drift.migrations.sql.cursor import has
from pilab_desktop.drift.migrations.sql.dialect import index_locks

CONSTRAINT_STARTS = frozenset(
    {"CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "EXCLUDE", "INDEX", "KEY", "FULLTEXT", "SPATIAL"}
)
"""Words after ADD that begin a constraint or an index, so no column bears one of these names unquoted."""
_INDEX_STARTS = frozenset({"INDEX", "KEY", "FULLTEXT", "SPATIAL"})
_KEYS = {
    "PRIMARY": OperationKind.ADD_PRIMARY_KEY,
    "UNIQUE": OperationKind.ADD_UNIQUE,
    "EXCLUDE": OperationKind.ADD_UNIQUE,
}


def add_constraint(action: Action) -> Read:
    """`ADD [CONSTRAINT name] …`, the cursor behind ADD."""
    cursor = action.cursor
    name = None
    if cursor.take("CONSTRAINT") and cursor.word not in CONSTRAINT_STARTS:
        cursor.take("IF", "NOT", "EXISTS")
        name = cursor.name()
    words = action.words
    if has(words, "USING", "INDEX"):
        detail = Detail.PRIMARY_KEY if words[:1] == ("PRIMARY",) else Detail.NONE
        return [action.does(OperationKind.ALTER_TABLE, name=name, detail=detail)]
    if words[:2] == ("NOT", "NULL"):
        cursor.position += 2
        return [action.does(OperationKind.SET_NOT_NULL, column=cursor.name(), locking=not has(words, "NOT", "VALID"))]
    return _named_constraint(action, name)


def _named_constraint(action: Action, name: str | None) -> Read:
    first = action.cursor.word
    if first == "FOREIGN":
        return [_validated(action, OperationKind.ADD_FOREIGN_KEY, name)]
    if first == "CHECK":
        return [_check(action, name)]
    if first == "DEFAULT":
        return [action.does(OperationKind.ALTER_TABLE, name=name, detail=Detail.SET_DEFAULT)]
    if first in _INDEX_STARTS:
        return [action.does(OperationKind.CREATE_INDEX, locking=index_locks(action.dialect))]
    kind = _KEYS.get(first)
    return None if kind is None else [action.does(kind, name=name, locking=True)]


def _validated(action: Action, kind: OperationKind, name: str | None, column: str | None = None) -> Operation:
    """A constraint that every row is checked against, unless it says that they need not be."""
    if has(action.words, "NOT", "VALID"):
        detail = Detail.NOT_NULL_CHECK if column else Detail.NOT_VALID
        return action.does(kind, name=name, column=column, severity=Severity.MEDIUM, detail=detail)
    return action.does(kind, name=name, column=column, locking=True)


def _check(action: Action, name: str | None) -> Operation:
    words = action.words
    shape = words[1:2] == ("(",) and words[3:7] == ("IS", "NOT", "NULL", ")")
    column = action.cursor.statement.raw[action.cursor.position + 2] if shape else None
    return _validated(action, OperationKind.ADD_CHECK, name, column)


def dropped_constraint(action: Action, name: str | None) -> Operation:
    """MEDIUM where no code can be told to rely on it; a primary key is relied on (§5: "that code relies on")."""
    called = (name or "").lower()
    primary = called.startswith("pk_") or called.endswith(("_pkey", "_pk"))
    return action.does(
        OperationKind.DROP_CONSTRAINT,
        name=name,
        severity=Severity.HIGH if primary else None,
        detail=Detail.PRIMARY_KEY if primary else Detail.NONE,
    )
