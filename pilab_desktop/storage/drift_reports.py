"""Drift reports, decisions, comments and expected differences (`ports.storage.DriftReports`)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping, select

from pilab_desktop.domain.drift import (
    Comment,
    Decision,
    DriftReport,
    DriftStatus,
    ExpectedRule,
    SubModuleDrift,
)
from pilab_desktop.storage.drift_rows import (
    REPORT,
    TICKET,
    item_of,
    part_rows,
    problems_of,
    report_of,
    report_row,
    sub_module_of,
)
from pilab_desktop.storage.id_prefix import ids_with_prefix
from pilab_desktop.storage.shape import Shape
from pilab_desktop.storage.tables.drift import (
    comments,
    decisions,
    drift_items,
    drift_reports,
    drift_sub_modules,
    drift_tickets,
    expected_rules,
    severity_policies,
)
from pilab_desktop.storage.transaction import Transaction

_DECISION = Shape(Decision, decisions)
_COMMENT = Shape(Comment, comments)
_RULE = Shape(ExpectedRule, expected_rules)


class SqlDriftReports:
    """The drift reports of one workspace."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, report: DriftReport) -> None:
        """With all its parts. The items' decisions are not stored with them: `decide` keeps those."""
        sub_modules, items, tickets = part_rows(report)
        self._transaction.insert(drift_reports, report_row(report))
        self._transaction.insert_many(drift_sub_modules, sub_modules)
        self._transaction.insert_many(drift_items, items)
        self._transaction.insert_many(drift_tickets, tickets)
        self._transaction.touched("drift_report", report.id, report.project_id)

    def get(self, report_id: UUID) -> DriftReport | None:
        """With its items; their `decision` is the one in force now."""
        row = self._transaction.first(self._transaction.select(drift_reports).where(drift_reports.c.id == report_id))
        return self._whole(row) if row else None

    def list(self, project_id: UUID, *, limit: int = 200) -> tuple[DriftReport, ...]:
        """Newest first, without items, tickets and problems."""
        rows = self._transaction.all(
            self._transaction.select(drift_reports)
            .where(drift_reports.c.project_id == project_id)
            .order_by(drift_reports.c.created_at.desc(), drift_reports.c.id.desc())
            .limit(limit)
        )
        sub_modules = self._sub_modules(project_id, [row["id"] for row in rows])
        return tuple(report_of(row, sub_modules[row["id"]]) for row in rows)

    def latest(self, project_id: UUID, source: str, target: str) -> DriftReport | None:
        """The newest report between two ends (as text, see End), with its items."""
        row = self._transaction.first(
            self._transaction.select(drift_reports)
            .where(
                drift_reports.c.project_id == project_id,
                drift_reports.c.source_text == source,
                drift_reports.c.target_text == target,
            )
            .order_by(drift_reports.c.created_at.desc(), drift_reports.c.id.desc())
            .limit(1)
        )
        return self._whole(row) if row else None

    def find(self, project_id: UUID, prefix: str) -> tuple[UUID, ...]:
        """Ids of reports whose id begins with (or is) the text."""
        return ids_with_prefix(self._transaction, drift_reports, project_id, prefix)

    def set_status(self, report: DriftReport, status: DriftStatus) -> DriftReport:
        """The report as given, with the status and its new version. Raises ConflictError."""
        now = self._transaction.clock.now()
        values = {
            "status": status,
            "updated_at": now,
            "resolved_at": now if status is DriftStatus.RESOLVED else None,
        }
        self._transaction.change(
            REPORT, report, values, f"the report “{report.title}”", stored=lambda: self.get(report.id)
        )
        self._transaction.touched("drift_report", report.id, report.project_id)
        return replace(report, status=status, version=report.version + 1)

    def decide(self, decision: Decision) -> None:
        """Put a decision in force; earlier ones of the fingerprint are kept as history."""
        self._transaction.insert(decisions, _DECISION.values(decision))
        self._transaction.touched("decision", decision.id, decision.project_id)

    def decisions(self, project_id: UUID) -> Mapping[str, Decision]:
        """Fingerprint to the decision in force."""
        rows = self._transaction.all(
            self._transaction.select(decisions, _DECISION.columns)
            .where(decisions.c.project_id == project_id)
            .order_by(decisions.c.decided_at, decisions.c.id)
        )
        return {row["fingerprint"]: _DECISION.of(row) for row in rows}

    def add_comment(self, comment: Comment) -> None:
        """Put a remark on a fingerprint."""
        self._transaction.insert(comments, _COMMENT.values(comment))
        self._transaction.touched("comment", comment.id, comment.project_id)

    def comments(self, project_id: UUID, fingerprint: str) -> tuple[Comment, ...]:
        """Oldest first."""
        rows = self._transaction.all(
            self._transaction.select(comments, _COMMENT.columns)
            .where(comments.c.project_id == project_id, comments.c.fingerprint == fingerprint)
            .order_by(comments.c.created_at, comments.c.id)
        )
        return tuple(_COMMENT.of(row) for row in rows)

    def add_expected_rule(self, rule: ExpectedRule) -> None:
        """Remember an accepted difference."""
        self._transaction.insert(expected_rules, _RULE.values(rule))
        self._transaction.touched("expected_rule", rule.id, rule.project_id)

    def revoke_expected_rule(self, rule: ExpectedRule, at: datetime) -> None:
        """It no longer holds from then on; one that was revoked before keeps its moment."""
        self._transaction.run(
            self._transaction.update(expected_rules)
            .where(expected_rules.c.id == rule.id, expected_rules.c.revoked_at.is_(None))
            .values(revoked_at=at)
        )
        self._transaction.touched("expected_rule", rule.id, rule.project_id)

    def expected_rules(self, project_id: UUID) -> tuple[ExpectedRule, ...]:
        """Those that are not revoked, oldest first."""
        rows = self._transaction.all(
            self._transaction.select(expected_rules, _RULE.columns)
            .where(expected_rules.c.project_id == project_id, expected_rules.c.revoked_at.is_(None))
            .order_by(expected_rules.c.created_at, expected_rules.c.id)
        )
        return tuple(_RULE.of(row) for row in rows)

    def severity_policy(self, project_id: UUID) -> str | None:
        """The project's own policy as YAML, None for the shipped one."""
        row = self._transaction.first(
            self._transaction.select(severity_policies).where(severity_policies.c.project_id == project_id)
        )
        return str(row["yaml"]) if row else None

    def set_severity_policy(self, project_id: UUID, yaml: str | None) -> None:
        """None goes back to the shipped one."""
        policies = severity_policies.c
        if yaml is None:
            self._transaction.run(self._transaction.delete(severity_policies).where(policies.project_id == project_id))
        else:
            values = {"yaml": yaml, "updated_at": self._transaction.clock.now()}
            changed = self._transaction.run(
                self._transaction.update(severity_policies)
                .where(policies.project_id == project_id)
                .values(**values, version=policies.version + 1)
            )
            if not changed:
                owner = {"tenant_id": self._transaction.tenant_id, "project_id": project_id}
                self._transaction.insert(severity_policies, {**owner, **values, "version": 1})
        self._transaction.touched("severity_policy", project_id, project_id)

    def _whole(self, row: RowMapping) -> DriftReport:
        report_id, project_id = row["id"], row["project_id"]
        items = self._transaction.all(
            self._transaction.select(drift_items)
            .where(drift_items.c.project_id == project_id, drift_items.c.report_id == report_id)
            .order_by(drift_items.c.position)
        )
        tickets = self._transaction.all(
            self._transaction.select(drift_tickets)
            .where(drift_tickets.c.project_id == project_id, drift_tickets.c.report_id == report_id)
            .order_by(drift_tickets.c.position)
        )
        in_force = self._in_force(project_id, report_id)
        return report_of(
            row,
            self._sub_modules(project_id, [report_id])[report_id],
            tuple(item_of(item, in_force) for item in items),
            tuple(TICKET.of(ticket) for ticket in tickets),
            problems_of(row),
        )

    def _in_force(self, project_id: UUID, report_id: UUID) -> Mapping[str, Decision]:
        found = select(drift_items.c.fingerprint).where(
            drift_items.c.tenant_id == self._transaction.tenant_id,
            drift_items.c.project_id == project_id,
            drift_items.c.report_id == report_id,
        )
        rows = self._transaction.all(
            self._transaction.select(decisions, _DECISION.columns)
            .where(decisions.c.project_id == project_id, decisions.c.fingerprint.in_(found))
            .order_by(decisions.c.decided_at, decisions.c.id)
        )
        return {row["fingerprint"]: _DECISION.of(row) for row in rows}

    def _sub_modules(self, project_id: UUID, report_ids: Sequence[UUID]) -> Mapping[UUID, tuple[SubModuleDrift, ...]]:
        rows = self._transaction.all(
            self._transaction.select(drift_sub_modules)
            .where(drift_sub_modules.c.project_id == project_id, drift_sub_modules.c.report_id.in_(report_ids))
            .order_by(drift_sub_modules.c.report_id, drift_sub_modules.c.position)
        )
        found: defaultdict[UUID, tuple[SubModuleDrift, ...]] = defaultdict(tuple)
        for row in rows:
            found[row["report_id"]] += (sub_module_of(row),)
        return found
