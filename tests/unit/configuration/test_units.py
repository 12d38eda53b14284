"""Which files are configuration, and which are compared with which."""

from collections.abc import Callable

import pytest

from pilab_desktop.domain.environment import Stage
from pilab_desktop.drift.configuration.discovery import FileKind
from pilab_desktop.drift.configuration.environments import EnvironmentWords, chosen
from pilab_desktop.drift.configuration.units import units_of
from pilab_desktop.drift.pair import AnalysisContext, EnvironmentName, SnapshotPair

MakePair = Callable[..., SnapshotPair]
MakeContext = Callable[..., AnalysisContext]
ALL = frozenset(FileKind)


def _layers(
    make_pair: MakePair, make_context: MakeContext, files: list[str], ends: tuple[str, str], *named: str
) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    tree = dict.fromkeys(files, "")
    units = units_of(make_pair(tree, tree, ends), make_context(*named), ALL)
    return {unit.path: (unit.source, unit.target) for unit in units}


@pytest.mark.parametrize(
    "path",
    [
        ".env",
        ".env.production",
        ".env.prod.example",
        "deploy/prod.env",
        "config/app.toml",
        "config/production.json",
        "src/main/resources/application.yml",
        "src/main/resources/application-prod.properties",
        "appsettings.json",
        "appsettings.Production.json",
        "config.yaml",
        "settings.toml",
        "chart/values.yaml",
        "helm/values-prod.yaml",
        "environments/test/app.json",
        "service-prod.yaml",
        "envs/staging/app.properties",
    ],
)
def test_conventional_files_are_found(path: str, make_pair: MakePair, make_context: MakeContext) -> None:
    units = units_of(make_pair({path: "a"}, {path: "b"}), make_context(), ALL - {FileKind.MANIFEST})
    assert [unit.path for unit in units] == [path]


@pytest.mark.parametrize(
    "path",
    [
        "package.json",
        "web/package.prod.json",
        "tsconfig.json",
        "pnpm-lock.yaml",
        "package-lock.json",
        "Chart.yaml",
        ".github/workflows/deploy-prod.yml",
        "api/openapi.yaml",
        "chart/templates/prod.yaml",
        "src/locales/en.json",
        "node_modules/x/.env",
        "vendor/a/config.yaml",
        "tests/config/prod.yaml",
        "src/test/resources/application.yml",
        "testdata/values.yaml",
        "pkg/fixtures/.env",
        ".vscode/settings.json",
        "config/app.schema.json",
        ".gitlab-ci.yml",
        "pyproject.toml",
        "Cargo.toml",
        "src/data/cities.json",
        "mkdocs.yml",
        ".env.vault",
        "gradle.properties",
    ],
)
def test_what_is_no_deployed_configuration_is_left_out(
    path: str, make_pair: MakePair, make_context: MakeContext
) -> None:
    assert units_of(make_pair({path: "a"}, {path: "b"}), make_context(), ALL - {FileKind.MANIFEST}) == ()


def test_the_environment_s_values_lie_over_the_chart_s_in_natural_order(
    make_pair: MakePair, make_context: MakeContext
) -> None:
    files = ["chart/Chart.yaml", "chart/values.yaml", "chart/values-prod-10.yaml", "chart/values-prod-9.yaml"]
    found = _layers(
        make_pair, make_context, [*files, "chart/values-uat.yaml", "chart/values-dev.yaml"], ("uat", "prod")
    )
    assert found == {
        "chart/values.yaml": (
            ("chart/values.yaml", "chart/values-uat.yaml"),
            ("chart/values.yaml", "chart/values-prod-9.yaml", "chart/values-prod-10.yaml"),
        )
    }


@pytest.mark.parametrize(
    "variant",
    [
        "values-{}.yaml",
        "values.{}.yaml",
        "values_{}.yaml",
        "values/{}.yaml",
        "environments/{}/values.yaml",
        "env/{}/values.yaml",
        "{}/values.yaml",
        "{}-values.yaml",
    ],
)
def test_every_usual_name_of_a_variant_is_known(variant: str, make_pair: MakePair, make_context: MakeContext) -> None:
    uat, prod = (f"chart/{variant.format(name)}" for name in ("uat", "production"))
    files = ["chart/Chart.yaml", "chart/values.yaml", uat, prod]
    assert _layers(make_pair, make_context, files, ("uat", "prod")) == {
        "chart/values.yaml": (("chart/values.yaml", uat), ("chart/values.yaml", prod))
    }


