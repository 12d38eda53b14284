"""A column's definition, as ADD COLUMN gives it."""

from pilab_desktop.drift.migrations.operation import Operation, OperationKind, operation
from pilab_desktop.drift.migrations.sql.cursor import Cursor, has
from pilab_desktop.drift.migrations.sql.dialect import has_table_locks

_ENDS_DEFAULT = frozenset(
    {
        "NOT",
        "NULL",
        "UNIQUE",
        "PRIMARY",
        "REFERENCES",
        "CHECK",
        "CONSTRAINT",
        "GENERATED",
        "COLLATE",
        "COMMENT",
        "AFTER",
    }
    | {"FIRST", "ON", "CODEC", "TTL", "AUTO_INCREMENT", "KEY", "VISIBLE", "INVISIBLE", "DEFERRABLE", "WITH", "ALIAS"}
)
_STEADY_CALLS = frozenset(
    {"CAST", "TRY_CAST", "CONVERT", "COALESCE", "NULLIF", "GREATEST", "LEAST", "ROW", "ARRAY", "INTERVAL", "DATE"}
    | {"TIME", "TIMESTAMP", "DECODE", "ENCODE", "LOWER", "UPPER", "CONCAT", "LENGTH", "ABS", "ROUND", "FLOOR", "CEIL"}
    | {"MD5", "REPEAT", "REPLACE", "SUBSTRING", "TRIM", "MAKE_DATE", "MAKE_INTERVAL", "TO_JSON", "TO_JSONB", "EXTRACT"}
    | {"JSON_BUILD_OBJECT", "JSONB_BUILD_OBJECT", "JSON_BUILD_ARRAY", "JSONB_BUILD_ARRAY", "JSON_OBJECT", "JSON_ARRAY"}
    | {"DATE_TRUNC", "TIMEZONE", "CURRENT_SETTING", "CHR", "B", "X", "DATETIME", "STRFTIME", "DATE_PART", "DECIMAL"}
    | {"VARCHAR", "CHAR", "NUMERIC", "CHARACTER", "NVARCHAR", "BIT", "VARYING", "VARBIT", "DATETIME2", "PARSE_JSON"}
    | {"IN", "AND", "OR", "AS", "ANY", "ALL", "CASE", "WHEN", "THEN", "ELSE", "NOT", "IS", "LIKE", "BETWEEN", "DEFAULT"}
)
_MOMENT_CALLS = frozenset(
    {"NOW", "CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME", "LOCALTIMESTAMP", "LOCALTIME", "TRANSACTION_TIMESTAMP"}
    | {"STATEMENT_TIMESTAMP", "GETDATE", "GETUTCDATE", "SYSDATETIME", "SYSUTCDATETIME", "SYSDATETIMEOFFSET"}
    | {"CURRENT_USER", "SESSION_USER", "UTC_TIMESTAMP", "UNIX_TIMESTAMP", "SYSDATE"}
)
_TIMESTAMPS_WITH_PRECISION = frozenset({"CURRENT_TIMESTAMP", "CURRENT_TIME", "LOCALTIMESTAMP", "LOCALTIME"})
_SERIALS = frozenset({"SERIAL", "BIGSERIAL", "SMALLSERIAL", "SERIAL4", "SERIAL8", "SERIAL2"})


def is_volatile(words: tuple[str, ...]) -> bool:
    """Whether a default must be computed for each row, so that adding the column rewrites the table: it calls a
    function that is not known to give one value for the whole statement.

    See https://www.postgresql.org/docs/current/sql-altertable.html, Notes; a function that is not known may be
    volatile.
    """
    for index, word in enumerate(words[:-1]):
        if words[index + 1] != "(" or not (word[0].isalpha() or word[0] in {'"', "_"}):
            continue
        before = words[index - 1] if index else ""
        if before == "::" or word in _STEADY_CALLS:
            continue
        empty = words[index + 2 : index + 3] == (")",)
        if word in _TIMESTAMPS_WITH_PRECISION or (word in _MOMENT_CALLS and (empty or word.startswith("UTC_"))):
            continue
        return True
    return words[:1] == ("NEXT",)  # NEXT VALUE FOR sequence


