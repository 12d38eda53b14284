"""Projects, their sub-modules and repositories."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class ProjectStatus(StrEnum):
    """A deleted project is kept until it is purged, so that deleting can be undone."""

    ACTIVE = "ACTIVE"
    ARCHIVED = "ARCHIVED"
    DELETED = "DELETED"


class SubModuleType(StrEnum):
    """What a sub-module is."""

    BACKEND = "BACKEND"
    FRONTEND = "FRONTEND"
    DATABASE = "DATABASE"
    INFRASTRUCTURE = "INFRASTRUCTURE"
    LIBRARY = "LIBRARY"
    OTHER = "OTHER"


class GitProvider(StrEnum):
    """Where a repository lives; LOCAL is a folder on this machine, OTHER any URL that git can clone."""

    GITHUB = "GITHUB"
    GITLAB = "GITLAB"
    BITBUCKET = "BITBUCKET"
    LOCAL = "LOCAL"
    OTHER = "OTHER"


DEFAULT_TAG_PATTERNS = (
    "{version}",
    "v{version}",
    "{sub_module}-{version}",
    "{sub_module}-v{version}",
    "{sub_module}/v{version}",
    "{sub_module}@{version}",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectSettings:
    """What a project says about itself.

    `tag_patterns` name the tags that a version may stand for (semantics.md §1). `ticket_prefixes` are the keys' project
    parts; empty means "every key that is not a well-known non-ticket" (§2). `config_files` name configuration that
    convention does not find: a path, in which `{environment}` stands for an environment's slug. `sql_dialect` is
    sqlglot's name of the database, or None to guess. `ticket_url` holds `{key}`. `environments_are_refs` says that the
    environments stand for git refs, so that no file is taken for an environment's own by its name.
    """

    tag_patterns: tuple[str, ...] = DEFAULT_TAG_PATTERNS
    ticket_prefixes: tuple[str, ...] = ()
    ticket_url: str | None = None
    config_files: tuple[str, ...] = ()
    sql_dialect: str | None = None
    environments_are_refs: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A product that is released as one: sub-modules down, environments across.

    `fingerprint_key` keys the fingerprints of secret-looking values that are read from repositories, so that equal ones
    can be told apart from different ones without an unkeyed hash (semantics.md §4). It leaves the workspace in no form.
    """

    id: UUID
    tenant_id: UUID
    name: str
    slug: str
    description: str = ""
    status: ProjectStatus = ProjectStatus.ACTIVE
    settings: ProjectSettings = field(default_factory=ProjectSettings)
    fingerprint_key: bytes = field(repr=False)
    created_at: datetime
    updated_at: datetime
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SubModule:
    """A part of a project that is deployed on its own. `name` is unique in the project and doubles as its slug."""

    id: UUID
    tenant_id: UUID
    project_id: UUID
    name: str
    type: SubModuleType = SubModuleType.OTHER
    description: str = ""
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """A git repository of a project. `url` is a folder or a clone URL and never holds a credential."""

    id: UUID
    tenant_id: UUID
    project_id: UUID
    name: str
    url: str
    provider: GitProvider
    default_branch: str | None = None
    last_sync_at: datetime | None = None
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryLink:
    """Says that a repository, or the part of it below `path`, is a sub-module's. `path` is "" for all of it."""

    id: UUID
    tenant_id: UUID
    project_id: UUID
    sub_module_id: UUID
    repository_id: UUID
    path: str = ""
    version: int = 1


def slug_of(name: str) -> str:
    """The name in lower case, letters and digits of ASCII, words joined by hyphens; "" where nothing is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