def test_where_no_end_is_named_each_file_is_compared_with_itself(
    make_pair: MakePair, make_context: MakeContext
) -> None:
    files = ["chart/Chart.yaml", "chart/values.yaml", "chart/values-prod.yaml", "chart/values-ha.yaml"]
    found = _layers(make_pair, make_context, files, ("v1-10-0", "v1-9-10"))
    assert found == {path: ((path,), (path,)) for path in files[1:]}


def test_a_flavour_is_no_environment(make_pair: MakePair, make_context: MakeContext) -> None:
    files = [".env.dev.example", ".env.dev-azure.example", ".env.prod.example", ".env"]
    assert _layers(make_pair, make_context, files, ("dev", "prod")) == {
        ".env": ((".env",), (".env",)),
        ".env.{environment}.example": ((".env.dev.example",), (".env.prod.example",)),
        ".env.dev-azure.example": ((".env.dev-azure.example",),) * 2,
    }


def test_folders_name_environments_too(make_pair: MakePair, make_context: MakeContext) -> None:
    files = ["overlays/uat/app.json", "overlays/production/app.json", "overlays/dev/app.json", "overlays/base/app.json"]
    assert _layers(make_pair, make_context, files, ("uat", "prod")) == {
        "overlays/{environment}/app.json": (
            ("overlays/base/app.json", "overlays/uat/app.json"),
            ("overlays/base/app.json", "overlays/production/app.json"),
        )
    }


def test_the_project_s_own_files_are_found_by_slug(make_pair: MakePair, make_context: MakeContext) -> None:
    files = ["ops/customer-a/limits.json", "ops/uat/limits.json", "tests/special.toml", "other/file.json"]
    found = _layers(
        make_pair, make_context, files, ("uat", "customer-a"), "ops/{environment}/limits.json", "tests/special.toml"
    )
    assert found == {
        "ops/{environment}/limits.json": (("ops/uat/limits.json",), ("ops/customer-a/limits.json",)),
        "tests/special.toml": (("tests/special.toml",),) * 2,
    }


def test_the_path_of_a_sub_module_may_lie_where_others_keep_examples(
    make_pair: MakePair, make_context: MakeContext
) -> None:
    tree = {"examples/shop/config.yaml": "a: 1", "examples/shop/tests/config.yaml": "a: 1"}
    units = units_of(make_pair(tree, tree, path="examples/shop"), make_context(), ALL)
    assert [unit.path for unit in units] == ["examples/shop/config.yaml"]


@pytest.mark.parametrize(
    ("slug", "stage", "expected"),
    [
        ("prod", Stage.PROD, "prod"),
        ("production", Stage.PROD, "production"),
        ("live-eu", Stage.PROD, "prod"),
        ("pre-prod", Stage.PRE_PROD, "staging"),
        ("staging", Stage.UAT, "staging"),
        ("v1-10-0", Stage.PROD, None),
        ("release-1-9", Stage.PROD, None),
        ("main", Stage.PROD, None),
        ("9fceb02", Stage.PROD, None),
        ("perf", Stage.PERF, None),
        ("anything", None, None),
    ],
)
def test_an_end_is_named_by_slug_first_and_then_by_stage(slug: str, stage: Stage | None, expected: str | None) -> None:
    tokens = {"prod", "production", "staging", "dev"}
    assert chosen(tokens, EnvironmentName(slug=slug, stage=stage)) == expected


def test_ambiguous_words_mean_an_environment_only_where_one_is_expected() -> None:
    words = EnvironmentWords.of([EnvironmentName(slug="uat", stage=Stage.UAT)])
    assert words.token("test") == "test"
    assert words.unmistakable("test") is None
    assert words.unmistakable("Production") == "production"
    assert words.token("prod-2") == "prod"
    assert words.token("product") is None
