"""A stored report is read back exactly; only its review changes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Protocol

import pytest

from pilab_desktop.domain.commit import Origin, Relation
from pilab_desktop.domain.drift import (
    Comment,
    CommitCounts,
    Completeness,
    Decision,
    DecisionKind,
    Direction,
    DriftItem,
    DriftReport,
    DriftStatus,
    DriftType,
    End,
    ExpectedRule,
    Problem,
    SinceLast,
    SubModuleDrift,
)
from pilab_desktop.domain.errors import ConflictError
from pilab_desktop.domain.ids import new_id
from pilab_desktop.domain.project import Project
from pilab_desktop.domain.severity import Severity
from pilab_desktop.domain.ticket import TicketDrift, TicketState
from pilab_desktop.storage.store import SqlStore

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Sample(Protocol):
    """What conftest.py's sample holds."""

    @property
    def project(self) -> Project: ...


def item(number: int) -> DriftItem:
    """One of many."""
    return DriftItem(
        id=new_id(),
        fingerprint=f"f{number}",
        subject_key=f"s{number}",
        type=DriftType.CONFIG,
        category="changed",
        direction=Direction.DIFFERENT,
        sub_module="api",
        path="caf\udce9/values\x00.yaml",
        severity=Severity.HIGH,
        rule="config: urls",
        description="…",
        old_value={"b": 1.5, "a": [None, True, float("inf"), "\x00"]},
        new_value=None if number % 2 else "",
        tickets=("ABC-1", "ABC-2"),
        since_last=SinceLast.NEW,
        root_cause="chart",
        metadata={"files": [{"path": "\udcff", "added": None}]},
    )


def report_of(sample: Sample, items: int = 3) -> DriftReport:
    """A report with something in every field."""
    return DriftReport(
        id=new_id(),
        tenant_id=sample.project.tenant_id,
        project_id=sample.project.id,
        project="Shop",
        title="UAT → PROD",
        source=End(environment="uat", as_of=NOON.astimezone(timezone(timedelta(hours=2)))),
        target=End(environment=None, baseline="R1"),
        status=DriftStatus.DETECTED,
        severity=Severity.CRITICAL,
        summary="3 things",
        created_at=NOON,
        sub_modules=(
            SubModuleDrift(
                sub_module="web",
                repository="mono",
                path="web",
                source_version="1.1",
                source_commit="a" * 40,
                relation=Relation.DIVERGED,
                ahead=7,
                behind=2,
                commits=CommitCounts(
                    source_only=1,
                    target_only=2,
                    equivalent_source=3,
                    equivalent_target=4,
                    cancelled_source=5,
                    cancelled_target=6,
                    merges_source=7,
                    merges_target=8,
                ),
            ),
            SubModuleDrift(sub_module="api", relation=Relation.UNRESOLVED),
        ),
        completeness=Completeness(
            complete=False,
            origin=Origin.LOCAL_MIRROR,
            commits_read=1,
            commits_expected=2,
            files_read=3,
            files_expected=4,
        ),
        items=tuple(item(number) for number in range(items)),
        tickets=(
            TicketDrift(key="ABC-2", state=TicketState.SPLIT, source_only=("a",), half_shipped=("web",), title="T"),
            TicketDrift(key="ABC-1", state=TicketState.IN_BOTH, both=("b", "c")),
        ),
        problems=(Problem(sub_module=None, message="no"), Problem(sub_module="web", message="never")),
        ticketless_commits=("d" * 40,),
        suggestions=("KAKFA-1: KAFKA-1?",),
        digest="digest",
        gone=("f9",),
    )


def test_a_report_comes_back_exactly(store: SqlStore, sample: Sample) -> None:
    report = report_of(sample, items=2500)
    with store.unit_of_work() as work:
        work.drift_reports.add(report)
        work.commit()
    with store.unit_of_work() as work:
        assert work.drift_reports.get(report.id) == report
        (listed,) = work.drift_reports.list(sample.project.id)
        assert listed == replace(report, items=(), tickets=(), problems=())
        assert work.drift_reports.get(new_id()) is None


def test_the_latest_of_a_pair_is_found_by_its_ends(store: SqlStore, sample: Sample) -> None:
    older = report_of(sample)
    newer = replace(report_of(sample), created_at=NOON + timedelta(hours=1), previous_report_id=older.id)
    other = replace(report_of(sample), created_at=NOON + timedelta(hours=2), source=End(environment="dev"))
    with store.unit_of_work() as work:
        for report in (older, newer, other):
            work.drift_reports.add(report)
        work.commit()
        assert work.drift_reports.latest(sample.project.id, str(older.source), str(older.target)) == newer
        assert work.drift_reports.latest(sample.project.id, "sit", "prod") is None
        assert [report.id for report in work.drift_reports.list(sample.project.id, limit=2)] == [other.id, newer.id]


