"""A migration as a file of a repository, before anything of it is read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from pilab_desktop.drift.migrations.operation import Wrapping

Order = tuple[int | str, ...]
"""Where a migration stands among the others of its folder; only orders of one tool are compared."""


class Language(StrEnum):
    """What a migration is written in, and so who reads it."""

    SQL = "sql"
    ALEMBIC = "alembic"
    DJANGO = "django"


class Content(StrEnum):
    """By what a tool tells that an applied migration was edited."""

    LINES = "lines"
    """Checksums over every line, whatever ends it (Flyway)."""
    BYTES = "bytes"
    """A checksum over the file (Prisma)."""
    UP = "up"
    """None of its own: what was run counts, so the up part is compared."""


class Identity(StrEnum):
    """What makes two files the same migration."""

    VERSION = "version"
    NAME = "name"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A migration tool's rules. `renumbers` says that it gives migrations new numbers by itself (`goose fix`)."""

    name: str
    language: Language = Language.SQL
    identity: Identity = Identity.VERSION
    content: Content = Content.UP
    wrapping: Wrapping = Wrapping.NONE
    renumbers: bool = False
    is_graph: bool = False


class Role(StrEnum):
    """When a migration runs: once, whenever it changed, or only where nothing ran before."""

    VERSIONED = "versioned"
    REPEATABLE = "repeatable"
    BASELINE = "baseline"


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationFile:
    """One migration. `folder` is where its history lives, `name` what stands beside the version. The down part is in
    `down_path` where it is a file of its own. `wrapping` is None where the tool's own rule holds.
    """

    tool: Tool
    folder: str
    path: str
    blob: str
    version: str
    order: Order
    name: str
    role: Role = Role.VERSIONED
    down_path: str | None = None
    down_blob: str | None = None
    wrapping: Wrapping | None = None


FindMigrations = Callable[[Mapping[str, str]], list[MigrationFile]]
"""Path to blob id in, migrations out; names only, no content."""


def split_path(path: str) -> tuple[str, str]:
    """Folder ("" at the root) and file name."""
    folder, _, name = path.rpartition("/")
    return folder, name
