"""Projects are created whole or not at all, and what is taken away comes back."""

import dataclasses
from datetime import UTC, datetime

import pytest

from pilab_desktop.domain.drift import DriftType
from pilab_desktop.domain.environment import Stage
from pilab_desktop.domain.errors import DuplicateError, InvalidInputError, NotFoundError
from pilab_desktop.domain.project import ProjectStatus
from pilab_desktop.domain.project_description import (
    DeploymentDescription,
    EnvironmentDescription,
    ExpectedDescription,
    ProjectDescription,
    RepositoryDescription,
    SubModuleDescription,
    VariableDescription,
)
from tests.services.conftest import Bench, shop_description

YESTERDAY = datetime(2026, 3, 1, 9, tzinfo=UTC)
WHOLE = ProjectDescription(
    name="Shop",
    description="Sells things",
    sub_modules=(
        SubModuleDescription(name="api", repositories=(RepositoryDescription(url="git@example.org:a/mono.git"),)),
        SubModuleDescription(
            name="web", repositories=(RepositoryDescription(url="git@example.org:a/mono.git", path="/apps/web/"),)
        ),
    ),
    environments=(
        EnvironmentDescription(
            name="UAT",
            stage=Stage.UAT,
            variables=(
                VariableDescription(key="URL", value="http://uat"),
                VariableDescription(key="TOKEN", value="hush-hush", is_secret=True),
            ),
        ),
        EnvironmentDescription(name="Production", slug="prod", stage=Stage.PROD),
        EnvironmentDescription(name="Standby", stage=Stage.DR, promotes_to=()),
    ),
    deployments=(DeploymentDescription(environment="uat", sub_module="api", version="1.0", deployed_at=YESTERDAY),),
    expected=(ExpectedDescription(reason="by design", type=DriftType.CONFIG, path_pattern="*.url"),),
)


def test_a_project_is_created_with_everything_in_it(bench: Bench) -> None:
    done = bench.projects.create(WHOLE)
    view = bench.projects.show("shop")
    assert view == done.value
    assert done.changes.touches("project", view.project.id)
    assert [s.name for s in view.sub_modules] == ["api", "web"]
    assert [r.url for r in view.repositories] == ["git@example.org:a/mono.git"]
    assert sorted(link.path for link in view.links) == ["", "apps/web"]
    uat, prod, standby = view.environments
    assert (uat.promotes_to, prod.promotes_to, standby.promotes_to) == ((prod.id,), (standby.id,), ())
    assert [e.is_production for e in view.environments] == [False, True, False]
    assert [v.key for v in bench.environments.variables("shop", "uat")] == ["TOKEN", "URL"]
    assert [e.current.version for e in bench.manifest.matrix("shop").entries.values() if e.current] == ["1.0"]


SAID_TWICE = (EnvironmentDescription(name="UAT", stage=Stage.UAT), EnvironmentDescription(name="uat", stage=Stage.DEV))


