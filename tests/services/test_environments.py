"""Environments keep their order and their promotion path; variables keep their secrets."""

import pytest

from pilab_desktop.domain.environment import Stage, Variable
from pilab_desktop.domain.errors import DuplicateError, InvalidInputError, NotFoundError
from pilab_desktop.domain.project_description import EnvironmentDescription, VariableDescription
from pilab_desktop.services.creation import sealing_identity
from pilab_desktop.services.environments import VariableRelation, stage_of
from tests.services.conftest import Bench


def path_of(bench: Bench) -> list[tuple[str, tuple[str, ...]]]:
    """Each environment's slug with the slugs it promotes to, in order."""
    listed = bench.environments.list(None)
    slugs = {environment.id: environment.slug for environment in listed}
    return [(e.slug, tuple(slugs[i] for i in e.promotes_to)) for e in listed]


def plain(key: str, value: str) -> VariableDescription:
    """One that everybody may read."""
    return VariableDescription(key=key, value=value)


def secret(key: str, value: str) -> VariableDescription:
    """One that nobody may."""
    return VariableDescription(key=key, value=value, is_secret=True)


def revealed(bench: Bench, name: str, variable: Variable) -> str:
    """A secret's value, as its environment's owner would see it."""
    environment = next(e for e in bench.environments.list(None) if e.slug == name)
    assert variable.sealed is not None
    return bench.vault.open(variable.sealed, identity=sealing_identity(environment, variable.id))


def test_a_new_environment_comes_last_and_the_last_promotes_to_it(plain_shop: Bench) -> None:
    told = EnvironmentDescription(name="Standby", stage=Stage.DR, variables=(plain("A", "1"),))
    added = plain_shop.environments.add(None, told).value
    assert path_of(plain_shop) == [("dev", ("uat",)), ("uat", ("prod",)), ("prod", ("standby",)), ("standby", ())]
    assert not added.is_production
    assert [v.key for v in plain_shop.environments.variables(None, "standby")] == ["A"]


def test_a_new_one_may_say_itself_where_it_promotes_to(plain_shop: Bench) -> None:
    told = EnvironmentDescription(name="Perf", stage=Stage.PERF, promotes_to=("uat", "prod"))
    assert len(plain_shop.environments.add(None, told).value.promotes_to) == 2
    assert path_of(plain_shop)[-1] == ("perf", ("uat", "prod"))


def test_an_environment_whose_slug_is_taken_is_refused(plain_shop: Bench) -> None:
    with pytest.raises(DuplicateError, match="“uat” already"):
        plain_shop.environments.add(None, EnvironmentDescription(name="uat!", stage=Stage.UAT))
    assert len(plain_shop.environments.list(None)) == 3


def test_another_name_leaves_the_slug(plain_shop: Bench) -> None:
    saved = plain_shop.environments.rename(None, "uat", " Acceptance ").value
    assert (saved.name, saved.slug) == ("Acceptance", "uat")
    with pytest.raises(InvalidInputError, match="needs a name"):
        plain_shop.environments.rename(None, "uat", " ")


def test_a_straight_path_follows_a_new_order(plain_shop: Bench) -> None:
    plain_shop.environments.reorder(None, ["uat", "dev", "prod"])
    assert path_of(plain_shop) == [("uat", ("dev",)), ("dev", ("prod",)), ("prod", ())]
    assert plain_shop.audit()[0]["action"] == "environment.reordered"
    assert not plain_shop.environments.reorder(None, ["uat", "dev", "prod"]).changes.changes


def test_a_path_of_its_own_stays_in_a_new_order(plain_shop: Bench) -> None:
    plain_shop.environments.add(None, EnvironmentDescription(name="Perf", stage=Stage.PERF, promotes_to=("prod",)))
    plain_shop.environments.reorder(None, ["perf", "dev", "uat", "prod"])
    assert path_of(plain_shop) == [("perf", ("prod",)), ("dev", ("uat",)), ("uat", ("prod",)), ("prod", ("perf",))]


@pytest.mark.parametrize("names", [["uat", "dev"], ["uat", "dev", "prod", "uat"], ["uat", "uat", "prod"]])
def test_an_order_names_each_once(plain_shop: Bench, names: list[str]) -> None:
    with pytest.raises(InvalidInputError, match="once: dev, uat, prod"):
        plain_shop.environments.reorder(None, names)


