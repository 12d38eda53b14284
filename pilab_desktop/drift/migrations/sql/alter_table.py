"""The actions of ALTER TABLE, in the spellings of PostgreSQL, MySQL, SQL Server, Oracle, SQLite and ClickHouse."""

from collections.abc import Callable, Mapping

from pilab_desktop.domain.severity import Severity
from pilab_desktop.drift.migrations.operation import Detail, Operation, OperationKind, operation
from pilab_desktop.drift.migrations.sql.action import Action, Read
from pilab_desktop.drift.migrations.sql.columns import ColumnDefinition, defined_column
from pilab_desktop.drift.migrations.sql.constraints import CONSTRAINT_STARTS, add_constraint, dropped_constraint
from pilab_desktop.drift.migrations.sql.cursor import Cursor
from pilab_desktop.drift.migrations.sql.dialect import index_locks

_COLUMN_CHANGES = {
    ("SET", "NOT", "NULL"): (OperationKind.SET_NOT_NULL, Detail.NONE),
    ("SET", "DEFAULT"): (OperationKind.ALTER_TABLE, Detail.SET_DEFAULT),
    ("ADD", "DEFAULT"): (OperationKind.ALTER_TABLE, Detail.SET_DEFAULT),
    ("DROP", "DEFAULT"): (OperationKind.DROP_DEFAULT, Detail.NONE),
}
_DROPPED = {
    "FOREIGN": OperationKind.DROP_CONSTRAINT,
    "CHECK": OperationKind.DROP_CONSTRAINT,
    "PARTITION": OperationKind.DROP_TABLE,
    "PART": OperationKind.DROP_TABLE,
    "DETACHED": OperationKind.DROP_TABLE,
    "PROJECTION": OperationKind.ALTER_TABLE,
    "STATISTICS": OperationKind.ALTER_TABLE,
    "SYSTEM": OperationKind.ALTER_TABLE,
}
_METADATA = frozenset(
    {"OWNER", "ENABLE", "DISABLE", "INHERIT", "NO", "REPLICA", "FORCE", "OF", "NOT", "RESET", "COMMENT", "ENGINE"}
    | {"AUTO_INCREMENT", "ROW_FORMAT", "ALGORITHM", "LOCK", "ORDER", "WITHOUT", "ATTACH", "FREEZE", "FETCH", "MOVE"}
    | {"MATERIALIZE", "REBUILD", "SWITCH", "EXCHANGE", "COALESCE", "REORGANIZE", "ANALYZE", "OPTIMIZE", "CHECK"}
    | {"DEPENDS"}
    | {"CLUSTER", "SUSPEND", "RESUME", "SWAP", "UNSET", "STATS_PERSISTENT", "KEY_BLOCK_SIZE", "PARTITION", "REMOVE"}
    | {"MERGES", "UPDATE", "REPLACE", "INVISIBLE", "VISIBLE", "UNFREEZE", "APPLY"}
)


def alter_table(cursor: Cursor, dialect: str) -> list[Operation] | None:
    """The operations of an ALTER TABLE, the cursor behind these two words; None where something in it is not known."""
    cursor.take("IF", "EXISTS")
    cursor.take("ONLY")
    table = cursor.name()
    cursor.take("*")
    if cursor.take("ON", "CLUSTER"):
        cursor.name()
    cursor.take_any("NOWAIT", "WAIT")
    if table is None or cursor.done:
        return None
    if cursor.at("MODIFY", "QUERY"):  # ClickHouse: a whole query stands behind it, commas and all
        return [operation(OperationKind.ALTER_TABLE, cursor.statement.text, table=table)]
    if dialect == "clickhouse":
        cursor.end = next((index for index, word in cursor.outer() if word == "SETTINGS"), cursor.end)
    found: list[Operation] = []
    previous = ""
    spans = _actions(cursor)
    for start, end in spans:
        at = Cursor(cursor.statement, start, end)
        if not at.take("WITH", "NOCHECK"):
            at.take("WITH", "CHECK")
        text = cursor.statement.text if len(spans) == 1 else _one_of_many(cursor, table, start, end)
        action = Action(at, table, text, dialect)
        verb = at.word
        read = _read_action(action, previous)
        if read is None:
            return None
        found.extend(read)
        previous = verb if verb in _READERS else previous
    return found


def _one_of_many(cursor: Cursor, table: str, start: int, end: int) -> str:
    return f"ALTER TABLE {table} {cursor.statement.since(start, end).text}"


