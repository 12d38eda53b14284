"""Finding ticket keys in what people write (semantics.md §2, Tickets)."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pilab_desktop.domain.drift import Problem
from pilab_desktop.domain.project import ProjectSettings
from pilab_desktop.drift.ticket_prefixes import may_be_ticket

# A word of its own: not within a path, a file name, a longer word or number. Several may be joined by slashes.
_KEY = r"[A-Z][A-Z0-9_]{1,31}-[1-9][0-9]{0,8}"
_END = r"(?![A-Za-z0-9_/]|-[A-Za-z0-9_]|\.[a-z0-9])"
_KEYS = re.compile(rf"(?<![A-Za-z0-9/_.\-]){_KEY}(?:/{_KEY})*{_END}")
_ANY_CASE = re.compile(rf"(?<![A-Za-z0-9/_.\-@])[A-Za-z][A-Za-z0-9_]{{1,31}}-[1-9][0-9]{{0,8}}{_END}")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,15}://\S+")
# Branch names join words with anything: feature/ABC-12-title, bugfix_ABC-12_title.
_IN_BRANCH = re.compile(r"(?<![A-Za-z0-9])([A-Za-z][A-Za-z0-9_]{1,31})-([1-9][0-9]{0,8})(?![A-Za-z0-9])(?!\.[0-9])")
_KINDS_OF_BRANCH = frozenset(
    {"FEATURE", "FEAT", "BUGFIX", "BUG", "HOTFIX", "FIX", "RELEASE", "CHORE", "TASK", "STORY", "DEV"}
)
_PREFIX = re.compile(r"[A-Z][A-Z0-9_]{1,31}")
_MOST_SLIPS = 3
_TIMES_MORE_COMMON = 20
_LONG_PREFIX = 5


@dataclass(frozen=True, slots=True)
class NearMiss:
    """Something that is written almost like a key: offered to a person, never linked (semantics.md §2)."""

    written: str
    meant: str


class TicketKeys:
    """Finds the keys of one project's tickets.

    With prefixes in the settings only those count. A list that holds what can be no prefix fails closed: that entry
    finds nothing, and `problems` says so.
    """

    def __init__(self, settings: ProjectSettings) -> None:
        given = [prefix.strip().rstrip("-").upper() for prefix in settings.ticket_prefixes]
        wrong = [prefix for prefix in given if not _PREFIX.fullmatch(prefix)]
        self.prefixes: frozenset[str] | None = frozenset(given) - frozenset(wrong) if given else None
        self.problems = tuple(
            Problem(
                sub_module=None,
                message=f"“{prefix}” can be no ticket prefix, so no ticket was looked for by it;"
                " correct the project's ticket prefixes.",
            )
            for prefix in wrong
        )

    def in_text(self, text: str) -> tuple[str, ...]:
        """Every key in a message or title, in order, each once."""
        if "-" not in text:
            return ()
        return tuple(
            dict.fromkeys(
                key for match in _KEYS.finditer(_without_urls(text)) for key in match[0].split("/") if self._counts(key)
            )
        )

    def in_branch(self, branch: str) -> tuple[str, ...]:
        """Every key in a branch's name, where words are joined by `/`, `-` and `_`."""
        return tuple(dict.fromkeys(key for key in self._branch_words(branch) if key.isupper() and self._counts(key)))

    def near_misses(self, text: str, branches: Iterable[str], known: frozenset[str]) -> Iterator[NearMiss]:
        """What is written almost like a key of the known prefixes: in lower case, or one slip away."""
        if not known:
            return
        words = [match[0] for match in _ANY_CASE.finditer(_without_urls(text))] if "-" in text else []
        words.extend(word for branch in branches for word in self._branch_words(branch))
        for word in dict.fromkeys(words):
            prefix, _, number = word.rpartition("-")
            if prefix in known:
                continue
            meant = _meant(prefix, int(number), known)
            if meant is not None:
                yield NearMiss(word, f"{meant}-{number}")

    def _branch_words(self, branch: str) -> Iterator[str]:
        for match in _IN_BRANCH.finditer(branch):
            parts = match[1].split("_")
            while len(parts) > 1 and self._leads(parts):
                del parts[0]
            yield f"{'_'.join(parts)}-{match[2]}"

    def _leads(self, parts: list[str]) -> bool:
        """Whether the first word says what kind of branch it is, not whose ticket."""
        if self.prefixes is not None:
            return "_".join(parts) not in self.prefixes
        return parts[0].upper() in _KINDS_OF_BRANCH or not parts[0].isupper()

    def _counts(self, key: str) -> bool:
        prefix, _, number = key.rpartition("-")
        if self.prefixes is not None:
            return prefix in self.prefixes
        return may_be_ticket(prefix, int(number))


def prefix_of(key: str) -> str:
    """The project's part of a key."""
    return key.rpartition("-")[0]


def _without_urls(text: str) -> str:
    return _URL.sub(" ", text) if "://" in text else text


def slips_of(uses: Mapping[str, int]) -> frozenset[str]:
    """Prefixes that are most likely slips of a far more common one: `KAKFA` once beside a hundred times `KAFKA`.

    Asked where a project has no list of its prefixes. Short prefixes of two projects may differ by one letter (CORE,
    CODE), so those count as slips only where two letters are swapped.
    """
    return frozenset(
        prefix
        for prefix, count in uses.items()
        if count <= _MOST_SLIPS
        and any(
            often >= _TIMES_MORE_COMMON * count
            and (_swapped(prefix, other) or (len(other) >= _LONG_PREFIX and _one_slip(prefix, other)))
            for other, often in uses.items()
        )
    )


def _meant(prefix: str, number: int, known: frozenset[str]) -> str | None:
    upper = prefix.upper()
    if upper in known:
        return upper
    if not prefix.isupper() or len(prefix) < 3 or not may_be_ticket(prefix, number):
        return None
    # Of three letters any other word is one letter away; swapped ones are a slip all the same.
    likely = _swapped if len(prefix) == 3 else _one_slip
    slips = sorted(candidate for candidate in known if likely(prefix, candidate))
    return slips[0] if slips else None


def _one_slip(written: str, meant: str) -> bool:
    """One letter wrong, missing, doubled or too many, or two neighbours swapped (Damerau-Levenshtein distance 1)."""
    if abs(len(written) - len(meant)) > 1 or written == meant:
        return False
    rest, other = _from_first_difference(written, meant)
    if not rest or not other:
        return True
    return _swapped(written, meant) or rest[1:] == other[1:] or rest[1:] == other or rest == other[1:]


def _swapped(written: str, meant: str) -> bool:
    """Whether two neighbouring letters changed places, and nothing else differs."""
    rest, other = _from_first_difference(written, meant)
    return len(rest) > 1 and rest[1::-1] + rest[2:] == other


def _from_first_difference(one: str, other: str) -> tuple[str, str]:
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return one[start:], other[start:]
