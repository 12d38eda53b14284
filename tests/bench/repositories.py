"""Repositories to measure on: real ones where they are at hand, else one that is made."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

FOLDER = "PILAB_BENCH_REPOSITORIES"
"""Names a folder that holds clones, each below its own name (kargo, vite)."""


def real(name: str) -> Path | None:
    """The clone of that name, None where there is none."""
    folder = os.environ.get(FOLDER)
    if not folder:
        return None
    for candidate in (Path(folder) / name, Path(folder) / f"{name}.git"):
        if candidate.exists():
            return candidate
    return None


def made(folder: Path, *, commits: int) -> Path:
    """A repository with a release branch that has a third of main's commits, cherry-picked: tags v1 (target), v2."""
    path = folder / "made.git"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(path)], check=True)
    stream = b"".join(_stream(commits))
    subprocess.run(["git", "-C", str(path), "fast-import", "--quiet"], input=stream, check=True)
    return path


def _stream(commits: int) -> Iterator[bytes]:
    kinds = ("feat", "fix", "docs", "refactor", "perf", "chore")
    yield _commit("main", 1, "chore: begin", 0, path="root.txt", text="root\n", parent=None)
    mark = 2
    for number in range(commits):
        message = f"{kinds[number % 6]}(part{number % 7}): change number {number} (#{number})"
        parent = 1 if number == 0 else None
        yield _commit("main", mark, message, number, path=_file(number), text=_text(number), parent=parent)
        mark += 1
    for number in range(0, commits, 3):
        message = f"{kinds[number % 6]}: change number {number} (#{number}) picked"
        parent = 1 if number == 0 else None
        yield _commit("release", mark, message, commits + number, path=_file(number), text=_text(number), parent=parent)
        mark += 1
    yield b"reset refs/tags/v2\nfrom refs/heads/main\n\nreset refs/tags/v1\nfrom refs/heads/release\n\n"


def _file(number: int) -> str:
    return f"src/part{number % 7}/file{number}.py"


def _text(number: int) -> str:
    return "".join(f"value_{number}_{line} = {number * line}\n" for line in range(40))


def _commit(branch: str, mark: int, message: str, when: int, *, path: str, text: str, parent: int | None) -> bytes:
    said, content = message.encode(), text.encode()
    stamp = 1_760_000_000 + when * 60
    lines = [
        f"commit refs/heads/{branch}",
        f"mark :{mark}",
        f"committer Bench <bench@example.org> {stamp} +0000",
        f"data {len(said)}",
        message,
    ]
    if parent is not None:
        lines.append(f"from :{parent}")
    lines += [f"M 100644 inline {path}", f"data {len(content)}"]
    return "\n".join(lines).encode() + b"\n" + content + b"\n"
