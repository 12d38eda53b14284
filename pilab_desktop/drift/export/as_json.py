"""A drift report as JSON (cli.md, "JSON: the drift report")."""

from pilab_desktop.domain.drift import (
    Completeness,
    DriftItem,
    DriftReport,
    End,
    SubModuleDrift,
    counts_of,
)
from pilab_desktop.domain.json import JsonObject
from pilab_desktop.domain.ticket import TicketDrift

SCHEMA = "pilab.drift-report/1"


def report_document(report: DriftReport) -> JsonObject:
    """The document that other programs read. Nothing that stands in cli.md is missing; the rest is added."""
    return {
        "schema": SCHEMA,
        "id": str(report.id),
        "project": report.project,
        "title": report.title,
        "status": report.status.value,
        "severity": report.severity.value,
        "clean": report.clean,
        "created_at": report.created_at.isoformat(),
        "summary": report.summary,
        "source": _end(report.source),
        "target": _end(report.target),
        "counts": {
            drift_type.value: {severity.value: count for severity, count in by_severity.items()}
            for drift_type, by_severity in counts_of(report.items).items()
        },
        "sub_modules": [_sub_module(drift) for drift in report.sub_modules],
        "completeness": _completeness(report.completeness),
        "items": [_item(item) for item in report.items],
        "tickets": [_ticket(ticket) for ticket in report.tickets],
        "problems": [{"sub_module": problem.sub_module, "message": problem.message} for problem in report.problems],
        "ticketless_commits": list(report.ticketless_commits),
        "suggestions": list(report.suggestions),
        "digest": report.digest,
        "previous_report": str(report.previous_report_id) if report.previous_report_id else None,
        "gone": list(report.gone),
    }


def _end(end: End) -> JsonObject:
    return {
        "environment": end.environment,
        "as_of": end.as_of.isoformat() if end.as_of else None,
        "baseline": end.baseline,
    }


def _sub_module(drift: SubModuleDrift) -> JsonObject:
    counts = drift.commits
    return {
        "sub_module": drift.sub_module,
        "repository": drift.repository,
        "path": drift.path,
        "source_version": drift.source_version,
        "target_version": drift.target_version,
        "source_commit": drift.source_commit,
        "target_commit": drift.target_commit,
        "relation": drift.relation.value,
        "ahead": drift.ahead,
        "behind": drift.behind,
        "commits": {
            "source_only": counts.source_only,
            "target_only": counts.target_only,
            "equivalent_source": counts.equivalent_source,
            "equivalent_target": counts.equivalent_target,
            "cancelled_source": counts.cancelled_source,
            "cancelled_target": counts.cancelled_target,
            "merges_source": counts.merges_source,
            "merges_target": counts.merges_target,
        },
    }


def _completeness(completeness: Completeness) -> JsonObject:
    return {
        "complete": completeness.complete,
        "origin": completeness.origin.value,
        "commits_read": completeness.commits_read,
        "commits_expected": completeness.commits_expected,
        "files_read": completeness.files_read,
        "files_expected": completeness.files_expected,
    }


def _item(item: DriftItem) -> JsonObject:
    return {
        "id": str(item.id),
        "fingerprint": item.fingerprint,
        "type": item.type.value,
        "category": item.category,
        "direction": item.direction.value,
        "sub_module": item.sub_module,
        "path": item.path,
        "severity": item.severity.value,
        "rule": item.rule,
        "description": item.description,
        "old_value": item.old_value,
        "new_value": item.new_value,
        "tickets": list(item.tickets),
        "expected": item.expected,
        "expected_rule": str(item.expected_rule_id) if item.expected_rule_id else None,
        "decision": item.decision.value if item.decision else None,
        "since_last": item.since_last.value if item.since_last else None,
        "root_cause": item.root_cause,
        "metadata": item.metadata,
    }


def _ticket(ticket: TicketDrift) -> JsonObject:
    return {
        "key": ticket.key,
        "state": ticket.state.value,
        "commits": {
            "source_only": list(ticket.source_only),
            "both": list(ticket.both),
            "target_only": list(ticket.target_only),
        },
        "sub_modules": list(ticket.sub_modules),
        "half_shipped": list(ticket.half_shipped),
        "title": ticket.title,
        "type": ticket.type,
        "url": ticket.url,
    }
