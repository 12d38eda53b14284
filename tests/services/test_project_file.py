"""A project travels as one YAML file: whole, as it was written, and without the value of any secret."""

import dataclasses
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pilab_desktop.domain.drift import DriftType
from pilab_desktop.domain.environment import Stage
from pilab_desktop.domain.errors import InvalidInputError
from pilab_desktop.domain.manifest import DeploymentStatus
from pilab_desktop.domain.project import ProjectSettings, SubModuleType
from pilab_desktop.domain.project_description import (
    DeploymentDescription,
    EnvironmentDescription,
    ExpectedDescription,
    ProjectDescription,
    RepositoryDescription,
    SubModuleDescription,
    VariableDescription,
)
from pilab_desktop.services.project_file import describe_project, read_project, write_project
from tests.services.conftest import Bench, Shop

# What YAML could take for something else, and what could break out of its place.
TRICKY = (
    "1.10",
    "1e3",
    "0o17",
    "012",
    "null",
    "~",
    "yes",
    "true",
    "2026-01-01",
    "1:30",
    "# no",
    "- x",
    "a: b",
    "{",
    "*a",
)
WORDS = st.sampled_from(TRICKY) | st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"], include_characters="\n\t"), min_size=1
)
MAYBE = st.none() | WORDS
MOMENTS = st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants naive bounds


def some(strategy: st.SearchStrategy[object], most: int = 3) -> st.SearchStrategy[tuple[object, ...]]:
    """A few of them."""
    return st.lists(strategy, max_size=most).map(tuple)


VARIABLES = st.builds(
    VariableDescription, key=WORDS, value=st.just("") | MAYBE, is_secret=st.just(False), description=st.just("") | WORDS
) | st.builds(VariableDescription, key=WORDS, value=st.none(), is_secret=st.just(True), description=st.just("") | WORDS)
DESCRIPTIONS = st.builds(
    ProjectDescription,
    name=WORDS,
    slug=MAYBE,
    description=st.just("") | WORDS,
    settings=st.builds(
        ProjectSettings,
        tag_patterns=st.lists(WORDS, min_size=1, max_size=2).map(tuple),
        ticket_prefixes=some(WORDS),
        ticket_url=MAYBE,
        config_files=some(WORDS),
        sql_dialect=MAYBE,
        environments_are_refs=st.booleans(),
    ),
    sub_modules=some(
        st.builds(
            SubModuleDescription,
            name=WORDS,
            type=st.sampled_from(SubModuleType),
            description=st.just("") | WORDS,
            repositories=some(st.builds(RepositoryDescription, url=WORDS, path=st.just("") | WORDS), 2),
        )
    ),
    environments=some(
        st.builds(
            EnvironmentDescription,
            name=WORDS,
            slug=MAYBE,
            stage=st.sampled_from(Stage),
            description=st.just("") | WORDS,
            cluster_url=MAYBE,
            namespace=MAYBE,
            promotes_to=st.none() | some(WORDS, 2),
            variables=some(VARIABLES, 2),
        )
    ),
    deployments=some(
        st.builds(
            DeploymentDescription,
            environment=WORDS,
            sub_module=WORDS,
            version=WORDS,
            commit_sha=MAYBE,
            image_tag=MAYBE,
            status=st.sampled_from(DeploymentStatus),
            deployed_at=MOMENTS,
            deployed_by=st.just("") | WORDS,
        )
    ),
    expected=some(
        st.builds(
            ExpectedDescription,
            reason=WORDS,
            type=st.none() | st.sampled_from(DriftType),
            category=MAYBE,
            path_pattern=WORDS,
            value_pattern=MAYBE,
            sub_module=MAYBE,
            source_environment=MAYBE,
            target_environment=MAYBE,
            expires_at=st.none() | MOMENTS,
        )
    ),
    severity_policy=MAYBE,
)


@settings(max_examples=60, deadline=None)
@given(DESCRIPTIONS)
def test_what_is_written_reads_back_the_same(description: ProjectDescription) -> None:
    assert read_project(write_project(description)) == description


def test_versions_and_commits_stay_as_they_are_written() -> None:
    told = read_project(
        "name: Shop\ndeployments:\n"
        "  - {environment: uat, sub_module: api, version: 1.10, commit: 1234e56, deployed_at: 2026-01-02T10:00Z}\n"
    )
    assert (told.deployments[0].version, told.deployments[0].commit_sha) == ("1.10", "1234e56")
    assert told.deployments[0].deployed_at == datetime(2026, 1, 2, 10, tzinfo=UTC)


