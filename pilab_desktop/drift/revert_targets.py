"""Which commits of its side a revert takes back (semantics.md §2, Reverts)."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pilab_desktop.domain.commit import Commit
from pilab_desktop.drift.lineage import Lineage
from pilab_desktop.drift.pull_requests import numbers_in, of_merge, without_number
from pilab_desktop.drift.revert_words import RevertClaim

_INNER_NUMBER = re.compile(r"\s*\([#!]\d{1,9}\)(?=[\"”])")
_PICKED_FROM = re.compile(r"\(cherry[ -]picked from commit ([0-9a-f]{7,40})\)", re.IGNORECASE)
_MOST_CANDIDATES_SHOWN = 5
_MOST_LOOKED_AT = 200
"""Commits of one title, the latest before a revert. Nobody means the 201st "wip"."""


class Extent(StrEnum):
    """Why a revert stays although it takes something back."""

    RELEASED = "RELEASED"
    """What it takes back is on both ends, or is not among the commits that were compared."""
    PARTLY = "PARTLY"
    """It takes back a commit of this range, but leaves files of it as they were."""
    AMBIGUOUS = "AMBIGUOUS"
    """Several commits of this range bear the title."""
    UNPROVEN = "UNPROVEN"
    """Only a number or a loose wording points to a commit of this range."""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Something that a revert names and that does not cancel out with it."""

    sha: str | None
    title: str | None
    extent: Extent


@dataclass(frozen=True, slots=True)
class Targets:
    """The commits that a revert cancels out with, and what else it names."""

    shas: tuple[str, ...] = ()
    others: tuple[TakenBack, ...] = ()


