"""DO blocks: procedural code that runs now, with statements inside."""

from collections.abc import Callable, Iterator, Sequence

from pilab_desktop.domain.severity import Severity
from pilab_desktop.drift.migrations.operation import OperationKind, Verdict, operation
from pilab_desktop.drift.migrations.sql.danger import dangers
from pilab_desktop.drift.migrations.sql.statements import Statement, split

_STARTS = frozenset(
    {"ALTER", "CREATE", "DROP", "TRUNCATE", "DELETE", "UPDATE", "INSERT", "MERGE", "LOCK", "COMMENT", "GRANT", "REVOKE"}
    | {"REINDEX", "CLUSTER", "REFRESH", "WITH", "COPY"}
)
_SEPARATORS = frozenset({"THEN", "ELSE", "LOOP", "BEGIN", "DECLARE", ";"})

_Judge = Callable[[Statement, str], Verdict]


def judge_block(statement: Statement, dialect: str, judge_statement: _Judge) -> Verdict:
    """What a DO block does: each statement in it, whether its branch is taken or not.

    SQL that is put together at run time (EXECUTE of anything but a literal) counts as unparsed.
    """
    verdict = Verdict((operation(OperationKind.OTHER, statement.text, severity=Severity.MEDIUM),))
    for piece in _pieces(_body(statement), dialect):
        if piece.words[0] == "EXECUTE":
            verdict += _executed(piece, dialect, judge_statement)
        elif piece.words[0] in _STARTS:
            verdict += judge_statement(piece, dialect)
        elif piece.words[0] == "PERFORM":
            verdict += Verdict((operation(OperationKind.OTHER, piece.text, severity=Severity.MEDIUM),))
    return verdict


def _body(statement: Statement) -> str:
    return max(
        (raw for word, raw in zip(statement.words, statement.raw, strict=True) if word.startswith("'")),
        key=len,
        default="",
    )


def _pieces(body: str, dialect: str) -> Iterator[Statement]:
    for part in split(body, dialect):
        start = 0
        for index, word in enumerate((*part.words, ";")):
            if word in _SEPARATORS and not _inside_parentheses(part.words[start:index]):
                if index > start:
                    yield part.since(start, index)
                start = index + 1


def _inside_parentheses(words: Sequence[str]) -> bool:
    return words.count("(") > words.count(")")


def _executed(piece: Statement, dialect: str, judge_statement: _Judge) -> Verdict:
    literal = next((raw for word, raw in zip(piece.words, piece.raw, strict=True) if word.startswith("'")), None)
    whole = literal is not None and len(piece.words) == 2
    verdict = Verdict()
    for inner in split(literal or "", dialect):
        if whole:
            verdict += judge_statement(inner, dialect)
        else:
            verdict += Verdict(dangers(inner, dialect))
    return verdict if whole else verdict + Verdict((operation(OperationKind.UNPARSED, piece.text),), 1)
