"""How long work tells where it is and how it is stopped."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from pilab_desktop.domain.errors import CancelledError


class Progress(Protocol):
    """Told what is going on. May be called from any thread, often; must return at once."""

    def step(self, text: str) -> None:
        """A new step begins, said in a few words."""
        ...

    def advance(self, done: int, total: int | None) -> None:
        """So much of the step is done; `total` is None where it is not known."""
        ...


class SilentProgress:
    """Nobody listens."""

    def step(self, text: str) -> None:
        """Say nothing."""

    def advance(self, done: int, total: int | None) -> None:
        """Say nothing."""


class CancelToken:
    """A wish to stop, carried down to the process, call or statement that is running. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cancelled = False
        self._callbacks: list[Callable[[], None]] = []

    @property
    def cancelled(self) -> bool:
        """Whether stopping was asked for."""
        return self._cancelled

    def cancel(self) -> None:
        """Ask to stop; everything registered with `calling` is called once, on this thread."""
        with self._lock:
            if self._cancelled:
                return
            self._cancelled = True
            callbacks = list(self._callbacks)
        for callback in callbacks:
            callback()

    def check(self) -> None:
        """Raise CancelledError where stopping was asked for."""
        if self._cancelled:
            raise CancelledError

    @contextmanager
    def calling(self, callback: Callable[[], None]) -> Iterator[None]:
        """While the block runs, `cancel` calls `callback` (at once where it was called before)."""
        with self._lock:
            self._callbacks.append(callback)
            cancelled = self._cancelled
        if cancelled:
            callback()
        try:
            yield
        finally:
            with self._lock:
                self._callbacks.remove(callback)


class Work:
    """What a long call is handed: where to tell, and when to stop."""

    def __init__(self, progress: Progress | None = None, cancel: CancelToken | None = None) -> None:
        self.progress: Progress = progress or SilentProgress()
        self.cancel = cancel or CancelToken()

    def step(self, text: str) -> None:
        """Tell the next step; stops here where stopping was asked for."""
        self.cancel.check()
        self.progress.step(text)
