"""Grade: severity, fingerprint, expected differences and decisions for each finding (semantics.md §3, §4, §6)."""

import fnmatch
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pilab_desktop.domain.drift import Decision, DriftItem, ExpectedRule, Finding, SinceLast
from pilab_desktop.domain.ids import new_id
from pilab_desktop.domain.json import JsonValue
from pilab_desktop.drift.policy import SeverityPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What people said before: rules in force, decisions by fingerprint, and what the last report of the pair found.

    `previous` is None where there is no last report.
    """

    source_environment: str | None
    target_environment: str | None
    rules: Sequence[ExpectedRule] = ()
    decisions: Mapping[str, Decision]
    previous: frozenset[str] | None = None


def grade(findings: Sequence[Finding], policy: SeverityPolicy, review: Review) -> tuple[DriftItem, ...]:
    """One item for each finding, in the order given. Findings that say the same thing twice become one item."""
    items: dict[str, DriftItem] = {}
    for finding in findings:
        key = fingerprint(finding)
        if key not in items:
            items[key] = _item(finding, key, policy, review)
    return tuple(items.values())


def fingerprint(finding: Finding) -> str:
    """What makes it the same difference in next week's report: what it is and both of its values."""
    return _digest(*_place(finding), finding.value_identity)


def subject_key(finding: Finding) -> str:
    """What makes it the same thing, whatever its values are now."""
    return _digest(*_place(finding))


def rules_in_force(rules: Sequence[ExpectedRule], now: datetime) -> tuple[ExpectedRule, ...]:
    """Those that are neither revoked nor expired."""
    return tuple(r for r in rules if r.revoked_at is None and (r.expires_at is None or r.expires_at > now))


def _place(finding: Finding) -> tuple[str, ...]:
    return finding.type.value, finding.category, finding.sub_module, finding.path or "", finding.subject


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _item(finding: Finding, key: str, policy: SeverityPolicy, review: Review) -> DriftItem:
    severity, rule = policy.grade(finding)
    expected = next((r for r in review.rules if _expects(r, finding, review)), None)
    decision = review.decisions.get(key)
    since = None
    if review.previous is not None:
        since = SinceLast.STILL_THERE if key in review.previous else SinceLast.NEW
    return DriftItem(
        id=new_id(),
        fingerprint=key,
        subject_key=subject_key(finding),
        type=finding.type,
        category=finding.category,
        direction=finding.direction,
        sub_module=finding.sub_module,
        path=finding.path,
        severity=severity,
        rule=rule,
        description=finding.description,
        old_value=finding.old_value,
        new_value=finding.new_value,
        tickets=finding.tickets,
        expected=expected is not None,
        expected_rule_id=expected.id if expected else None,
        decision=decision.kind if decision else None,
        since_last=since,
        metadata=finding.metadata,
    )


def _expects(rule: ExpectedRule, finding: Finding, review: Review) -> bool:
    scope = (
        (rule.source_environment, review.source_environment),
        (rule.target_environment, review.target_environment),
        (rule.type, finding.type),
        (rule.category, finding.category),
        (rule.sub_module, finding.sub_module),
    )
    if any(wanted is not None and wanted != actual for wanted, actual in scope):
        return False
    if not fnmatch.fnmatchcase(finding.path or "", rule.path_pattern):
        return False
    return rule.value_pattern is None or _value_matches(rule.value_pattern, finding.new_value)


def _value_matches(pattern: str, value: JsonValue) -> bool:
    if isinstance(value, Mapping) and value.get("secret") is True:
        return False
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return fnmatch.fnmatchcase(text, pattern)
