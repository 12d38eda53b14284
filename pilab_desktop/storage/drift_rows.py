"""How a drift report lies in its tables: one row for itself, rows in order for its parts."""

from collections.abc import Mapping

from sqlalchemy import RowMapping

from pilab_desktop.domain.drift import (
    CommitCounts,
    Completeness,
    Decision,
    DriftItem,
    DriftReport,
    End,
    Problem,
    SubModuleDrift,
)
from pilab_desktop.domain.ticket import TicketDrift
from pilab_desktop.storage.shape import Shape
from pilab_desktop.storage.tables.drift import drift_items, drift_reports, drift_sub_modules, drift_tickets

REPORT = Shape(DriftReport, drift_reports, without={"problems"})
ITEM = Shape(DriftItem, drift_items)
TICKET = Shape(TicketDrift, drift_tickets)
_COMPLETENESS = Shape(Completeness, drift_reports)
_SUB_MODULE = Shape(SubModuleDrift, drift_sub_modules)
_COUNTS = Shape(CommitCounts, drift_sub_modules)


def report_row(report: DriftReport) -> dict[str, object]:
    """The report's own row, without its parts."""
    return {
        **REPORT.values(report),
        **_COMPLETENESS.values(report.completeness),
        **_end_columns("source", report.source),
        **_end_columns("target", report.target),
        "problems": [{"sub_module": problem.sub_module, "message": problem.message} for problem in report.problems],
        "updated_at": report.created_at,
    }


def part_rows(report: DriftReport) -> tuple[list[dict[str, object]], list[dict[str, object]], list[dict[str, object]]]:
    """The rows of sub-modules, items and tickets, in the report's order."""
    return (
        [
            {**_owner(report, position), **_SUB_MODULE.values(found), **_COUNTS.values(found.commits)}
            for position, found in enumerate(report.sub_modules)
        ],
        [{**_owner(report, position), **ITEM.values(item)} for position, item in enumerate(report.items)],
        [{**_owner(report, position), **TICKET.values(ticket)} for position, ticket in enumerate(report.tickets)],
    )


def report_of(
    row: RowMapping,
    sub_modules: tuple[SubModuleDrift, ...],
    items: tuple[DriftItem, ...] = (),
    tickets: tuple[TicketDrift, ...] = (),
    problems: tuple[Problem, ...] = (),
) -> DriftReport:
    """The report of its row and parts."""
    return REPORT.of(
        row,
        source=_end(row, "source"),
        target=_end(row, "target"),
        completeness=_COMPLETENESS.of(row),
        sub_modules=sub_modules,
        items=items,
        tickets=tickets,
        problems=problems,
    )


def problems_of(row: RowMapping) -> tuple[Problem, ...]:
    """What could not be analysed."""
    stored: list[dict[str, str | None]] = row["problems"]
    return tuple(Problem(sub_module=said["sub_module"], message=said["message"] or "") for said in stored)


def sub_module_of(row: RowMapping) -> SubModuleDrift:
    """One sub-module's resolution and counts."""
    return _SUB_MODULE.of(row, commits=_COUNTS.of(row))


def item_of(row: RowMapping, in_force: Mapping[str, Decision]) -> DriftItem:
    """One item with the decision that is in force now."""
    decision = in_force.get(row["fingerprint"])
    return ITEM.of(row, decision=decision.kind if decision else None)


def _owner(report: DriftReport, position: int) -> dict[str, object]:
    return {
        "tenant_id": report.tenant_id,
        "project_id": report.project_id,
        "report_id": report.id,
        "position": position,
    }


def _end_columns(side: str, end: End) -> dict[str, object]:
    return {
        f"{side}_text": str(end),
        f"{side}_environment": end.environment,
        f"{side}_as_of": end.as_of,
        f"{side}_baseline": end.baseline,
    }


def _end(row: RowMapping, side: str) -> End:
    return End(environment=row[f"{side}_environment"], as_of=row[f"{side}_as_of"], baseline=row[f"{side}_baseline"])