def _actions(cursor: Cursor) -> list[tuple[int, int]]:
    """Start and end of what stands between commas."""
    starts = [cursor.position]
    ends: list[int] = []
    for index, word in cursor.outer():
        if word == ",":
            ends.append(index)
            starts.append(index + 1)
    ends.append(cursor.end)
    return list(zip(starts, ends, strict=True))


def _read_action(action: Action, previous: str) -> Read:
    cursor = action.cursor
    reader = _READERS.get(cursor.word)
    if reader is not None:
        cursor.position += 1
        return reader(action)
    if cursor.word in _METADATA or action.words[1:2] == ("=",):
        return [action.does(OperationKind.ALTER_TABLE)]
    if previous == "ADD":
        return _add(action)
    if previous == "DROP" and (column := cursor.name()) is not None:
        return [action.does(OperationKind.DROP_COLUMN, column=column)]
    return None


def _add(action: Action) -> Read:
    cursor = action.cursor
    explicit = cursor.take("COLUMN")
    cursor.take("IF", "NOT", "EXISTS")
    if not explicit:
        if cursor.word in CONSTRAINT_STARTS:
            return add_constraint(action)
        if cursor.take_any("PARTITION", "PROJECTION", "STATISTICS", "PERIOD", "SYSTEM"):
            return [action.does(OperationKind.ALTER_TABLE)]
        if cursor.at("DEFAULT"):
            return [action.does(OperationKind.ALTER_TABLE, detail=Detail.SET_DEFAULT)]
    if cursor.word == "(":
        return _add_columns(action)
    return defined_column(cursor, action.table, action.dialect)


def _add_columns(action: Action) -> Read:
    """`ADD (a int, b int)`."""
    inner = Cursor(action.cursor.statement, action.cursor.position + 1, action.cursor.end - 1)
    found: list[Operation] = []
    for start, end in _actions(inner):
        read = defined_column(Cursor(inner.statement, start, end), action.table, action.dialect)
        if read is None:
            return None
        found.extend(read)
    return found


def _drop(action: Action) -> Read:
    cursor = action.cursor
    several = len(action.words) > 1
    if cursor.take("CONSTRAINT"):
        cursor.take("IF", "EXISTS")
        return [dropped_constraint(action, cursor.name())]
    if cursor.at("PRIMARY", "KEY"):
        return [action.does(OperationKind.DROP_CONSTRAINT, severity=Severity.HIGH, detail=Detail.PRIMARY_KEY)]
    if several and cursor.take_any("INDEX", "KEY"):
        cursor.take("IF", "EXISTS")
        return [action.does(OperationKind.DROP_INDEX, name=cursor.name(), locking=index_locks(action.dialect))]
    if several and cursor.word in _DROPPED:
        return [action.does(_DROPPED[cursor.word])]
    cursor.take("COLUMN")
    cursor.take("IF", "EXISTS")
    cursor.take("(")
    columns = cursor.names()
    return [action.does(OperationKind.DROP_COLUMN, column=column) for column in columns] or None


def _alter(action: Action) -> Read:
    cursor = action.cursor
    if cursor.word in {"CONSTRAINT", "INDEX", "CHECK"} and len(action.words) > 1:
        return [action.does(OperationKind.ALTER_TABLE)]
    cursor.take("COLUMN")
    cursor.take("IF", "EXISTS")
    column = cursor.name()
    if column is None:
        return None
    if cursor.take("SET", "DATA", "TYPE") or cursor.take("TYPE"):
        return [action.does(OperationKind.ALTER_TYPE, column=column, locking=True)] if action.words else None
    change = next((read for words, read in _COLUMN_CHANGES.items() if cursor.at(*words)), None)
    if change is not None:
        kind, detail = change
        locking = kind is OperationKind.SET_NOT_NULL
        return [action.does(kind, column=column, locking=locking, detail=detail)]
    if cursor.word in {"SET", "DROP", "RESET", "ADD", "RESTART", "COMMENT", "OPTIONS"}:
        return [action.does(OperationKind.ALTER_TABLE, column=column)]
    return _restated(action, column) if action.words else None


def _restated(action: Action, column: str) -> list[Operation]:
    """The whole column anew: MySQL's MODIFY, SQL Server's ALTER COLUMN, Oracle's MODIFY. What it was is not said."""
    definition = ColumnDefinition(action.words)
    if definition.not_null:
        return [
            action.does(OperationKind.ALTER_TYPE, column=column, locking=True),
            action.does(OperationKind.SET_NOT_NULL, column=column, locking=True),
        ]
    if definition.null:  # whoever writes NULL in full takes NOT NULL away
        return [action.does(OperationKind.ALTER_TABLE, column=column)]
    return [action.does(OperationKind.ALTER_TYPE, column=column, locking=True)]


