"""Environments, variables, deployments and baselines."""

import sqlalchemy as sa
from alembic import op

from pilab_desktop.storage.columns import Flag, Json, Key, Moment

revision = "0003_environments"
down_revision = "0002_projects"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it."""
    op.create_table(
        "baselines",
        sa.Column("id", Key(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("tenant_id", Key(), nullable=False),
        sa.Column("project_id", Key(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id"],
            ["projects.tenant_id", "projects.id"],
            name=op.f("fk_baselines_tenant_id_project_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_baselines")),
        sa.UniqueConstraint("tenant_id", "project_id", "id", name=op.f("uq_baselines_tenant_id_project_id_id")),
        sa.UniqueConstraint("tenant_id", "project_id", "name", name=op.f("uq_baselines_tenant_id_project_id_name")),
        sqlite_strict=True,
    )
    op.create_table(
        "environments",
        sa.Column("id", Key(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("tenant_id", Key(), nullable=False),
        sa.Column("project_id", Key(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("order", sa.Integer(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("cluster_url", sa.Text(), nullable=True),
        sa.Column("namespace", sa.Text(), nullable=True),
        sa.Column("is_production", Flag(), nullable=False),
        sa.Column("settings", Json(), server_default="{}", nullable=False),
        sa.Column("deleted_at", Moment(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "stage IN ('DEV', 'SIT', 'UAT', 'PERF', 'SEC', 'PRE_PROD', 'PROD', 'DR')",
            name=op.f("ck_environments_stage"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id"],
            ["projects.tenant_id", "projects.id"],
            name=op.f("fk_environments_tenant_id_project_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_environments")),
        sa.UniqueConstraint("tenant_id", "project_id", "id", name=op.f("uq_environments_tenant_id_project_id_id")),
        sqlite_strict=True,
    )
    op.create_index(
        "uq_environments_slug",
        "environments",
        ["tenant_id", "project_id", "slug"],
        unique=True,
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_table(
        "baseline_entries",
        sa.Column("tenant_id", Key(), nullable=False),
        sa.Column("project_id", Key(), nullable=False),
        sa.Column("environment_id", Key(), nullable=False),
        sa.Column("sub_module_id", Key(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("commit_sha", sa.Text(), nullable=True),
        sa.Column("image_tag", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("deployed_at", Moment(), nullable=False),
        sa.Column("deployed_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.Column("baseline_id", Key(), nullable=False),
        sa.Column("deployment_id", Key(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_current", Flag(), nullable=False),
        sa.Column("is_latest", Flag(), nullable=False),
        sa.CheckConstraint(
            "status IN ('UNKNOWN', 'PENDING', 'DEPLOYING', 'DEPLOYED', 'FAILED', 'ROLLED_BACK')",
            name=op.f("ck_baseline_entries_status"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id", "baseline_id"],
            ["baselines.tenant_id", "baselines.project_id", "baselines.id"],
            name=op.f("fk_baseline_entries_tenant_id_project_id_baseline_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id", "environment_id"],
            ["environments.tenant_id", "environments.project_id", "environments.id"],
            name=op.f("fk_baseline_entries_tenant_id_project_id_environment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id", "sub_module_id"],
            ["sub_modules.tenant_id", "sub_modules.project_id", "sub_modules.id"],
            name=op.f("fk_baseline_entries_tenant_id_project_id_sub_module_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id"],
            ["projects.tenant_id", "projects.id"],
            name=op.f("fk_baseline_entries_tenant_id_project_id"),
        ),
        sa.PrimaryKeyConstraint(
            "tenant_id", "project_id", "baseline_id", "deployment_id", name=op.f("pk_baseline_entries")
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "deployments",
        sa.Column("tenant_id", Key(), nullable=False),
        sa.Column("project_id", Key(), nullable=False),
        sa.Column("environment_id", Key(), nullable=False),
        sa.Column("sub_module_id", Key(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("commit_sha", sa.Text(), nullable=True),
        sa.Column("image_tag", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("deployed_at", Moment(), nullable=False),
        sa.Column("deployed_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("details", Json(), server_default="{}", nullable=False),
        sa.CheckConstraint(
            "status IN ('UNKNOWN', 'PENDING', 'DEPLOYING', 'DEPLOYED', 'FAILED', 'ROLLED_BACK')",
            name=op.f("ck_deployments_status"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id", "environment_id"],
            ["environments.tenant_id", "environments.project_id", "environments.id"],
            name=op.f("fk_deployments_tenant_id_project_id_environment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id", "sub_module_id"],
            ["sub_modules.tenant_id", "sub_modules.project_id", "sub_modules.id"],
            name=op.f("fk_deployments_tenant_id_project_id_sub_module_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id"],
            ["projects.tenant_id", "projects.id"],
            name=op.f("fk_deployments_tenant_id_project_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "project_id", "id", name=op.f("pk_deployments")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_deployments_cell",
        "deployments",
        ["project_id", "environment_id", "sub_module_id", "deployed_at", "recorded_at", "id", "status"],
        unique=False,
    )
    op.create_index(
        "ix_deployments_history", "deployments", ["project_id", "deployed_at", "recorded_at", "id"], unique=False
    )
    op.create_table(
        "environment_variables",
        sa.Column("id", Key(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("tenant_id", Key(), nullable=False),
        sa.Column("project_id", Key(), nullable=False),
        sa.Column("environment_id", Key(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("is_secret", Flag(), nullable=False),
        sa.Column("is_empty", Flag(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=True),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.Column("deleted_at", Moment(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "NOT (is_secret AND value IS NOT NULL)", name=op.f("ck_environment_variables_no_plain_secret")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id", "environment_id"],
            ["environments.tenant_id", "environments.project_id", "environments.id"],
            name=op.f("fk_environment_variables_tenant_id_project_id_environment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id"],
            ["projects.tenant_id", "projects.id"],
            name=op.f("fk_environment_variables_tenant_id_project_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_environment_variables")),
        sqlite_strict=True,
    )
    op.create_index(
        "uq_environment_variables_key",
        "environment_variables",
        ["tenant_id", "project_id", "environment_id", "key"],
        unique=True,
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_table(
        "promotions",
        sa.Column("tenant_id", Key(), nullable=False),
        sa.Column("project_id", Key(), nullable=False),
        sa.Column("from_environment_id", Key(), nullable=False),
        sa.Column("to_environment_id", Key(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id", "from_environment_id"],
            ["environments.tenant_id", "environments.project_id", "environments.id"],
            name=op.f("fk_promotions_tenant_id_project_id_from_environment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id", "to_environment_id"],
            ["environments.tenant_id", "environments.project_id", "environments.id"],
            name=op.f("fk_promotions_tenant_id_project_id_to_environment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id"],
            ["projects.tenant_id", "projects.id"],
            name=op.f("fk_promotions_tenant_id_project_id"),
        ),
        sa.PrimaryKeyConstraint(
            "tenant_id", "project_id", "from_environment_id", "to_environment_id", name=op.f("pk_promotions")
        ),
        sqlite_strict=True,
    )
