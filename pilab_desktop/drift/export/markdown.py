"""A drift report as Markdown, for tickets, wikis and pull requests."""

from collections.abc import Sequence

from pilab_desktop.domain.drift import DriftReport
from pilab_desktop.domain.markdown_text import code, inline, link
from pilab_desktop.domain.severity import Severity
from pilab_desktop.drift.export.view import Group, ItemView, ReportView, view_of

_LONGEST_VALUE = 160


def report_markdown(report: DriftReport) -> str:
    """The report's text. Nothing of the report breaks a table or brings HTML along; long values are cut and say so."""
    view = view_of(report)
    blocks = [
        *_head(view),
        *_lost(view),
        *_counts(view),
        *_sub_modules(report),
        *_groups("What differs", view.open),
        *_tickets(view),
        *_groups("Expected differences", view.expected),
        *_groups("Decided", view.settled),
    ]
    return "\n\n".join(blocks) + "\n"


def _head(view: ReportView) -> list[str]:
    report = view.report
    blocks = [
        f"# Drift report: {inline(str(report.source))} → {inline(str(report.target))}",
        f"**Project:** {inline(report.project)} · **Severity:** {report.severity} · **Status:** {report.status} · "
        f"**{view.verdict}** · {report.created_at:%Y-%m-%d %H:%M %Z}",
        inline(view.completeness),
    ]
    if report.summary:
        blocks.append(inline(report.summary))
    if not view.complete:
        blocks.append("> **INCOMPLETE: do not decide on this report alone.**")
    if report.problems:
        lines = [
            f"- {f'**{inline(problem.sub_module)}:** ' if problem.sub_module else ''}{inline(problem.message)}"
            for problem in report.problems
        ]
        blocks += ["## Problems", "\n".join(lines)]
    return blocks


def _lost(view: ReportView) -> list[str]:
    if not view.lost:
        return []
    number = len(view.lost)
    target = inline(str(view.report.target))
    return [
        f"## This promotion would lose {number:,} commit{'s' if number != 1 else ''} that only {target} has",
        _items(view.lost),
    ]


def _counts(view: ReportView) -> list[str]:
    heading = "## Differences to decide"
    if not view.counts:
        return [heading, "None." if view.report.clean else "None was found in what could be read."]
    rows = [
        [row.title, *(f"{count:,}" for count in row.counts), f"{row.total:,}"] for row in (*view.counts, view.totals)
    ]
    return [heading, _table(["Type", *Severity, "All"], rows)]


def _sub_modules(report: DriftReport) -> list[str]:
    if not report.sub_modules:
        return []
    rows = [
        [
            inline(drift.sub_module),
            _version(drift.source_version, drift.source_commit),
            _version(drift.target_version, drift.target_commit),
            drift.relation.replace("_", " ").lower(),
            f"{drift.commits.source_only:,}",
            f"{drift.commits.target_only:,}",
            f"{drift.commits.equivalent_source:,}",
        ]
        for drift in report.sub_modules
    ]
    heads = ["Sub-module", "Source", "Target", "Relation", "Only in source", "Only in target", "Already there"]
    return ["## Sub-modules", _table(heads, rows)]


def _version(version: str | None, commit: str | None) -> str:
    return " ".join(part for part in (inline(version or "") or "—", code((commit or "")[:7])) if part)


def _groups(title: str, groups: Sequence[Group]) -> list[str]:
    blocks = [f"## {title}"] if groups else []
    for group in groups:
        blocks += [f"### {group.title} ({len(group.items):,})", _items(group.items)]
    return blocks


def _items(items: Sequence[ItemView]) -> str:
    has_values = any(item.old is not None or item.new is not None for item in items)
    heads = ["Severity", "What differs", "Where", *(["Target", "Source"] if has_values else []), "Rule"]
    rows = [
        [
            item.severity.value,
            _what(item),
            " ".join(part for part in (inline(item.where), code(item.sha)) if part),
            *([_value(item.old), _value(item.new)] if has_values else []),
            code(item.rule),
        ]
        for item in items
    ]
    return _table(heads, rows)


def _what(item: ItemView) -> str:
    tickets = f" ({', '.join(inline(key) for key in item.tickets)})" if item.tickets else ""
    marks = f" **{inline(', '.join(item.marks))}**" if item.marks else ""
    return f"{inline(item.what)}{tickets}{marks}"


def _value(text: str | None) -> str:
    if text is None:
        return ""
    if len(text) > _LONGEST_VALUE:
        return f"{code(text[:_LONGEST_VALUE])} … ({len(text):,} characters)"
    return code(text)


def _tickets(view: ReportView) -> list[str]:
    if not view.tickets:
        return []
    rows = [
        [
            f"{link(ticket.key, ticket.url)} {inline(ticket.title)}".rstrip(),
            ticket.state,
            str(ticket.source_only),
            str(ticket.both),
            str(ticket.target_only),
            inline(", ".join(ticket.half_shipped)),
        ]
        for ticket in view.tickets
    ]
    heads = ["Ticket", "Where its commits are", "Source", "Both", "Target", "Half shipped: already in"]
    return ["## Tickets", _table(heads, rows)]


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
