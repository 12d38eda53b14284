"""Timing two things side by side: in turn, so that the machine's moods hit both; medians, ratios pair by pair."""

import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Result:
    """One row of the bench: seconds of ours and of the yardstick, their ratio, and the bar it has to keep."""

    name: str
    what: str
    ours: float
    yardstick: str
    theirs: float
    ratio: float
    bar: float

    @property
    def kept(self) -> bool:
        """Whether the ratio is within the bar."""
        return self.ratio <= self.bar


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that could not be measured here, and why."""

    name: str
    reason: str


def side_by_side(ours: Callable[[], None], theirs: Callable[[], None], *, rounds: int) -> tuple[float, float, float]:
    """Median seconds of both and the median of their ratios, after one round that does not count."""
    ours()
    theirs()
    pairs = [(seconds(ours), seconds(theirs)) for _ in range(rounds)]
    mine, other = zip(*pairs, strict=True)
    return statistics.median(mine), statistics.median(other), statistics.median(a / b for a, b in pairs)


def seconds(call: Callable[[], None]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def command(
    arguments: Sequence[str | Path], *, cwd: Path | None = None, allowed: Sequence[int] = (0,)
) -> Callable[[], None]:
    """A call that runs a whole process and throws away what it prints."""

    def run() -> None:
        done = subprocess.run(
            [str(argument) for argument in arguments],
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
        )
        if done.returncode not in allowed:
            raise RuntimeError(
                f"{arguments[0]} ended with {done.returncode}: {done.stderr.decode(errors='replace')[-500:]}"
            )

    return run