class RevertTargets:
    """Finds what reverts name among the commits and merges of one side."""

    def __init__(self, commits: Sequence[Commit], merges: Sequence[Commit], lineage: Lineage) -> None:
        self._lineage = lineage
        self._commits = {commit.sha: commit for commit in commits}
        self._merges = {merge.sha for merge in merges}
        self._shas = sorted((*self._commits, *self._merges))
        self._by_title: dict[str, list[str]] = defaultdict(list)
        self._by_number: dict[int, list[str]] = defaultdict(list)
        for commit in reversed(lineage.newest_first(commits)):
            self._by_title[plain_title(commit.subject)].append(commit.sha)
            for number in numbers_in(commit.subject):
                self._by_number[number].append(commit.sha)
        self._titles = sorted(self._by_title)
        self._merged_titles: dict[str, list[str]] = defaultdict(list)
        for merge in lineage.newest_first(merges):
            title = of_merge(merge.message).title
            if title:
                self._merged_titles[plain_title(title)].append(merge.sha)

    def of(self, revert: Commit, claim: RevertClaim, alive: Callable[[str], bool]) -> Targets:
        """What `revert` takes back. `alive` tells whether a commit stood, not taken back, when the revert was made."""
        if claim.shas:
            return self._mentioned(revert, claim) if claim.in_passing else self._by_sha(revert, claim, alive)
        standing = self._standing(revert, claim, alive)
        if not standing and claim.quoted:
            standing = self._brought_by_titled_merge(revert, claim)
            return Targets(tuple(standing)) if standing else self._released(claim)
        if not standing:
            return self._released(claim)
        if claim.quoted and len(standing) == 1:
            return self._believed(revert, standing)
        if not claim.quoted and not claim.numbers and len(standing) == 1 and self._mirrors(revert, standing[0]):
            return Targets(tuple(standing))
        # A number alone names a pull request, not a commit of it: "revert #12" is shown, with what it may take back.
        extent = Extent.AMBIGUOUS if claim.quoted else Extent.UNPROVEN
        return Targets(others=self._named(standing, extent))

    def _mentioned(self, revert: Commit, claim: RevertClaim) -> Targets:
        """The one commit that the body names, where the revert undoes it line for line and does nothing else."""
        whole = [sha for named in claim.shas if (sha := self._whole(named)) in self._commits]
        if len(whole) == len(claim.shas) == 1 and self._before(whole[0], revert) and self._mirrors(revert, whole[0]):
            return Targets((whole[0],))
        return Targets()

    def _by_sha(self, revert: Commit, claim: RevertClaim, alive: Callable[[str], bool]) -> Targets:
        found: list[str] = []
        unknown: list[str] = []
        single = True
        for named in claim.shas:
            sha = self._whole(named)
            if sha is None or not self._before(sha, revert):
                unknown.append(named)
            elif sha in self._merges:
                single = False
                found.extend(self._brought(sha))
            else:
                found.append(sha)
        if not found:
            picked = self._under_another_sha(revert, claim, alive)
            if picked is not None:
                return self._believed(revert, [picked])
            return Targets(others=tuple(TakenBack(sha, claim.title, Extent.RELEASED) for sha in claim.shas))
        titles = {plain_title(self._commits[sha].subject) for sha in found}
        if claim.title is not None and plain_title(claim.title) in titles:
            unknown = []  # The title names one commit, and that one is here: other shas are steps on a squashed branch.
        others = tuple(TakenBack(sha, None, Extent.RELEASED) for sha in unknown)
        targets = tuple(dict.fromkeys(found))
        if single and len(targets) == 1 and not others:
            return self._believed(revert, targets)
        return Targets(targets, others)

    def _under_another_sha(self, revert: Commit, claim: RevertClaim, alive: Callable[[str], bool]) -> str | None:
        """The named commit's copy on this side: a revert that was cherry-picked here names the sha it had elsewhere."""
        standing = self._standing(revert, claim, alive)
        was_picked = bool(picked_from(revert.message))
        proven = [
            sha
            for sha in standing
            if any(_same(named, origin) for named in claim.shas for origin in picked_from(self._commits[sha].message))
            or self._mirrors(revert, sha)
        ]
        if not proven and was_picked:
            proven = standing
        return proven[0] if len(proven) == 1 else None

    def _standing(self, revert: Commit, claim: RevertClaim, alive: Callable[[str], bool]) -> list[str]:
        """Commits that the title or number may mean, newest first; no more than are worth showing."""
        named = self._candidates(claim)
        end = bisect_left(named, self._lineage.moment(revert.sha), key=self._lineage.moment)
        latest = named[max(0, end - _MOST_LOOKED_AT) : end][::-1]
        return [sha for sha in self._numbered(latest, claim) if alive(sha)][:_MOST_CANDIDATES_SHOWN]

    def _candidates(self, claim: RevertClaim) -> Sequence[str]:
        """Commits that bear the title, oldest first."""
        if claim.title is None:
            return ()
        if claim.reapplies:
            return self._by_title.get(plain_title(f'Revert "{claim.title}"'), ())
        if not claim.quoted and claim.numbers:
            return self._with_number(claim.numbers)
        found = self._titled(plain_title(claim.title))
        if found or not claim.numbers:
            return found
        # `revert "title (#1)"` of `fix(ui): title (#1)`
        same_number = self._with_number(claim.numbers)
        return [sha for sha in same_number if plain_title(self._commits[sha].subject).endswith(claim.title)]

    def _numbered(self, shas: Sequence[str], claim: RevertClaim) -> Sequence[str]:
        """The same title may have come in twice, under two numbers. A commit without a number may be either."""
        wanted = set(claim.numbers)
        if not wanted or claim.reapplies:
            return shas
        numbers = {sha: numbers_in(self._commits[sha].subject) for sha in shas}
        return [sha for sha in shas if wanted & set(numbers[sha])] or [sha for sha in shas if not numbers[sha]]

    def _with_number(self, numbers: Iterable[int]) -> list[str]:
        shas = {sha for number in numbers for sha in self._by_number.get(number, ())[-_MOST_LOOKED_AT:]}
        return sorted(shas, key=self._lineage.moment)

    def _titled(self, title: str) -> Sequence[str]:
        cut = title.removesuffix("…").removesuffix("...")
        if cut == title or not cut:
            return self._by_title.get(title, ())
        cut = cut.rstrip()
        first = bisect_left(self._titles, cut)
        alike = (title for title in self._titles[first : first + _MOST_CANDIDATES_SHOWN] if title.startswith(cut))
        return sorted((sha for title in alike for sha in self._by_title[title]), key=self._lineage.moment)

    def _brought_by_titled_merge(self, revert: Commit, claim: RevertClaim) -> list[str]:
        titled = self._merged_titles.get(plain_title(claim.title or ""), [])
        merges = [merge for merge in titled if self._before(merge, revert)]
        return self._brought(merges[0]) if len(merges) == 1 else []

    def _believed(self, revert: Commit, targets: Sequence[str]) -> Targets:
        """A revert of one commit that leaves some of its files alone is no whole revert: both must be seen."""
        taken, given = _paths(revert), _paths(self._commits[targets[0]])
        if taken and given and taken < given:
            return Targets(others=self._named(targets, Extent.PARTLY))
        return Targets(tuple(targets))

    def _released(self, claim: RevertClaim) -> Targets:
        title = claim.title
        if not claim.quoted and claim.numbers:
            return Targets(others=tuple(TakenBack(None, f"#{number}", Extent.RELEASED) for number in claim.numbers))
        if claim.reapplies and title is not None:
            title = f'Revert "{title}"'
        return Targets(others=(TakenBack(None, title, Extent.RELEASED),))

    def _named(self, shas: Iterable[str], extent: Extent) -> tuple[TakenBack, ...]:
        return tuple(TakenBack(sha, self._commits[sha].subject, extent) for sha in shas)

    def _brought(self, merge: str) -> list[str]:
        brought = (sha for sha in self._lineage.brought_by(merge) if sha in self._commits)
        return sorted(brought, key=self._lineage.moment, reverse=True)

    def _before(self, sha: str, revert: Commit) -> bool:
        return self._lineage.moment(sha) < self._lineage.moment(revert.sha)

    def _mirrors(self, revert: Commit, sha: str) -> bool:
        """Whether the one adds what the other deletes, line for line, in the same files."""
        taken, given = revert.files, self._commits[sha].files
        if not taken or not given or len(taken) != len(given):
            return False
        return {(f.path, f.added, f.deleted) for f in taken} == {(f.path, f.deleted, f.added) for f in given}

    def _whole(self, sha: str) -> str | None:
        """The only sha of this side that begins so."""
        start = bisect_left(self._shas, sha)
        found = [full for full in self._shas[start : start + 2] if full.startswith(sha)]
        return found[0] if len(found) == 1 else None


def plain_title(subject: str) -> str:
    """A subject without pull-request numbers, also those inside quotes: `Revert "a (#1)" (#2)` is `Revert "a"`."""
    return _INNER_NUMBER.sub("", without_number(subject)) if "(" in subject else subject.strip()


def picked_from(message: str) -> tuple[str, ...]:
    """The shas of git's `(cherry picked from commit …)` lines."""
    if "cherry" not in message and "Cherry" not in message:
        return ()
    return tuple(sha.lower() for sha in _PICKED_FROM.findall(message))


def _same(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _paths(commit: Commit) -> set[str]:
    return {path for change in commit.files or () for path in (change.path, change.old_path) if path}
