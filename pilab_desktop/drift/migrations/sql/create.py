"""CREATE, DROP and the ALTERs of anything but tables."""

from itertools import pairwise

from pilab_desktop.domain.severity import Severity
from pilab_desktop.drift.migrations.operation import Operation, OperationKind, operation
from pilab_desktop.drift.migrations.sql.columns import ColumnDefinition
from pilab_desktop.drift.migrations.sql.cursor import Cursor, has
from pilab_desktop.drift.migrations.sql.dialect import index_locks

_TABLE_ADJECTIVES = ("GLOBAL", "LOCAL", "TEMP", "TEMPORARY", "UNLOGGED", "TRANSIENT", "FOREIGN", "EXTERNAL", "VIRTUAL")
_INDEX_ADJECTIVES = ("CLUSTERED", "NONCLUSTERED", "FULLTEXT", "SPATIAL", "COLUMNSTORE", "BITMAP", "XML", "PRIMARY")
_ROUTINES = frozenset({"FUNCTION", "PROCEDURE", "PROC", "AGGREGATE", "PACKAGE"})
_EMPTIED = {
    "TABLE": OperationKind.DROP_TABLE,
    "SCHEMA": OperationKind.DROP_SCHEMA,
    "KEYSPACE": OperationKind.DROP_SCHEMA,
    "DATABASE": OperationKind.DROP_DATABASE,
}
OBJECTS = frozenset(
    {"TYPE", "DOMAIN", "SEQUENCE", "EXTENSION", "SCHEMA", "DATABASE", "ROLE", "USER", "POLICY", "RULE", "STATISTICS"}
    | {"COLLATION", "CAST", "OPERATOR", "PUBLICATION", "SUBSCRIPTION", "SERVER", "TABLESPACE", "DICTIONARY", "EVENT"}
    | {"SYNONYM", "LOGIN", "GROUP", "LANGUAGE", "TEXT", "CONVERSION", "ACCESS", "TRANSFORM", "ASSERTION", "PROFILE"}
    | {"QUOTA", "ROW", "NAMED", "RESOURCE", "WORKLOAD", "STREAM", "STAGE", "PIPE", "TASK", "WAREHOUSE", "INDEX"}
    | {"TRIGGER", "VIEW", "MATERIALIZED", "DEFAULT", "PARTITION", "CHANGE", "FULLTEXT", "XML", "FILE"}
)


def create(cursor: Cursor, dialect: str) -> list[Operation] | None:
    """CREATE …, the cursor behind the word; None for what is not known."""
    replaces = cursor.take("OR", "REPLACE") or cursor.take("OR", "ALTER")
    _skip_owner(cursor)
    at_adjective = cursor.position
    while cursor.take_any(*_TABLE_ADJECTIVES):
        pass
    if cursor.take("TABLE"):
        return _table(cursor, replaces=replaces, dialect=dialect)
    cursor.position = at_adjective
    unique = bool(cursor.take_any("UNIQUE"))
    while cursor.take_any(*_INDEX_ADJECTIVES):
        pass
    if cursor.take("INDEX"):
        return _index(cursor, dialect, unique=unique)
    while cursor.take_any("TEMP", "TEMPORARY", "RECURSIVE", "FORCE", "CONSTRAINT", "TRUSTED", "EDITIONABLE", "LIVE"):
        pass
    return _object(cursor, Severity.MEDIUM if replaces else None)


def _object(cursor: Cursor, weight: Severity | None) -> list[Operation] | None:
    """Anything but tables and indexes. What replaces something that running code uses is no mere addition."""
    text = cursor.statement.text
    if cursor.take("TRIGGER"):
        return [operation(OperationKind.CREATE_TRIGGER, text, table=_owner_table(cursor))]
    if len(cursor.rest()) < 2 and cursor.word not in {"SEQUENCE", "TYPE"}:
        return None
    kind = OperationKind.CREATE_OTHER if cursor.word in OBJECTS else None
    if cursor.at("VIEW") or cursor.at("MATERIALIZED", "VIEW"):
        kind = OperationKind.CREATE_VIEW
    elif cursor.word in _ROUTINES:
        kind = OperationKind.CREATE_FUNCTION
    return None if kind is None else [operation(kind, text, severity=weight)]


def _skip_owner(cursor: Cursor) -> None:
    """MySQL's `ALGORITHM = … DEFINER = … SQL SECURITY …`."""
    if cursor.word in {"ALGORITHM", "DEFINER", "SQL"}:
        known = _ROUTINES | {"TRIGGER", "VIEW", "EVENT"}
        cursor.position = next((index for index, word in cursor.outer() if word in known), cursor.position)


def _owner_table(cursor: Cursor) -> str | None:
    at = cursor.find("ON")
    return Cursor(cursor.statement, at + 1).name() if at > 0 else None


def _table(cursor: Cursor, *, replaces: bool, dialect: str) -> list[Operation] | None:
    text = cursor.statement.text
    cursor.take("IF", "NOT", "EXISTS")
    table = cursor.name()
    if table is None or not _well_formed(cursor, dialect):
        return None
    required = required_columns(cursor) if dialect == "sqlite" else ()
    found = [operation(OperationKind.CREATE_TABLE, text, table=table, columns=required)]
    if replaces and dialect != "duckdb":
        found.insert(0, operation(OperationKind.DROP_TABLE, text, table=table))
    return found