@pytest.mark.parametrize(
    ("change", "error", "sentence"),
    [
        ({"name": "…"}, InvalidInputError, "cannot be a project's slug"),
        ({"name": " ", "slug": "shop"}, InvalidInputError, "needs a name"),
        ({"slug": "My Shop"}, InvalidInputError, "cannot be a project's slug"),
        ({"sub_modules": (SubModuleDescription(name="api"),) * 2}, DuplicateError, "Two sub-modules are called “api”"),
        ({"environments": SAID_TWICE}, DuplicateError, "Two environments are called “uat”"),
        (
            {"environments": (EnvironmentDescription(name="!", stage=Stage.DEV),)},
            InvalidInputError,
            "cannot name an environment",
        ),
        (
            {"environments": (EnvironmentDescription(name="UAT", stage=Stage.UAT, promotes_to=("live",)),)},
            InvalidInputError,
            "promotes to “live”",
        ),
        (
            {
                "deployments": (
                    DeploymentDescription(environment="live", sub_module="api", version="1", deployed_at=YESTERDAY),
                )
            },
            InvalidInputError,
            "names “live” and “api”",
        ),
        ({"severity_policy": "rules: [nonsense]"}, InvalidInputError, "policy"),
        (
            {
                "sub_modules": (
                    SubModuleDescription(
                        name="api", repositories=(RepositoryDescription(url="https://ann:hunter2@example.org/a.git"),)
                    ),
                )
            },
            InvalidInputError,
            "user name or password",
        ),
        (
            {
                "sub_modules": (
                    SubModuleDescription(
                        name="api", repositories=(RepositoryDescription(url="git@example.org:a.git", path="../.."),)
                    ),
                )
            },
            InvalidInputError,
            "leads out of the repository",
        ),
        (
            {
                "environments": (
                    EnvironmentDescription(
                        name="UAT",
                        stage=Stage.UAT,
                        variables=(VariableDescription(key="A", value="1"), VariableDescription(key="A", value="2")),
                    ),
                )
            },
            DuplicateError,
            "Two variables are called “A”",
        ),
    ],
)
def test_what_contradicts_itself_creates_nothing(
    bench: Bench, change: dict[str, object], error: type[Exception], sentence: str
) -> None:
    told = dataclasses.replace(shop_description(), **change)  # type: ignore[arg-type]  # the table's values fit their fields
    with pytest.raises(error, match=sentence) as raised:
        bench.projects.create(told)
    assert "hunter2" not in str(raised.value)
    assert bench.projects.list(statuses=tuple(ProjectStatus)) == ()
    assert bench.audit() == ()


def test_a_slug_that_is_taken_is_said_at_its_field(plain_shop: Bench) -> None:
    with pytest.raises(DuplicateError, match="“shop” is there already") as raised:
        plain_shop.projects.create(ProjectDescription(name="SHOP"))
    assert raised.value.field == "slug"


def test_what_is_given_changes_and_the_slug_stays(plain_shop: Bench) -> None:
    plain_shop.projects.update("shop", new_name=" Store ", ticket_prefixes=("SHOP",), sql_dialect="mysql")
    changed = plain_shop.projects.update("shop", description="New").value
    assert (changed.name, changed.slug, changed.description) == ("Store", "shop", "New")
    assert (changed.settings.ticket_prefixes, changed.settings.sql_dialect) == (("SHOP",), "mysql")
    assert plain_shop.projects.update("shop", sql_dialect="").value.settings.sql_dialect is None
    assert [p.slug for p in plain_shop.projects.list(search="STOR")] == ["shop"]
    with pytest.raises(InvalidInputError, match="needs a name"):
        plain_shop.projects.update("shop", new_name="  ")


def test_an_archived_project_is_still_found_by_its_name(plain_shop: Bench) -> None:
    plain_shop.projects.archive(None)
    assert plain_shop.projects.list() == ()
    assert plain_shop.projects.show("shop").project.status is ProjectStatus.ARCHIVED
    with pytest.raises(NotFoundError, match="no project yet"):
        plain_shop.projects.show(None)
    assert plain_shop.projects.restore("shop").value.status is ProjectStatus.ACTIVE


def test_a_deleted_project_comes_back_with_all_it_had(plain_shop: Bench) -> None:
    before = plain_shop.projects.show("shop")
    plain_shop.projects.delete("shop")
    with pytest.raises(NotFoundError):
        plain_shop.projects.show("shop")
    with pytest.raises(NotFoundError, match="no archived or deleted project “shap”"):
        plain_shop.projects.restore("shap")
    plain_shop.projects.restore("shop")
    after = plain_shop.projects.show("shop")
    assert (after.sub_modules, after.environments) == (before.sub_modules, before.environments)
    assert [e["action"] for e in plain_shop.audit()] == ["project.restored", "project.deleted", "project.created"]


def test_the_deleted_last_of_several_comes_back_and_not_onto_a_taken_slug(plain_shop: Bench) -> None:
    plain_shop.projects.delete("shop")
    second = plain_shop.projects.create(ProjectDescription(name="Shop", description="second")).value.project
    with pytest.raises(DuplicateError):
        plain_shop.projects.restore("shop")
    plain_shop.projects.delete("shop")
    assert plain_shop.projects.restore("shop").value.id == second.id
