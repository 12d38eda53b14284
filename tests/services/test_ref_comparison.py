"""Two refs are compared without a workspace, by the same rules as in one."""

import pytest

from pilab_desktop.domain.commit import Relation
from pilab_desktop.domain.errors import NotFoundError
from pilab_desktop.drift.policy import load_policy
from pilab_desktop.ports.progress import Work
from pilab_desktop.resources import resource_text
from pilab_desktop.services.ref_comparison import RefPair, compare_refs
from tests.services.conftest import NOON, Bench, Shop

POLICY = load_policy(resource_text("policies/severity.yaml"), name="that is shipped")


def test_the_commits_and_tickets_are_those_of_a_report(bench: Bench, shop: Shop) -> None:
    pair = RefPair(repository=str(shop.api.path), source="v2.0.0", target="release/1.0", ticket_prefixes=("SHOP",))
    report = compare_refs(bench.git, pair, POLICY, NOON, Work())
    stored = bench.report()
    assert [i.metadata["sha"] for i in report.items] == [shop.hotfix, shop.feature]
    assert [(i.severity, i.rule) for i in report.items] == [
        (i.severity, i.rule) for i in stored.items if i.type == "CODE"
    ]
    assert [t.key for t in report.tickets] == [t.key for t in stored.tickets]
    assert report.sub_modules[0].relation is Relation.DIVERGED
    assert (report.source.environment, report.target.environment) == ("v2.0.0", "release/1.0")


def test_a_path_is_looked_at_alone(bench: Bench, shop: Shop) -> None:
    pair = RefPair(repository=str(shop.api.path), source="v2.0.0", target="v1.0.1", path="/config/")
    report = compare_refs(bench.git, pair, POLICY, NOON, Work())
    assert [i.metadata["sha"] for i in report.items] == [shop.feature]
    assert report.sub_modules[0].sub_module == "config"


def test_an_unknown_ref_is_said(bench: Bench, shop: Shop) -> None:
    pair = RefPair(repository=str(shop.api.path), source="v2.0.0", target="v9")
    with pytest.raises(NotFoundError, match="v9"):
        compare_refs(bench.git, pair, POLICY, NOON, Work())
