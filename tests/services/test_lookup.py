"""Things are found by what a person calls them, and what is not found comes with the near names."""

import pytest

from pilab_desktop.domain.errors import InvalidInputError, NotFoundError
from pilab_desktop.domain.ids import new_id
from pilab_desktop.domain.project_description import ProjectDescription
from pilab_desktop.services.lookup import only_one
from pilab_desktop.services.moments import parse_moment
from tests.services.conftest import Bench


def test_the_only_project_needs_no_name_and_two_need_one(bench: Bench) -> None:
    with pytest.raises(NotFoundError, match="pilab project create"):
        bench.projects.show(None)
    bench.projects.create(ProjectDescription(name="Shop"))
    assert bench.projects.show(None).project.slug == "shop"
    bench.projects.create(ProjectDescription(name="Bank"))
    with pytest.raises(InvalidInputError, match=r"2 projects \(bank, shop\)"):
        bench.projects.show(None)


def test_a_name_is_found_in_any_case_and_by_its_id(plain_shop: Bench) -> None:
    view = plain_shop.projects.show("SHOP")
    assert plain_shop.projects.show(str(view.project.id)) == view
    assert plain_shop.environments.variables(None, "PRODUCTION") == ()


def test_a_slug_goes_before_another_one_s_name(plain_shop: Bench) -> None:
    plain_shop.environments.rename(None, "dev", "prod")
    plain_shop.environments.delete(None, "prod")
    assert [e.slug for e in plain_shop.environments.list(None)] == ["dev", "uat"]


def test_an_unknown_name_lists_the_near_ones_or_the_first(plain_shop: Bench) -> None:
    with pytest.raises(NotFoundError, match=r"no project “shpo”. Did you mean “shop”"):
        plain_shop.projects.show("shpo")
    with pytest.raises(NotFoundError) as raised:
        plain_shop.environments.variables(None, "xyzzy")
    assert raised.value.near == ("dev", "uat", "prod")
    plain_shop.projects.create(ProjectDescription(name="Empty"))
    with pytest.raises(NotFoundError, match=r"There is no environment “x”.$"):
        plain_shop.environments.variables("empty", "x")


def test_the_beginning_of_an_id_must_fit_one(bench: Bench) -> None:
    one, other = new_id(), new_id()
    assert only_one((one,), "0", "drift report") == one
    with pytest.raises(NotFoundError, match="no drift report “0”"):
        only_one((), "0", "drift report")
    with pytest.raises(InvalidInputError, match="fits 2 drift reports"):
        only_one((one, other), "0", "drift report")


@pytest.mark.parametrize("text", ["2026-11-22T14:30Z", "2026-11-22T15:30+01:00"])
def test_a_moment_is_read_in_its_zone(text: str) -> None:
    assert parse_moment(text).isoformat() == "2026-11-22T14:30:00+00:00"


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "9999-12-31T23:59:59-23:00"])
def test_what_is_no_moment_is_said_so(text: str) -> None:
    with pytest.raises(InvalidInputError, match="is no time that can be read"):
        parse_moment(text)
