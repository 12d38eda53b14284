"""Fold: the order of a report's items, root causes, severity, and the summary that needs no model (semantics.md §6)."""

import dataclasses
from collections import defaultdict
from collections.abc import Sequence

from pilab_desktop.domain.commit import Relation
from pilab_desktop.domain.drift import (
    Completeness,
    Direction,
    DriftItem,
    DriftReport,
    DriftType,
    Finding,
    SubModuleDrift,
)
from pilab_desktop.domain.severity import Severity, highest
from pilab_desktop.domain.words import counted
from pilab_desktop.drift.grade import fingerprint

_TYPE_ORDER = {drift_type: number for number, drift_type in enumerate(DriftType)}


def order_items(items: Sequence[DriftItem]) -> tuple[DriftItem, ...]:
    """What the promotion would lose first, then by severity; within equals as the analysers gave them."""
    return tuple(
        sorted(
            items,
            key=lambda item: (
                item.category != "missing_in_source",
                -item.severity.rank,
                _TYPE_ORDER[item.type],
                item.sub_module,
            ),
        )
    )


def with_root_causes(items: Sequence[DriftItem], findings: Sequence[Finding]) -> tuple[DriftItem, ...]:
    """Marks items that are one change showing in several sub-modules with the same `root_cause`.

    One change is one commit of a monorepo, or the same subject with the same two values in more than one sub-module.
    """
    groups: dict[tuple[str, ...], list[Finding]] = defaultdict(list)
    for finding in findings:
        groups[(finding.type, finding.category, finding.subject, finding.value_identity)].append(finding)
    causes: dict[str, str] = {}
    for group in groups.values():
        if len({finding.sub_module for finding in group}) > 1:
            cause = min(fingerprint(finding) for finding in group)
            causes.update((fingerprint(finding), cause) for finding in group)
    return tuple(
        dataclasses.replace(item, root_cause=causes[item.fingerprint]) if item.fingerprint in causes else item
        for item in items
    )


def report_severity(items: Sequence[DriftItem], *, complete: bool) -> Severity:
    """The highest of the undecided items. None at all is INFO, and only where the report is complete; else MEDIUM."""
    undecided = highest(item.severity for item in items if not item.decided)
    if undecided is Severity.INFO and not complete:
        return Severity.MEDIUM
    return undecided


def completeness_line(completeness: Completeness) -> str:
    """The line that stands under the header: `975 of 975 commits, 2,183 of 2,183 files, from a local mirror`."""
    origin = {"LOCAL_MIRROR": "from a local mirror", "HOST_API": "from the host's API"}[completeness.origin]
    line = (
        f"{completeness.commits_read:,} of {completeness.commits_expected:,} commits, "
        f"{completeness.files_read:,} of {completeness.files_expected:,} files, {origin}"
    )
    return line if completeness.complete else f"INCOMPLETE: {line}"


def summary(items: Sequence[DriftItem], sub_modules: Sequence[SubModuleDrift], *, complete: bool, problems: int) -> str:
    """What the report says, in a few sentences made from its numbers."""
    sentences: list[str] = []
    if not complete or problems:
        missing = counted(problems, "problem") if problems else "parts that could not be read"
        sentences.append(f"This report is incomplete: it has {missing}.")
    undecided = [item for item in items if not item.decided]
    if not undecided:
        same = all(sub_module.relation is Relation.SAME for sub_module in sub_modules)
        sentences.append("Both ends are the same." if same and not items else "Nothing is left to decide.")
    else:
        sentences.append(f"{counted(len(undecided), 'difference')} to decide: {_by_type(undecided)}.")
        severe = [f"{n} {s.lower()}" for s in (Severity.CRITICAL, Severity.HIGH) if (n := _count(undecided, s))]
        if severe:
            sentences.append(f"Of these {' and '.join(severe)}.")
    lost = sum(item.category == "missing_in_source" for item in undecided)
    if lost:
        sentences.append(f"The promotion would lose {counted(lost, 'commit')} that only the target has.")
    dangerous = sum(
        item.type is DriftType.DATABASE
        and item.severity is Severity.CRITICAL
        and item.direction is not Direction.TARGET_ONLY
        for item in undecided
    )
    if dangerous:
        subject = "migrations destroy data or were" if dangerous != 1 else "migration destroys data or was"
        sentences.append(f"{dangerous} {subject} changed after release.")
    expected = sum(item.expected for item in items)
    if expected:
        sentences.append(f"{expected} expected.")
    return " ".join(sentences)


def as_reviewed(report: DriftReport) -> DriftReport:
    """The report with severity and summary as the decisions now in force leave them; what was found stays as it is."""
    complete = report.completeness.complete
    return dataclasses.replace(
        report,
        severity=report_severity(report.items, complete=complete and not report.problems),
        summary=summary(report.items, report.sub_modules, complete=complete, problems=len(report.problems)),
    )


def _count(items: Sequence[DriftItem], severity: Severity) -> int:
    return sum(item.severity is severity for item in items)


def _by_type(items: Sequence[DriftItem]) -> str:
    counts = ((drift_type, sum(item.type is drift_type for item in items)) for drift_type in DriftType)
    return ", ".join(f"{count:,} {drift_type.lower()}" for drift_type, count in counts if count)
