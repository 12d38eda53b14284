"""Commits and the comparison of two sets of them (semantics.md §2)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Side(StrEnum):
    """Which end a commit was found on."""

    SOURCE = "SOURCE"
    TARGET = "TARGET"


class Relation(StrEnum):
    """How the source's commit stands to the target's (semantics.md §1)."""

    SAME = "SAME"
    AHEAD = "AHEAD"
    BEHIND = "BEHIND"
    DIVERGED = "DIVERGED"
    ONLY_IN_SOURCE = "ONLY_IN_SOURCE"
    ONLY_IN_TARGET = "ONLY_IN_TARGET"
    UNRESOLVED = "UNRESOLVED"

    def mirrored(self) -> "Relation":
        """The relation with source and target swapped."""
        return _MIRRORED.get(self, self)


_MIRRORED = {
    Relation.AHEAD: Relation.BEHIND,
    Relation.BEHIND: Relation.AHEAD,
    Relation.ONLY_IN_SOURCE: Relation.ONLY_IN_TARGET,
    Relation.ONLY_IN_TARGET: Relation.ONLY_IN_SOURCE,
}


class Detail(StrEnum):
    """How much is asked of the files of a comparison: their paths, or how many lines changed as well.

    Counting lines is nine tenths of what a comparison takes.
    """

    PATHS = "PATHS"
    LINES = "LINES"


class Origin(StrEnum):
    """Where a comparison was read from."""

    LOCAL_MIRROR = "LOCAL_MIRROR"
    HOST_API = "HOST_API"


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file of a commit. `added` and `deleted` count lines and are None for a binary file.

    `status` is git's letter: A, M, D, R (then `old_path` is set), C, T.
    """

    path: str
    status: str
    added: int | None
    deleted: int | None
    old_path: str | None = None


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit of a comparison.

    `side` is where it was found; `equivalent` whether git found the same patch id on the other side. `files` is
    None where they were not read (equivalent and merge commits), empty where the commit touches none. `message` is
    whole, its first line the subject. Undecodable bytes stand as U+FFFD.
    """

    sha: str
    parents: tuple[str, ...]
    author: str
    author_email: str
    authored_at: datetime
    committed_at: datetime
    message: str
    side: Side
    equivalent: bool = False
    files: tuple[FileChange, ...] | None = None

    @property
    def subject(self) -> str:
        """The first line of the message."""
        return self.message.partition("\n")[0]

    @property
    def body(self) -> str:
        """The message below its first line, without the blank line between."""
        return self.message.partition("\n")[2].strip("\n")

    @property
    def is_merge(self) -> bool:
        """Whether it has more than one parent."""
        return len(self.parents) > 1

    @property
    def short_sha(self) -> str:
        """Seven characters, as shown."""
        return self.sha[:7]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What each end has that the other lacks, of one repository below one path.

    `commits` are the non-merge commits of both sides as `git log --no-merges --cherry-mark --left-right
    SOURCE...TARGET` gives them, newest first. `merges` are the merge commits of both sides of the whole
    repository. `ahead` and `behind` count by plain range, merges included. `commits_expected` and `files_expected`
    are what was announced before reading, `commits_read` and `files_read` what came: where they differ the
    comparison is incomplete and `problems` says why. `lineage` gives the parents of every commit of both sides of the
    whole repository, so that what a merge brought is known below a path too; it may be empty where `path` is.
    """

    source: str
    target: str
    path: str
    relation: Relation
    ahead: int
    behind: int
    commits: tuple[Commit, ...]
    merges: tuple[Commit, ...]
    origin: Origin
    commits_read: int
    commits_expected: int
    files_read: int
    files_expected: int
    problems: tuple[str, ...] = ()
    lineage: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether everything that was announced was read."""
        return (
            not self.problems and self.commits_read == self.commits_expected and self.files_read == self.files_expected
        )
