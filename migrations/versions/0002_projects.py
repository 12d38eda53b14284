"""Projects, sub-modules, repositories, commits, roles in projects and the audit log."""

import sqlalchemy as sa
from alembic import op

from pilab_desktop.storage.columns import Flag, Json, Key, Moment

revision = "0002_projects"
down_revision = "0001_people"
branch_labels = None
depends_on = None

_APPEND_ONLY_SQLITE = (
    "CREATE TRIGGER audit_log_refuses_update BEFORE UPDATE ON audit_log "
    "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
    "CREATE TRIGGER audit_log_refuses_delete BEFORE DELETE ON audit_log "
    "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
)

_APPEND_ONLY_POSTGRES = (
    "CREATE FUNCTION audit_log_refuses() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp "
    "AS $$ BEGIN RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'integrity_constraint_violation'; "
    "END $$",
    "CREATE TRIGGER audit_log_refuses_update BEFORE UPDATE ON audit_log EXECUTE FUNCTION audit_log_refuses()",
    "CREATE TRIGGER audit_log_refuses_delete BEFORE DELETE OR TRUNCATE ON audit_log "
    "EXECUTE FUNCTION audit_log_refuses()",
)


def upgrade() -> None:
    """Apply it."""
    op.create_table(
        "projects",
        sa.Column("id", Key(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("tenant_id", Key(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("settings", Json(), nullable=False),
        sa.Column("fingerprint_key", sa.LargeBinary(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("status IN ('ACTIVE', 'ARCHIVED', 'DELETED')", name=op.f("ck_projects_status")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_projects_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_projects_tenant_id_id")),
        sqlite_strict=True,
    )
    op.create_index(
        "uq_projects_slug",
        "projects",
        ["tenant_id", "slug"],
        unique=True,
        sqlite_where=sa.text("status != 'DELETED'"),
        postgresql_where=sa.text("status != 'DELETED'"),
    )
    op.create_table(
        "audit_log",
        sa.Column("tenant_id", Key(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("machine", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("entity_id", Key(), nullable=False),
        sa.Column("project_id", Key(), nullable=True),
        sa.Column("old", Json(), nullable=True),
        sa.Column("new", Json(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id"],
            ["projects.tenant_id", "projects.id"],
            name=op.f("fk_audit_log_tenant_id_project_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_audit_log_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_audit_log_tenant_id_at_id"), "audit_log", ["tenant_id", "at", "id"], unique=False)
    op.create_index(
        op.f("ix_audit_log_tenant_id_entity_entity_id"), "audit_log", ["tenant_id", "entity", "entity_id"], unique=False
    )
    op.create_index(
        op.f("ix_audit_log_tenant_id_project_id_at_id"),
        "audit_log",
        ["tenant_id", "project_id", "at", "id"],
        unique=False,
    )
    op.create_table(
        "project_access",
        sa.Column("id", Key(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("tenant_id", Key(), nullable=False),
        sa.Column("project_id", Key(), nullable=False),
        sa.Column("user_id", Key(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("revoked_at", Moment(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("role IN ('OWNER', 'ADMIN', 'CONTRIBUTOR', 'VIEWER')", name=op.f("ck_project_access_role")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id"],
            ["projects.tenant_id", "projects.id"],
            name=op.f("fk_project_access_tenant_id_project_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"], ["users.tenant_id", "users.id"], name=op.f("fk_project_access_tenant_id_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_access")),
        sa.UniqueConstraint(
            "tenant_id", "project_id", "user_id", name=op.f("uq_project_access_tenant_id_project_id_user_id")
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "repositories",
        sa.Column("id", Key(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("tenant_id", Key(), nullable=False),
        sa.Column("project_id", Key(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("default_branch", sa.Text(), nullable=True),
        sa.Column("is_private", Flag(), server_default="0", nullable=False),
        sa.Column("integration_id", Key(), nullable=True),
        sa.Column("webhook_id", sa.Text(), nullable=True),
        sa.Column("webhook_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("settings", Json(), server_default="{}", nullable=False),
        sa.Column("last_sync_at", Moment(), nullable=True),
        sa.Column("deleted_at", Moment(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "provider IN ('GITHUB', 'GITLAB', 'BITBUCKET', 'LOCAL', 'OTHER')", name=op.f("ck_repositories_provider")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "integration_id"],
            ["integrations.tenant_id", "integrations.id"],
            name=op.f("fk_repositories_tenant_id_integration_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id"],
            ["projects.tenant_id", "projects.id"],
            name=op.f("fk_repositories_tenant_id_project_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repositories")),
        sa.UniqueConstraint("tenant_id", "project_id", "id", name=op.f("uq_repositories_tenant_id_project_id_id")),
        sqlite_strict=True,
    )
    op.create_index(
        "uq_repositories_url",
        "repositories",
        ["tenant_id", "project_id", "url"],
        unique=True,
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_table(
        "sub_modules",
        sa.Column("id", Key(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("tenant_id", Key(), nullable=False),
        sa.Column("project_id", Key(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("settings", Json(), server_default="{}", nullable=False),
        sa.Column("deleted_at", Moment(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "type IN ('BACKEND', 'FRONTEND', 'DATABASE', 'INFRASTRUCTURE', 'LIBRARY', 'OTHER')",
            name=op.f("ck_sub_modules_type"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id"],
            ["projects.tenant_id", "projects.id"],
            name=op.f("fk_sub_modules_tenant_id_project_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sub_modules")),
        sa.UniqueConstraint("tenant_id", "project_id", "id", name=op.f("uq_sub_modules_tenant_id_project_id_id")),
        sqlite_strict=True,
    )
    op.create_index(
        "uq_sub_modules_name",
        "sub_modules",
        ["tenant_id", "project_id", "name"],
        unique=True,
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_table(
        "commits",
        sa.Column("tenant_id", Key(), nullable=False),
        sa.Column("project_id", Key(), nullable=False),
        sa.Column("repository_id", Key(), nullable=False),
        sa.Column("sha", sa.Text(), nullable=False),
        sa.Column("parents", Json(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("author_email", sa.Text(), nullable=False),
        sa.Column("authored_at", Moment(), nullable=False),
        sa.Column("committed_at", Moment(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("branch", sa.Text(), nullable=True),
        sa.Column("files", Json(), nullable=True),
        sa.Column("additions", sa.Integer(), nullable=True),
        sa.Column("deletions", sa.Integer(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id", "repository_id"],
            ["repositories.tenant_id", "repositories.project_id", "repositories.id"],
            name=op.f("fk_commits_tenant_id_project_id_repository_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id"],
            ["projects.tenant_id", "projects.id"],
            name=op.f("fk_commits_tenant_id_project_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "project_id", "repository_id", "sha", name=op.f("pk_commits")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_commits_tenant_id_project_id_repository_id_committed_at"),
        "commits",
        ["tenant_id", "project_id", "repository_id", "committed_at"],
        unique=False,
    )
    op.create_table(
        "repository_links",
        sa.Column("id", Key(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("tenant_id", Key(), nullable=False),
        sa.Column("project_id", Key(), nullable=False),
        sa.Column("sub_module_id", Key(), nullable=False),
        sa.Column("repository_id", Key(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("deleted_at", Moment(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id", "repository_id"],
            ["repositories.tenant_id", "repositories.project_id", "repositories.id"],
            name=op.f("fk_repository_links_tenant_id_project_id_repository_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id", "sub_module_id"],
            ["sub_modules.tenant_id", "sub_modules.project_id", "sub_modules.id"],
            name=op.f("fk_repository_links_tenant_id_project_id_sub_module_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id"],
            ["projects.tenant_id", "projects.id"],
            name=op.f("fk_repository_links_tenant_id_project_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repository_links")),
        sqlite_strict=True,
    )
    op.create_index(
        "uq_repository_links_path",
        "repository_links",
        ["tenant_id", "project_id", "sub_module_id", "repository_id", "path"],
        unique=True,
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _APPEND_ONLY_SQLITE if sqlite else _APPEND_ONLY_POSTGRES:
        op.execute(statement)
