"""A drift report says what is so, says it again the same, and says what it could not see."""

import shutil

import pytest

from pilab_desktop.domain.commit import Relation
from pilab_desktop.domain.drift import DecisionKind, DriftItem, DriftReport, DriftStatus, DriftType, SinceLast
from pilab_desktop.domain.errors import CancelledError, InvalidInputError, NotFoundError
from pilab_desktop.domain.project_description import VariableDescription
from pilab_desktop.domain.severity import Severity
from pilab_desktop.ports.progress import Work
from pilab_desktop.services.gate import gate_sentence
from tests.services.conftest import Bench, Shop


def code(report: DriftReport) -> dict[str, DriftItem]:
    """Commit to its item."""
    return {str(i.metadata["sha"]): i for i in report.items if i.type is DriftType.CODE}


def test_two_releases_are_compared_with_what_was_picked_between_them(bench: Bench, shop: Shop) -> None:
    done = bench.drift.analyse(None, "uat", "prod", Work())
    report = done.value.report
    assert not done.value.unchanged
    assert done.changes.touches("drift_report", report.project_id)
    api, web = report.sub_modules
    assert (api.sub_module, api.relation, api.ahead, api.behind) == ("api", Relation.DIVERGED, 2, 2)
    assert (api.commits.source_only, api.commits.target_only, api.commits.equivalent_source) == (1, 1, 1)
    assert (web.sub_module, web.relation) == ("web", Relation.SAME)
    items = code(report)
    assert set(items) == {shop.feature, shop.hotfix}
    assert items[shop.hotfix].category == "missing_in_source"
    assert report.items[0] == items[shop.hotfix]
    assert [(i.path, i.old_value, i.new_value) for i in report.items if i.type is DriftType.CONFIG] == [
        ("config/app.yaml:timeout", 5, 9)
    ]
    assert report.completeness.complete
    assert report.problems == ()
    assert bench.drift.get(None, "latest") == report
    assert [listed.id for listed in bench.drift.list(None)] == [report.id]
    assert gate_sentence(report, Severity.CRITICAL) is None
    assert "undecided item" in (gate_sentence(report, Severity.HIGH) or "")


def test_nothing_changed_gives_the_same_report(bench: Bench, shop: Shop) -> None:
    first = bench.report()
    again = bench.drift.analyse("shop", "UAT", "Production", Work())
    assert again.value.unchanged
    assert not again.changes.changes
    assert again.value.report == first


def test_a_later_report_says_what_is_new_still_there_and_gone(bench: Bench, shop: Shop) -> None:
    first = bench.report()
    shop.api.git("checkout", "--quiet", "main")
    shop.api.git("cherry-pick", shop.hotfix)
    added = shop.api.commit("feat: vouchers SHOP-3")
    bench.deploy("uat", "api", "2.1.0", shop.api.git("rev-parse", "HEAD"))
    second = bench.report()
    items = code(second)
    assert {sha: i.since_last for sha, i in items.items()} == {
        added: SinceLast.NEW,
        shop.feature: SinceLast.STILL_THERE,
    }
    assert second.gone == (code(first)[shop.hotfix].fingerprint,)
    assert second.previous_report_id == first.id
    assert bench.drift.get(None, str(first.id)).status is DriftStatus.DETECTED


def test_a_report_is_resolved_by_the_next_that_finds_nothing_of_it(bench: Bench, shop: Shop) -> None:
    first = bench.report()
    bench.deploy("prod", "api", "2.0.0")
    second = bench.report()
    assert [s.relation for s in second.sub_modules] == [Relation.SAME, Relation.SAME]
    assert second.clean
    assert (second.severity, second.summary) == (Severity.INFO, "Both ends are the same.")
    assert gate_sentence(second, Severity.INFO) is None
    assert bench.drift.get(None, str(first.id)).status is DriftStatus.RESOLVED


def test_what_differs_in_another_way_is_not_resolved(bench: Bench, shop: Shop) -> None:
    bench.deploy("prod", "api", "2.0.0")
    for environment, value in (("uat", "1"), ("prod", "2")):
        bench.environments.set_variables(None, environment, [VariableDescription(key="RATE", value=value)])
    first = bench.report()
    bench.environments.set_variables(None, "uat", [VariableDescription(key="RATE", value="3")])
    second = bench.report()
    assert [i.since_last for i in second.items] == [SinceLast.NEW]
    assert bench.drift.get(None, str(first.id)).status is DriftStatus.DETECTED


def test_swapped_ends_mirror_each_other(bench: Bench, shop: Shop) -> None:
    there, back = bench.report("uat", "prod"), bench.report("prod", "uat")
    assert {s.relation.mirrored() for s in there.sub_modules} == {s.relation for s in back.sub_modules}
    assert set(code(there)) == set(code(back))
    assert code(back)[shop.feature].category == "missing_in_source"


def test_a_version_nobody_knows_is_an_item_and_a_problem(bench: Bench, shop: Shop) -> None:
    bench.deploy("uat", "api", "7.7.7")
    report = bench.report()
    assert report.sub_modules[0].relation is Relation.UNRESOLVED
    assert [(i.category, i.severity) for i in report.items] == [("unresolved_version", Severity.HIGH)]
    assert ["7.7.7" in p.message and p.sub_module == "api" for p in report.problems] == [True]
    assert not report.completeness.complete
    assert not report.clean
    bench.drift.decide(None, "latest", report.items[0].fingerprint, DecisionKind.IGNORE, "known")
    assert "incomplete" in (gate_sentence(bench.drift.get(None, "latest"), Severity.CRITICAL) or "")
    assert bench.analyse().unchanged


