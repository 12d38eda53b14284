"""Asking one git process that stays open for objects (git-cat-file(1), --batch and --batch-check)."""

import io
import subprocess
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from pilab_desktop.integrations.local_git.processes import GitDir, close_quietly, kill_tree, spawn

_AT_ONCE = 16
_DRAIN_BYTES = 1 << 20
_READ_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Found:
    """An object that is there. `content` is None where it was not asked for, or larger than the limit."""

    oid: str
    kind: str
    size: int
    content: bytes | None


class ObjectPipe:
    """`git cat-file` that is started when first asked and again when it died. Thread-safe.

    With `limit` contents come along, up to so many bytes each; without, only what and how large an object is.
    """

    def __init__(self, repository: GitDir, limit: int | None = None) -> None:
        self._repository = repository
        self._limit = limit
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._answers: io.BufferedReader | None = None

    def ask(self, name: str) -> Found | None:
        """One object by anything that names one; None where there is none, or where it cannot be read."""
        return next(iter(self.ask_many((name,))))

    def ask_many(self, names: Sequence[str]) -> Iterator[Found | None]:
        """Each in the order asked, some at a time. The pipe is free for others between two that are taken."""
        for at in range(0, len(names), _AT_ONCE):
            yield from self._exchange(names[at : at + _AT_ONCE])

    def close(self) -> None:
        """End the process. It starts again when asked again."""
        with self._lock:
            self._end()

    def _exchange(self, names: Sequence[str]) -> list[Found | None]:
        answers: list[Found | None] = []
        with self._lock:
            while len(answers) < len(names):
                try:
                    self._exchange_into(answers, names[len(answers) :])
                except (BrokenPipeError, EOFError):
                    self._end()
                    answers.append(None)  # the object it died of
        return answers

    def _exchange_into(self, answers: list[Found | None], names: Sequence[str]) -> None:
        if self._process is None:
            option = "--batch-check" if self._limit is None else "--batch"
            self._process = spawn(self._repository, "cat-file", option, feed=True, keep_stderr=False)
            self._answers = io.BufferedReader(cast("io.RawIOBase", self._process.stdout), _READ_BYTES)
        stdin = self._process.stdin
        assert stdin is not None
        # Fewer bytes than any pipe takes at once, and all earlier answers are read: neither side can wait for ever.
        stdin.write("".join(f"{name}\n" for name in names).encode("utf-8", "surrogateescape"))
        for _ in names:
            answers.append(self._answer())  # noqa: PERF401 - keeps what was answered before git dies

    def _answer(self) -> Found | None:
        assert self._answers is not None
        header = self._answers.readline()
        if not header.endswith(b"\n"):
            raise EOFError
        parts = header.rsplit(b" ", 2)
        if len(parts) != 3 or not parts[2][:-1].isdigit():
            return None  # "<name> missing", "<name> ambiguous"
        oid, kind, size = parts[0].decode("ascii"), parts[1].decode("ascii"), int(parts[2])
        if self._limit is None:
            return Found(oid, kind, size, None)
        if size > self._limit:
            left = size + 1
            while left:
                left -= len(_exactly(self._answers, min(left, _DRAIN_BYTES)))
            return Found(oid, kind, size, None)
        return Found(oid, kind, size, _exactly(self._answers, size + 1)[:-1])

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        kill_tree(process)
        for stream in (process.stdin, self._answers):
            if stream is not None:
                close_quietly(stream)
        process.wait()


def _exactly(answers: io.BufferedReader, size: int) -> bytes:
    data = answers.read(size)
    if len(data) != size:
        raise EOFError
    return data
