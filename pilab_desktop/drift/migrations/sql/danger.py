"""What the words of a statement that cannot be parsed still give away."""

from collections.abc import Iterator

from pilab_desktop.drift.migrations.operation import Operation, OperationKind, operation
from pilab_desktop.drift.migrations.sql.cursor import Cursor, has
from pilab_desktop.drift.migrations.sql.dialect import has_table_locks, index_locks
from pilab_desktop.drift.migrations.sql.statements import Statement

_SIGNS: tuple[tuple[tuple[str, ...], OperationKind], ...] = (
    (("DROP", "TABLE"), OperationKind.DROP_TABLE),
    (("DROP", "COLUMN"), OperationKind.DROP_COLUMN),
    (("DROP", "SCHEMA"), OperationKind.DROP_SCHEMA),
    (("DROP", "DATABASE"), OperationKind.DROP_DATABASE),
    (("TRUNCATE",), OperationKind.TRUNCATE),
    (("RENAME", "TO"), OperationKind.RENAME_TABLE),
    (("RENAME", "COLUMN"), OperationKind.RENAME_COLUMN),
    (("SET", "NOT", "NULL"), OperationKind.SET_NOT_NULL),
    (("DROP", "DEFAULT"), OperationKind.DROP_DEFAULT),
    (("DROP", "CONSTRAINT"), OperationKind.DROP_CONSTRAINT),
    (("DROP", "INDEX"), OperationKind.DROP_INDEX),
    (("VACUUM", "FULL"), OperationKind.VACUUM_FULL),
    (("LOCK", "TABLE"), OperationKind.LOCK_TABLE),
    (("SET", "TABLESPACE"), OperationKind.ALTER_TABLE),
)
_LOCKING = frozenset(
    {OperationKind.SET_NOT_NULL, OperationKind.VACUUM_FULL, OperationKind.LOCK_TABLE, OperationKind.ALTER_TABLE}
)


def dangers(statement: Statement, dialect: str) -> tuple[Operation, ...]:
    """The operations that the words show, bare words only: neither names in quotes nor strings count."""
    words = statement.words
    table = _table(statement)
    found: list[Operation] = []
    for sequence, kind in _SIGNS:
        if has(words, *sequence):
            locking = kind in _LOCKING or (kind is OperationKind.DROP_INDEX and _plain_index(words, dialect))
            found.append(operation(kind, statement.text, table=table, locking=locking))
    found.extend(operation(kind, statement.text, table=table, locking=locks) for kind, locks in _more(words, dialect))
    return tuple(found)


def _plain_index(words: tuple[str, ...], dialect: str) -> bool:
    return index_locks(dialect) and "CONCURRENTLY" not in words


def _more(words: tuple[str, ...], dialect: str) -> Iterator[tuple[OperationKind, bool]]:
    """Signs that take more than a row of words."""
    locks = has_table_locks(dialect)
    if has(words, "DELETE", "FROM") and "WHERE" not in words:
        yield OperationKind.DELETE_ALL, False
    if words[:1] == ("CREATE",) and "INDEX" in words[:3]:
        concurrently = "CONCURRENTLY" in words
        kind = OperationKind.CREATE_INDEX_CONCURRENTLY if concurrently else OperationKind.CREATE_INDEX
        yield kind, _plain_index(words, dialect)
        if "UNIQUE" in words[:3] and not concurrently:
            yield OperationKind.ADD_UNIQUE, locks
    if words[:1] != ("ALTER",):
        return
    column = next((i for i in range(len(words) - 1) if words[i] == "ALTER" and words[i + 1] == "COLUMN"), -1)
    if column >= 0 and "TYPE" in words[column:]:
        yield OperationKind.ALTER_TYPE, locks
    if "ADD" in words and "INDEX" not in words:
        valid = not has(words, "NOT", "VALID")
        if has(words, "FOREIGN", "KEY"):
            yield OperationKind.ADD_FOREIGN_KEY, valid and locks
        if "UNIQUE" in words or "EXCLUDE" in words:
            yield OperationKind.ADD_UNIQUE, locks
        if has(words, "PRIMARY", "KEY"):
            yield OperationKind.ADD_PRIMARY_KEY, locks
        if "CHECK" in words and valid:
            yield OperationKind.ADD_CHECK, locks


def _table(statement: Statement) -> str | None:
    words = statement.words
    for index, word in enumerate(words):
        if word in {"TABLE", "TRUNCATE"} and words[index + 1 : index + 2] != ("TABLE",):
            cursor = Cursor(statement, index + 1)
            cursor.take("IF", "EXISTS")
            cursor.take("ONLY")
            name = cursor.name()
            return None if name is None or name.upper() in {"ADD", "ALTER", "DROP", "RENAME", "SET"} else name
    return None
