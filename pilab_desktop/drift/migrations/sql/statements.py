"""SQL text to statements, with sqlglot's tokeniser, so that the rest can read words instead of characters."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

_PLACEHOLDER = re.compile(r"\$\{\s*([A-Za-z_][\w.:-]*)\s*\}|\{\{\s*\.?([A-Za-z_][\w.]*)\s*\}\}")
_COPY_DATA = re.compile(r"(?im)^(COPY\b[^;]*\bFROM\s+stdin\b[^;]*;)[^\n]*\n(?:.*\n)*?\\\.[ \t]*$")
_META_COMMAND = re.compile(r"(?m)^\\[A-Za-z!?].*$")
_BATCH_END = re.compile(r"(?im)^[ \t]*GO(?:[ \t]+\d+)?[ \t]*$")
_DELIMITER = re.compile(r"(?im)^[ \t]*DELIMITER[ \t]+(\S+)[ \t]*$")
_CRUDE = re.compile(
    r"--[^\n]*|/\*.*?(?:\*/|$)|\$(\w*)\$.*?(?:\$\1\$|$)|'(?:[^']|'')*'?|\"[^\"]*\"?|`[^`]*`?|\[[A-Za-z_][^\]\n]*\]|\w+|\S",
    re.DOTALL,
)

_STRINGS = frozenset(
    {
        TokenType.STRING,
        TokenType.HEREDOC_STRING,
        TokenType.RAW_STRING,
        TokenType.BYTE_STRING,
        TokenType.NATIONAL_STRING,
        TokenType.UNICODE_STRING,
        TokenType.BIT_STRING,
        TokenType.HEX_STRING,
    }
)
_ROUTINES = frozenset({"TRIGGER", "PROCEDURE", "PROC", "FUNCTION", "EVENT", "PACKAGE"})
_BLOCK_SUFFIXES = frozenset({"IF", "LOOP", "WHILE", "REPEAT", "FOR"})
_BATCH_STARTS = frozenset({"ALTER", "CREATE", "DROP", "TRUNCATE", "INSERT", "UPDATE", "DELETE", "EXEC", "EXECUTE"})
_BATCH_OBJECTS = frozenset({"TABLE", "INDEX", "VIEW", "SCHEMA", "DATABASE", "UNIQUE", "NONCLUSTERED", "TYPE", "INTO"})


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement.

    `words` has one entry a token: a bare word in capitals, a quoted name after a `"`, a string after a `'`, a sign
    as it stands. `raw` has the same as written, names and strings without their quotes. `text` is the statement
    without comments, its gaps one space wide. `tokens` say where each word stands in `source` (none for text that
    sqlglot cannot tokenise).
    """

    words: tuple[str, ...]
    raw: tuple[str, ...]
    text: str
    tokens: tuple[Token, ...]
    source: str

    @property
    def written(self) -> str:
        """The statement as it stands in the source, comments and all; "" where sqlglot cannot tokenise it."""
        return self.source[self.tokens[0].start : self.tokens[-1].end + 1] if self.tokens else ""

    def since(self, start: int, end: int | None = None) -> "Statement":
        """The statement made of these tokens only."""
        tokens = self.tokens[start:end]
        text = _text_of(tokens, self.source) if tokens else " ".join(self.raw[start:end])
        return Statement(self.words[start:end], self.raw[start:end], text, tokens, self.source)


def split(sql: str, dialect: str) -> tuple[Statement, ...]:
    """The statements of a script, in order, empty ones left out.

    Data of `COPY … FROM stdin`, psql's backslash commands, `GO`, `DELIMITER` and placeholders (`${name}`) are dealt
    with before. Text that no dialect's tokeniser can read comes back as statements without `tokens`.
    """
    prepared = _prepare(sql)
    tokens = _tokenise(prepared, dialect)
    if tokens is None:
        return tuple(_crude_statements(prepared))
    return tuple(_statement(chunk, prepared) for chunk in _chunks(tokens, prepared, dialect))


def _prepare(sql: str) -> str:
    sql = sql.removeprefix("\ufeff")
    if "\\" in sql:
        sql = _META_COMMAND.sub("", _COPY_DATA.sub(r"\1", sql))
    if "{" in sql:
        sql = _PLACEHOLDER.sub(lambda found: re.sub(r"\W", "_", found[1] or found[2]), sql)
    if _BATCH_END.search(sql):
        sql = _BATCH_END.sub(";", sql)
    return _without_delimiters(sql) if _DELIMITER.search(sql) else sql


def _without_delimiters(sql: str) -> str:
    pieces = _DELIMITER.split(sql)
    whole = [pieces[0]]
    for delimiter, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        whole.append(piece if delimiter == ";" else piece.replace(delimiter, ";"))
    return "\n".join(whole)


def _tokenise(sql: str, dialect: str) -> list[Token] | None:
    for name in dict.fromkeys((dialect, "postgres", "mysql")):
        try:
            tokens = Dialect.get_or_raise(name).tokenize(sql)
        except SqlglotError:
            continue
        if any(_swallowed(token, sql) for token in tokens):
            tokens = _reopened(tokens, sql, name)
        return [part for token in tokens for part in _single_words(token, sql)]
    return None


