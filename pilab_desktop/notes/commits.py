"""The commits a release ships, read from a report's items (cli.md: `metadata` of a CODE item)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pilab_desktop.domain.drift import DecisionKind, Direction, DriftItem, DriftReport, DriftType
from pilab_desktop.domain.json import JsonObject, JsonValue
from pilab_desktop.domain.release_note import CategorySource, NoteCategory

_CO_AUTHOR = re.compile(r"^co-authored-by:[ \t]*([^<\n]+?)[ \t]*<([^>\n]*)>[ \t]*$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Person:
    """Who wrote a change, as git knows them."""

    name: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippedCommit:
    """One commit that the target does not have yet.

    `sub_modules` are all that it touches: in a monorepo one commit is an item of each. `place` tells the pull requests
    of different repositories apart, `pull_request` is a number as text. `committed_at` is in seconds since 1970 UTC, 0
    where unknown. `takes_back` names what a revert undoes, "" for any other commit; `extent` is how far it does so.
    `probably_shipped_as` is the sha under which the target seems to have the change, "" for none.
    """

    sha: str
    subject: str
    body: str
    people: tuple[Person, ...]
    committed_at: float
    sub_modules: tuple[str, ...]
    place: str
    tickets: tuple[str, ...]
    pull_request: str | None
    breaking: bool
    found_category: NoteCategory | None
    takes_back: str
    extent: str
    probably_shipped_as: str

    @property
    def message(self) -> str:
        """The whole message."""
        return f"{self.subject}\n\n{self.body}" if self.body else self.subject


def shipped_commits(report: DriftReport) -> tuple[ShippedCommit, ...]:
    """The commits of the report that only the source has, newest first, each once.

    Equivalent, cancelled and merge commits are no items of a report. What a person decided to ignore is left out; what
    is expected stays: it ships all the same.
    """
    places = _places(report)
    commits: dict[str, ShippedCommit] = {}
    for item in report.items:
        if item.type is not DriftType.CODE or item.direction is not Direction.SOURCE_ONLY:
            continue
        sha = text(item.metadata, "sha")
        if not sha or item.decision is DecisionKind.IGNORE:
            continue
        commit = _commit(item, sha, places.get(item.sub_module, item.sub_module))
        commits[sha] = _joined(commits[sha], commit) if sha in commits else commit
    return tuple(sorted(commits.values(), key=_newest_first, reverse=True))


def text(metadata: JsonObject, key: str) -> str:
    """A text of the metadata; "" where there is none."""
    value = metadata.get(key)
    return value if isinstance(value, str) else ""


def flag(metadata: JsonObject, key: str) -> bool:
    """Whether the metadata says so."""
    return metadata.get(key) is True


def texts(value: JsonValue) -> tuple[str, ...]:
    """The texts of a list."""
    if isinstance(value, str):
        return (value,)
    if isinstance(value, Iterable) and not isinstance(value, Mapping):
        return tuple(element for element in value if isinstance(element, str))
    return ()


def _newest_first(commit: ShippedCommit) -> tuple[float, str]:
    return commit.committed_at, commit.sha


def _places(report: DriftReport) -> dict[str, str]:
    repositories: dict[str, set[str]] = {}
    for drift in report.sub_modules:
        repositories.setdefault(drift.sub_module, set()).add(drift.repository or drift.sub_module)
    return {name: next(iter(found)) for name, found in repositories.items() if len(found) == 1}


def _commit(item: DriftItem, sha: str, place: str) -> ShippedCommit:
    metadata = item.metadata
    message = text(metadata, "message")
    subject = item.description or message.partition("\n")[0] or sha[:7]
    author = Person(text(metadata, "author"), text(metadata, "author_email"))
    return ShippedCommit(
        sha=sha,
        subject=subject,
        body=message.removeprefix(subject).strip("\n"),
        people=(author, *(Person(*found) for found in _CO_AUTHOR.findall(message))),
        committed_at=_seconds(text(metadata, "committed_at")),
        sub_modules=(item.sub_module,) if item.sub_module else (),
        place=place,
        tickets=item.tickets,
        pull_request=_number(metadata.get("pull_request")),
        breaking=flag(metadata, "breaking"),
        found_category=_found_category(metadata),
        takes_back=_taken_back(item),
        extent=text(_first_taken_back(item.metadata), "extent"),
        probably_shipped_as=text(metadata, "equivalent_to"),
    )


def _joined(one: ShippedCommit, other: ShippedCommit) -> ShippedCommit:
    return replace(
        one,
        sub_modules=tuple(sorted({*one.sub_modules, *other.sub_modules})),
        place=min(one.place, other.place),
        tickets=tuple(dict.fromkeys((*one.tickets, *other.tickets))),
    )


def _seconds(moment: str) -> float:
    try:
        return datetime.fromisoformat(moment).timestamp()
    except (ValueError, OverflowError):
        return 0.0


def _number(value: JsonValue) -> str | None:
    if isinstance(value, Mapping):
        return _number(value.get("number"))
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    return str(value).lstrip("#!") or None


def _found_category(metadata: JsonObject) -> NoteCategory | None:
    """What the analysis found out; None where it found nothing and named the one that is left."""
    name = text(metadata, "category")
    if name not in NoteCategory.__members__ or text(metadata, "category_source") == CategorySource.DEFAULT:
        return None
    return NoteCategory(name)


def _taken_back(item: DriftItem) -> str:
    """What a revert of something released earlier undoes: its title where one is known, else its sha."""
    if item.category != "revert":
        return ""
    return text(_first_taken_back(item.metadata), "title") or text(item.metadata, "reverts") or item.description


def _first_taken_back(metadata: JsonObject) -> JsonObject:
    taken = metadata.get("takes_back")
    first = next(iter(taken), None) if isinstance(taken, Sequence) and not isinstance(taken, str) else None
    return first if isinstance(first, Mapping) else {}
