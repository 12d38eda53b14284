"""`pilab drift`: analyse, list, show, review, export."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pilab_desktop.cli.options import Json, Project, UsageError, moment, word
from pilab_desktop.cli.output import deliver, print_json, say, table, tell
from pilab_desktop.cli.session import Session, session_of

if TYPE_CHECKING:
    from pilab_desktop.domain.drift import DriftReport

EXIT_GATE = 3

app = typer.Typer(help="Drift reports: what would change.", no_args_is_help=True, rich_markup_mode=None)


class ReportFormat(StrEnum):
    """How a report is written."""

    JSON = "json"
    HTML = "html"
    MD = "md"


@app.command()
def analyze(
    context: typer.Context,
    source: Annotated[str, typer.Option("--source", help="SLUG, SLUG@TIME or baseline:NAME.")],
    target: Annotated[str, typer.Option("--target", help="The same.")],
    fail_on: Annotated[str | None, typer.Option("--fail-on", help="Exit with 3 from this severity on.")] = None,
    fetch: Annotated[bool, typer.Option("--fetch/--no-fetch", help="Bring mirrors up to date first.")] = True,
    project: Project = None,
    as_json: Json = False,
) -> None:
    """Analyse what would change in the target if the source were promoted."""
    from pilab_desktop.domain.severity import Severity
    from pilab_desktop.services.gate import gate_sentence

    gate = word(Severity, fail_on) if fail_on else None
    session = session_of(context)
    done = session.workspace.drift_reports.analyse(project, source, target, session.work, refresh=fetch)
    report = done.value.report
    if as_json:
        print_report_json(report)
    else:
        print_report(report, unchanged=done.value.unchanged)
    sentence = gate_sentence(report, gate) if gate else None
    if sentence:
        tell(sentence)
        raise typer.Exit(EXIT_GATE)


@app.command("list")
def list_(context: typer.Context, project: Project = None, as_json: Json = False) -> None:
    """List reports, newest first."""
    reports = session_of(context).workspace.drift_reports.list(project)
    if as_json:
        print_json(
            [
                {"id": r.id, "title": r.title, "status": r.status, "severity": r.severity, "created_at": r.created_at}
                for r in reports
            ]
        )
        return
    rows = [
        (str(r.id), r.title, r.severity.value, r.status.value, r.created_at.astimezone().strftime("%Y-%m-%d %H:%M"))
        for r in reports
    ]
    table(("Id", "Report", "Severity", "Status", "Made"), rows, empty="No report yet. “pilab drift analyze” makes one.")


@app.command()
def show(
    context: typer.Context,
    report: Annotated[str, typer.Argument(help="An id, its beginning, or latest.")] = "latest",
    project: Project = None,
    as_json: Json = False,
) -> None:
    """Show a report."""
    found = session_of(context).workspace.drift_reports.get(project, report)
    if as_json:
        print_report_json(found)
    else:
        print_report(found)


@app.command()
def review(
    context: typer.Context,
    report: Annotated[str, typer.Argument(help="An id, its beginning, or latest.")],
    item: Annotated[str | None, typer.Option("--item", help="An item's id or fingerprint, or its beginning.")] = None,
    decision: Annotated[str | None, typer.Option("--decision", help="ACCEPT_EXPECTED, NEEDS_ACTION or IGNORE.")] = None,
    reason: Annotated[str, typer.Option("--reason")] = "",
    path_pattern: Annotated[
        str | None, typer.Option("--path-pattern", help="Accept later differences on paths like this too.")
    ] = None,
    value_pattern: Annotated[
        str | None, typer.Option("--value-pattern", help="… while the value is like this.")
    ] = None,
    expires: Annotated[str | None, typer.Option("--expires", help="… until this time.")] = None,
    status: Annotated[str | None, typer.Option("--status", help="Move the report along its review.")] = None,
    comment: Annotated[str | None, typer.Option("--comment", help="Say something about the item.")] = None,
    project: Project = None,
) -> None:
    """Decide an item, comment on it, or move the report along."""
    session = session_of(context)
    if (item is None) != (decision is None and comment is None):
        raise UsageError("Give --item with --decision or --comment.")
    if item is None and status is None:
        raise UsageError("Say what to review: --item with --decision, or --status.")
    if (value_pattern or expires) and path_pattern is None:
        raise UsageError("--value-pattern and --expires go with --path-pattern.")
    if item is not None:
        if decision is not None:
            expected = (path_pattern, value_pattern, expires)
            _decide(session, project, report, item, decision=decision, reason=reason, expected=expected)
        if comment is not None:
            session.workspace.drift_reports.comment(project, report, item, comment)
            say("Comment kept.")
    if status is not None:
        from pilab_desktop.domain.drift import DriftStatus

        done = session.workspace.drift_reports.set_status(project, report, word(DriftStatus, status))
        say(f"The report is {done.value.status}.")


@app.command()
def export(
    context: typer.Context,
    report: Annotated[str, typer.Argument(help="An id, its beginning, or latest.")] = "latest",
    format_: Annotated[ReportFormat, typer.Option("--format")] = ReportFormat.HTML,
    out: Annotated[Path | None, typer.Option("--out", help="A file; without it, stdout.")] = None,
    project: Project = None,
) -> None:
    """Write a report as JSON, HTML or Markdown."""
    session = session_of(context)
    text = report_text(session, session.workspace.drift_reports.get(project, report), format_)
    deliver(text, out)


def report_text(session: Session, report: "DriftReport", format_: ReportFormat) -> str:
    """A report in one of its written forms."""
    if format_ is ReportFormat.JSON:
        import json

        from pilab_desktop.drift.export.as_json import report_document

        return json.dumps(report_document(report), ensure_ascii=False, indent=2) + "\n"
    if format_ is ReportFormat.HTML:
        from pilab_desktop.drift.export.html import report_page

        return report_page(report, session.program.resource_text("templates/report.html.j2"))
    from pilab_desktop.drift.export.markdown import report_markdown

    return report_markdown(report)


def print_report_json(report: "DriftReport") -> None:
    """The report as the contract has it."""
    from pilab_desktop.drift.export.as_json import report_document

    print_json(report_document(report))


def print_report(report: "DriftReport", *, unchanged: bool = False) -> None:
    """The report for a terminal: what matters first."""
    from pilab_desktop.drift.fold import completeness_line

    say(f"{report.title}   {report.severity}   {report.status}")
    say(report.summary)
    say(completeness_line(report.completeness))
    if unchanged:
        say("Nothing that goes into it has changed since this report was made.")
    for problem in report.problems:
        say(f"  ! {problem.sub_module + ': ' if problem.sub_module else ''}{problem.message}")
    say("")
    versions = [
        (
            d.sub_module,
            d.source_version or "—",
            d.target_version or "—",
            d.relation.value,
            f"{d.commits.source_only} new, {d.commits.equivalent_source} already there, "
            f"{d.commits.target_only} only in target",
        )
        for d in report.sub_modules
    ]
    table(
        ("Sub-module", "Source", "Target", "Relation", "Commits"), versions, empty="No sub-module runs at either end."
    )
    say("")
    shown = [item for item in report.items if not item.decided]
    rows = [
        (i.fingerprint[:8], i.severity.value, i.type.value, i.sub_module, ", ".join(i.tickets), i.description)
        for i in shown[:200]
    ]
    table(("Item", "Severity", "Type", "Sub-module", "Tickets", "What"), rows, empty="Nothing is left to decide.")
    if len(shown) > len(rows):
        say(f"… and {len(shown) - len(rows)} more; “pilab drift export” writes all of them.")
    for line in _asides(report):
        say(line)
    say(f"Report {report.id}")


def _asides(report: "DriftReport") -> "list[str]":
    """What stands below the items: what is folded away, what changed since the last report, tickets to look at."""
    from pilab_desktop.domain.drift import SinceLast
    from pilab_desktop.domain.ticket import TicketState

    lines = []
    expected = sum(item.expected for item in report.items)
    decided = sum(item.decided for item in report.items) - expected
    if expected or decided:
        lines.append(f"{expected} expected, {decided} decided.")
    if report.previous_report_id is not None:
        new = sum(item.since_last is SinceLast.NEW for item in report.items)
        lines.append(
            f"Since the last report: {new} new, {len(report.items) - new} still there, {len(report.gone)} gone."
        )
    split = [ticket.key for ticket in report.tickets if ticket.state is TicketState.SPLIT]
    if split:
        lines.append(f"Split between source and target: {', '.join(split)}.")
    half = [f"{t.key} ({', '.join(t.half_shipped)} has it)" for t in report.tickets if t.half_shipped]
    if half:
        lines.append(f"Half shipped: {', '.join(half)}.")
    return [*lines, *report.suggestions]


def _decide(
    session: Session,
    project: str | None,
    report: str,
    item: str,
    *,
    decision: str,
    reason: str,
    expected: tuple[str | None, str | None, str | None],
) -> None:
    from pilab_desktop.domain.drift import DecisionKind
    from pilab_desktop.services.drift_reports import Expectation

    kind = word(DecisionKind, decision)
    path_pattern, value_pattern, expires = expected
    expectation = None
    if path_pattern is not None:
        if kind is not DecisionKind.ACCEPT_EXPECTED:
            raise UsageError("--path-pattern goes with ACCEPT_EXPECTED.")
        expectation = Expectation(
            path_pattern=path_pattern,
            value_pattern=value_pattern,
            expires_at=moment(expires),
        )
    done = session.workspace.drift_reports.decide(project, report, item, kind, reason, expectation=expectation)
    say(f"{kind}: {done.value.description}")
