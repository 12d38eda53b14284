"""A report as it is laid out on a page, whichever the format: what is shown, in which order, in which words."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pilab_desktop.domain.drift import DecisionKind, DriftItem, DriftReport, DriftType, SinceLast, counts_of
from pilab_desktop.domain.markdown_text import web_address
from pilab_desktop.domain.severity import Severity
from pilab_desktop.domain.ticket import TicketDrift, TicketState
from pilab_desktop.domain.value_text import is_secret_mark, value_text
from pilab_desktop.drift.fold import completeness_line

LOST = "missing_in_source"

_TYPE_TITLES = {
    DriftType.CODE: "Code",
    DriftType.CONFIG: "Configuration",
    DriftType.DATABASE: "Database migrations",
    DriftType.INFRASTRUCTURE: "Infrastructure",
    DriftType.IMAGE: "Images",
    DriftType.DEPENDENCY: "Dependencies",
}
_DECISIONS = {
    DecisionKind.ACCEPT_EXPECTED: "accepted",
    DecisionKind.NEEDS_ACTION: "needs action",
    DecisionKind.IGNORE: "ignored",
}
_STATES = {
    TicketState.IN_SOURCE_ONLY: "only in source",
    TicketState.IN_BOTH: "in both",
    TicketState.IN_TARGET_ONLY: "only in target",
    TicketState.SPLIT: "split: a person must look",
}
_STATE_ORDER = (TicketState.SPLIT, TicketState.IN_TARGET_ONLY, TicketState.IN_SOURCE_ONLY, TicketState.IN_BOTH)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """One item in words. `old` and `new` are None where that end has nothing to show. `marks` are short remarks."""

    severity: Severity
    what: str
    where: str
    sha: str
    author: str
    old: str | None
    new: str | None
    rule: str
    tickets: tuple[str, ...]
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The items of one type."""

    title: str
    items: tuple[ItemView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CountRow:
    """How many undecided items of a type there are, by severity from the highest down."""

    title: str
    counts: tuple[int, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketView:
    """One ticket in words."""

    key: str
    url: str | None
    title: str
    state: str
    split: bool
    source_only: int
    both: int
    target_only: int
    half_shipped: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """All of a page. `lost` is what the promotion would lose, `open` what is to decide, `settled` what is decided."""

    report: DriftReport
    complete: bool
    completeness: str
    verdict: str
    lost: tuple[ItemView, ...]
    counts: tuple[CountRow, ...]
    totals: CountRow
    open: tuple[Group, ...]
    expected: tuple[Group, ...]
    settled: tuple[Group, ...]
    tickets: tuple[TicketView, ...]


def view_of(report: DriftReport) -> ReportView:
    """The layout of a report. Items keep the report's order within their group."""
    undecided = [item for item in report.items if not item.decided]
    complete = report.completeness.complete and not report.problems
    lost = [item for item in undecided if item.category == LOST]
    expected = [item for item in report.items if item.expected]
    settled = [item for item in report.items if item.decided and not item.expected]
    rows = _counts(report)
    return ReportView(
        report=report,
        complete=complete,
        completeness=completeness_line(report.completeness),
        verdict=_verdict(report, complete=complete, undecided=len(undecided)),
        lost=tuple(_item(item) for item in lost),
        counts=tuple(row for row in rows if row.total),
        totals=CountRow(
            title="All",
            counts=tuple(sum(column) for column in zip(*(row.counts for row in rows), strict=True)),
            total=sum(row.total for row in rows),
        ),
        open=_groups(item for item in undecided if item.category != LOST),
        expected=_groups(expected),
        settled=_groups(settled),
        tickets=_tickets(report.tickets),
    )


def _verdict(report: DriftReport, *, complete: bool, undecided: int) -> str:
    if not complete:
        return "INCOMPLETE"
    if report.clean:
        return "CLEAN"
    return f"{undecided:,} to decide"


def _counts(report: DriftReport) -> list[CountRow]:
    return [
        CountRow(title=_TYPE_TITLES[drift_type], counts=tuple(by_severity.values()), total=sum(by_severity.values()))
        for drift_type, by_severity in counts_of(report.items).items()
    ]


def _groups(items: Iterable[DriftItem]) -> tuple[Group, ...]:
    by_type: dict[DriftType, list[ItemView]] = defaultdict(list)
    for item in items:
        by_type[item.type].append(_item(item))
    return tuple(Group(title=_TYPE_TITLES[t], items=tuple(by_type[t])) for t in DriftType if t in by_type)


def _item(item: DriftItem) -> ItemView:
    is_code = item.type is DriftType.CODE
    what = item.description or item.path or item.category
    path = item.path if not is_code and item.path != what else None
    return ItemView(
        severity=item.severity,
        what=what,
        where=" · ".join(part for part in (item.sub_module, path) if part),
        sha=_text(item, "short_sha") or _text(item, "sha")[:7],
        author=_text(item, "author"),
        old=None if is_code else _shown(item, old=True),
        new=None if is_code else _shown(item, old=False),
        rule=item.rule,
        tickets=item.tickets,
        marks=_marks(item),
    )


def _shown(item: DriftItem, *, old: bool) -> str | None:
    value, other = (item.old_value, item.new_value) if old else (item.new_value, item.old_value)
    if value is None and other is None:
        return None
    if is_secret_mark(value) and other is None:
        return "secret"
    return value_text(value)


def _marks(item: DriftItem) -> tuple[str, ...]:
    """What a reader should not miss: danger first, then what was decided, then what is new."""
    marks: list[str] = []
    operations = item.metadata.get("operations")
    if isinstance(operations, Sequence) and not isinstance(operations, str):
        facts = [operation for operation in operations if isinstance(operation, Mapping)]
        marks += [danger for danger in ("destructive", "locking") if any(fact.get(danger) is True for fact in facts)]
    state = _text(item, "state")
    if state and state != "NEW":
        marks.append(state.lower().replace("_", " "))
    if item.type is DriftType.DATABASE and item.metadata.get("reversible") is False:
        marks.append("not reversible")
    if item.metadata.get("breaking") is True:
        marks.append("breaking")
    if item.category == "revert":
        marks.append("takes back")
    if item.decision is not None:
        marks.append(_DECISIONS[item.decision])
    if item.since_last is SinceLast.NEW:
        marks.append("new since the last report")
    if item.root_cause is not None:
        marks.append("one change in several sub-modules")
    return tuple(marks)


def _text(item: DriftItem, key: str) -> str:
    value = item.metadata.get(key)
    return value if isinstance(value, str) else ""


def _tickets(tickets: Iterable[TicketDrift]) -> tuple[TicketView, ...]:
    ordered = sorted(tickets, key=lambda ticket: (_STATE_ORDER.index(ticket.state), ticket.key))
    return tuple(
        TicketView(
            key=ticket.key,
            url=web_address(ticket.url),
            title=ticket.title or "",
            state=_STATES[ticket.state],
            split=ticket.state is TicketState.SPLIT,
            source_only=len(ticket.source_only),
            both=len(ticket.both),
            target_only=len(ticket.target_only),
            half_shipped=ticket.half_shipped,
        )
        for ticket in ordered
    )