def _single_words(token: Token, sql: str) -> Sequence[Token]:
    """sqlglot has words such as PRIMARY KEY in one piece; the grammar here reads them singly."""
    text = token.text
    if (" " not in text and "\n" not in text and "\t" not in text) or token.token_type in _STRINGS:
        return (token,)
    if token.token_type is TokenType.IDENTIFIER:
        return (token,)
    written = sql[token.start : token.end + 1]
    return [
        Token(TokenType.VAR, part[0], start=token.start + part.start(), end=token.start + part.end() - 1)
        for part in re.finditer(r"[^\s]+", written)
    ]


def _swallowed(token: Token, sql: str) -> bool:
    """Whether sqlglot kept the rest of a command (`VACUUM (FULL) t`) as one string without reading it."""
    if token.token_type is not TokenType.STRING or len(token.text) < 1:
        return False
    return sql[token.end] not in {"'", '"', "`"} or token.text[0] in {"'", '"', "$"}


def _reopened(tokens: Sequence[Token], sql: str, dialect: str) -> list[Token]:
    opened: list[Token] = []
    for token in tokens:
        base = sql.rfind(token.text, 0, token.end + 1) if _swallowed(token, sql) else -1
        if base < 0:
            opened.append(token)
            continue
        try:
            inner = Dialect.get_or_raise(dialect).tokenize(token.text)
        except SqlglotError:
            opened.append(token)
            continue
        opened.extend(Token(part.token_type, part.text, start=part.start + base, end=part.end + base) for part in inner)
    return opened


def _chunks(tokens: Sequence[Token], sql: str, dialect: str) -> Iterator[Sequence[Token]]:
    """Cut at semicolons outside the BEGIN … END of a stored routine; T-SQL also at a line that begins a statement."""
    chunk: list[Token] = []
    depth = 0
    routine = False
    for index, token in enumerate(tokens):
        if token.token_type is TokenType.SEMICOLON and depth <= 0:
            if chunk:
                yield chunk
            chunk, depth, routine = [], 0, False
            continue
        if dialect == "tsql" and chunk and not routine and _begins_batch(tokens, index, sql):
            yield chunk
            chunk = []
        chunk.append(token)
        if len(chunk) <= 8 and token.text.upper() in _ROUTINES:
            routine = chunk[0].text.upper() in {"CREATE", "ALTER"}
        if routine:
            depth += _nesting(tokens, index)
    if chunk:
        yield chunk


def _nesting(tokens: Sequence[Token], index: int) -> int:
    word = tokens[index].text.upper()
    before = tokens[index - 1].text.upper() if index else ""
    after = tokens[index + 1].text.upper() if index + 1 < len(tokens) else ""
    if word == "BEGIN" or (word == "CASE" and before != "END"):
        return 1
    return -1 if word == "END" and after not in _BLOCK_SUFFIXES else 0


def _begins_batch(tokens: Sequence[Token], index: int, sql: str) -> bool:
    word = tokens[index].text.upper()
    if word not in _BATCH_STARTS or "\n" not in sql[tokens[index - 1].end : tokens[index].start]:
        return False
    after = tokens[index + 1].text.upper() if index + 1 < len(tokens) else ""
    if word in {"ALTER", "CREATE", "DROP", "TRUNCATE", "INSERT"}:
        return after in _BATCH_OBJECTS
    return word in {"EXEC", "EXECUTE"} or (word == "DELETE" and after == "FROM")


def _statement(tokens: Sequence[Token], sql: str) -> Statement:
    return Statement(
        words=tuple([_word(token, sql) for token in tokens]),
        raw=tuple([token.text for token in tokens]),
        text=_text_of(tokens, sql),
        tokens=tuple(tokens),
        source=sql,
    )


def _word(token: Token, sql: str) -> str:
    if token.token_type in _STRINGS:
        return "'" + token.text
    if token.token_type is TokenType.IDENTIFIER or sql[token.start] in {'"', "`"}:
        return '"' + token.text
    return token.text.upper()


def _text_of(tokens: Sequence[Token], sql: str) -> str:
    pieces: list[str] = []
    end: int | None = None
    length = 0
    for token in tokens:
        if end is not None and token.start > end + 1:
            pieces.append(" ")
        piece = sql[token.start : token.end + 1]
        pieces.append(piece)
        length += len(piece)
        end = token.end
        if length > 1200:  # operations keep less; a seed of a thousand rows need not be joined
            break
    return "".join(pieces)


def _crude_statements(sql: str) -> Iterator[Statement]:
    words: list[str] = []
    raw: list[str] = []
    for found in _CRUDE.finditer(sql):
        piece = found[0]
        if piece.startswith(("--", "/*")):
            continue
        if piece == ";":
            if words:
                yield Statement(tuple(words), tuple(raw), " ".join(raw), (), sql)
            words, raw = [], []
            continue
        quoted = piece[0] in {'"', "`"} or (piece[0] == "[" and len(piece) > 1)
        words.append('"' + piece[1:-1] if quoted else piece if piece[0] in {"'", "$"} else piece.upper())
        raw.append(piece[1:-1] if quoted else piece)
    if words:
        yield Statement(tuple(words), tuple(raw), " ".join(raw), (), sql)
