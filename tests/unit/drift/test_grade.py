"""Fingerprints are the same for the same difference; expected differences and decisions carry over."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pilab_desktop.domain.drift import Decision, DecisionKind, DriftType, ExpectedRule, SinceLast
from pilab_desktop.domain.severity import Severity
from pilab_desktop.drift.grade import Review, fingerprint, grade, rules_in_force, subject_key
from pilab_desktop.drift.policy import SeverityPolicy
from tests.unit.drift.conftest import MakeFinding

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ID = UUID(int=1)
POLICY = SeverityPolicy(rules=(), defaults=dict.fromkeys(DriftType, Severity.MEDIUM))


def rule(**given: Any) -> ExpectedRule:
    fields: dict[str, Any] = {
        "id": ID,
        "tenant_id": ID,
        "project_id": ID,
        "reason": "each environment has its own",
        "author": "ada",
        "created_at": NOW,
    }
    return ExpectedRule(**(fields | given))


def review(**given: Any) -> Review:
    fields: dict[str, Any] = {"source_environment": "uat", "target_environment": "prod", "decisions": {}}
    return Review(**(fields | given))


def test_a_fingerprint_is_of_what_it_is_and_both_values(make_finding: MakeFinding) -> None:
    first = make_finding()
    assert fingerprint(first) == fingerprint(make_finding(description="told otherwise", facts={"key": "x"}))
    assert fingerprint(first) != fingerprint(make_finding(value_identity="2→6"))
    assert subject_key(first) == subject_key(make_finding(value_identity="2→6"))
    assert subject_key(first) != subject_key(make_finding(sub_module="web"))


@given(st.lists(st.sampled_from(["a", "b", "c", "d", "e"]), unique=True, min_size=1))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_fingerprints_do_not_depend_on_the_order_of_findings(make_finding: MakeFinding, subjects: list[str]) -> None:
    findings = [make_finding(subject=subject) for subject in subjects]
    forward = {item.fingerprint for item in grade(findings, POLICY, review())}
    backward = {item.fingerprint for item in grade(findings[::-1], POLICY, review())}
    assert forward == backward
    assert len(forward) == len(subjects)


def test_the_same_finding_twice_is_one_item(make_finding: MakeFinding) -> None:
    assert len(grade([make_finding(), make_finding()], POLICY, review())) == 1


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"path_pattern": "values.yaml:*"}, True),
        ({"path_pattern": "other.yaml:*"}, False),
        ({"value_pattern": "5"}, True),
        ({"value_pattern": "7"}, False),
        ({"source_environment": "uat", "target_environment": "prod"}, True),
        ({"target_environment": "dev"}, False),
        ({"sub_module": "web"}, False),
        ({"type": DriftType.IMAGE}, False),
    ],
)
def test_an_expected_difference_is_kept_apart_within_its_scope(
    make_finding: MakeFinding, given: dict[str, Any], expected: bool
) -> None:
    (item,) = grade([make_finding()], POLICY, review(rules=(rule(**given),)))
    assert item.expected is expected
    assert item.decided is expected


def test_a_secret_matches_no_value_pattern(make_finding: MakeFinding) -> None:
    finding = make_finding(new_value={"secret": True, "changed": True})
    (item,) = grade([finding], POLICY, review(rules=(rule(value_pattern="*"),)))
    assert not item.expected


def test_an_expired_or_revoked_rule_is_out_of_force() -> None:
    expired = rule(expires_at=NOW - timedelta(days=1))
    revoked = rule(revoked_at=NOW)
    standing = rule(expires_at=NOW + timedelta(days=1))
    assert rules_in_force((expired, revoked, standing), NOW) == (standing,)


def test_a_decision_carries_over_and_reopens_when_the_value_moves(make_finding: MakeFinding) -> None:
    key = fingerprint(make_finding())
    decision = Decision(
        id=ID,
        tenant_id=ID,
        project_id=ID,
        fingerprint=key,
        kind=DecisionKind.IGNORE,
        reason="not ours",
        decided_by="ada",
        decided_at=NOW,
    )
    decided = review(decisions={key: decision})
    assert grade([make_finding()], POLICY, decided)[0].decision is DecisionKind.IGNORE
    assert grade([make_finding(value_identity="2→6")], POLICY, decided)[0].decision is None


def test_items_say_whether_the_last_report_had_them(make_finding: MakeFinding) -> None:
    known = make_finding()
    previous = frozenset({fingerprint(known)})
    still, new = grade([known, make_finding(subject="other")], POLICY, review(previous=previous))
    assert (still.since_last, new.since_last) == (SinceLast.STILL_THERE, SinceLast.NEW)
    assert grade([known], POLICY, review())[0].since_last is None
