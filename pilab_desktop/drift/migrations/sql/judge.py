"""What SQL does, and how dangerous that is (semantics.md §5). Pure: text in, verdict out."""

import logging
from collections.abc import Callable, Mapping

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError

from pilab_desktop.domain.severity import Severity
from pilab_desktop.drift.migrations.operation import Detail, Operation, OperationKind, Verdict, Wrapping, operation
from pilab_desktop.drift.migrations.sql import create, data_change
from pilab_desktop.drift.migrations.sql.alter_table import alter_table
from pilab_desktop.drift.migrations.sql.cursor import Cursor, has
from pilab_desktop.drift.migrations.sql.danger import dangers
from pilab_desktop.drift.migrations.sql.routine import judge_block
from pilab_desktop.drift.migrations.sql.settle import settle
from pilab_desktop.drift.migrations.sql.statements import Statement, split

_SESSION = frozenset(
    {
        "SET",
        "RESET",
        "USE",
        "PRAGMA",
        "SHOW",
        "DISCARD",
        "LISTEN",
        "UNLISTEN",
        "NOTIFY",
        "DECLARE",
        "PRINT",
        "CHECKPOINT",
    }
    | {"SAVEPOINT", "RELEASE", "DEALLOCATE", "PREPARE", "CLOSE", "FETCH", "EXPLAIN", "DESCRIBE", "ANALYZE", "UNLOCK"}
)
_OPENS = frozenset({"BEGIN", "START"})
_CLOSES = frozenset({"COMMIT", "END", "ROLLBACK", "ABORT"})

_logger = logging.getLogger("sqlglot")
_logger.addFilter(lambda record: "Falling back to parsing as a 'Command'" not in record.getMessage())

_Read = list[Operation] | None


def judge(sql: str, dialect: str, *, wrapping: Wrapping = Wrapping.NONE) -> Verdict:
    """What a script does, in order. `wrapping` says what the tool does about transactions.

    Never raises for what the text holds: a statement that cannot be read counts as unparsed, is MEDIUM at least, and
    whatever danger its words show is listed all the same.
    """
    statements = split(sql, dialect)
    wrapped = wrapping is Wrapping.WHOLE or (wrapping is Wrapping.IF_SEVERAL and len(statements) > 1)
    transaction = 1 if wrapped else 0
    opened = transaction
    found: list[Operation] = []
    transactions: list[int] = []
    unparsed = 0
    for statement in statements:
        state = _transaction(statement)
        if state is not None:
            opened += 1
            transaction = opened if state else int(wrapped)
            continue
        verdict = judge_statement(statement, dialect)
        unparsed += verdict.unparsed
        if found and len(verdict.operations) == 1 and _repeats(verdict.operations[0], found[-1]):
            continue
        found.extend(verdict.operations)
        transactions.extend([transaction] * len(verdict.operations))
    return Verdict(settle(found, transactions, dialect), unparsed)


def _repeats(one: Operation, before: Operation) -> bool:
    """Whether it does to the same table what the statement before did: a seed of a thousand rows is one operation."""
    return (
        one.kind is OperationKind.DATA_CHANGE
        and before.kind is OperationKind.DATA_CHANGE
        and one.table == before.table
        and one.detail is before.detail is Detail.NONE
    )


def _transaction(statement: Statement) -> bool | None:
    """Whether the statement opens (True) or closes (False) a transaction, or is none of these (None)."""
    words = statement.words
    if len(words) > 4 or (words[0] == "START" and words[1:2] != ("TRANSACTION",)):
        return None
    if words[0] in _OPENS:
        return True
    return False if words[0] in _CLOSES and words[1:2] != ("TO",) else None


def judge_statement(statement: Statement, dialect: str) -> Verdict:
    """What one statement does."""
    if statement.words[0] in _SESSION:
        return Verdict()
    if statement.words[0] == "DO" and dialect != "mysql":
        return judge_block(statement, dialect, judge_statement)
    read = _read(statement, dialect)
    if read is None:
        read = _parsed(statement, dialect)
    if read is not None:
        return Verdict(tuple(read))
    seen = dangers(statement, dialect)
    return Verdict((*seen, operation(OperationKind.UNPARSED, statement.text)), 1)