def test_a_repository_that_vanished_is_a_problem_and_the_others_are_compared(bench: Bench, shop: Shop) -> None:
    newer = shop.web.commit("feat: colours")
    bench.deploy("uat", "web", "1.1.0", newer)
    shutil.rmtree(shop.api.path)
    report = bench.report()
    assert [s.relation for s in report.sub_modules] == [Relation.UNRESOLVED, Relation.AHEAD]
    assert [p.sub_module for p in report.problems] == ["api"]
    assert newer in code(report)
    assert not report.clean


def test_an_incomplete_report_resolves_nothing(bench: Bench, shop: Shop) -> None:
    first = bench.report()
    shutil.rmtree(shop.api.path)
    bench.report()
    assert bench.drift.get(None, str(first.id)).status is DriftStatus.DETECTED


def test_a_sub_module_without_a_repository_is_a_problem(plain_shop: Bench) -> None:
    plain_shop.deploy("uat", "api", "1.0")
    report = plain_shop.report()
    assert report.problems[0].message.startswith("api has no repository")
    assert not report.clean


def test_what_runs_at_one_end_only_is_said(bench: Bench, shop: Shop) -> None:
    bench.deploy("dev", "api", "2.0.0")
    report = bench.report("dev", "uat")
    assert [(s.sub_module, s.relation) for s in report.sub_modules] == [
        ("api", Relation.SAME),
        ("web", Relation.ONLY_IN_TARGET),
    ]
    assert [i.category for i in report.items] == ["sub_module_only_in_target"]
    assert [s.relation for s in bench.report("uat", "dev").sub_modules] == [Relation.SAME, Relation.ONLY_IN_SOURCE]


def test_an_end_may_lie_in_the_past_or_in_a_baseline(bench: Bench, shop: Shop) -> None:
    then = bench.clock.said.isoformat()
    bench.manifest.create_baseline(None, "R1")
    bench.deploy("prod", "api", "2.0.0")
    now, past, frozen = bench.report(), bench.report("uat", f"prod@{then}"), bench.report("uat", "baseline:R1/prod")
    assert now.clean
    assert set(code(past)) == set(code(frozen)) == {shop.feature, shop.hotfix}
    assert str(frozen.target) == "baseline:R1"
    assert frozen.target.environment == "prod"
    moved = bench.report("baseline:R1", "prod")
    assert (moved.source.environment, moved.sub_modules[0].source_version) == ("prod", "1.0.1")


def test_variables_have_no_history_and_the_report_says_so(bench: Bench, shop: Shop) -> None:
    then = bench.clock.said.isoformat()
    assert bench.report("uat", f"prod@{then}").problems == ()
    bench.environments.set_variables(None, "prod", [VariableDescription(key="A", value="1")])
    for source in ("uat", f"uat@{then}"):
        (problem,) = bench.report(source, f"prod@{then}").problems
        assert "Variables have no history" in problem.message


@pytest.mark.parametrize(
    ("ends", "error", "sentence"),
    [
        (("uatt", "prod"), NotFoundError, "Did you mean “uat”"),
        (("baseline:", "prod"), InvalidInputError, "baseline:NAME"),
        (("baseline:R9", "prod"), NotFoundError, "no baseline “R9”"),
        (("baseline:R1", "baseline:R2"), InvalidInputError, "baseline:NAME/ENVIRONMENT"),
        (("uat@soon", "prod"), InvalidInputError, "“soon” is no time"),
    ],
)
def test_an_end_that_cannot_be_is_said(
    bench: Bench, shop: Shop, ends: tuple[str, str], error: type[Exception], sentence: str
) -> None:
    with pytest.raises(error, match=sentence):
        bench.report(*ends)
    assert bench.drift.list(None) == ()


def test_a_wish_to_stop_stores_nothing(bench: Bench, shop: Shop) -> None:
    work = Work()
    work.cancel.cancel()
    with pytest.raises(CancelledError):
        bench.drift.analyse(None, "uat", "prod", work)
    assert bench.drift.list(None) == ()


def test_without_reports_there_is_no_latest(plain_shop: Bench) -> None:
    with pytest.raises(NotFoundError, match="pilab drift analyze"):
        plain_shop.drift.get(None, "latest")
    with pytest.raises(NotFoundError, match="no drift report “abc”"):
        plain_shop.drift.get(None, "abc")


def test_a_secret_that_changed_is_said_and_not_shown(bench: Bench, shop: Shop) -> None:
    for environment in ("uat", "prod"):
        told = VariableDescription(key="API_TOKEN", value=f"hush-{environment}", is_secret=True)
        bench.environments.set_variables(None, environment, [told])
    report = bench.report()
    (item,) = [i for i in report.items if i.path == "API_TOKEN"]
    assert (item.severity, item.new_value) == (Severity.CRITICAL, {"secret": True, "changed": True})
    assert "hush" not in repr(report)
