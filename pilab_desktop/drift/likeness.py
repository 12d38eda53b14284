"""Signals that a commit is on the other side too, beyond git's patch id (semantics.md §2, Equivalent commits).

One signal alone is not proof: three different security fixes can share the subject "Merge commit from fork".
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pilab_desktop.domain.commit import Commit
from pilab_desktop.drift.pull_requests import numbers_in
from pilab_desktop.drift.revert_targets import picked_from, plain_title

_MOST_OF_ONE_KIND = 3
_SHORTEST_SHA = 7


class SignalKind(StrEnum):
    """What makes two commits look alike."""

    CHERRY_PICK_TRAILER = "cherry_pick_trailer"
    PULL_REQUEST = "pull_request"
    TICKET_AUTHOR_SUBJECT = "ticket_author_subject"


CONFIDENCE: Mapping[SignalKind, float] = {
    SignalKind.CHERRY_PICK_TRAILER: 0.9,
    SignalKind.PULL_REQUEST: 0.7,
    SignalKind.TICKET_AUTHOR_SUBJECT: 0.7,
}
"""How far a signal is to be believed, 0 to 1. A trailer says the commit was picked, not that it was left as it was."""


@dataclass(frozen=True, slots=True)
class Signal:
    """A commit of the other side that this one resembles."""

    kind: SignalKind
    sha: str

    @property
    def confidence(self) -> float:
        """How far it is to be believed, 0 to 1."""
        return CONFIDENCE[self.kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A commit with what was found in its message and its merges."""

    commit: Commit
    tickets: tuple[str, ...]
    pull_request: int | None


class Likeness:
    """Looks up commits of one side that resemble one of the other."""

    def __init__(self, others: Sequence[Described]) -> None:
        self._by_short_sha: dict[str, list[str]] = defaultdict(list)
        self._by_origin: dict[str, list[str]] = defaultdict(list)
        self._by_number: dict[int, list[str]] = defaultdict(list)
        self._by_number_and_title: dict[tuple[int, str], list[str]] = defaultdict(list)
        self._by_work: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        for other in others:
            sha = other.commit.sha
            self._by_short_sha[sha[:_SHORTEST_SHA]].append(sha)
            for origin in picked_from(other.commit.message):
                self._by_origin[origin[:_SHORTEST_SHA]].append(sha)
            for number in _numbers(other):
                self._by_number[number].append(sha)
                self._by_number_and_title[number, plain_title(other.commit.subject)].append(sha)
            for work in _work(other):
                self._by_work[work].append(sha)

    def signals(self, described: Described) -> tuple[Signal, ...]:
        """The signals of one commit, by kind."""
        found = [Signal(SignalKind.CHERRY_PICK_TRAILER, sha) for sha in _few(self._picked(described.commit))]
        found.extend(Signal(SignalKind.PULL_REQUEST, sha) for sha in _few(self._same_pull_request(described)))
        same_work = (sha for work in _work(described) for sha in self._by_work.get(work, ()))
        found.extend(Signal(SignalKind.TICKET_AUTHOR_SUBJECT, sha) for sha in _few(same_work))
        return tuple(found)

    def _picked(self, commit: Commit) -> Iterable[str]:
        origins = picked_from(commit.message)
        for origin in origins:
            short = origin[:_SHORTEST_SHA]
            yield from (sha for sha in self._by_short_sha.get(short, ()) if sha.startswith(origin))
            yield from self._by_origin.get(short, ())  # both were picked from the same third commit
        yield from self._by_origin.get(commit.sha[:_SHORTEST_SHA], ())

    def _same_pull_request(self, described: Described) -> Iterable[str]:
        """A pull request of several commits is on both sides with all of them: its number says which by the title."""
        for number in _numbers(described):
            same = self._by_number.get(number, ())
            if len(same) > 1:
                same = self._by_number_and_title.get((number, plain_title(described.commit.subject)), ())
            yield from same


def believed(signals: Sequence[Signal]) -> str | None:
    """The commit that at least two kinds of signal agree on; None where none or more than one is."""
    kinds: dict[str, set[SignalKind]] = defaultdict(set)
    for signal in signals:
        kinds[signal.sha].add(signal.kind)
    agreed = [sha for sha, found in kinds.items() if len(found) > 1]
    return agreed[0] if len(agreed) == 1 else None


def _few(shas: Iterable[str]) -> list[str]:
    """All of them where they are few; none where so many look alike that it says nothing."""
    distinct: set[str] = set()
    for sha in shas:
        distinct.add(sha)
        if len(distinct) > _MOST_OF_ONE_KIND:
            return []
    return sorted(distinct)


def _numbers(described: Described) -> tuple[int, ...]:
    own = numbers_in(described.commit.subject)
    return own or ((described.pull_request,) if described.pull_request is not None else ())


def _work(described: Described) -> Iterable[tuple[str, str, str]]:
    author = described.commit.author_email.lower() or described.commit.author
    title = plain_title(described.commit.subject)
    return ((key, author, title) for key in described.tickets)
