"""Putting a both-sided comparison together from git's streams (semantics.md §2; domain/commit.py, Comparison).

What git computes longest, the patch ids, runs while the rest is read; the files are asked for as soon as it is known
which commits are on one side only.
"""

import dataclasses
import threading
from collections.abc import Sequence

from pilab_desktop.domain.commit import Commit, Comparison, Detail, Origin, Relation, Side
from pilab_desktop.integrations.local_git.commits import FORMAT_ARGUMENTS, read_commits
from pilab_desktop.integrations.local_git.files import FileReading
from pilab_desktop.integrations.local_git.processes import GitDir, GitProcess, ProcessGroup
from pilab_desktop.integrations.local_git.ranges import (
    Range,
    read_path_range,
    read_range,
    start_path_range,
    start_range,
)
from pilab_desktop.integrations.local_git.wording import reading_failed
from pilab_desktop.ports.progress import Progress, SilentProgress, Work


@dataclasses.dataclass(frozen=True, slots=True)
class WholeRange:
    """What comparisons of one pair of commits share, whatever their path: the range and its merge commits."""

    range: Range
    merges: tuple[Commit, ...]
    problems: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Question:
    """What a comparison is asked: two full shas, a path ("" for all), and how much."""

    source: str
    target: str
    path: str
    detail: Detail


class ComparisonJob:
    """One comparison, run once. `begin` runs it on a thread of its own; `result` waits for it, or runs it here."""

    def __init__(self, repository: GitDir, question: Question, known: WholeRange | None) -> None:
        self.whole = known
        self._repository = repository
        self._source = question.source
        self._target = question.target
        self._path = question.path
        self._detail = question.detail
        self._group = ProcessGroup()
        self._progress: Progress = SilentProgress()
        self._thread: threading.Thread | None = None
        self._comparison: Comparison | None = None
        self._error: BaseException | None = None

    def begin(self) -> None:
        """Start now; nobody waits yet."""
        self._thread = threading.Thread(target=self._run_apart, name="git-comparison", daemon=True)
        self._thread.start()

    def result(self, work: Work) -> Comparison:
        """The comparison. Raises CancelledError when `work` is cancelled, within the time it takes to kill git."""
        work.step("Comparing commits")
        self._progress = work.progress
        with work.cancel.calling(self._group.kill):
            if self._thread is None:
                return self._run()
            try:
                self._thread.join()
            except BaseException:  # Ctrl-C while waiting
                self._group.kill()
                self._thread.join()
                raise
        if self._error is not None:
            raise self._error
        assert self._comparison is not None
        return self._comparison

    def stop(self) -> None:
        """End what `begin` started, where nobody came for the result."""
        self._group.kill()
        if self._thread is not None:
            self._thread.join()

    def _run_apart(self) -> None:
        try:
            self._comparison = self._run()
        except BaseException as error:  # noqa: BLE001 - carried to whoever asks for the result, which raises it
            self._error = error

    def _run(self) -> Comparison:
        with self._group:
            return self._compare()

    def _compare(self) -> Comparison:
        marked = self._start_log("--no-merges", "--cherry-mark", below=self._path)
        touching = self._start_touching()
        whole = self.whole = self.whole or self._read_whole()
        touched = read_path_range(self._group, touching) if touching else tuple(whole.range.sides)
        problems = list(whole.problems)
        commits = list(read_commits(marked, whole.range.sides))
        output = self._group.finish(marked)
        if output.code != 0:
            problems.append(reading_failed("The commits", output.stderr, output.code))
        files = self._read_files(commits)
        sides = [whole.range.sides[sha] for sha in touched]
        return Comparison(
            source=self._source,
            target=self._target,
            path=self._path,
            relation=whole.range.relation,
            ahead=sides.count(Side.SOURCE),
            behind=sides.count(Side.TARGET),
            commits=tuple(
                dataclasses.replace(commit, files=files.files[commit.sha]) if commit.sha in files.files else commit
                for commit in commits
            ),
            merges=whole.merges,
            origin=Origin.LOCAL_MIRROR,
            commits_read=len(commits),
            commits_expected=sum(1 for sha in touched if len(whole.range.parents[sha]) < 2),
            files_read=files.read,
            files_expected=files.announced,
            problems=(*problems, *files.problems),
            lineage=whole.range.parents,
        )

    def _start_log(self, *options: str, below: str = "") -> GitProcess:
        return self._group.start(
            self._repository, "rev-list", "--left-right", *options, *FORMAT_ARGUMENTS,
            "--end-of-options", f"{self._source}...{self._target}", "--", *([below] if below else []),
        )  # fmt: skip

    def _start_touching(self) -> GitProcess | None:
        if not self._path:
            return None
        return start_path_range(self._group, self._repository, self._source, self._target, self._path)

    def _read_whole(self) -> WholeRange:
        shape = start_range(self._group, self._repository, self._source, self._target)
        log = self._start_log("--merges")
        found = read_range(self._group, shape)
        merges = tuple(read_commits(log, found.sides))
        output = self._group.finish(log)
        problems = (reading_failed("The merge commits", output.stderr, output.code),) if output.code != 0 else ()
        return WholeRange(found, merges, problems)

    def _read_files(self, commits: Sequence[Commit]) -> FileReading:
        one_sided = [commit.sha for commit in commits if not commit.equivalent]
        files = FileReading(self._group, self._repository, self._path, one_sided, detail=self._detail)
        files.run(self._progress)
        return files


def nothing_between(commit: str, path: str) -> Comparison:
    """A commit compared with itself; git need not be asked."""
    return Comparison(
        source=commit,
        target=commit,
        path=path,
        relation=Relation.SAME,
        ahead=0,
        behind=0,
        commits=(),
        merges=(),
        origin=Origin.LOCAL_MIRROR,
        commits_read=0,
        commits_expected=0,
        files_read=0,
        files_expected=0,
    )