class ColumnDefinition:
    """What stands behind a column's name."""

    def __init__(self, words: tuple[str, ...]) -> None:
        self.words = words
        self._outer = _outside_parentheses(words)

    def _says(self, *sequence: str) -> bool:
        return has(self._outer, *sequence)

    @property
    def default(self) -> tuple[str, ...] | None:
        """The words of the default; None where there is none."""
        depth = 0
        start = -1
        for index, word in enumerate(self.words):
            if depth == 0 and start < 0 and word == "DEFAULT" and self.words[max(index - 1, 0)] != "BY":
                start = index + 1
            elif depth == 0 and 0 <= start < index and word in _ENDS_DEFAULT:
                return self.words[start:index]
            depth += {"(": 1, ")": -1}.get(word, 0)
        return self.words[start:] if start >= 0 else None

    @property
    def not_null(self) -> bool:
        """Whether it says NOT NULL."""
        return self._says("NOT", "NULL")

    @property
    def null(self) -> bool:
        """Whether it says NULL, and not NOT NULL."""
        return any(
            word == "NULL" and self._outer[index - 1 : index] not in {("NOT",), ("DEFAULT",)}
            for index, word in enumerate(self._outer)
        )

    @property
    def fills_itself(self) -> bool:
        """Whether every row gets a value without a default being named."""
        counted = bool(_SERIALS & set(self._outer[:1])) or "IDENTITY" in self._outer
        return counted or self.computed or bool({"AUTO_INCREMENT", "AUTOINCREMENT"} & set(self._outer))

    @property
    def computed(self) -> bool:
        """Whether it is computed from other columns."""
        return self._says("GENERATED", "ALWAYS", "AS") and "IDENTITY" not in self._outer

    @property
    def rewrites(self) -> bool:
        """Whether each row must be given a value of its own."""
        if self.computed:
            return "STORED" in self._outer or "PERSISTED" in self._outer
        return self.fills_itself or (self.default is not None and is_volatile(self.default))

    @property
    def primary(self) -> bool:
        """Whether it is a primary key."""
        return self._says("PRIMARY", "KEY")

    @property
    def unique(self) -> bool:
        """Whether it is unique."""
        return "UNIQUE" in self._outer

    @property
    def references(self) -> bool:
        """Whether it refers to another table."""
        return "REFERENCES" in self._outer

    @property
    def checked(self) -> bool:
        """Whether it carries a check."""
        return "CHECK" in self._outer


def _outside_parentheses(words: tuple[str, ...]) -> tuple[str, ...]:
    depth = 0
    outer: list[str] = []
    for word in words:
        if word == ")":
            depth -= 1
        elif word == "(":
            depth += 1
        elif depth == 0:
            outer.append(word)
    return tuple(outer)


def added_column(table: str | None, column: str, words: tuple[str, ...], text: str, dialect: str) -> list[Operation]:
    """The operations of adding a column that is defined by these words (semantics.md §5)."""
    definition = ColumnDefinition(words)
    locks = has_table_locks(dialect)
    kinds: list[OperationKind] = []
    if definition.primary:
        kinds.append(OperationKind.ADD_PRIMARY_KEY)
    elif definition.unique:
        kinds.append(OperationKind.ADD_UNIQUE)
    if definition.references:
        kinds.append(OperationKind.ADD_FOREIGN_KEY)
    if definition.checked:
        kinds.append(OperationKind.ADD_CHECK)
    if definition.rewrites and locks:
        kinds.append(OperationKind.VOLATILE_DEFAULT)
    found = [operation(kind, text, table=table, column=column, locking=locks) for kind in kinds]
    needs_value = definition.not_null or (definition.primary and not definition.fills_itself)
    if needs_value and definition.default is None and not definition.fills_itself:
        found.append(operation(OperationKind.ADD_NOT_NULL_COLUMN, text, table=table, column=column))
    return found or [operation(OperationKind.ADD_COLUMN, text, table=table, column=column)]


def defined_column(cursor: Cursor, table: str | None, dialect: str) -> list[Operation] | None:
    """Read `name definition` to the cursor's end; None where no name stands there."""
    column = cursor.name()
    return None if column is None else added_column(table, column, cursor.rest(), cursor.statement.text, dialect)
