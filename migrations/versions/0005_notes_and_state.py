"""Release notes, templates, the change feed and caches."""

import sqlalchemy as sa
from alembic import op

from pilab_desktop.storage.columns import Json, Key, Moment

revision = "0005_notes_and_state"
down_revision = "0004_drift"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it."""
    op.create_table(
        "change_feed",
        sa.Column("tenant_id", Key(), nullable=False),
        sa.Column("sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("entity_id", Key(), nullable=False),
        sa.Column("project_id", Key(), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_change_feed_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "sequence", name=op.f("pk_change_feed")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "feed_counters",
        sa.Column("tenant_id", Key(), nullable=False),
        sa.Column("last", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_feed_counters_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_feed_counters")),
        sqlite_strict=True,
    )
    op.create_table(
        "templates",
        sa.Column("tenant_id", Key(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_templates_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "name", name=op.f("pk_templates")),
        sqlite_strict=True,
    )
    op.create_table(
        "tickets",
        sa.Column("tenant_id", Key(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("labels", Json(), nullable=False),
        sa.Column("fix_versions", Json(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("fetched_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_tickets_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "source", "key", name=op.f("pk_tickets")),
        sqlite_strict=True,
    )
    op.create_table(
        "verdicts",
        sa.Column("tenant_id", Key(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", Json(), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_verdicts_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "kind", "key", name=op.f("pk_verdicts")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "release_notes",
        sa.Column("id", Key(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("tenant_id", Key(), nullable=False),
        sa.Column("project_id", Key(), nullable=False),
        sa.Column("drift_report_id", Key(), nullable=True),
        sa.Column("release", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("content", Json(), nullable=False),
        sa.Column("markdown", sa.Text(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.Column("published_at", Moment(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status IN ('DRAFT', 'GENERATED', 'REVIEWED', 'APPROVED', 'PUBLISHED')",
            name=op.f("ck_release_notes_status"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id", "drift_report_id"],
            ["drift_reports.tenant_id", "drift_reports.project_id", "drift_reports.id"],
            name=op.f("fk_release_notes_tenant_id_project_id_drift_report_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id"],
            ["projects.tenant_id", "projects.id"],
            name=op.f("fk_release_notes_tenant_id_project_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_notes")),
        sqlite_strict=True,
    )
    op.create_index("ix_release_notes_newest", "release_notes", ["tenant_id", "project_id", "created_at"], unique=False)
