"""What would be lost comes first; one change in many places is one root cause; incomplete is never clean."""

import dataclasses
from datetime import UTC, datetime
from uuid import uuid4

from pilab_desktop.domain.commit import Origin, Relation
from pilab_desktop.domain.drift import (
    Completeness,
    DecisionKind,
    DriftItem,
    DriftReport,
    DriftStatus,
    DriftType,
    End,
    Finding,
    SubModuleDrift,
)
from pilab_desktop.domain.severity import Severity
from pilab_desktop.drift.fold import (
    as_reviewed,
    completeness_line,
    order_items,
    report_severity,
    summary,
    with_root_causes,
)
from pilab_desktop.drift.grade import Review, grade
from pilab_desktop.drift.policy import Condition, Rule, SeverityPolicy
from tests.unit.drift.conftest import MakeFinding

POLICY = SeverityPolicy(
    rules=(
        Rule(name="grave", severity=Severity.CRITICAL, conditions=(Condition(fact="grave", any_of=(True,)),)),
        Rule(name="lost", severity=Severity.HIGH, conditions=(Condition(fact="lost", any_of=(True,)),)),
    ),
    defaults=dict.fromkeys(DriftType, Severity.LOW),
)


def graded(*findings: Finding) -> tuple[DriftItem, ...]:
    return grade(findings, POLICY, Review(source_environment="uat", target_environment="prod", decisions={}))


def completeness(*, complete: bool) -> Completeness:
    return Completeness(
        complete=complete,
        origin=Origin.LOCAL_MIRROR,
        commits_read=975,
        commits_expected=975,
        files_read=2183,
        files_expected=2183,
    )


def test_what_would_be_lost_comes_first_then_the_gravest(make_finding: MakeFinding) -> None:
    items = graded(
        make_finding(subject="low"),
        make_finding(subject="grave", facts={"grave": True}),
        make_finding(subject="lost", category="missing_in_source", facts={"lost": True}),
    )
    assert [item.rule for item in order_items(items)] == ["lost", "grave", "config-default"]


def test_one_change_in_several_sub_modules_has_one_root_cause(make_finding: MakeFinding) -> None:
    findings = [make_finding(sub_module="api"), make_finding(sub_module="web"), make_finding(subject="alone")]
    first, second, alone = with_root_causes(graded(*findings), findings)
    assert first.root_cause == second.root_cause is not None
    assert alone.root_cause is None


def test_no_items_is_info_only_where_everything_was_read() -> None:
    assert report_severity((), complete=True) is Severity.INFO
    assert report_severity((), complete=False) is Severity.MEDIUM


def test_decided_items_do_not_count(make_finding: MakeFinding) -> None:
    (item,) = graded(make_finding(facts={"grave": True}))
    assert report_severity((item,), complete=True) is Severity.CRITICAL
    assert report_severity((dataclasses.replace(item, expected=True),), complete=True) is Severity.INFO


def test_the_completeness_line_says_what_was_read() -> None:
    assert completeness_line(completeness(complete=True)) == (
        "975 of 975 commits, 2,183 of 2,183 files, from a local mirror"
    )
    assert completeness_line(completeness(complete=False)).startswith("INCOMPLETE")


def test_the_summary_says_so_when_something_is_missing(make_finding: MakeFinding) -> None:
    same = SubModuleDrift(sub_module="api", relation=Relation.SAME)
    assert summary((), (same,), complete=True, problems=0) == "Both ends are the same."
    assert "incomplete" in summary((), (same,), complete=True, problems=1)
    lost = graded(make_finding(category="missing_in_source", subject=str(uuid4())))
    assert "would lose 1 commit that" in summary(lost, (same,), complete=True, problems=0)


def test_summary_and_severity_follow_the_decisions_in_force(make_finding: MakeFinding) -> None:
    (item,) = graded(make_finding(facts={"grave": True}))
    some = uuid4()
    report = DriftReport(
        id=some,
        tenant_id=some,
        project_id=some,
        project="shop",
        title="uat → prod",
        source=End(environment="uat"),
        target=End(environment="prod"),
        status=DriftStatus.DETECTED,
        severity=Severity.CRITICAL,
        summary="1 difference to decide: 1 config.",
        created_at=datetime(2026, 11, 22, tzinfo=UTC),
        sub_modules=(),
        completeness=completeness(complete=True),
        items=(item,),
        tickets=(),
        problems=(),
        digest="",
    )
    assert as_reviewed(report).severity is Severity.CRITICAL
    decided = dataclasses.replace(report, items=(dataclasses.replace(item, decision=DecisionKind.IGNORE),))
    assert as_reviewed(decided).severity is Severity.INFO
    assert as_reviewed(decided).summary == "Nothing is left to decide."
    assert as_reviewed(decided).items == decided.items