def _read(statement: Statement, dialect: str) -> _Read:
    cursor = Cursor(statement, 1)
    word = statement.words[0]
    if word == "ALTER":
        return _altered(cursor, dialect)
    if word == "CREATE":
        return create.create(cursor, dialect)
    if word == "DROP":
        return create.drop(cursor, dialect)
    reader = _READERS.get(word)
    return reader(cursor) if reader else None


def _altered(cursor: Cursor, dialect: str) -> _Read:
    cursor.take_any("ONLINE", "OFFLINE", "IGNORE", "FOREIGN")
    if cursor.take("TABLE"):
        return alter_table(cursor, dialect)
    if cursor.take("TYPE"):
        return create.alter_type(cursor)
    if cursor.take("DOMAIN"):
        return create.alter_domain(cursor)
    if len(cursor.rest()) < 3 or cursor.word.startswith(("'", '"')):
        return None
    renames = cursor.word in {"SCHEMA", "VIEW", "DATABASE", "MATERIALIZED"} and has(cursor.rest(), "RENAME", "TO")
    kind = OperationKind.RENAME_TABLE if renames else OperationKind.OTHER
    known = cursor.word in create.OBJECTS
    return [operation(kind, cursor.statement.text, severity=None if renames else Severity.MEDIUM)] if known else None


def _truncate(cursor: Cursor) -> _Read:
    cursor.take("TABLE")
    cursor.take("IF", "EXISTS")
    cursor.take("ONLY")
    if cursor.at("DATABASE") or cursor.at("ALL"):
        return [operation(OperationKind.TRUNCATE, cursor.statement.text)]
    return [operation(OperationKind.TRUNCATE, cursor.statement.text, table=name) for name in cursor.names()] or None


def _lock(cursor: Cursor) -> _Read:
    cursor.take_any("TABLE", "TABLES")
    cursor.take("ONLY")
    text = cursor.statement.text
    return [operation(OperationKind.LOCK_TABLE, text, table=name, locking=True) for name in cursor.names()] or None


def _vacuum(cursor: Cursor) -> _Read:
    text = cursor.statement.text
    full = cursor.take("FULL")
    if cursor.word == "(":
        options = cursor.rest()
        at = options.index("FULL") if "FULL" in options else -1
        full = at >= 0 and options[at + 1 : at + 2] not in {("FALSE",), ("OFF",), ("0",)}
        cursor.skip_parentheses()
    cursor.take_any("VERBOSE", "ANALYZE", "FREEZE")
    if full:
        return [operation(OperationKind.VACUUM_FULL, text, table=cursor.name(), locking=True)]
    return [operation(OperationKind.OTHER, text, table=cursor.name())]


def _cluster(cursor: Cursor) -> _Read:
    cursor.take("VERBOSE")
    return [operation(OperationKind.CLUSTER, cursor.statement.text, table=cursor.name(), locking=True)]


def _reindex(cursor: Cursor) -> _Read:
    words = cursor.rest()
    text = cursor.statement.text
    if "CONCURRENTLY" in words or "SYSTEM" in words:  # SYSTEM: the catalogues only, and there is no other way
        return [operation(OperationKind.REINDEX, text, severity=Severity.MEDIUM)]
    cursor.skip_parentheses()
    on_table = bool(cursor.take_any("TABLE"))
    cursor.take_any("INDEX", "SCHEMA", "DATABASE")
    name = cursor.name()
    return [
        operation(OperationKind.REINDEX, text, table=name if on_table else None, name=name, locking=True),
    ]