def _modify(action: Action) -> Read:
    cursor = action.cursor
    if cursor.take("TTL"):
        return [action.does(OperationKind.DELETE_ALL, severity=Severity.HIGH)]
    if cursor.take_any("SETTING", "ORDER", "QUERY", "COMMENT", "SAMPLE"):
        return [action.does(OperationKind.ALTER_TABLE)]
    cursor.take("COLUMN")
    cursor.take("IF", "EXISTS")
    cursor.take("(")
    column = cursor.name()
    if column is None:
        return None
    if cursor.take_any("CODEC", "COMMENT", "REMOVE", "TTL", "DEFAULT", "SET"):
        return [action.does(OperationKind.ALTER_TABLE, column=column)]
    return _restated(action, column) if action.words else None


def _change(action: Action) -> Read:
    cursor = action.cursor
    cursor.take("COLUMN")
    old, new = cursor.name(), cursor.name()
    if old is None or new is None:
        return None
    found = _restated(action, old)
    if old.lower() != new.lower():
        found.insert(0, action.does(OperationKind.RENAME_COLUMN, column=old, name=new))
    return found


def _rename(action: Action) -> Read:
    cursor = action.cursor
    if cursor.take("TO") or cursor.take("AS"):
        new = cursor.name()
        return [action.does(OperationKind.RENAME_TABLE, name=new)] if new else None
    if cursor.word in {"CONSTRAINT", "INDEX", "KEY"} and len(action.words) > 1:
        return [action.does(OperationKind.ALTER_TABLE)]
    cursor.take("COLUMN")
    cursor.take("IF", "EXISTS")
    old = cursor.name()
    if old is None:
        return None
    if not cursor.take("TO"):
        return [action.does(OperationKind.RENAME_TABLE, name=old)] if cursor.done else None
    new = cursor.name()
    return [action.does(OperationKind.RENAME_COLUMN, column=old, name=new)] if new else None


def _set(action: Action) -> Read:
    cursor = action.cursor
    if cursor.take("SCHEMA"):
        return [action.does(OperationKind.RENAME_TABLE, name=cursor.name())]
    if cursor.word in {
        "TABLESPACE",
        "LOGGED",
        "UNLOGGED",
        "ACCESS",
    }:  # each row is written anew, nobody reads meanwhile
        return [action.does(OperationKind.ALTER_TABLE, locking=True)]
    return [action.does(OperationKind.ALTER_TABLE)]


def _convert(action: Action) -> Read:
    return [action.does(OperationKind.ALTER_TYPE, locking=True)]


def _validate(action: Action) -> Read:
    action.cursor.take("CONSTRAINT")
    return [action.does(OperationKind.ALTER_TABLE, name=action.cursor.name(), detail=Detail.VALIDATE)]


def _detach(action: Action) -> Read:
    words = action.words
    if "FINALIZE" in words or "CONCURRENTLY" in words:
        return [action.does(OperationKind.DETACH_PARTITION, severity=Severity.MEDIUM)]
    return [action.does(OperationKind.DETACH_PARTITION, locking=True)]


def _truncate(action: Action) -> Read:
    return [action.does(OperationKind.TRUNCATE)]


def _clear(action: Action) -> Read:
    action.cursor.take("COLUMN")
    return [action.does(OperationKind.DELETE_ALL, column=action.cursor.name())]


def _delete(action: Action) -> Read:
    """ClickHouse: `ALTER TABLE t DELETE WHERE …`."""
    everything = not action.words or action.words[1:] in {("1",), ("TRUE",), ("1", "=", "1")}
    return [action.does(OperationKind.DELETE_ALL if everything else OperationKind.DATA_CHANGE)]


_READERS: Mapping[str, Callable[[Action], Read]] = {
    "ADD": _add,
    "DROP": _drop,
    "ALTER": _alter,
    "MODIFY": _modify,
    "CHANGE": _change,
    "RENAME": _rename,
    "SET": _set,
    "CONVERT": _convert,
    "VALIDATE": _validate,
    "DETACH": _detach,
    "TRUNCATE": _truncate,
    "CLEAR": _clear,
    "DELETE": _delete,
}
