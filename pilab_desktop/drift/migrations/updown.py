"""A SQL migration's text: its up and its down part, and what is left of it without comments."""

import hashlib
import re
from dataclasses import dataclass

from pilab_desktop.drift.migrations.operation import Wrapping

_MARKER = re.compile(
    r"(?im)^[ \t]*(?:--|#)[ \t]*(?:\+goose[ \t]+|\+migrate[ \t]+|migrate:|-{0,3}[ \t]*!)(up|down)s?\b(.*)$"
    r"|^[ \t]*--[ \t]*(up|down)[ \t]+migration[ \t]*()$"
)
_NO_TRANSACTION = re.compile(
    r"(?im)^[ \t]*--[ \t]*(?:\+goose[ \t]+NO[ \t]+TRANSACTION|no-transaction|migrate:up\b.*\btransaction:[ \t]*false"
    r"|\+migrate[ \t]+up[ \t]+notransaction|flyway:executeInTransaction=false|executeInTransaction=false)"
)
_COMMENT_OR_TEXT = re.compile(
    r"('(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|\$(\w*)\$.*?\$\2\$)|--[^\n]*|/\*.*?\*/|(?<![^\s])#[^\n]*", re.DOTALL
)

_GAP = re.compile(r"\s+")
_AROUND_SIGNS = re.compile(r" ?([(),;=<>+*/|:]) ?")


@dataclass(frozen=True, slots=True)
class Script:
    """A SQL migration taken apart. `has_down` says whether anything but comments stands in a down part of the file.
    `wrapping` is None where the file says nothing about transactions.
    """

    up: str
    has_down: bool
    wrapping: Wrapping | None

    @property
    def digest(self) -> str:
        """Of the up part, whatever ends its lines."""
        return digest_of("\n".join(line.rstrip() for line in self.up.splitlines()).strip())

    @property
    def bare_digest(self) -> str:
        """Of the up part without comments and layout."""
        return digest_of(bare(self.up))


def decoded(data: bytes) -> str:
    """The text of a file: UTF-8, or UTF-16 where it begins with its mark; undecodable bytes stand as U+FFFD."""
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return data.decode("utf-16", errors="replace").replace("\r\n", "\n")
    return data.decode("utf-8-sig", errors="replace").replace("\r\n", "\n")


def script_of(text: str) -> Script:
    """Take a SQL migration apart. A file without markers is all up."""
    wrapping = Wrapping.NONE if _NO_TRANSACTION.search(text) else None
    markers = list(_MARKER.finditer(text))
    if not markers:
        return Script(text, has_down=False, wrapping=wrapping)
    parts: dict[str, list[str]] = {"up": [], "down": []}
    for marker, after in zip(markers, [*markers[1:], None], strict=True):
        part = text[marker.end() : after.start() if after else len(text)]
        parts[(marker[1] or marker[3]).lower()].append(part)
    return Script("".join(parts["up"]), has_down=any(bare(part) for part in parts["down"]), wrapping=wrapping)


def bare(sql: str) -> str:
    """SQL without comments, layout and case; what stands in quotes is kept as it is."""
    pieces: list[str] = []
    start = 0
    for found in _COMMENT_OR_TEXT.finditer(sql):
        pieces.extend((sql[start : found.start()].lower(), found[1] or " "))
        start = found.end()
    pieces.append(sql[start:].lower())
    return _AROUND_SIGNS.sub(r"\1", _GAP.sub(" ", "".join(pieces))).strip()


def digest_of(text: str) -> str:
    """A short name of a text, by its content."""
    return hashlib.sha256(text.encode("utf-8", errors="surrogateescape")).hexdigest()[:32]