def test_short_forms_are_understood() -> None:
    told = read_project(
        "name: Shop\nsub_modules: [{name: api, type: backend, repositories: [git@example.org:a/b.git]}]\n"
        "environments: [{name: Live, stage: prod, variables: [{key: DEBUG, value: true}]}]\n"
    )
    assert told.sub_modules[0].type is SubModuleType.BACKEND
    assert told.sub_modules[0].repositories == (RepositoryDescription(url="git@example.org:a/b.git"),)
    assert told.environments[0].promotes_to is None
    assert told.environments[0].variables[0].value == "true"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "project must be a mapping"),
        ("- a", "project must be a mapping"),
        ("name: [", "not valid YAML"),
        ("name: \x01", "characters that YAML does not allow"),
        ("name: a\n---\nname: b", "several YAML documents"),
        ("name: a\nname: b", "“name” stands twice"),
        ("name: *nowhere", "“\\*nowhere” stands for nothing"),
        ("? [a]\n: b", "a key is no text"),
        ("name: " + "[" * 5000 + "]" * 5000, "nested too deeply"),
        ("slug: shop", "every project needs its “name”"),
        ("name: {a: b}", "the project's “name” must be a text"),
        ("name: a\ncolour: red", "project has an unknown part “colour”"),
        ("name: a\nsub_modules: {}", "“sub_modules” must be a list"),
        ("name: a\nsub_modules: [api]", "sub-module must be a mapping"),
        ("name: a\nsub_modules: [{name: api, type: robot}]", "“robot” is no type of a sub-module"),
        ("name: a\nsub_modules: [{name: api, repositories: [{path: x}]}]", "every repository needs its “url”"),
        ("name: a\nenvironments: [{name: x, stage: moon}]", "“moon” is no stage"),
        ("name: a\nenvironments: [{name: x, promotes_to: [[y]]}]", "each entry of “promotes_to” must be a text"),
        ("name: a\nenvironments: [{name: x, variables: [{value: y}]}]", "every variable needs its “key”"),
        ("name: a\nenvironments: [{name: x, variables: [{key: K, secret: yes}]}]", "“secret” .* true or false"),
        ("name: a\ndeployments: [{environment: x, sub_module: y}]", "every deployment needs its “version”"),
        ("name: a\ndeployments: [{environment: x, sub_module: y, version: 1}]", "needs its “deployed_at”"),
        (
            "name: a\ndeployments: [{environment: x, sub_module: y, version: 1, deployed_at: soon}]",
            "“soon” is no time",
        ),
        ("name: a\nexpected: [{path: x}]", "every expected difference needs its “reason”"),
        ("name: a\nsettings: [x]", "settings must be a mapping"),
        ("name: a\nsettings: {environments_are_refs: 1}", "must be true or false"),
    ],
)
def test_every_malformed_part_gives_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(InvalidInputError, match=sentence) as raised:
        read_project(text)
    assert "\n" not in raised.value.sentence


def test_an_anchor_is_followed() -> None:
    told = read_project("name: a\ndescription: &d words\nsettings: {ticket_prefixes: &p [A, B], config_files: *p}")
    assert told.settings.config_files == ("A", "B")
    assert read_project("name: &n a\nslug: *n").slug == "a"


def test_an_export_is_read_into_the_same_project_without_secrets(bench: Bench, shop: Shop) -> None:
    secrets = [
        VariableDescription(key="TOKEN", value="hunter2-hunter2", is_secret=True, description="of the mailer"),
        VariableDescription(key="URL", value="http://uat"),
    ]
    bench.environments.set_variables(None, "uat", secrets)
    text = write_project(describe_project(bench.store, None))
    assert "hunter2" not in text
    bench.projects.delete("shop")
    bench.projects.create(read_project(text))
    again = write_project(describe_project(bench.store, None))
    assert again == text
    token = bench.environments.variables(None, "uat")[0]
    assert (token.key, token.is_secret, token.is_empty, token.description) == ("TOKEN", True, True, "of the mailer")
    assert bench.report().sub_modules[0].source_version == "2.0.0"


def test_rules_keep_their_bounds_on_the_way(bench: Bench) -> None:
    rule = ExpectedDescription(
        reason="until the move",
        type=DriftType.CONFIG,
        category="env_variable",
        path_pattern="URL",
        expires_at=datetime(2026, 6, 1, tzinfo=UTC),
    )
    bench.projects.create(ProjectDescription(name="Shop", expected=(rule,), severity_policy=POLICY))
    told = read_project(write_project(describe_project(bench.store, "shop")))
    assert told.expected == (rule,)
    assert told.severity_policy == POLICY


POLICY = "rules: []\n"


def test_a_project_s_own_policy_must_be_one(bench: Bench) -> None:
    with pytest.raises(InvalidInputError):
        bench.projects.create(dataclasses.replace(ProjectDescription(name="Shop"), severity_policy="nonsense: {"))
    assert bench.projects.list() == ()
