"""From an analysis to a report: graded, reviewed, folded."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pilab_desktop.domain.drift import DriftReport, DriftStatus
from pilab_desktop.domain.ids import new_id
from pilab_desktop.domain.project import Project
from pilab_desktop.drift.analysis import Analysis, EndState
from pilab_desktop.drift.fold import order_items, report_severity, summary, with_root_causes
from pilab_desktop.drift.grade import Review, grade
from pilab_desktop.drift.policy import SeverityPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFrame:
    """What a report says besides what was found."""

    project: Project
    source: EndState
    target: EndState
    digest: str
    created_at: datetime
    previous_report_id: UUID | None


def build_report(analysis: Analysis, frame: ReportFrame, policy: SeverityPolicy, review: Review) -> DriftReport:
    """The report as it is stored."""
    graded = grade(analysis.findings, policy, review)
    items = order_items(with_root_causes(graded, analysis.findings))
    found = {item.fingerprint for item in items}
    complete = analysis.completeness.complete and not analysis.problems
    return DriftReport(
        id=new_id(),
        tenant_id=frame.project.tenant_id,
        project_id=frame.project.id,
        project=frame.project.slug,
        title=f"{frame.source.end} → {frame.target.end}",
        source=frame.source.end,
        target=frame.target.end,
        status=DriftStatus.DETECTED,
        severity=report_severity(items, complete=complete),
        summary=summary(
            items, analysis.sub_modules, complete=analysis.completeness.complete, problems=len(analysis.problems)
        ),
        created_at=frame.created_at,
        sub_modules=analysis.sub_modules,
        completeness=analysis.completeness,
        items=items,
        tickets=analysis.tickets,
        problems=analysis.problems,
        ticketless_commits=analysis.ticketless_commits,
        suggestions=analysis.suggestions,
        digest=frame.digest,
        previous_report_id=frame.previous_report_id,
        gone=tuple(sorted((review.previous or frozenset()) - found)),
    )
