"""Comparisons built by hand, in the order in which commits were made."""

import dataclasses
import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from pilab_desktop.domain.commit import Commit, Comparison, FileChange, Origin, Relation, Side

FIRST_MOMENT = datetime(2026, 1, 1, 8, 0, tzinfo=UTC)
ROOT = "0" * 40


@dataclass
class History:
    """Two lines of commits from one root; each `commit` continues its side's line unless parents are named."""

    path: str = ""
    commits: list[Commit] = field(default_factory=list)
    merges: list[Commit] = field(default_factory=list)
    tips: dict[Side, str] = field(default_factory=lambda: dict.fromkeys(Side, ROOT))
    made: int = 0

    def commit(
        self,
        message: str,
        *,
        side: Side = Side.SOURCE,
        equivalent: bool = False,
        parents: tuple[str, ...] | None = None,
        files: tuple[FileChange, ...] | None = (),
        author: str = "Ada",
        same_moment: bool = False,
    ) -> str:
        """Add a commit to a side's line (or elsewhere, where parents are given) and return its sha."""
        self.made += 0 if same_moment else 1
        sha = hashlib.sha1(f"{side}{len(self.commits)}{len(self.merges)}{message}".encode()).hexdigest()
        moment = FIRST_MOMENT + timedelta(minutes=self.made)
        made = Commit(
            sha=sha,
            parents=(self.tips[side],) if parents is None else parents,
            author=author,
            author_email=f"{author.lower()}@example.com",
            authored_at=moment,
            committed_at=moment,
            message=message,
            side=side,
            equivalent=equivalent,
            files=None if equivalent else files,
        )
        (self.merges if made.is_merge else self.commits).append(made)
        if parents is None or made.is_merge:
            self.tips[side] = sha
        return sha

    def merge(self, message: str, branch: str, *, side: Side = Side.SOURCE) -> str:
        """Merge a branch, named by its last commit, into a side's line."""
        return self.commit(message, side=side, parents=(self.tips[side], branch))

    def comparison(self) -> Comparison:
        """What git would say of it."""
        return Comparison(
            source=self.tips[Side.SOURCE],
            target=self.tips[Side.TARGET],
            path=self.path,
            relation=Relation.DIVERGED,
            ahead=0,
            behind=0,
            commits=tuple(reversed(self.commits)),
            merges=tuple(reversed(self.merges)),
            origin=Origin.LOCAL_MIRROR,
            commits_read=len(self.commits),
            commits_expected=len(self.commits),
            files_read=0,
            files_expected=0,
        )


@pytest.fixture
def history() -> History:
    """A history in which nothing happened yet."""
    return History()


def swapped(comparison: Comparison) -> Comparison:
    """The same comparison with source and target swapped."""
    other = {Side.SOURCE: Side.TARGET, Side.TARGET: Side.SOURCE}
    return dataclasses.replace(
        comparison,
        source=comparison.target,
        target=comparison.source,
        commits=tuple(dataclasses.replace(commit, side=other[commit.side]) for commit in comparison.commits),
        merges=tuple(dataclasses.replace(commit, side=other[commit.side]) for commit in comparison.merges),
    )


def changed(*paths: str, added: int = 1, deleted: int = 0) -> tuple[FileChange, ...]:
    """The files of a commit, each with the same line counts."""
    return tuple(FileChange(path=path, status="M", added=added, deleted=deleted) for path in paths)