def _rename(cursor: Cursor) -> _Read:
    """MySQL and ClickHouse: `RENAME TABLE a TO b, c TO d`."""
    if not cursor.take_any("TABLE", "TABLES", "DICTIONARY"):
        return None
    found: list[Operation] = []
    while (old := cursor.name()) is not None and cursor.take_any("TO", "AND"):
        found.append(operation(OperationKind.RENAME_TABLE, cursor.statement.text, table=old, name=cursor.name()))
        cursor.take(",")
    return found or None


def _comment(cursor: Cursor) -> _Read:
    on_table = cursor.take("ON", "TABLE")
    table = cursor.name() if on_table else None
    return [operation(OperationKind.COMMENT, cursor.statement.text, table=table)]


def _grant(cursor: Cursor) -> _Read:
    return [operation(OperationKind.GRANT, cursor.statement.text)] if len(cursor.rest()) > 2 else None


def _maintenance(cursor: Cursor) -> _Read:
    return [operation(OperationKind.OTHER, cursor.statement.text, severity=Severity.MEDIUM)]


def _call(cursor: Cursor) -> _Read:
    """A procedure may do anything; SQL Server's renaming is known."""
    if "SP_RENAME" not in cursor.rest()[:4]:
        return [operation(OperationKind.OTHER, cursor.statement.text, severity=Severity.MEDIUM)]
    column = any(word.upper() == "'COLUMN" for word in cursor.rest())
    cursor.position = cursor.find("SP_RENAME") + 1
    cursor.take_any("@objname")
    old = next(
        (raw for raw in cursor.statement.raw[cursor.position :] if raw not in {"@", "=", "OBJNAME", "objname"}), ""
    )
    table, _, named = old.rpartition(".") if column else (old, "", "")
    kind = OperationKind.RENAME_COLUMN if column else OperationKind.RENAME_TABLE
    return [operation(kind, cursor.statement.text, table=table or None, column=named or None)]


def _parsed(statement: Statement, dialect: str) -> _Read:
    """What sqlglot makes of a statement that none of the readers knows; None where it cannot read it either."""
    if not statement.tokens:
        return None
    try:
        trees = Dialect.get_or_raise(dialect).parse(statement.written)
    except (SqlglotError, RecursionError):
        return None
    tree = trees[0] if len(trees) == 1 else None
    if tree is None or isinstance(tree, exp.Command) or _is_fragment(tree):
        return None
    kind = OperationKind.ALTER_TABLE if isinstance(tree, exp.Alter) else OperationKind.OTHER
    if isinstance(tree, exp.Create):
        kind = OperationKind.CREATE_OTHER
    return [operation(kind, statement.text, severity=Severity.MEDIUM)]


def _is_fragment(tree: exp.Expr) -> bool:
    """Whether it is an expression only, such as a misspelt word, and not a statement."""
    return not isinstance(tree, exp.DDL | exp.DML | exp.Query | exp.Alter | exp.Drop | exp.Set | exp.Merge)


_READERS: Mapping[str, Callable[[Cursor], _Read]] = {
    "DELETE": data_change.delete,
    "UPDATE": data_change.update,
    "INSERT": data_change.insert,
    "REPLACE": data_change.insert,
    "UPSERT": data_change.insert,
    "MERGE": data_change.insert,
    "WITH": data_change.with_query,
    "SELECT": data_change.select,
    "COPY": data_change.copy,
    "TRUNCATE": _truncate,
    "LOCK": _lock,
    "VACUUM": _vacuum,
    "CLUSTER": _cluster,
    "REINDEX": _reindex,
    "RENAME": _rename,
    "EXCHANGE": _rename,
    "COMMENT": _comment,
    "GRANT": _grant,
    "REVOKE": _grant,
    "DENY": _grant,
    "REFRESH": _maintenance,
    "OPTIMIZE": _maintenance,
    "REPAIR": _maintenance,
    "ATTACH": _maintenance,
    "DETACH": _maintenance,
    "SYSTEM": _maintenance,
    "SECURITY": _maintenance,
    "REASSIGN": _maintenance,
    "IMPORT": _maintenance,
    "LOAD": _maintenance,
    "CALL": _call,
    "EXEC": _call,
    "EXECUTE": _call,
}
