"""Pull requests as hosts write them into commits (semantics.md §2, Merge commits).

GitHub: "Merge pull request #12 from org/branch", squashes "title (#12)". GitLab: "See merge request group/project!34".
Bitbucket: "Merged in branch (pull request #5)". Bitbucket Data Center: "Pull request #5: title". Gitea: "Merge pull
request 'title' (#12) from branch into main". Azure DevOps: "Merged PR 12: title".
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from pilab_desktop.domain.commit import Commit
from pilab_desktop.drift.lineage import Lineage

_SUFFIX = re.compile(r"\((?:pull request )?[#!](\d{1,9})\)", re.IGNORECASE)
_GITHUB = re.compile(r"Merge pull request #(?P<number>\d{1,9}) from (?:[^\s/]+/)?(?P<branch>\S+)")
_GITEA = re.compile(r"Merge pull request '(?P<title>.*)' \([#!](?P<number>\d{1,9})\) from (?P<branch>\S+)")
_BITBUCKET = re.compile(r"Merged in (?P<branch>\S+) \(pull request #(?P<number>\d{1,9})\)")
_TITLED = re.compile(r"(?:Pull request #|Merged PR )(?P<number>\d{1,9}): (?P<title>.+)")
_PLAIN = re.compile(r"Merge (?:remote-tracking )?branch '(?P<branch>[^']+)'")
_BRANCH_OF_SERVER = re.compile(r"^Merge in \S+ from (?P<branch>\S+) to ", re.MULTILINE)
_GITLAB_NUMBER = re.compile(r"^[ \t]*See merge request \S*!(\d{1,9})[ \t]*$", re.MULTILINE)
_DEEPEST_NESTING = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What one merge's message says of the commits it brings; None where it does not say."""

    number: int | None = None
    title: str | None = None
    branch: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequest:
    """What is known of the way a commit came in. `branches` are those it was merged from, the innermost first."""

    number: int | None = None
    title: str | None = None
    branches: tuple[str, ...] = ()


class PullRequests:
    """Answers which pull request brought a commit of one comparison."""

    def __init__(self, lineage: Lineage, merges: Sequence[Commit]) -> None:
        self._lineage = lineage
        self._merges = {merge.sha: of_merge(merge.message) for merge in merges}
        self._by_nearest: dict[str, PullRequest] = {}

    def of(self, commit: Commit) -> PullRequest:
        """The nearest merge above it that has a number, and the branches on the way there.

        A number in the commit's own message (a squash) comes before any merge's.
        """
        nearest = next(self._lineage.merges_above(commit.sha), None)
        found = self._above(nearest) if nearest else PullRequest()
        own = number_of(commit.message)
        if own is None or own == found.number:
            return found
        return PullRequest(number=own, branches=found.branches)

    def _above(self, nearest: str) -> PullRequest:
        known = self._by_nearest.get(nearest)
        if known is None:
            known = self._by_nearest[nearest] = self._read(nearest)
        return known

    def _read(self, nearest: str) -> PullRequest:
        branches: list[str] = []
        for sha in (nearest, *islice(self._lineage.merges_above(nearest), _DEEPEST_NESTING)):
            merged = self._merges.get(sha, Merged())
            if merged.branch:
                branches.append(merged.branch)
            if merged.number is not None:
                return PullRequest(number=merged.number, title=merged.title, branches=tuple(branches))
        # No pull request: only the branch that was merged directly says what the commit was for.
        return PullRequest(branches=tuple(branches[:1]))


def of_merge(message: str) -> Merged:
    """What a merge commit's message says; all None where it says nothing."""
    subject, _, body = message.partition("\n")
    matches = (pattern.match(subject) for pattern in (_GITHUB, _BITBUCKET, _GITEA, _TITLED, _PLAIN))
    match = next(filter(None, matches), None)
    if match is None:
        return Merged(number=number_of(message))
    said = match.groupdict()
    number = said.get("number") or _gitlab_number(body)
    server = _BRANCH_OF_SERVER.search(body) if match.re is _TITLED else None
    return Merged(
        number=int(number) if number else None,
        title=said.get("title") or (_first_line(body) if number else None),
        branch=said.get("branch") or (server["branch"] if server else None),
    )


def number_of(message: str) -> int | None:
    """The pull request that a commit's own message names: a squash's suffix, or its host's words."""
    subject, _, body = message.partition("\n")
    numbers = numbers_in(subject)
    if numbers:
        return numbers[0]
    titled = _TITLED.match(subject)
    number = titled["number"] if titled else _gitlab_number(body)
    return int(number) if number else None


def numbers_in(subject: str) -> tuple[int, ...]:
    """Every number at the end of a subject, the last one first: a backport of #5908 reads "title (#5908) (#5967)"."""
    return _split(subject)[1]


def without_number(subject: str) -> str:
    """The subject without the numbers at its end."""
    return _split(subject)[0]


def _split(subject: str) -> tuple[str, tuple[int, ...]]:
    rest = subject.strip()
    numbers: list[int] = []
    while rest.endswith(")") and (match := _SUFFIX.fullmatch(rest, max(rest.rfind("("), 0))):
        numbers.append(int(match[1]))
        rest = rest[: match.start()].rstrip()
    return rest, tuple(numbers)


def _gitlab_number(body: str) -> str | None:
    match = _GITLAB_NUMBER.search(body) if "See merge request" in body else None
    return match[1] if match else None


def _first_line(text: str) -> str | None:
    return next((line.strip() for line in text.splitlines() if line.strip()), None)
