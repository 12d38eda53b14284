"""How the shell speaks: tables for people, one JSON document for programs, progress and failures on stderr."""

import dataclasses
import io
import json
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum
from pathlib import Path
from uuid import UUID

from pilab_desktop.domain.errors import InvalidInputError

_WRITTEN_OUT = "backslashreplace"


def speak_utf8() -> None:
    """Make stdout and stderr take every text: UTF-8 where a program or a file reads them, whatever the platform's own.

    A lone surrogate (a byte of a name that is not UTF-8, or an escape in somebody's file) has no bytes in UTF-8 and is
    written as `\\udce9`, which is JSON's own way to write it.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors=_WRITTEN_OUT)


def print_json(document: object) -> None:
    """Exactly one JSON document on stdout; indented where a person reads it (which costs ten times the time)."""
    indent = 2 if sys.stdout.isatty() else None
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=indent, default=_plain) + "\n")


def say(text: str) -> None:
    """A line for people on stdout."""
    sys.stdout.write(text + "\n")


def tell(text: str) -> None:
    """A line on stderr, which no program reads."""
    sys.stderr.write(text + "\n")


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, empty: str, right: Sequence[str] = ()) -> None:
    """A table on stdout; `empty` is said where there are no rows. Columns named in `right` align right."""
    if not rows:
        say(empty)
        return
    from rich.console import Console  # Rich only when something is drawn
    from rich.table import Table

    drawn = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        drawn.add_column(column, justify="right" if column in right else "left", overflow="fold")
    for row in rows:
        drawn.add_row(*(_escaped(cell) for cell in row))
    Console(width=None if sys.stdout.isatty() else 160, soft_wrap=False, highlight=False).print(drawn)


def deliver(text: str, out: Path | None) -> None:
    """A finished text to the file that was named, or to stdout where none was."""
    if out is None:
        say(text.rstrip("\n"))
    else:
        write_text(out, text)
        say(f"Wrote {out}.")


def write_text(path: Path, text: str) -> None:
    """Write a text file whole or not at all, in UTF-8 as `speak_utf8` says; see `write_file`."""
    write_file(path, text.encode("utf-8", _WRITTEN_OUT))


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all. A link is followed; what is no file, as a pipe or a device, is written to."""
    if path.exists() and not path.is_file() and not path.is_dir():
        path.write_bytes(content)
        return
    path = path.resolve()
    if path.is_dir():
        raise InvalidInputError(f"{path} is a folder; nothing was written. Name a file.")
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.write_bytes(content)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


class TerminalProgress:
    """Progress on stderr: one line that is rewritten on a terminal, a line for each step elsewhere."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._text = ""
        self._drawn_at = 0.0
        self._width = 0

    def step(self, text: str) -> None:
        """A new step."""
        if text == self._text:
            return
        self._text = text
        if self._terminal:
            self._draw(text)
        else:
            tell(text)

    def advance(self, done: int, total: int | None) -> None:
        """How far the step is; drawn ten times a second at most."""
        if self._terminal and time.monotonic() - self._drawn_at > 0.1:
            self._draw(f"{self._text}  {done:,} of {total:,}" if total else f"{self._text}  {done:,}")

    def clear(self) -> None:
        """Take the line away."""
        if self._width:
            sys.stderr.write("\r" + " " * self._width + "\r")
            sys.stderr.flush()
            self._width = 0

    def _draw(self, text: str) -> None:
        self._drawn_at = time.monotonic()
        sys.stderr.write("\r" + text.ljust(self._width))
        sys.stderr.flush()
        self._width = len(text)


def _plain(value: object) -> object:
    match value:
        case datetime():
            return value.isoformat()
        case UUID() | Path():
            return str(value)
        case Enum():
            return value.value
        case Mapping():
            return dict(value)
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _escaped(cell: str) -> str:
    from rich.markup import escape

    return escape(cell)