def required_columns(cursor: Cursor) -> tuple[str, ...]:
    """The columns of `(a int NOT NULL, …)` that every new row must give a value: SQLite's rebuilt tables are told by
    them."""
    if not cursor.at("("):
        return ()
    inner = Cursor(cursor.statement, cursor.position + 1)
    start, required = inner.position, list[str]()
    for index, word in (*inner.outer(), (inner.end, ",")):
        if word != ",":
            continue
        column = Cursor(cursor.statement, start, index)
        name = column.name()
        definition = ColumnDefinition(column.rest())
        if name and definition.not_null and definition.default is None and not definition.primary:
            required.append(name)
        start = index + 1
    return tuple(required)


def _well_formed(cursor: Cursor, dialect: str) -> bool:
    """Whether the parentheses close and nothing is missing between commas (ClickHouse allows one more at the end)."""
    words = cursor.rest()
    if not words or words.count("(") != words.count(")"):
        return False
    gaps = {(",", ","), ("(", ",")} | (set() if dialect in {"clickhouse", "duckdb"} else {(",", ")")})
    return not any(pair in gaps for pair in pairwise(words))


def _index(cursor: Cursor, dialect: str, *, unique: bool) -> list[Operation] | None:
    text = cursor.statement.text
    concurrently = cursor.take("CONCURRENTLY")
    cursor.take("IF", "NOT", "EXISTS")
    name = None if cursor.at("ON") else cursor.name()
    on = cursor.find("ON")
    if on < 0:
        return None
    cursor.position = on + 1
    cursor.take("ONLY")
    table = cursor.name()
    if table is None:
        return None
    words = cursor.rest()
    online = has(words, "ONLINE", "=", "ON") or "ONLINE" in words[-2:]
    if concurrently:
        return [operation(OperationKind.CREATE_INDEX_CONCURRENTLY, text, table=table, name=name)]
    locking = index_locks(dialect) and not online
    found = [operation(OperationKind.CREATE_INDEX, text, table=table, name=name, locking=locking)]
    if unique:
        found.append(operation(OperationKind.ADD_UNIQUE, text, table=table, name=name, locking=locking))
    return found


def drop(cursor: Cursor, dialect: str) -> list[Operation] | None:
    """DROP …, the cursor behind the word; None for what is not known."""
    cursor.take_any("TEMPORARY", "FOREIGN", "EXTERNAL", "IF")
    kind = next((known for word, known in _EMPTIED.items() if cursor.take(word)), None)
    if kind is not None:
        return _dropped(cursor, kind)
    if cursor.take("INDEX"):
        return _dropped_index(cursor, dialect)
    text = cursor.statement.text
    if cursor.at("OWNED"):
        return [operation(OperationKind.DROP_SCHEMA, text)]
    if cursor.at("VIEW") or cursor.at("MATERIALIZED", "VIEW"):
        return [operation(OperationKind.DROP_VIEW, text)]
    if cursor.word not in OBJECTS | _ROUTINES:
        return None
    takes_columns = cursor.word in {"TYPE", "DOMAIN", "EXTENSION"} and "CASCADE" in cursor.rest()
    weight = Severity.CRITICAL if takes_columns else None  # CASCADE drops the columns of the type, rows and all
    return [operation(OperationKind.DROP_OTHER, text, severity=weight)]


def _dropped(cursor: Cursor, kind: OperationKind) -> list[Operation] | None:
    cursor.take("IF", "EXISTS")
    names = cursor.names()
    if kind is OperationKind.DROP_TABLE:
        return [operation(kind, cursor.statement.text, table=name) for name in names] or None
    return [operation(kind, cursor.statement.text, name=name) for name in names] or None


def _dropped_index(cursor: Cursor, dialect: str) -> list[Operation] | None:
    concurrently = cursor.take("CONCURRENTLY")
    cursor.take("IF", "EXISTS")
    name = None if cursor.at("ON") else cursor.name()
    table = cursor.name() if cursor.take("ON") else None
    if name is None and table is None:
        return None
    locking = index_locks(dialect) and not concurrently
    return [operation(OperationKind.DROP_INDEX, cursor.statement.text, table=table, name=name, locking=locking)]


def alter_type(cursor: Cursor) -> list[Operation] | None:
    """ALTER TYPE: a value appended to an enumeration sorts after all others without the author having said so; one
    with its place named is a plain alter. Renaming or dropping breaks whoever still says the old name.
    """
    text = cursor.statement.text
    name = cursor.name()
    if name is None or cursor.done:
        return None
    words = cursor.rest()
    if words[:2] == ("ADD", "VALUE"):
        placed = bool({"BEFORE", "AFTER"} & set(words))
        weight = Severity.MEDIUM if placed else None
        return [operation(OperationKind.ALTER_ENUM, text, name=name, locking=not placed, severity=weight)]
    if words[:1] == ("OWNER",):
        return [operation(OperationKind.OTHER, text, name=name, severity=Severity.MEDIUM)]
    if words[:2] == ("DROP", "ATTRIBUTE"):
        return [operation(OperationKind.DROP_COLUMN, text, name=name)]
    return [operation(OperationKind.ALTER_ENUM, text, name=name, locking=True)]


def alter_domain(cursor: Cursor) -> list[Operation] | None:
    """ALTER DOMAIN: a constraint is checked against every table that uses the domain."""
    text = cursor.statement.text
    name = cursor.name()
    if name is None or cursor.done:
        return None
    words = cursor.rest()
    if words[:1] == ("ADD",):
        loose = has(words, "NOT", "VALID")
        weight = Severity.MEDIUM if loose else None
        return [operation(OperationKind.ADD_CHECK, text, name=name, locking=not loose, severity=weight)]
    if words[:3] == ("SET", "NOT", "NULL"):
        return [operation(OperationKind.SET_NOT_NULL, text, name=name, locking=True)]
    return [operation(OperationKind.OTHER, text, name=name, severity=Severity.MEDIUM)]
