"""The graph of a comparison: which commit is later, and which merge brought it (semantics.md §2, Merge commits)."""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pilab_desktop.domain.commit import Commit, Comparison


class Lineage:
    """What the parents of a comparison's commits tell. Built once, in time that grows with the commits."""

    def __init__(self, comparison: Comparison) -> None:
        commits = (*comparison.commits, *comparison.merges)
        self._parents: dict[str, tuple[str, ...]] = dict(comparison.lineage)
        self._parents.update((commit.sha, commit.parents) for commit in commits)
        self._moments = _moments(self._parents, {commit.sha: commit for commit in commits})
        tips = (comparison.source, comparison.target)
        self._brought_by = _brought_by(self._parents, tips, self._newest_first(self._parents))
        self._brings: dict[str, list[str]] = defaultdict(list)
        for sha, merge in self._brought_by.items():
            self._brings[merge].append(sha)

    def moment(self, sha: str) -> tuple[int, str]:
        """Sorts commits by time, a parent always before its child whatever their clocks said; ties by sha."""
        return self._moments.get(sha, 0), sha

    def newest_first(self, commits: Iterable[Commit]) -> list[Commit]:
        """The commits, latest first."""
        return sorted(commits, key=lambda commit: self.moment(commit.sha), reverse=True)

    def merges_above(self, sha: str) -> Iterator[str]:
        """The merges that brought a commit, innermost first."""
        merge = self._brought_by.get(sha)
        while merge is not None:
            yield merge
            merge = self._brought_by.get(merge)

    def brought_by(self, merge: str) -> tuple[str, ...]:
        """Every commit that came with a merge, those of merges inside it too; in no particular order."""
        found: list[str] = []
        waiting = list(self._brings.get(merge, ()))
        while waiting:
            sha = waiting.pop()
            found.append(sha)
            waiting.extend(self._brings.get(sha, ()))
        return tuple(found)

    def _newest_first(self, shas: Iterable[str]) -> list[str]:
        return sorted(shas, key=self.moment, reverse=True)


def _moments(parents: Mapping[str, tuple[str, ...]], commits: Mapping[str, Commit]) -> dict[str, int]:
    """Corrected commit dates as git's commit-graph has them (gitformat-commit-graph, generation number v2): the
    committer's date in microseconds, but later than every parent's.
    """
    children: dict[str, list[str]] = defaultdict(list)
    missing = dict.fromkeys(parents, 0)
    for sha, above in parents.items():
        for parent in set(above):
            if parent in missing:
                children[parent].append(sha)
                missing[sha] += 1
    moments: dict[str, int] = {}
    ready = deque(sha for sha, count in missing.items() if not count)
    while ready:
        sha = ready.popleft()
        commit = commits.get(sha)
        own = int(commit.committed_at.timestamp()) * 1_000_000 if commit else 0
        known = [moments[parent] + 1 for parent in parents[sha] if parent in moments]
        moments[sha] = max([own, *known])
        for child in children[sha]:
            missing[child] -= 1
            if not missing[child]:
                ready.append(child)
    return moments


def _brought_by(
    parents: Mapping[str, tuple[str, ...]], tips: Sequence[str], newest_first: Sequence[str]
) -> dict[str, str]:
    """Commit to the innermost merge that brought it: it is reachable from the merge's later parents, not its first.

    A line of first parents is marked whole before any of its merges is entered, and its merges are entered oldest
    first: so what a merge of the main line *back* into a branch shows belongs to the main line still. Where a path or a
    cut answer leaves gaps in the graph, what hangs on no tip is walked as a line of its own.
    """
    owners: dict[str, str] = {}
    seen: set[str] = set()
    starts = dict.fromkeys((*tips, *newest_first))
    for start in starts:
        waiting: list[tuple[str, str | None]] = [(start, None)]
        while waiting:
            sha, owner = waiting.pop()
            entered: list[tuple[str, str | None]] = []
            while sha in parents and sha not in seen:
                seen.add(sha)
                if owner is not None:
                    owners[sha] = owner
                first, *others = parents[sha] or ("",)
                entered.extend((other, sha) for other in reversed(others))
                sha = first
            waiting.extend(entered)
    return owners
