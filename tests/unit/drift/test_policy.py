"""Severity: every matching rule is collected, the highest wins, and the item names it (semantics.md §3)."""

from pathlib import Path
from typing import Any

import pytest

from pilab_desktop.domain.drift import DriftType, Finding
from pilab_desktop.domain.errors import InvalidInputError
from pilab_desktop.domain.severity import Severity
from pilab_desktop.drift.policy import SeverityPolicy, load_policy
from tests.unit.drift.conftest import MakeFinding

SHIPPED = Path(__file__).parents[3] / "resources" / "policies" / "severity.yaml"


@pytest.fixture(scope="module")
def shipped() -> SeverityPolicy:
    return load_policy(SHIPPED.read_text(encoding="utf-8"), name="that is shipped")


CODE = {"type": DriftType.CODE, "category": "code_change"}


@pytest.mark.parametrize(
    ("facts", "severity", "rule"),
    [
        ({"security": True, "fix": True}, Severity.CRITICAL, "code-security-fix"),
        ({"fix": True, "changed_lines": 3}, Severity.HIGH, "code-fix"),
        ({"breaking": True}, Severity.HIGH, "code-breaking-change"),
        ({"missing_in_source": True, "docs_tests_only": True}, Severity.HIGH, "code-lost-by-promotion"),
        ({"changed_lines": 501, "docs_tests_only": False}, Severity.MEDIUM, "code-large-change"),
        ({"changed_lines": 500, "docs_tests_only": False}, Severity.LOW, "code-other"),
        ({"feature": True}, Severity.MEDIUM, "code-feature"),
        ({"docs_tests_only": True}, Severity.INFO, "code-documentation-tests-formatting"),
        ({"ticket_types": ["Story", "Bug"]}, Severity.HIGH, "code-bug-ticket"),
    ],
)
def test_code(
    shipped: SeverityPolicy, make_finding: MakeFinding, facts: dict[str, Any], severity: Severity, rule: str
) -> None:
    assert shipped.grade(make_finding(**CODE, facts=facts)) == (severity, rule)


@pytest.mark.parametrize(
    ("key", "severity"),
    [
        ("DATABASE_URL", Severity.CRITICAL),
        ("STRIPE_API_KEY", Severity.CRITICAL),
        ("AUTH_ISSUER", Severity.CRITICAL),
        ("SESSION_SECRET", Severity.CRITICAL),
        ("REDIS_POOL", Severity.HIGH),
        ("LEDGER_URL", Severity.HIGH),
        ("DB_HOST", Severity.HIGH),
        ("LOG_LEVEL", Severity.MEDIUM),
        ("AUTHOR", Severity.MEDIUM),
    ],
)
def test_configuration_by_name(
    shipped: SeverityPolicy, make_finding: MakeFinding, key: str, severity: Severity
) -> None:
    assert shipped.grade(make_finding(facts={"key": key, "only_in_target": False}))[0] is severity


def test_only_in_target_is_low(shipped: SeverityPolicy, make_finding: MakeFinding) -> None:
    assert shipped.grade(make_finding(facts={"key": "LOG_LEVEL", "only_in_target": True}))[0] is Severity.LOW


@pytest.mark.parametrize(
    ("facts", "severity"),
    [
        ({"state": "EDITED", "highest": "LOW"}, Severity.CRITICAL),
        ({"state": "NEW", "highest": "CRITICAL"}, Severity.CRITICAL),
        ({"state": "NEW", "highest": "HIGH", "locking": True}, Severity.HIGH),
        ({"state": "NEW", "highest": "LOW", "unparsed": True}, Severity.MEDIUM),
        ({"state": "NEW", "highest": "LOW"}, Severity.LOW),
    ],
)
def test_database(
    shipped: SeverityPolicy, make_finding: MakeFinding, facts: dict[str, Any], severity: Severity
) -> None:
    finding: Finding = make_finding(type=DriftType.DATABASE, category="migration", facts=facts)
    assert shipped.grade(finding)[0] is severity


def test_image_defaults_to_low(shipped: SeverityPolicy, make_finding: MakeFinding) -> None:
    assert shipped.grade(make_finding(type=DriftType.IMAGE, category="image")) == (Severity.LOW, "image-default")


@pytest.mark.parametrize(
    "text",
    [
        "rules: 3",
        "- a",
        "rules: [{name: a}]",
        "rules: [{name: a, severity: LOUD}]",
        "rules: [{name: a, severity: LOW, colour: red}]",
        "rules: [{name: a, severity: LOW, when: {x: {near: 3}}}]",
        "rules: []\nextra: 1",
        "rules: [",
        "rules: []\nrules: []",
    ],
)
def test_a_policy_that_cannot_be_understood_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match="severity policy of Payments"):
        load_policy(text, name="of Payments")


def test_a_value_that_lets_everybody_in_is_critical(shipped: SeverityPolicy, make_finding: MakeFinding) -> None:
    finding = make_finding(type=DriftType.CONFIG, category="helm_value", facts={"opened": True, "key": ["RANGES"]})
    assert shipped.grade(finding) == (Severity.CRITICAL, "config-opened")
