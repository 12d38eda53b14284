"""Walking over the words of a statement."""

from collections.abc import Iterator

from pilab_desktop.drift.migrations.sql.statements import Statement

_SIGNS = frozenset("(),;=<>+-*/%|&!~^.[]{}:?@#")


class Cursor:
    """A position in a statement, or in the part of it that ends before `end`. Nothing raises: past the end every word
    is empty.
    """

    def __init__(self, statement: Statement, position: int = 0, end: int | None = None) -> None:
        self.statement = statement
        self.position = position
        self.end = len(statement.words) if end is None else end
        self._words = statement.words

    @property
    def word(self) -> str:
        """The word here, "" at the end."""
        return self._words[self.position] if self.position < self.end else ""

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return self.position >= self.end

    def at(self, *words: str) -> bool:
        """Whether these words stand here, one after the other."""
        stop = self.position + len(words)
        return stop <= self.end and self._words[self.position : stop] == words

    def take(self, *words: str) -> bool:
        """Step over these words if they stand here."""
        if not self.at(*words):
            return False
        self.position += len(words)
        return True

    def take_any(self, *choices: str) -> str:
        """Step over the word here if it is one of the choices, and return it; else ""."""
        word = self.word
        if word in choices and word:
            self.position += 1
            return word
        return ""

    def name(self) -> str | None:
        """Step over a name, dots included, and return it without quotes; None where none stands here."""
        start = self.position
        parts: list[str] = []
        while self._is_name():
            parts.append(self.statement.raw[self.position])
            self.position += 1
            if self.word != ".":
                break
            self.position += 1
        if not parts:
            self.position = start
            return None
        return ".".join(parts)

    def _is_name(self) -> bool:
        word = self.word
        return bool(word) and word[0] not in _SIGNS and not word[0].isdigit()

    def names(self) -> tuple[str, ...]:
        """Step over names with commas between."""
        found: list[str] = []
        while (name := self.name()) is not None:
            found.append(name)
            self.take("*")
            if not self.take(","):
                break
        return tuple(found)

    def skip_parentheses(self) -> bool:
        """Step over a balanced pair if one opens here; False where none does or it never closes."""
        if self.word != "(":
            return False
        depth = 0
        while not self.done:
            depth += {"(": 1, ")": -1}.get(self.word, 0)
            self.position += 1
            if depth == 0:
                return True
        return False

    def rest(self) -> tuple[str, ...]:
        """The words from here on."""
        return self._words[self.position : self.end]

    def outer(self) -> Iterator[tuple[int, str]]:
        """Position and word of what stands from here on outside of parentheses."""
        depth = 0
        for index in range(self.position, self.end):
            word = self._words[index]
            if word == "(":
                depth += 1
            elif word == ")":
                depth -= 1
            elif depth == 0:
                yield index, word

    def find(self, *words: str) -> int:
        """The position at which these words stand from here on, in or out of parentheses; -1 where they do not."""
        width = len(words)
        for index in range(self.position, self.end - width + 1):
            if self._words[index] == words[0] and self._words[index : index + width] == words:
                return index
        return -1


def has(words: tuple[str, ...], *sequence: str) -> bool:
    """Whether the sequence stands somewhere among the words."""
    width = len(sequence)
    first = sequence[0]
    return any(
        word == first and words[index : index + width] == sequence
        for index, word in enumerate(words[: len(words) - width + 1])
    )
