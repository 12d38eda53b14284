"""The workspace, its people, what they did and what outside systems it is connected to."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import Column, Index, Integer, LargeBinary, UniqueConstraint

from pilab_desktop.domain.workspace import ProjectRole, UserRole
from pilab_desktop.storage.columns import AnyText, Choice, Flag, Json, Key, Moment, may, need
from pilab_desktop.storage.tables.metadata import (
    Entity,
    OfProject,
    OfWorkspace,
    of_project,
    of_workspace,
    referred_in_workspace,
    table,
    workspace_reference,
)


class IntegrationType(StrEnum):
    """What an outside system is for."""

    GIT = "GIT"
    CI_CD = "CI_CD"
    TICKETING = "TICKETING"
    NOTIFICATION = "NOTIFICATION"
    MONITORING = "MONITORING"
    CLOUD = "CLOUD"


class IntegrationStatus(StrEnum):
    """How the connection to an outside system stands."""

    PENDING = "PENDING"
    CONNECTED = "CONNECTED"
    DISCONNECTED = "DISCONNECTED"
    ERROR = "ERROR"


class TenantColumns(Entity):
    """One workspace."""

    name = need(AnyText())
    slug = need(AnyText())
    settings = need(Json(), default="{}")
    version = need(Integer())


tenants = table("tenants", TenantColumns, UniqueConstraint("slug"))


class UserColumns(OfWorkspace, Entity):
    """One person. `password_hash` is Argon2id, NULL where the database or the operating system signs people in."""

    email = need(AnyText())
    first_name = need(AnyText())
    last_name = need(AnyText())
    avatar = may(AnyText())
    role = need(Choice(UserRole))
    password_hash = may(AnyText())
    is_active = need(Flag())
    last_login_at = may(Moment())
    version = need(Integer())


users = table("users", UserColumns, of_workspace(), referred_in_workspace(), UniqueConstraint("tenant_id", "email"))


class SessionColumns(OfWorkspace, Entity):
    """One sign-in. `token_hash` is a digest: who reads the row cannot sign in with it."""

    user_id = need(Key())
    token_hash = need(LargeBinary())
    machine = need(AnyText())
    expires_at = need(Moment())
    ended_at = may(Moment())


sessions = table(
    "sessions",
    SessionColumns,
    of_workspace(),
    workspace_reference("user_id", "users"),
    UniqueConstraint("token_hash"),
    Index(None, "tenant_id", "user_id"),
)


class IntegrationColumns(OfWorkspace, Entity):
    """One outside system. `config` holds nothing secret; `sealed` is the vault's."""

    name = need(AnyText())
    type = need(Choice(IntegrationType))
    provider = need(AnyText())
    config = need(Json(), default="{}")
    sealed = may(LargeBinary())
    status = need(Choice(IntegrationStatus))
    last_sync_at = may(Moment())
    deleted_at = may(Moment())
    version = need(Integer())


integrations = table("integrations", IntegrationColumns, of_workspace(), referred_in_workspace())


class ProjectAccessColumns(OfProject, Entity):
    """A person's role in a project."""

    user_id = need(Key())
    role = need(Choice(ProjectRole))
    revoked_at = may(Moment())
    version = need(Integer())


project_access = table(
    "project_access",
    ProjectAccessColumns,
    of_project(),
    workspace_reference("user_id", "users"),
    UniqueConstraint("tenant_id", "project_id", "user_id"),
)


class AuditColumns(OfWorkspace):
    """One line of the log. Triggers refuse to change or remove it (product.md W4)."""

    id: Column[UUID] = Column(Key(), primary_key=True)
    at = need(Moment())
    actor = need(AnyText())
    machine = need(AnyText())
    action = need(AnyText())
    entity = need(AnyText())
    entity_id = need(Key())
    project_id = may(Key())
    old = may(Json())
    new = may(Json())


audit_log = table(
    "audit_log",
    AuditColumns,
    of_workspace(),
    of_project(),
    Index(None, "tenant_id", "at", "id"),
    Index(None, "tenant_id", "project_id", "at", "id"),
    Index(None, "tenant_id", "entity", "entity_id"),
)
