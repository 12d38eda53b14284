"""A commit's subject as a sentence for people: without what only tools read in it."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from pilab_desktop.domain.conventional import ConventionalCommit

_PULL_REQUEST = re.compile(
    r"\s*\((?P<verb>(?:fix|close|resolve)[sd]?(?:es|ed)?:?\s+)?[#!](?P<number>\d+)\)$", re.IGNORECASE
)
_EMOJI_CODE = re.compile(r"^(?::[a-z0-9_+-]+:\s*)+")
_EMOJI = re.compile(r"^[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u2190-\u21ff\ufe0f\u200d\u20e3]+\s*")
_WORD = re.compile(r"[a-z]+(?:['’-][a-z]+)*(?=$|[\s,;:])")
_KEY = r"[A-Z][A-Z0-9_]+-[1-9][0-9]*"
_KEYS = rf"{_KEY}(?:(?:\s*[,&/+]\s*|\s+and\s+|\s+){_KEY})*"
_LEADING_KEYS = re.compile(
    rf"^(?:[\[(](?P<held>{_KEYS})[\])](?:\s*[:–—-])?\s*|(?P<bare>{_KEYS})(?:\s*[:–—|-]\s*|\s+))+"
)
_TRAILING_KEYS = re.compile(rf"(?:\s*[\[(](?P<held>{_KEYS})[\])]|\s+[–—|-]\s+(?P<bare>{_KEYS}))$")
_ONE_KEY = re.compile(_KEY)


@dataclass(frozen=True, slots=True)
class CleanTitle:
    """What is left of a subject, and the numbers of the pull requests that stood at its end."""

    text: str
    pull_requests: tuple[str, ...]


def clean_title(subject: str, conventional: ConventionalCommit | None, tickets: Collection[str]) -> CleanTitle:
    """The subject without type and scope, pull request, ticket, gitmoji and full stop, its first word capitalised.

    A prefix whose type nobody knows names an area and stays. Only keys that are among `tickets` go, and only from the
    start and the end: within a sentence they are part of it. Where nothing would be left the subject stays whole.
    """
    known = conventional is not None and (conventional.category is not None or conventional.type == "revert")
    line = conventional.description if conventional is not None and known else subject
    whole = " ".join(line.split())
    rest, numbers = _without_pull_requests(whole)
    before = None
    while rest != before:
        before = rest
        rest = _EMOJI_CODE.sub("", _EMOJI.sub("", rest))
        rest = _without_keys(rest, _LEADING_KEYS, tickets)
        rest = _without_keys(rest, _TRAILING_KEYS, tickets)
    if rest.endswith(".") and not rest.endswith(".."):
        rest = rest[:-1].rstrip()
    return CleanTitle(_capitalised(rest or whole), numbers)


def _without_pull_requests(line: str) -> tuple[str, tuple[str, ...]]:
    numbers: list[str] = []
    found = _PULL_REQUEST.search(line)
    while found:
        if found["verb"] is None:
            numbers.append(found["number"])
        line = line[: found.start()]
        found = _PULL_REQUEST.search(line)
    return line, tuple(reversed(numbers))


def _without_keys(line: str, pattern: re.Pattern[str], tickets: Collection[str]) -> str:
    found = pattern.search(line)
    if found is None or not all(key in tickets for key in _ONE_KEY.findall(found.group())):
        return line
    return (line[: found.start()] + line[found.end() :]).strip()


def _capitalised(line: str) -> str:
    """A first word of plain small letters gets its capital; `useFetch` and `v2` are names and stay."""
    return line[0].upper() + line[1:] if _WORD.match(line) else line
