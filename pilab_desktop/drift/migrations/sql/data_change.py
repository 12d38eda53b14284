"""Statements that change rows."""

from itertools import pairwise

from pilab_desktop.domain.severity import Severity
from pilab_desktop.drift.migrations.operation import Detail, Operation, OperationKind, operation
from pilab_desktop.drift.migrations.sql.cursor import Cursor, has

_ALWAYS_TRUE = frozenset({("TRUE",), ("1",), ("1", "=", "1"), ("'1", "=", "'1")})
_HARMLESS_CALLS = frozenset(
    {"SETVAL", "SET_CONFIG", "NOW", "COUNT", "VERSION", "MAX", "MIN", "COALESCE", "CAST", "CURRENT_SETTING", "SUM"}
    | {"PG_CATALOG", "EXISTS", "NEXTVAL", "PG_ADVISORY_LOCK", "PG_ADVISORY_UNLOCK", "PG_ADVISORY_XACT_LOCK", "IN"}
)


def delete(cursor: Cursor) -> list[Operation] | None:
    """DELETE, the cursor behind the word: without a condition it empties the table."""
    words = cursor.rest()
    cursor.take_any("LOW_PRIORITY", "QUICK", "IGNORE")
    if cursor.take("TOP"):
        cursor.skip_parentheses()
    cursor.take("FROM")
    cursor.take("ONLY")
    table = cursor.name()
    if table is None:
        return None
    joined = bool({"JOIN", "USING"} & set(words))
    kind = OperationKind.DATA_CHANGE if joined or _is_conditional(cursor) else OperationKind.DELETE_ALL
    return [operation(kind, cursor.statement.text, table=table)]


def _is_conditional(cursor: Cursor) -> bool:
    for index, word in cursor.outer():
        if word == "WHERE":
            end = next((i for i, w in Cursor(cursor.statement, index).outer() if w == "RETURNING"), None)
            return cursor.statement.words[index + 1 : end] not in _ALWAYS_TRUE
        if word == "LIMIT":
            return True
    return False


def update(cursor: Cursor) -> list[Operation] | None:
    """UPDATE, the cursor behind the word."""
    cursor.take_any("LOW_PRIORITY", "IGNORE", "ONLY")
    table = cursor.name()
    if table is None or "SET" not in cursor.rest():
        return None
    return [operation(OperationKind.DATA_CHANGE, cursor.statement.text, table=table)]


def insert(cursor: Cursor) -> list[Operation] | None:
    """INSERT, REPLACE or MERGE, the cursor behind the word."""
    while cursor.take_any("LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY", "IGNORE", "OVERWRITE"):
        pass
    if cursor.take("OR"):
        cursor.position += 1
    cursor.take("INTO")
    cursor.take("TABLE")
    table = cursor.name()
    if table is None or cursor.done or not _closes(cursor.rest()):
        return None
    copied = _copied_from(cursor)
    return [
        operation(
            OperationKind.DATA_CHANGE,
            cursor.statement.text,
            table=table,
            name=copied,
            detail=Detail.COPY_ROWS if copied else Detail.NONE,
            columns=_filled_anew(cursor) if copied else (),
        )
    ]


def _copied_from(cursor: Cursor) -> str | None:
    """The table whose rows are copied: `(a, b) SELECT … FROM t`."""
    at = Cursor(cursor.statement, cursor.position)
    at.skip_parentheses()
    if not at.at("SELECT"):
        return None
    start = at.find("FROM")
    return Cursor(cursor.statement, start + 1).name() if start > 0 else None


def _filled_anew(cursor: Cursor) -> tuple[str, ...]:
    """Of `(a, b) SELECT a, 1 FROM …` the columns that are not simply copied: b."""
    at = Cursor(cursor.statement, cursor.position)
    if not at.at("("):
        return ()
    inner = Cursor(cursor.statement, at.position + 1)
    columns = inner.names()
    at.skip_parentheses()
    select = Cursor(cursor.statement, at.position + 1, max(at.find("FROM"), at.position + 1))
    given: list[tuple[str, ...]] = [()]
    for _, word in select.outer():
        given[-1:] = [(*given[-1], word)] if word != "," else [given[-1], ()]
    return tuple(
        column
        for column, words in zip(columns, given, strict=False)
        if [word.lstrip('"').lower() for word in words[-1:]] != [column.lower()]
    )


def _closes(words: tuple[str, ...]) -> bool:
    return words.count("(") == words.count(")")


def with_query(cursor: Cursor) -> list[Operation] | None:
    """WITH …: every statement inside it that changes rows."""
    statement = cursor.statement
    found: list[Operation] = []
    for index, word in enumerate(statement.words):
        before = statement.words[index - 1] if index else ""
        if before not in {"(", ")"} or word not in {"DELETE", "UPDATE", "INSERT", "MERGE"}:
            continue
        at = Cursor(statement.since(index + 1, _closing(statement.words, index)))
        read = {"DELETE": delete, "UPDATE": update}.get(word, insert)(at)
        if read is None:
            return None
        found.extend(read)
    return found or select(cursor)


def _closing(words: tuple[str, ...], start: int) -> int:
    depth = 0
    for index in range(start, len(words)):
        depth += {"(": 1, ")": -1}.get(words[index], 0)
        if depth < 0:
            return index
    return len(words)


def select(cursor: Cursor) -> list[Operation] | None:
    """SELECT: it may call a function that does anything, or make a table (SELECT … INTO)."""
    text = cursor.statement.text
    words = cursor.statement.words
    if not _closes(words):
        return None
    into = next((index for index, word in cursor.outer() if word == "INTO"), -1)
    if into > 0:
        target = Cursor(cursor.statement, into + 1)
        target.take_any("TEMP", "TEMPORARY", "UNLOGGED")
        target.take("TABLE")
        return [operation(OperationKind.CREATE_TABLE, text, table=target.name())]
    called = {word for word, after in pairwise(words) if after == "(" and word[0].isalpha()}
    unknown = called - _HARMLESS_CALLS - {"SELECT", "FROM", "AS", "VALUES", "AND", "OR", "ON", "WHERE", "BY"}
    weight = Severity.MEDIUM if unknown else Severity.LOW
    return [operation(OperationKind.OTHER, text, severity=weight)]


def copy(cursor: Cursor) -> list[Operation] | None:
    """COPY: rows in, or rows out."""
    table = cursor.name()
    words = cursor.rest()
    if has(words, "TO") and "FROM" not in words:
        return [operation(OperationKind.OTHER, cursor.statement.text, table=table)]
    return [operation(OperationKind.DATA_CHANGE, cursor.statement.text, table=table)] if table else None
