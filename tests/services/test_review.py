"""What people decide about a report stays with the differences, for as long as these are the same."""

from datetime import timedelta

import pytest

from pilab_desktop.domain.drift import DecisionKind, DriftItem, DriftReport, DriftStatus
from pilab_desktop.domain.errors import InvalidInputError, NotFoundError
from pilab_desktop.domain.project_description import VariableDescription
from pilab_desktop.domain.severity import Severity
from pilab_desktop.services.drift_reports import Expectation
from tests.services.conftest import Bench, Shop

EXPECTED, ACTION, IGNORED = DecisionKind.ACCEPT_EXPECTED, DecisionKind.NEEDS_ACTION, DecisionKind.IGNORE


def set_rate(bench: Bench, environment: str, value: str) -> None:
    """One variable that differs."""
    bench.environments.set_variables(None, environment, [VariableDescription(key="RATE", value=value)])


def rate(report: DriftReport) -> DriftItem:
    """Its item."""
    return next(item for item in report.items if item.path == "RATE")


@pytest.fixture
def rates(bench: Bench, shop: Shop) -> Bench:
    """UAT has another rate than PROD."""
    set_rate(bench, "uat", "5")
    set_rate(bench, "prod", "1")
    return bench


def test_a_decision_carries_over_and_reopens_with_another_value(rates: Bench, shop: Shop) -> None:
    item = rate(rates.report())
    decided = rates.drift.decide(None, "latest", item.fingerprint[:8], IGNORED, " fine ").value
    assert decided.decision is IGNORED
    assert rate(rates.report()).decision is IGNORED
    rates.deploy("uat", "web", "1.0.0", shop.web.commit("feat: colours"))
    assert rate(rates.report()).decision is IGNORED
    set_rate(rates, "uat", "6")
    reopened = rate(rates.report())
    assert (reopened.decision, reopened.decided) == (None, False)
    set_rate(rates, "uat", "5")
    assert rate(rates.report()).decision is IGNORED


def test_the_last_decision_is_in_force_and_both_are_logged(rates: Bench) -> None:
    item = rate(rates.report())
    rates.drift.decide(None, "latest", str(item.id), IGNORED, "fine")
    rates.drift.decide(None, "latest", str(item.id), ACTION, "no, it is not")
    assert rate(rates.drift.get(None, "latest")).decision is ACTION
    second, first = rates.audit()[:2]
    assert (second["action"], second["old"]) == ("drift_item.decided", {"decision": "IGNORE"})
    assert first["new"] == {"decision": "IGNORE", "reason": "fine", "fingerprint": item.fingerprint}


def test_a_decision_needs_a_reason_and_one_item(rates: Bench) -> None:
    rates.report()
    with pytest.raises(InvalidInputError, match="needs a reason"):
        rates.drift.decide(None, "latest", "", IGNORED, " ")
    with pytest.raises(NotFoundError, match="no item “zzz”"):
        rates.drift.decide(None, "latest", "zzz", IGNORED, "why")
    with pytest.raises(InvalidInputError, match="“” fits 4 items"):
        rates.drift.decide(None, "latest", "", IGNORED, "why")


@pytest.mark.parametrize(
    ("expectation", "still_expected"),
    [
        (Expectation(path_pattern="RATE"), ("9", True)),
        (Expectation(path_pattern="R*", value_pattern="5*"), ("9", False)),
        (Expectation(path_pattern="R*", value_pattern="5*"), ("51", True)),
        (Expectation(path_pattern="URL"), ("9", False)),
        (Expectation(path_pattern="RATE", sub_module="web"), ("9", False)),
    ],
)
def test_what_is_accepted_once_is_expected_within_its_pattern(
    rates: Bench, expectation: Expectation, still_expected: tuple[str, bool]
) -> None:
    item = rate(rates.report())
    rates.drift.decide(None, "latest", item.fingerprint, EXPECTED, "by design", expectation=expectation)
    value, expected = still_expected
    set_rate(rates, "uat", value)
    item = rate(rates.report())
    assert (item.expected, item.decided) == (expected, expected)


