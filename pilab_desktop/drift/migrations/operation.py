"""What a migration does: its operations, each with the danger it carries (semantics.md §5)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache

from pilab_desktop.domain.severity import Severity

MAX_STATEMENT_CHARACTERS = 500
"""How much of a statement an operation keeps: enough to recognise it; the whole text stands in the item's value."""


class OperationKind(StrEnum):
    """What one statement, or one action of an ALTER, does."""

    DROP_TABLE = "drop_table"
    DROP_COLUMN = "drop_column"
    DROP_SCHEMA = "drop_schema"
    DROP_DATABASE = "drop_database"
    TRUNCATE = "truncate"
    DELETE_ALL = "delete_all"
    RENAME_TABLE = "rename_table"
    RENAME_COLUMN = "rename_column"
    ALTER_TYPE = "alter_type"
    SET_NOT_NULL = "set_not_null"
    DROP_CONSTRAINT = "drop_constraint"
    DROP_DEFAULT = "drop_default"
    ADD_UNIQUE = "add_unique"
    ADD_NOT_NULL_COLUMN = "add_not_null_column"
    CREATE_INDEX = "create_index"
    CREATE_INDEX_CONCURRENTLY = "create_index_concurrently"
    DROP_INDEX = "drop_index"
    ADD_FOREIGN_KEY = "add_foreign_key"
    ADD_CHECK = "add_check"
    ADD_PRIMARY_KEY = "add_primary_key"
    VOLATILE_DEFAULT = "volatile_default"
    ALTER_ENUM = "alter_enum"
    VACUUM_FULL = "vacuum_full"
    LOCK_TABLE = "lock_table"
    REINDEX = "reindex"
    CLUSTER = "cluster"
    DETACH_PARTITION = "detach_partition"
    ALTER_TABLE = "alter_table"
    DATA_CHANGE = "data_change"
    CREATE_TABLE = "create_table"
    ADD_COLUMN = "add_column"
    COMMENT = "comment"
    GRANT = "grant"
    CREATE_VIEW = "create_view"
    CREATE_FUNCTION = "create_function"
    CREATE_TRIGGER = "create_trigger"
    CREATE_OTHER = "create_other"
    DROP_VIEW = "drop_view"
    DROP_OTHER = "drop_other"
    OTHER = "other"
    UNPARSED = "unparsed"


class Wrapping(StrEnum):
    """What a tool does about transactions: nothing, one around the whole script, or one as soon as there are several
    statements (sent at once, the server runs them as one).
    """

    NONE = "none"
    WHOLE = "whole"
    IF_SEVERAL = "if_several"


class Detail(StrEnum):
    """What a later statement may need to know of an operation to weigh it together with this one."""

    NONE = ""
    SET_DEFAULT = "set_default"
    NOT_VALID = "not_valid"
    VALIDATE = "validate"
    NOT_NULL_CHECK = "not_null_check"
    PRIMARY_KEY = "primary_key"
    COPY_ROWS = "copy_rows"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation. `name` is the object it names besides table and column: a constraint, an index, a table's new
    name; for rows copied from another table, that table. `statement` is without comments and cut at
    `MAX_STATEMENT_CHARACTERS`. `columns` and
    `detail` serve the weighing of a script as a whole: those that a new table's rows must fill, or that a copy of rows
    fills anew.
    """

    kind: OperationKind
    severity: Severity
    statement: str
    table: str | None = None
    column: str | None = None
    name: str | None = None
    destructive: bool = False
    locking: bool = False
    detail: Detail = Detail.NONE
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was concluded about one piece of SQL. `unparsed` counts the statements nobody could read."""

    operations: tuple[Operation, ...] = ()
    unparsed: int = 0

    def __add__(self, other: "Verdict") -> "Verdict":
        return Verdict(self.operations + other.operations, self.unparsed + other.unparsed)


_CRITICAL = frozenset(
    {
        OperationKind.DROP_TABLE,
        OperationKind.DROP_COLUMN,
        OperationKind.DROP_SCHEMA,
        OperationKind.DROP_DATABASE,
        OperationKind.TRUNCATE,
        OperationKind.DELETE_ALL,
    }
)
_HIGH = frozenset(
    {
        OperationKind.RENAME_TABLE,
        OperationKind.RENAME_COLUMN,
        OperationKind.ALTER_TYPE,
        OperationKind.SET_NOT_NULL,
        OperationKind.DROP_DEFAULT,
        OperationKind.ADD_UNIQUE,
        OperationKind.ADD_NOT_NULL_COLUMN,
        OperationKind.ADD_FOREIGN_KEY,
        OperationKind.ADD_CHECK,
        OperationKind.ADD_PRIMARY_KEY,
        OperationKind.VOLATILE_DEFAULT,
        OperationKind.ALTER_ENUM,
        OperationKind.VACUUM_FULL,
        OperationKind.LOCK_TABLE,
        OperationKind.REINDEX,
        OperationKind.CLUSTER,
        OperationKind.DETACH_PARTITION,
    }
)
_LOW = frozenset(
    {
        OperationKind.CREATE_TABLE,
        OperationKind.ADD_COLUMN,
        OperationKind.CREATE_INDEX_CONCURRENTLY,
        OperationKind.COMMENT,
        OperationKind.CREATE_VIEW,
        OperationKind.CREATE_FUNCTION,
        OperationKind.CREATE_OTHER,
        OperationKind.OTHER,
    }
)


def default_severity(kind: OperationKind) -> Severity:
    """What a kind weighs where nothing about the statement says otherwise (semantics.md §5)."""
    if kind in _CRITICAL:
        return Severity.CRITICAL
    if kind in _HIGH:
        return Severity.HIGH
    return Severity.LOW if kind in _LOW else Severity.MEDIUM


def operation(
    kind: OperationKind,
    statement: str,
    *,
    table: str | None = None,
    column: str | None = None,
    name: str | None = None,
    locking: bool = False,
    severity: Severity | None = None,
    detail: Detail = Detail.NONE,
    columns: tuple[str, ...] = (),
) -> Operation:
    """An operation with the severity of its kind; a locking one is HIGH at least."""
    weight = severity or default_severity(kind)
    if locking and not weight.at_least(Severity.HIGH):
        weight = Severity.HIGH
    return Operation(
        kind=kind,
        severity=weight,
        statement=statement[:MAX_STATEMENT_CHARACTERS],
        table=table,
        column=column,
        name=name,
        destructive=kind in _CRITICAL or weight is Severity.CRITICAL,
        locking=locking,
        detail=detail,
        columns=columns,
    )


def harmless(found: Operation, severity: Severity = Severity.LOW) -> Operation:
    """The same operation where nothing can be lost and nobody waits."""
    if found.severity is severity and not found.destructive and not found.locking:
        return found
    return replace(found, severity=severity, destructive=False, locking=False)


@cache
def table_key(name: str | None) -> str | None:
    """By what two spellings of a table are the same: lower case, without a default schema."""
    if name is None:
        return None
    key = name.lower()
    for schema in ("public.", "dbo.", "main.", "default."):
        key = key.removeprefix(schema)
    return key


def tables_of(operations: Iterable[Operation]) -> tuple[str, ...]:
    """Every table that is named, once, in the order of first mention."""
    return tuple(dict.fromkeys(found.table for found in operations if found.table))