def test_a_report_is_found_by_the_beginning_of_its_id(store: SqlStore, sample: Sample) -> None:
    reports = [report_of(sample, items=0) for _ in range(3)]
    with store.unit_of_work() as work:
        for report in reports:
            work.drift_reports.add(report)
        work.commit()
        one = reports[1].id
        assert work.drift_reports.find(sample.project.id, str(one)) == (one,)
        assert work.drift_reports.find(sample.project.id, str(one).upper()[:-1]) == (one,)
        assert work.drift_reports.find(sample.project.id, str(one)[:9]) == tuple(report.id for report in reports)
        assert work.drift_reports.find(sample.project.id, "no id") == ()
        assert work.drift_reports.find(sample.project.id, "f" * 40) == ()
        assert work.drift_reports.find(new_id(), str(one)) == ()


def test_the_newest_decision_is_in_force_and_carries_over(store: SqlStore, sample: Sample) -> None:
    def decision(fingerprint: str, kind: DecisionKind, hours: int) -> Decision:
        return Decision(
            id=new_id(),
            tenant_id=sample.project.tenant_id,
            project_id=sample.project.id,
            fingerprint=fingerprint,
            kind=kind,
            reason="because",
            decided_by="ann",
            decided_at=NOON + timedelta(hours=hours),
        )

    first, second = report_of(sample), report_of(sample)
    now = decision("f1", DecisionKind.IGNORE, 2)
    with store.unit_of_work() as work:
        work.drift_reports.add(first)
        work.drift_reports.decide(now)
        work.drift_reports.decide(decision("f1", DecisionKind.NEEDS_ACTION, 1))
        work.drift_reports.add(second)
        work.commit()
    with store.unit_of_work() as work:
        assert work.drift_reports.decisions(sample.project.id) == {"f1": now}
        for report_id in (first.id, second.id):
            report = work.drift_reports.get(report_id)
            assert report is not None
            assert [found.decision for found in report.items] == [None, DecisionKind.IGNORE, None]


def test_a_status_from_a_stale_report_is_refused(store: SqlStore, sample: Sample) -> None:
    report = report_of(sample, items=1)
    with store.unit_of_work() as work:
        work.drift_reports.add(report)
        reviewed = work.drift_reports.set_status(report, DriftStatus.REVIEWED)
        work.commit()
        assert work.drift_reports.get(report.id) == reviewed == replace(report, status=DriftStatus.REVIEWED, version=2)
        with pytest.raises(ConflictError) as refused:
            work.drift_reports.set_status(report, DriftStatus.IGNORED)
        assert refused.value.theirs == reviewed


def test_comments_and_expected_rules(store: SqlStore, sample: Sample) -> None:
    tenant, project = sample.project.tenant_id, sample.project.id
    comment = Comment(
        id=new_id(), tenant_id=tenant, project_id=project, fingerprint="f1", text="why?", author="ann", created_at=NOON
    )
    rule = ExpectedRule(
        id=new_id(),
        tenant_id=tenant,
        project_id=project,
        type=DriftType.CONFIG,
        value_pattern="*.local",
        reason="r",
        author="ann",
        created_at=NOON,
    )
    with store.unit_of_work() as work:
        work.drift_reports.add_comment(comment)
        work.drift_reports.add_expected_rule(rule)
        marked = replace(item(0), expected=True, expected_rule_id=rule.id)
        report = replace(report_of(sample), items=(marked,))
        work.drift_reports.add(report)
        work.commit()
        assert work.drift_reports.comments(sample.project.id, "f1") == (comment,)
        assert work.drift_reports.comments(sample.project.id, "f2") == ()
        assert work.drift_reports.expected_rules(sample.project.id) == (rule,)
        work.drift_reports.revoke_expected_rule(rule, NOON)
        work.commit()
        assert work.drift_reports.expected_rules(sample.project.id) == ()
        assert work.drift_reports.get(report.id) == report


def test_a_project_has_the_shipped_policy_until_it_has_its_own(store: SqlStore, sample: Sample) -> None:
    with store.unit_of_work() as work:
        assert work.drift_reports.severity_policy(sample.project.id) is None
        work.drift_reports.set_severity_policy(sample.project.id, "rules: []")
        work.drift_reports.set_severity_policy(sample.project.id, "rules: [1]")
        work.commit()
        assert work.drift_reports.severity_policy(sample.project.id) == "rules: [1]"
        work.drift_reports.set_severity_policy(sample.project.id, None)
        work.commit()
        assert work.drift_reports.severity_policy(sample.project.id) is None
