"""Projects with their sub-modules, repositories, commits, environments and variables.

Rows are marked as deleted, not removed: another desktop's copy has to learn of it (security.md, Offline). A name is
unique among those that are not deleted.
"""

from sqlalchemy import CheckConstraint, Index, Integer, LargeBinary, PrimaryKeyConstraint, column
from sqlalchemy.sql import ColumnElement

from pilab_desktop.domain.environment import Stage
from pilab_desktop.domain.project import GitProvider, ProjectStatus, SubModuleType
from pilab_desktop.storage.columns import AnyText, Choice, Flag, Json, Key, Moment, Settings, Texts, may, need
from pilab_desktop.storage.tables.metadata import (
    Entity,
    OfProject,
    OfWorkspace,
    of_project,
    of_workspace,
    project_reference,
    referred_in_project,
    referred_in_workspace,
    table,
    workspace_reference,
)


def _live() -> ColumnElement[bool]:
    return column("deleted_at").is_(None)


def _unique_while_live(name: str, *columns: str) -> Index:
    return Index(name, *columns, unique=True, sqlite_where=_live(), postgresql_where=_live())


class ProjectColumns(OfWorkspace, Entity):
    """One project. `fingerprint_key` keys the identities of secret values and leaves the workspace in no form."""

    name = need(AnyText())
    slug = need(AnyText())
    description = need(AnyText())
    status = need(Choice(ProjectStatus))
    settings = need(Settings())
    fingerprint_key = need(LargeBinary())
    updated_at = need(Moment())
    version = need(Integer())


_NOT_DELETED = column("status") != ProjectStatus.DELETED.value

projects = table(
    "projects",
    ProjectColumns,
    of_workspace(),
    referred_in_workspace(),
    Index(
        "uq_projects_slug", "tenant_id", "slug", unique=True, sqlite_where=_NOT_DELETED, postgresql_where=_NOT_DELETED
    ),
)


class SubModuleColumns(OfProject, Entity):
    """One part that is deployed on its own."""

    name = need(AnyText())
    type = need(Choice(SubModuleType))
    description = need(AnyText())
    settings = need(Json(), default="{}")
    deleted_at = may(Moment())
    version = need(Integer())


sub_modules = table(
    "sub_modules",
    SubModuleColumns,
    of_project(),
    referred_in_project(),
    _unique_while_live("uq_sub_modules_name", "tenant_id", "project_id", "name"),
)


class RepositoryColumns(OfProject, Entity):
    """One git repository."""

    name = need(AnyText())
    url = need(AnyText())
    provider = need(Choice(GitProvider))
    default_branch = may(AnyText())
    is_private = need(Flag(), default="0")
    integration_id = may(Key())
    webhook_id = may(AnyText())
    webhook_sealed = may(LargeBinary())
    settings = need(Json(), default="{}")
    last_sync_at = may(Moment())
    deleted_at = may(Moment())
    version = need(Integer())


repositories = table(
    "repositories",
    RepositoryColumns,
    of_project(),
    referred_in_project(),
    workspace_reference("integration_id", "integrations"),
    _unique_while_live("uq_repositories_url", "tenant_id", "project_id", "url"),
)


class RepositoryLinkColumns(OfProject, Entity):
    """A repository, or the part of it below `path`, is a sub-module's."""

    sub_module_id = need(Key())
    repository_id = need(Key())
    path = need(AnyText())
    deleted_at = may(Moment())
    version = need(Integer())


repository_links = table(
    "repository_links",
    RepositoryLinkColumns,
    of_project(),
    project_reference("sub_module_id", "sub_modules"),
    project_reference("repository_id", "repositories"),
    _unique_while_live("uq_repository_links_path", "tenant_id", "project_id", "sub_module_id", "repository_id", "path"),
)


class CommitColumns(OfProject):
    """One commit as it was read, kept by its sha: it never changes. Files and counts come later than the rest."""

    repository_id = need(Key())
    sha = need(AnyText())
    parents = need(Texts())
    author = need(AnyText())
    author_email = need(AnyText())
    authored_at = need(Moment())
    committed_at = need(Moment())
    message = need(AnyText())
    branch = may(AnyText())
    files = may(Json())
    additions = may(Integer())
    deletions = may(Integer())
    created_at = need(Moment())


commits = table(
    "commits",
    CommitColumns,
    PrimaryKeyConstraint("tenant_id", "project_id", "repository_id", "sha"),
    of_project(),
    project_reference("repository_id", "repositories"),
    Index(None, "tenant_id", "project_id", "repository_id", "committed_at"),
)


class EnvironmentColumns(OfProject, Entity):
    """A place where versions run."""

    name = need(AnyText())
    slug = need(AnyText())
    stage = need(Choice(Stage))
    order = need(Integer())
    description = need(AnyText())
    cluster_url = may(AnyText())
    namespace = may(AnyText())
    is_production = need(Flag())
    settings = need(Json(), default="{}")
    deleted_at = may(Moment())
    version = need(Integer())


environments = table(
    "environments",
    EnvironmentColumns,
    of_project(),
    referred_in_project(),
    _unique_while_live("uq_environments_slug", "tenant_id", "project_id", "slug"),
)


class PromotionColumns(OfProject):
    """One edge of the promotion path. `position` keeps the order in which an environment names its next ones."""

    from_environment_id = need(Key())
    to_environment_id = need(Key())
    position = need(Integer())


promotions = table(
    "promotions",
    PromotionColumns,
    PrimaryKeyConstraint("tenant_id", "project_id", "from_environment_id", "to_environment_id"),
    of_project(),
    project_reference("from_environment_id", "environments"),
    project_reference("to_environment_id", "environments"),
)


class VariableColumns(OfProject, Entity):
    """One variable of an environment. A secret has no plain value (security.md, Secrets)."""

    environment_id = need(Key())
    key = need(AnyText())
    value = may(AnyText())
    is_secret = need(Flag())
    is_empty = need(Flag())
    sealed = may(LargeBinary())
    fingerprint = may(LargeBinary())
    description = need(AnyText())
    updated_at = need(Moment())
    deleted_at = may(Moment())
    version = need(Integer())


environment_variables = table(
    "environment_variables",
    VariableColumns,
    of_project(),
    project_reference("environment_id", "environments"),
    CheckConstraint("NOT (is_secret AND value IS NOT NULL)", name="no_plain_secret"),
    _unique_while_live("uq_environment_variables_key", "tenant_id", "project_id", "environment_id", "key"),
)