def test_what_promoted_to_a_deleted_one_promotes_past_it(plain_shop: Bench) -> None:
    plain_shop.deploy("uat", "api", "1.0")
    plain_shop.environments.delete(None, "uat")
    assert path_of(plain_shop) == [("dev", ("prod",)), ("prod", ())]
    assert plain_shop.manifest.matrix(None).entries == {}
    plain_shop.environments.add(None, EnvironmentDescription(name="UAT", stage=Stage.UAT))
    assert path_of(plain_shop)[-1] == ("uat", ())


def test_variables_are_set_all_or_none(plain_shop: Bench) -> None:
    with pytest.raises(InvalidInputError, match="“B C” cannot name a variable; nothing was changed"):
        plain_shop.environments.set_variables(None, "uat", [plain("A", "1"), plain("B C", "2")])
    for key in ("", "#A", "A=B", "'A"):
        with pytest.raises(InvalidInputError):
            plain_shop.environments.set_variables(None, "uat", [plain(key, "1")])
    assert plain_shop.environments.variables(None, "uat") == ()


def test_a_key_that_is_told_twice_ends_with_its_last_value(plain_shop: Bench) -> None:
    told = [secret("TOKEN", "first"), secret("TOKEN", "second")]
    plain_shop.environments.set_variables(None, "uat", told)
    (token,) = plain_shop.environments.variables(None, "uat")
    assert revealed(plain_shop, "uat", token) == "second"
    plain_shop.environments.set_variables(None, "uat", [secret("TOKEN", "third")])
    (again,) = plain_shop.environments.variables(None, "uat")
    assert (again.id, revealed(plain_shop, "uat", again)) == (token.id, "third")


def test_no_secret_is_in_the_log(plain_shop: Bench) -> None:
    plain_shop.environments.set_variables(None, "uat", [secret("TOKEN", "hush-hush"), plain("URL", "http://uat")])
    plain_shop.environments.set_variables(None, "uat", [secret("URL", "http://me:hush-hush@uat")])
    plain_shop.environments.unset_variable(None, "uat", "TOKEN")
    log = plain_shop.audit()
    assert [entry["action"] for entry in log[:4]] == ["variable.unset", *["variable.set"] * 3]
    assert "hush-hush" not in repr(log)
    assert "hush" not in repr(plain_shop.environments.variables(None, "uat"))


def test_what_is_not_there_cannot_be_taken_away(plain_shop: Bench) -> None:
    plain_shop.environments.set_variables(None, "uat", [plain("URL", "x")])
    with pytest.raises(NotFoundError, match=r"UAT has no variable “URI”. Did you mean “URL”"):
        plain_shop.environments.unset_variable(None, "uat", "URI")


def test_two_environments_are_compared_without_revealing_a_secret(plain_shop: Bench) -> None:
    uat = [plain("A", "1"), plain("B", "1"), secret("C", "x"), secret("D", "x"), plain("E", "x"), secret("F", "")]
    prod = [plain("B", "2"), secret("C", "x"), secret("D", "y"), secret("E", "x"), plain("G", ""), secret("F", "")]
    plain_shop.environments.set_variables(None, "uat", uat)
    plain_shop.environments.set_variables(None, "prod", prod)
    pairs = plain_shop.environments.compare(None, "uat", "prod")
    assert {pair.key: pair.relation for pair in pairs} == {
        "A": VariableRelation.ONLY_IN_SOURCE,
        "B": VariableRelation.DIFFERENT,
        "C": VariableRelation.SAME,
        "D": VariableRelation.DIFFERENT,
        "E": VariableRelation.DIFFERENT,
        "F": VariableRelation.SAME,
        "G": VariableRelation.ONLY_IN_TARGET,
    }
    assert all(end is None or not end.is_secret or end.value is None for p in pairs for end in (p.source, p.target))


def test_a_value_that_was_not_given_is_an_empty_one(plain_shop: Bench) -> None:
    plain_shop.environments.set_variables(None, "uat", [VariableDescription(key="A", value=None)])
    plain_shop.environments.set_variables(None, "prod", [plain("A", "")])
    assert [p.relation for p in plain_shop.environments.compare(None, "uat", "prod")] == [VariableRelation.SAME]


def test_a_stage_is_read_as_people_write_it() -> None:
    assert stage_of("pre-prod") is Stage.PRE_PROD
    with pytest.raises(InvalidInputError, match="“moon” is no stage; there are DEV, SIT"):
        stage_of("moon")
