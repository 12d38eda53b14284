"""The shape of what lies between two commits: sides, parents, counts. Names only; one git process, no objects read
beyond commits.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pilab_desktop.domain.commit import Relation, Side
from pilab_desktop.domain.errors import RepositoryError
from pilab_desktop.integrations.local_git.processes import GitDir, GitProcess, ProcessGroup
from pilab_desktop.integrations.local_git.wording import reading_failed

_SIDES = {"<": Side.SOURCE, ">": Side.TARGET}


@dataclass(frozen=True, slots=True)
class Range:
    """Every commit that one of two commits has and the other lacks, merges included, of the whole repository."""

    sides: Mapping[str, Side]
    parents: Mapping[str, tuple[str, ...]]

    def count(self, side: Side) -> int:
        """How many there are on one side."""
        return sum(1 for found in self.sides.values() if found is side)

    @property
    def relation(self) -> Relation:
        """How source stands to target (semantics.md §1): an ancestor lacks something and has nothing of its own."""
        ahead, behind = Side.SOURCE in self.sides.values(), Side.TARGET in self.sides.values()
        if ahead and behind:
            return Relation.DIVERGED
        if ahead:
            return Relation.AHEAD
        return Relation.BEHIND if behind else Relation.SAME


def start_range(group: ProcessGroup, repository: GitDir, source: str, target: str) -> GitProcess:
    """Begin reading a range."""
    return group.start(
        repository, "rev-list", "--left-right", "--parents", "--end-of-options", f"{source}...{target}", "--"
    )


def read_range(group: ProcessGroup, process: GitProcess) -> Range:
    """The range. Raises RepositoryError where commits themselves are missing or damaged."""
    output = group.collect(process)
    if output.code != 0:
        raise RepositoryError(reading_failed("The history", output.stderr, output.code))
    sides: dict[str, Side] = {}
    parents: dict[str, tuple[str, ...]] = {}
    for line in output.stdout.decode("ascii").splitlines():
        sha, *above = line[1:].split(" ")
        sides[sha] = _SIDES[line[0]]
        parents[sha] = tuple(above)
    return Range(sides, parents)


def start_path_range(group: ProcessGroup, repository: GitDir, source: str, target: str, path: str) -> GitProcess:
    """Begin reading which commits of a range touch a path, by git's default history simplification."""
    return group.start(repository, "rev-list", "--end-of-options", f"{source}...{target}", "--", path)


def read_path_range(group: ProcessGroup, process: GitProcess) -> tuple[str, ...]:
    """Their shas. Raises RepositoryError as `read_range` does (trees are read as well)."""
    output = group.collect(process)
    if output.code != 0:
        raise RepositoryError(reading_failed("The path's history", output.stderr, output.code))
    return tuple(output.stdout.decode("ascii").split())
