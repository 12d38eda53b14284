"""Reading which files commits touch and by how many lines, from a few `git diff-tree --stdin` side by side.

The line counts are nine tenths of a comparison's time, and git computes them on one core. So the commits are handed out
in small blocks to as many git processes as there are cores. diff-tree echoes a line that is no object id, which tells
where a block ends; the line is random, so that no file name can be taken for it. A diff's text is never asked for.
"""

import os
import threading
from collections import deque
from collections.abc import Mapping, Sequence

from pilab_desktop.domain.commit import Detail, FileChange
from pilab_desktop.integrations.local_git.changed_files import CommitFiles, parse_files
from pilab_desktop.integrations.local_git.processes import GitDir, GitProcess, Output, ProcessGroup
from pilab_desktop.integrations.local_git.wording import reading_failed
from pilab_desktop.ports.progress import Progress

_BLOCK = 16
_MOST_PROCESSES = 4
_MOST_DEATHS = 40
_ARGUMENTS = (
    "diff-tree", "--stdin", "-r", "--root", "--always", "--raw", "-z", "-M", "-l1000", "--no-ext-diff", "--no-textconv",
)  # fmt: skip
_COUNTING = {Detail.PATHS: (), Detail.LINES: ("--numstat",)}


class FileReading:
    """The files of many commits. `run` fills `files`; what could not be read is counted and said in `problems`."""

    def __init__(
        self, group: ProcessGroup, repository: GitDir, path: str, shas: Sequence[str], *, detail: Detail
    ) -> None:
        self.files: dict[str, tuple[FileChange, ...]] = {}
        self.announced = 0
        self.read = 0
        self.problems: list[str] = []
        self._group = group
        self._repository = repository
        self._detail = detail
        self._arguments = (*_ARGUMENTS, *_COUNTING[detail], *(("--", path) if path else ()))
        self._below = ("--", path) if path else ()
        self._total = len(shas)
        self._blocks = deque(shas[at : at + _BLOCK] for at in range(0, len(shas), _BLOCK))
        self._failed: list[str] = []
        self._deaths = 0
        self._error: BaseException | None = None
        self._lock = threading.Lock()

    def run(self, progress: Progress) -> None:
        """Read all of them. Raises CancelledError where the group was killed."""
        count = min(len(self._blocks), _MOST_PROCESSES, os.cpu_count() or 1)
        workers = [threading.Thread(target=self._work, args=(progress,), daemon=True) for _ in range(count)]
        for worker in workers:
            worker.start()
        try:
            for worker in workers:
                worker.join()
        except BaseException:  # Ctrl-C: the workers must be gone before their pipes are closed
            self._group.kill()
            for worker in workers:
                worker.join()
            raise
        self._group.check()
        if self._error is not None:
            raise self._error
        if self._failed:
            self._count_failed()

    def _work(self, progress: Progress) -> None:
        try:
            while self._blocks and not self._group.killed and self._error is None:
                self._read_blocks(progress)
        except BaseException as error:  # noqa: BLE001 - carried to the thread that called `run`, which raises it
            self._error = error

    def _read_blocks(self, progress: Progress) -> None:
        """Read blocks with one git until there are none left, or until it dies of a commit."""
        process = self._group.start(self._repository, *self._arguments, feed=True)
        end = f"end-{os.urandom(12).hex()}\n".encode()
        while (block := self._next_block()) is not None:
            data, whole = _exchange(process, block, end)
            changes = parse_files(data, self._detail)
            if not whole and changes:
                changes.popitem()  # its lines may have been cut
            self._keep(changes, progress)
            if not whole:
                self._single_out(block, changes, self._group.finish(process))
                return
        output = self._group.finish(process)
        if output.code != 0:
            self._say(reading_failed("The files of the commits", output.stderr, output.code))

    def _next_block(self) -> Sequence[str] | None:
        try:
            return self._blocks.popleft()
        except IndexError:
            return None

    def _keep(self, changes: Mapping[str, CommitFiles], progress: Progress) -> None:
        with self._lock:
            for sha, found in changes.items():
                self.files[sha] = found.changes
                self.announced += found.announced
                self.read += len(found.changes)
            progress.advance(len(self.files), self._total)

    def _single_out(self, block: Sequence[str], read: Mapping[str, CommitFiles], output: Output) -> None:
        """Which commit of a block git died of is known for certain once it was tried alone; the others go back."""
        unread = [sha for sha in block if sha not in read]
        with self._lock:
            self._deaths += 1
            self._say(reading_failed("The files of the commits", output.stderr, output.code))
            if len(block) == 1:
                self._failed += unread
            else:
                self._blocks.extendleft(part for part in (unread[1:], unread[:1]) if part)
            if self._deaths >= _MOST_DEATHS:
                while (left := self._next_block()) is not None:
                    self._failed += left

    def _count_failed(self) -> None:
        """How many files the unread commits touch, by their trees alone: those need none of the missing content."""
        arguments = ("diff-tree", "--stdin", "-r", "--root", "--always", "--raw", "-z", "--no-renames")
        process = self._group.start(self._repository, *arguments, *self._below, feed=True)
        for at in range(0, len(self._failed), _BLOCK):
            end = f"end-{os.urandom(12).hex()}\n".encode()
            data, whole = _exchange(process, self._failed[at : at + _BLOCK], end)
            self.announced += sum(found.announced for found in parse_files(data, Detail.PATHS).values())
            if not whole:
                break
        self._group.finish(process)
        if self.announced == self.read:
            self.announced += len(self._failed)  # not even the trees are there: at least one file each

    def _say(self, problem: str) -> None:
        if problem not in self.problems:
            self.problems.append(problem)


def _exchange(process: GitProcess, shas: Sequence[str], end: bytes) -> tuple[bytes, bool]:
    """What git answers for one block, and whether that is all of it. A block is smaller than any pipe's buffer."""
    stdin, stdout = process.popen.stdin, process.popen.stdout
    assert stdin is not None
    assert stdout is not None
    try:
        stdin.write("".join(f"{sha}\n" for sha in shas).encode("ascii") + end)
    except BrokenPipeError:
        return b"", False
    answer = bytearray()
    while chunk := stdout.read(1 << 16):
        answer += chunk
        if answer.endswith(end):
            return bytes(memoryview(answer)[: -len(end)]), True
    return bytes(answer), False
