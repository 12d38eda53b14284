"""A ticket's commits are told per environment, among what runs there."""

import shutil

import pytest

from pilab_desktop.domain.errors import CancelledError, InvalidInputError
from pilab_desktop.ports.progress import Work
from tests.services.conftest import Bench, Shop


def test_each_commit_of_a_ticket_says_where_it_runs(bench: Bench, shop: Shop) -> None:
    answer = bench.tickets.status(None, ["SHOP-1", "shop-2", "SHOP-9", "SHOP-77", "SHOP-1"], Work())
    assert answer.environments == ("dev", "uat", "prod")
    assert answer.problems == ()
    told = {t.key: {(c.sha, c.sub_module, c.environments) for c in t.commits} for t in answer.tickets}
    assert told == {
        "SHOP-1": {(shop.fix, "api", ("uat",)), (shop.picked, "api", ("prod",))},
        "SHOP-2": {(shop.feature, "api", ("uat",))},
        "SHOP-9": {(shop.hotfix, "api", ("prod",))},
        "SHOP-77": set(),
    }
    assert {c.subject for c in answer.tickets[0].commits} == {"fix: round the total SHOP-1"}


def test_a_longer_key_is_another_ticket(bench: Bench, shop: Shop) -> None:
    sha = shop.web.commit("feat: colours SHOP-10")
    bench.deploy("dev", "web", "2.0.0", sha)
    bench.deploy("uat", "web", "2.0.0", sha)
    one, ten = bench.tickets.status(None, ["SHOP-1", "SHOP-10"], Work()).tickets
    assert sha not in {c.sha for c in one.commits}
    assert [(c.sha, c.environments) for c in ten.commits] == [(sha, ("dev", "uat"))]


def test_what_cannot_be_looked_at_is_said_and_the_rest_is_told(bench: Bench, shop: Shop) -> None:
    bench.deploy("uat", "api", "9.9.9")
    shutil.rmtree(shop.web.path)
    answer = bench.tickets.status(None, ["SHOP-1"], Work())
    assert [c.environments for c in answer.tickets[0].commits] == [("prod",)]
    assert len(answer.problems) == 2
    assert answer.problems[0].startswith("uat: api 9.9.9 could not be resolved")
    assert answer.problems[1].startswith("web: ")


def test_a_ticket_must_be_named(bench: Bench, shop: Shop) -> None:
    with pytest.raises(InvalidInputError, match="at least one ticket"):
        bench.tickets.status(None, [], Work())


def test_a_wish_to_stop_ends_it(bench: Bench, shop: Shop) -> None:
    work = Work()
    work.cancel.cancel()
    with pytest.raises(CancelledError):
        bench.tickets.status(None, ["SHOP-1"], work)
