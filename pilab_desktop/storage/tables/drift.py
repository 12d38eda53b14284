"""Drift reports and their review.

A report is frozen once it is stored, but for its status; decisions and comments hang on fingerprints, so they carry
over to every later report that finds the same difference (semantics.md §6). The plan's DriftTarget and DriftSource
are the ends in `drift_reports` and the resolution in `drift_sub_modules`.
"""

from sqlalchemy import Index, Integer, PrimaryKeyConstraint

from pilab_desktop.domain.commit import Origin, Relation
from pilab_desktop.domain.drift import DecisionKind, Direction, DriftStatus, DriftType, SinceLast
from pilab_desktop.domain.severity import Severity
from pilab_desktop.domain.ticket import TicketState
from pilab_desktop.storage.columns import AnyText, Choice, Flag, Json, Key, Moment, Texts, may, need
from pilab_desktop.storage.tables.metadata import (
    Entity,
    OfProject,
    of_project,
    project_reference,
    referred_in_project,
    table,
)


class DriftReportColumns(OfProject, Entity):
    """One report. `source_text` and `target_text` are the ends as text, by which a pair is found again."""

    project = need(AnyText())
    title = need(AnyText())
    source_text = need(AnyText())
    source_environment = may(AnyText())
    source_as_of = may(Moment())
    source_baseline = may(AnyText())
    target_text = need(AnyText())
    target_environment = may(AnyText())
    target_as_of = may(Moment())
    target_baseline = may(AnyText())
    status = need(Choice(DriftStatus))
    severity = need(Choice(Severity))
    summary = need(AnyText())
    complete = need(Flag())
    origin = need(Choice(Origin))
    commits_read = need(Integer())
    commits_expected = need(Integer())
    files_read = need(Integer())
    files_expected = need(Integer())
    problems = need(Json())
    ticketless_commits = need(Texts())
    suggestions = need(Texts())
    digest = need(AnyText())
    previous_report_id = may(Key())
    gone = need(Texts())
    updated_at = need(Moment())
    resolved_at = may(Moment())
    version = need(Integer())


drift_reports = table(
    "drift_reports",
    DriftReportColumns,
    of_project(),
    referred_in_project(),
    project_reference("previous_report_id", "drift_reports"),
    Index("ix_drift_reports_newest", "tenant_id", "project_id", "created_at"),
    Index("ix_drift_reports_pair", "tenant_id", "project_id", "source_text", "target_text", "created_at"),
)


class DriftSubModuleColumns(OfProject):
    """How one sub-module of one repository was resolved, and the counts (semantics.md §1)."""

    report_id = need(Key())
    position = need(Integer())
    sub_module = need(AnyText())
    repository = may(AnyText())
    path = need(AnyText())
    source_version = may(AnyText())
    target_version = may(AnyText())
    source_commit = may(AnyText())
    target_commit = may(AnyText())
    relation = need(Choice(Relation))
    ahead = need(Integer())
    behind = need(Integer())
    source_only = need(Integer())
    target_only = need(Integer())
    equivalent_source = need(Integer())
    equivalent_target = need(Integer())
    cancelled_source = need(Integer())
    cancelled_target = need(Integer())
    merges_source = need(Integer())
    merges_target = need(Integer())


drift_sub_modules = table(
    "drift_sub_modules",
    DriftSubModuleColumns,
    PrimaryKeyConstraint("tenant_id", "project_id", "report_id", "position"),
    of_project(),
    project_reference("report_id", "drift_reports"),
    clustered=True,
)


class DriftItemColumns(OfProject):
    """One item, in the report's order. The decision in force is not here: it may change, the item may not."""

    report_id = need(Key())
    position = need(Integer())
    id = need(Key())
    fingerprint = need(AnyText())
    subject_key = need(AnyText())
    type = need(Choice(DriftType))
    category = need(AnyText())
    direction = need(Choice(Direction))
    sub_module = need(AnyText())
    path = may(AnyText())
    severity = need(Choice(Severity))
    rule = need(AnyText())
    description = need(AnyText())
    old_value = may(Json())
    new_value = may(Json())
    tickets = need(Texts())
    expected = need(Flag())
    expected_rule_id = may(Key())
    since_last = may(Choice(SinceLast))
    root_cause = may(AnyText())
    metadata = need(Json())


drift_items = table(
    "drift_items",
    DriftItemColumns,
    PrimaryKeyConstraint("tenant_id", "project_id", "report_id", "position"),
    of_project(),
    project_reference("report_id", "drift_reports"),
    project_reference("expected_rule_id", "expected_rules"),
    Index(None, "tenant_id", "project_id", "fingerprint"),
    clustered=True,
)


class DriftTicketColumns(OfProject):
    """One ticket of a report and where its commits are (semantics.md §2, Tickets)."""

    report_id = need(Key())
    position = need(Integer())
    key = need(AnyText())
    state = need(Choice(TicketState))
    source_only = need(Texts())
    both = need(Texts())
    target_only = need(Texts())
    sub_modules = need(Texts())
    half_shipped = need(Texts())
    title = may(AnyText())
    type = may(AnyText())
    url = may(AnyText())


drift_tickets = table(
    "drift_tickets",
    DriftTicketColumns,
    PrimaryKeyConstraint("tenant_id", "project_id", "report_id", "position"),
    of_project(),
    project_reference("report_id", "drift_reports"),
    Index(None, "tenant_id", "project_id", "key"),
    clustered=True,
)


class DecisionColumns(OfProject):
    """One decision about a fingerprint. The newest is in force, the others are its history."""

    id = need(Key())
    fingerprint = need(AnyText())
    kind = need(Choice(DecisionKind))
    reason = need(AnyText())
    decided_by = need(AnyText())
    decided_at = need(Moment())


decisions = table(
    "decisions",
    DecisionColumns,
    PrimaryKeyConstraint("id"),
    of_project(),
    Index(None, "tenant_id", "project_id", "fingerprint", "decided_at"),
)


class CommentColumns(OfProject, Entity):
    """A remark on a fingerprint."""

    fingerprint = need(AnyText())
    text = need(AnyText())
    author = need(AnyText())


comments = table("comments", CommentColumns, of_project(), Index(None, "tenant_id", "project_id", "fingerprint"))


class ExpectedRuleColumns(OfProject, Entity):
    """A difference that is accepted once and remembered (semantics.md §4). NULL means "any"."""

    source_environment = may(AnyText())
    target_environment = may(AnyText())
    type = may(Choice(DriftType))
    category = may(AnyText())
    sub_module = may(AnyText())
    path_pattern = need(AnyText())
    value_pattern = may(AnyText())
    reason = need(AnyText())
    author = need(AnyText())
    expires_at = may(Moment())
    revoked_at = may(Moment())


expected_rules = table("expected_rules", ExpectedRuleColumns, of_project(), referred_in_project())


class SeverityPolicyColumns(OfProject):
    """A project's own severity policy, as YAML (semantics.md §3)."""

    yaml = need(AnyText())
    updated_at = need(Moment())
    version = need(Integer())


severity_policies = table(
    "severity_policies", SeverityPolicyColumns, PrimaryKeyConstraint("tenant_id", "project_id"), of_project()
)
