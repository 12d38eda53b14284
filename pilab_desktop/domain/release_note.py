"""Release notes (semantics.md §7; the shape is cli.md's "pilab.release-notes/1")."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pilab_desktop.domain.json import JsonValue
from pilab_desktop.domain.severity import Severity


class NoteCategory(StrEnum):
    """Where an entry stands; the order is the order of the sections."""

    SECURITY = "SECURITY"
    FEATURE = "FEATURE"
    ENHANCEMENT = "ENHANCEMENT"
    BUGFIX = "BUGFIX"
    PERFORMANCE = "PERFORMANCE"
    DEPRECATED = "DEPRECATED"
    DOCUMENTATION = "DOCUMENTATION"
    REFACTOR = "REFACTOR"
    CHORE = "CHORE"


class CategorySource(StrEnum):
    """Who decided an entry's category."""

    TICKET = "TICKET"
    CONVENTIONAL_COMMIT = "CONVENTIONAL_COMMIT"
    KEYWORD = "KEYWORD"
    MODEL = "MODEL"
    PERSON = "PERSON"
    DEFAULT = "DEFAULT"


class NoteStatus(StrEnum):
    """Where a release note stands."""

    DRAFT = "DRAFT"
    GENERATED = "GENERATED"
    REVIEWED = "REVIEWED"
    APPROVED = "APPROVED"
    PUBLISHED = "PUBLISHED"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteEntry:
    """One change as told to people: a ticket, or a commit or pull request that has none."""

    title: str
    description: str = ""
    category: NoteCategory
    category_source: CategorySource
    tickets: tuple[str, ...] = ()
    commits: tuple[str, ...] = ()
    pull_requests: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    breaking: bool = False
    sub_module: str | None = None
    ticket_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteSection:
    """The entries of one category."""

    category: NoteCategory
    title: str
    entries: tuple[NoteEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigurationChange:
    """One configuration key that differs. A secret's value is the mark that cli.md gives it."""

    path: str
    old_value: JsonValue
    new_value: JsonValue
    severity: Severity
    sub_module: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseChange:
    """One migration that will run. `sql` is its up part."""

    path: str
    kind: str
    tables: tuple[str, ...]
    reversible: bool
    sql: str
    severity: Severity
    sub_module: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteContent:
    """A release note's facts, before any template."""

    version: str
    title: str
    date: datetime
    project: str
    source: str
    target: str
    summary: str
    sections: tuple[NoteSection, ...]
    configuration: tuple[ConfigurationChange, ...] = ()
    database: tuple[DatabaseChange, ...] = ()
    instructions: tuple[str, ...] = ()
    contributors: tuple[str, ...] = ()
    complete: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseNote:
    """A stored release note."""

    id: UUID
    tenant_id: UUID
    project_id: UUID
    drift_report_id: UUID | None
    status: NoteStatus
    template: str
    content: NoteContent
    markdown: str
    created_at: datetime
    updated_at: datetime
    version: int = 1
