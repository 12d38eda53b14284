"""Drift reports and their review."""

import sqlalchemy as sa
from alembic import op

from pilab_desktop.storage.columns import Flag, Json, Key, Moment

revision = "0004_drift"
down_revision = "0003_environments"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it."""
    op.create_table(
        "comments",
        sa.Column("id", Key(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("tenant_id", Key(), nullable=False),
        sa.Column("project_id", Key(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id"],
            ["projects.tenant_id", "projects.id"],
            name=op.f("fk_comments_tenant_id_project_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_comments_tenant_id_project_id_fingerprint"),
        "comments",
        ["tenant_id", "project_id", "fingerprint"],
        unique=False,
    )
    op.create_table(
        "decisions",
        sa.Column("tenant_id", Key(), nullable=False),
        sa.Column("project_id", Key(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", Moment(), nullable=False),
        sa.CheckConstraint("kind IN ('ACCEPT_EXPECTED', 'NEEDS_ACTION', 'IGNORE')", name=op.f("ck_decisions_kind")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id"],
            ["projects.tenant_id", "projects.id"],
            name=op.f("fk_decisions_tenant_id_project_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_decisions_tenant_id_project_id_fingerprint_decided_at"),
        "decisions",
        ["tenant_id", "project_id", "fingerprint", "decided_at"],
        unique=False,
    )
    op.create_table(
        "drift_reports",
        sa.Column("id", Key(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("tenant_id", Key(), nullable=False),
        sa.Column("project_id", Key(), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("source_text", sa.Text(), nullable=False),
        sa.Column("source_environment", sa.Text(), nullable=True),
        sa.Column("source_as_of", Moment(), nullable=True),
        sa.Column("source_baseline", sa.Text(), nullable=True),
        sa.Column("target_text", sa.Text(), nullable=False),
        sa.Column("target_environment", sa.Text(), nullable=True),
        sa.Column("target_as_of", Moment(), nullable=True),
        sa.Column("target_baseline", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("complete", Flag(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("commits_read", sa.Integer(), nullable=False),
        sa.Column("commits_expected", sa.Integer(), nullable=False),
        sa.Column("files_read", sa.Integer(), nullable=False),
        sa.Column("files_expected", sa.Integer(), nullable=False),
        sa.Column("problems", Json(), nullable=False),
        sa.Column("ticketless_commits", Json(), nullable=False),
        sa.Column("suggestions", Json(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("previous_report_id", Key(), nullable=True),
        sa.Column("gone", Json(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.Column("resolved_at", Moment(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("origin IN ('LOCAL_MIRROR', 'HOST_API')", name=op.f("ck_drift_reports_origin")),
        sa.CheckConstraint(
            "severity IN ('CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFO')", name=op.f("ck_drift_reports_severity")
        ),
        sa.CheckConstraint(
            "status IN ('DETECTED', 'ANALYZING', 'REVIEWED', 'APPROVED', 'RESOLVED', 'IGNORED')",
            name=op.f("ck_drift_reports_status"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id", "previous_report_id"],
            ["drift_reports.tenant_id", "drift_reports.project_id", "drift_reports.id"],
            name=op.f("fk_drift_reports_tenant_id_project_id_previous_report_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id"],
            ["projects.tenant_id", "projects.id"],
            name=op.f("fk_drift_reports_tenant_id_project_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drift_reports")),
        sa.UniqueConstraint("tenant_id", "project_id", "id", name=op.f("uq_drift_reports_tenant_id_project_id_id")),
        sqlite_strict=True,
    )
    op.create_index("ix_drift_reports_newest", "drift_reports", ["tenant_id", "project_id", "created_at"], unique=False)
    op.create_index(
        "ix_drift_reports_pair",
        "drift_reports",
        ["tenant_id", "project_id", "source_text", "target_text", "created_at"],
        unique=False,
    )
    op.create_table(
        "expected_rules",
        sa.Column("id", Key(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("tenant_id", Key(), nullable=False),
        sa.Column("project_id", Key(), nullable=False),
        sa.Column("source_environment", sa.Text(), nullable=True),
        sa.Column("target_environment", sa.Text(), nullable=True),
        sa.Column("type", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("sub_module", sa.Text(), nullable=True),
        sa.Column("path_pattern", sa.Text(), nullable=False),
        sa.Column("value_pattern", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=True),
        sa.Column("revoked_at", Moment(), nullable=True),
        sa.CheckConstraint(
            "type IN ('CODE', 'CONFIG', 'DATABASE', 'INFRASTRUCTURE', 'IMAGE', 'DEPENDENCY')",
            name=op.f("ck_expected_rules_type"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id"],
            ["projects.tenant_id", "projects.id"],
            name=op.f("fk_expected_rules_tenant_id_project_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expected_rules")),
        sa.UniqueConstraint("tenant_id", "project_id", "id", name=op.f("uq_expected_rules_tenant_id_project_id_id")),
        sqlite_strict=True,
    )
    op.create_table(
        "severity_policies",
        sa.Column("tenant_id", Key(), nullable=False),
        sa.Column("project_id", Key(), nullable=False),
        sa.Column("yaml", sa.Text(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id"],
            ["projects.tenant_id", "projects.id"],
            name=op.f("fk_severity_policies_tenant_id_project_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "project_id", name=op.f("pk_severity_policies")),
        sqlite_strict=True,
    )
    op.create_table(
        "drift_items",
        sa.Column("tenant_id", Key(), nullable=False),
        sa.Column("project_id", Key(), nullable=False),
        sa.Column("report_id", Key(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("subject_key", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("sub_module", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=True),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("old_value", Json(), nullable=True),
        sa.Column("new_value", Json(), nullable=True),
        sa.Column("tickets", Json(), nullable=False),
        sa.Column("expected", Flag(), nullable=False),
        sa.Column("expected_rule_id", Key(), nullable=True),
        sa.Column("since_last", sa.Text(), nullable=True),
        sa.Column("root_cause", sa.Text(), nullable=True),
        sa.Column("metadata", Json(), nullable=False),
        sa.CheckConstraint(
            "direction IN ('SOURCE_ONLY', 'TARGET_ONLY', 'DIFFERENT')", name=op.f("ck_drift_items_direction")
        ),
        sa.CheckConstraint(
            "severity IN ('CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFO')", name=op.f("ck_drift_items_severity")
        ),
        sa.CheckConstraint("since_last IN ('NEW', 'STILL_THERE')", name=op.f("ck_drift_items_since_last")),
        sa.CheckConstraint(
            "type IN ('CODE', 'CONFIG', 'DATABASE', 'INFRASTRUCTURE', 'IMAGE', 'DEPENDENCY')",
            name=op.f("ck_drift_items_type"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id", "expected_rule_id"],
            ["expected_rules.tenant_id", "expected_rules.project_id", "expected_rules.id"],
            name=op.f("fk_drift_items_tenant_id_project_id_expected_rule_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id", "report_id"],
            ["drift_reports.tenant_id", "drift_reports.project_id", "drift_reports.id"],
            name=op.f("fk_drift_items_tenant_id_project_id_report_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id"],
            ["projects.tenant_id", "projects.id"],
            name=op.f("fk_drift_items_tenant_id_project_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "project_id", "report_id", "position", name=op.f("pk_drift_items")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_drift_items_tenant_id_project_id_fingerprint"),
        "drift_items",
        ["tenant_id", "project_id", "fingerprint"],
        unique=False,
    )
    op.create_table(
        "drift_sub_modules",
        sa.Column("tenant_id", Key(), nullable=False),
        sa.Column("project_id", Key(), nullable=False),
        sa.Column("report_id", Key(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sub_module", sa.Text(), nullable=False),
        sa.Column("repository", sa.Text(), nullable=True),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("source_version", sa.Text(), nullable=True),
        sa.Column("target_version", sa.Text(), nullable=True),
        sa.Column("source_commit", sa.Text(), nullable=True),
        sa.Column("target_commit", sa.Text(), nullable=True),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("ahead", sa.Integer(), nullable=False),
        sa.Column("behind", sa.Integer(), nullable=False),
        sa.Column("source_only", sa.Integer(), nullable=False),
        sa.Column("target_only", sa.Integer(), nullable=False),
        sa.Column("equivalent_source", sa.Integer(), nullable=False),
        sa.Column("equivalent_target", sa.Integer(), nullable=False),
        sa.Column("cancelled_source", sa.Integer(), nullable=False),
        sa.Column("cancelled_target", sa.Integer(), nullable=False),
        sa.Column("merges_source", sa.Integer(), nullable=False),
        sa.Column("merges_target", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "relation IN ('SAME', 'AHEAD', 'BEHIND', 'DIVERGED', 'ONLY_IN_SOURCE', 'ONLY_IN_TARGET', 'UNRESOLVED')",
            name=op.f("ck_drift_sub_modules_relation"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id", "report_id"],
            ["drift_reports.tenant_id", "drift_reports.project_id", "drift_reports.id"],
            name=op.f("fk_drift_sub_modules_tenant_id_project_id_report_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id"],
            ["projects.tenant_id", "projects.id"],
            name=op.f("fk_drift_sub_modules_tenant_id_project_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "project_id", "report_id", "position", name=op.f("pk_drift_sub_modules")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "drift_tickets",
        sa.Column("tenant_id", Key(), nullable=False),
        sa.Column("project_id", Key(), nullable=False),
        sa.Column("report_id", Key(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("source_only", Json(), nullable=False),
        sa.Column("both", Json(), nullable=False),
        sa.Column("target_only", Json(), nullable=False),
        sa.Column("sub_modules", Json(), nullable=False),
        sa.Column("half_shipped", Json(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("type", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('IN_SOURCE_ONLY', 'IN_BOTH', 'IN_TARGET_ONLY', 'SPLIT')", name=op.f("ck_drift_tickets_state")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id", "report_id"],
            ["drift_reports.tenant_id", "drift_reports.project_id", "drift_reports.id"],
            name=op.f("fk_drift_tickets_tenant_id_project_id_report_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id"],
            ["projects.tenant_id", "projects.id"],
            name=op.f("fk_drift_tickets_tenant_id_project_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "project_id", "report_id", "position", name=op.f("pk_drift_tickets")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_drift_tickets_tenant_id_project_id_key"),
        "drift_tickets",
        ["tenant_id", "project_id", "key"],
        unique=False,
    )