def test_an_expectation_is_of_its_pair_unless_it_is_said_to_be_of_any(rates: Bench) -> None:
    set_rate(rates, "dev", "7")
    narrow, wide = Expectation(path_pattern="RATE"), Expectation(path_pattern="RATE", any_environments=True)
    rates.drift.decide(
        None, str(rates.report().id), rate(rates.report()).fingerprint, EXPECTED, "ok", expectation=narrow
    )
    assert rate(rates.report()).expected
    other = rates.report("dev", "prod")
    assert not rate(other).expected
    rates.drift.decide(None, str(other.id), rate(other).fingerprint, EXPECTED, "ok", expectation=wide)
    assert rate(rates.report("dev", "uat")).expected


def test_an_expectation_ends_when_it_was_said_to(rates: Bench) -> None:
    until = rates.clock.said + timedelta(hours=1)
    item = rate(rates.report())
    expectation = Expectation(path_pattern="RATE", expires_at=until)
    rates.drift.decide(None, "latest", item.fingerprint, ACTION, "for now", expectation=expectation)
    first = rates.analyse()
    assert (first.unchanged, rate(first.report).expected) == (False, True)
    rates.clock.said = until
    later = rates.analyse()
    assert (later.unchanged, rate(later.report).expected) == (False, False)


def test_a_comment_is_kept_with_the_difference(rates: Bench) -> None:
    item = rate(rates.report())
    comment = rates.drift.comment(None, "latest", item.fingerprint, " Ask Bob. ").value
    assert (comment.text, comment.author, comment.fingerprint) == ("Ask Bob.", "ann", item.fingerprint)
    with rates.store.unit_of_work() as unit:
        assert unit.drift_reports.comments(comment.project_id, item.fingerprint) == (comment,)
    with pytest.raises(InvalidInputError, match="needs a text"):
        rates.drift.comment(None, "latest", item.fingerprint, " ")


def test_a_report_goes_its_way_and_approval_needs_decisions(rates: Bench) -> None:
    report = rates.report()
    severe = [item for item in report.items if item.severity.at_least(Severity.HIGH)]
    assert len(severe) == 1
    for status in (DriftStatus.ANALYZING, DriftStatus.REVIEWED):
        rates.drift.set_status(None, "latest", status)
    with pytest.raises(InvalidInputError, match=r"^1 critical or high item has no decision yet; decide it"):
        rates.drift.set_status(None, "latest", DriftStatus.APPROVED)
    rates.drift.decide(None, "latest", severe[0].fingerprint, ACTION, "will be picked")
    assert rates.drift.set_status(None, "latest", DriftStatus.APPROVED).value.status is DriftStatus.APPROVED
    assert rates.audit()[0]["new"] == {"status": "APPROVED"}
    rates.drift.set_status(None, "latest", DriftStatus.RESOLVED)
    for status in DriftStatus:
        with pytest.raises(InvalidInputError, match=r"RESOLVED cannot become .*; it can go to nowhere"):
            rates.drift.set_status(None, "latest", status)


def test_a_report_cannot_leap_and_can_be_ignored_and_taken_up_again(rates: Bench) -> None:
    rates.report()
    with pytest.raises(
        InvalidInputError, match="DETECTED cannot become APPROVED; it can go to ANALYZING, IGNORED, REV"
    ):
        rates.drift.set_status(None, "latest", DriftStatus.APPROVED)
    rates.drift.set_status(None, "latest", DriftStatus.IGNORED)
    rates.deploy("prod", "api", "2.0.0")
    set_rate(rates, "prod", "5")
    first = rates.drift.get(None, "latest")
    assert rates.report().clean
    assert rates.drift.get(None, str(first.id)).status is DriftStatus.IGNORED
    assert rates.drift.set_status(None, str(first.id), DriftStatus.DETECTED).value.status is DriftStatus.DETECTED


def test_a_report_whose_items_were_all_decided_is_resolved_too(bench: Bench, shop: Shop) -> None:
    first = bench.report()
    for item in first.items:
        bench.drift.decide(None, "latest", item.fingerprint, IGNORED, "fine")
    bench.deploy("prod", "api", "2.0.0")
    bench.report()
    assert bench.drift.get(None, str(first.id)).status is DriftStatus.RESOLVED
