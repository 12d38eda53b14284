"""Starting, reading and killing git children.

The streams are spawned here and not through GitPython: importing it costs 150 ms (a whole comparison takes about that
long), and its process wrapper can neither take a variable away from the environment nor kill a group. GitPython does
what talks to other machines (see transfer.py).
"""

import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from pilab_desktop.domain.errors import CancelledError, MissingToolError
from pilab_desktop.integrations.local_git.environment import LEADING_ARGUMENTS, git_environment
from pilab_desktop.integrations.local_git.wording import NO_GIT

CHUNK_BYTES = 1 << 16
_STDERR_KEPT_BYTES = 8192
_ON_WINDOWS = os.name == "nt"


@dataclass(frozen=True, slots=True)
class GitDir:
    """Where a repository is. A mirror is addressed by `--git-dir`; a folder by `-C`, so that git checks its owner."""

    path: Path
    is_mirror: bool = False

    @property
    def arguments(self) -> tuple[str, ...]:
        """What stands before the subcommand."""
        return (f"--git-dir={self.path}",) if self.is_mirror else ("-C", str(self.path))


@dataclass(frozen=True, slots=True)
class Output:
    """What a child that ended has said."""

    stdout: bytes
    stderr: str
    code: int

    @property
    def text(self) -> str:
        """stdout, undecodable bytes as U+FFFD, without the last line break."""
        return self.stdout.decode("utf-8", "replace").rstrip("\n")


class GitProcess:
    """One running git. `chunks` reads it, `finish` reaps it; `kill` may be called from any thread at any time."""

    def __init__(self, popen: subprocess.Popen[bytes]) -> None:
        self._popen = popen
        self._stderr = bytearray()
        self._drain: threading.Thread | None = None
        if popen.stderr is not None:
            # A child that fills a pipe which nobody reads would hang.
            self._drain = threading.Thread(target=self._keep_stderr, args=(popen.stderr,), daemon=True)
            self._drain.start()

    @property
    def popen(self) -> subprocess.Popen[bytes]:
        """The process itself, for those who write to it."""
        return self._popen

    def chunks(self) -> Iterator[bytes]:
        """stdout as it comes."""
        stdout = self._popen.stdout
        assert stdout is not None
        while chunk := stdout.read(CHUNK_BYTES):
            yield chunk

    def finish(self) -> Output:
        """Wait for the end. What was not read of stdout is dropped."""
        for stream in (self._popen.stdin, self._popen.stdout):
            if stream is not None:
                close_quietly(stream)
        code = self._popen.wait()
        if self._drain is not None:
            self._drain.join()
        return Output(b"", self._stderr.decode("utf-8", "replace"), code)

    def kill(self) -> None:
        """End it and what it started, at once."""
        kill_tree(self._popen)

    def _keep_stderr(self, stream: IO[bytes]) -> None:
        with stream:
            while chunk := stream.read(CHUNK_BYTES):
                self._stderr += chunk
                del self._stderr[:-_STDERR_KEPT_BYTES]


class ProcessGroup:
    """The git children of one piece of work. Leaving the block kills and reaps what still runs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._live: list[GitProcess] = []
        self._killed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            live, self._live = self._live, []
        for process in live:
            process.kill()
            process.finish()

    @property
    def killed(self) -> bool:
        """Whether `kill` was called."""
        return self._killed

    def kill(self) -> None:
        """Kill all children and let none start any more. Does not wait; from any thread."""
        with self._lock:
            self._killed = True
            for process in self._live:
                process.kill()

    def check(self) -> None:
        """Raise CancelledError after `kill`."""
        if self._killed:
            raise CancelledError

    def start(self, repository: GitDir | None, *arguments: str, feed: bool = False) -> GitProcess:
        """A git that only reads. With `feed` its stdin is a pipe. Raises MissingToolError, CancelledError."""
        with self._lock:
            if self._killed:
                raise CancelledError
            process = GitProcess(spawn(repository, *arguments, feed=feed))
            self._live.append(process)
        return process

    def finish(self, process: GitProcess) -> Output:
        """Reap one child. Raises CancelledError where the group was killed."""
        output = process.finish()
        with self._lock:
            if process in self._live:
                self._live.remove(process)
        self.check()
        return output

    def run(self, repository: GitDir | None, *arguments: str) -> Output:
        """A git from start to end, with all it said."""
        return self.collect(self.start(repository, *arguments))

    def collect(self, process: GitProcess) -> Output:
        """All that a started git says until it ends."""
        stdout = b"".join(process.chunks())
        ended = self.finish(process)
        return Output(stdout, ended.stderr, ended.code)


def spawn(
    repository: GitDir | None, *arguments: str, feed: bool, keep_stderr: bool = True, protocols: tuple[str, ...] = ()
) -> subprocess.Popen[bytes]:
    """Start git; its stdout is a pipe. Raises MissingToolError where there is none."""
    if _ON_WINDOWS:  # else CreateProcess would prefer a git.exe that lies in the current folder
        os.environ.setdefault("NoDefaultCurrentDirectoryInExePath", "1")
    where = repository.arguments if repository is not None else ()
    try:
        return subprocess.Popen(
            ["git", *LEADING_ARGUMENTS, *where, *arguments],
            env=git_environment(protocols=protocols),
            stdin=subprocess.PIPE if feed else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if keep_stderr else subprocess.DEVNULL,
            bufsize=0,
            # Ctrl-C on the terminal is ours to handle, and the group is what is killed.
            start_new_session=not _ON_WINDOWS,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (FileNotFoundError, PermissionError) as error:
        raise MissingToolError(NO_GIT) from error


def kill_tree(popen: subprocess.Popen[bytes]) -> None:
    """Kill a process that `spawn` started, with its children (git-remote-https, index-pack)."""
    if popen.poll() is not None:
        return
    if _ON_WINDOWS:
        popen.kill()
        return
    try:
        os.killpg(popen.pid, signal.SIGKILL)
    except ProcessLookupError:
        return  # it ended in between


def close_quietly(stream: IO[bytes]) -> None:
    """Close a pipe whose other end may be dead."""
    try:
        stream.close()
    except BrokenPipeError:
        return  # what could not be written has no reader any more
