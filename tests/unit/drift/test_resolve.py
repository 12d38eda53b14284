"""A version becomes one commit or a problem, never a guess (semantics.md §1)."""

import dataclasses
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import cast
from uuid import UUID

import pytest

from pilab_desktop.domain.errors import NotFoundError
from pilab_desktop.domain.manifest import Deployment
from pilab_desktop.domain.project import ProjectSettings
from pilab_desktop.drift.resolve import resolve
from pilab_desktop.ports.git_reader import GitReader

A, B, C = "a" * 40, "b" * 40, "c" * 40
NUMBERED = "1234567" + "0" * 33
SETTINGS = ProjectSettings()


class Tags:
    """As much of a repository as resolving asks for."""

    def __init__(self, tags: Mapping[str, str], commits: tuple[str, ...] = (A, B, C, NUMBERED)) -> None:
        self._tags = tags
        self._commits = commits

    def tags(self) -> Mapping[str, str]:
        return self._tags

    def commit_of(self, ref: str) -> str:
        if ref not in self._commits:
            raise NotFoundError(f"no {ref}")
        return ref

    def commits_with_prefix(self, prefix: str) -> tuple[str, ...]:
        return tuple(sha for sha in self._commits if sha.startswith(prefix))


def reader(tags: Mapping[str, str], commits: tuple[str, ...] = (A, B, C, NUMBERED)) -> GitReader:
    return cast(GitReader, Tags(tags, commits))


def deployment(version: str, *, commit: str | None = None, image: str | None = None) -> Deployment:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    some = UUID(int=1)
    return Deployment(
        id=some,
        tenant_id=some,
        project_id=some,
        environment_id=some,
        sub_module_id=some,
        version=version,
        commit_sha=commit,
        image_tag=image,
        deployed_at=now,
        recorded_at=now,
    )


@pytest.mark.parametrize(
    ("tag", "version"),
    [
        ("2.4.1", "2.4.1"),
        ("v2.4.1", "2.4.1"),
        ("api-2.4.1", "2.4.1"),
        ("api-v2.4.1", "2.4.1"),
        ("api/v2.4.1", "2.4.1"),
        ("api@2.4.1", "2.4.1"),
        ("2.4.1", "v2.4.1"),
    ],
)
def test_a_tag_in_one_of_the_patterns_stands_for_the_version(tag: str, version: str) -> None:
    assert resolve(deployment(version), "api", reader({tag: A}), SETTINGS).commit == A


def test_the_entrys_own_commit_comes_first() -> None:
    assert resolve(deployment("1.0", commit=B), "api", reader({"1.0": A}), SETTINGS).commit == B
    assert resolve(deployment("1.0", commit="bbbbbbb"), "api", reader({"1.0": A}), SETTINGS).commit == B


@pytest.mark.parametrize(
    "image", ["main-ccccccc", "registry:5000/api:1.0-gccccccc", f"api:{C}", "api:sha-ccccccc@sha256:aa"]
)
def test_a_sha_inside_the_image_tag(image: str) -> None:
    assert resolve(deployment("1.0", image=image), "api", reader({}), SETTINGS).commit == C


def test_two_tags_on_the_same_commit_are_one_answer() -> None:
    assert resolve(deployment("1.0"), "api", reader({"1.0": A, "v1.0": A}), SETTINGS).commit == A


@pytest.mark.parametrize(
    ("told", "tags", "says"),
    [
        (deployment("nightly"), {}, "could not be resolved"),
        (deployment("1.0"), {"1.0": A, "v1.0": B}, "more than one commit"),
        (deployment("1.0", commit="d" * 40), {"1.0": A}, "is not in the repository"),
        (deployment("1.0", commit="--upload-pack=x"), {"1.0": A}, "no sha"),
    ],
)
def test_what_is_unknown_or_ambiguous_is_a_problem(told: Deployment, tags: Mapping[str, str], says: str) -> None:
    resolution = resolve(told, "api", reader(tags), SETTINGS)
    assert resolution.commit is None
    assert resolution.version == told.version
    assert says in (resolution.problem or "")


def test_nothing_deployed_is_no_problem() -> None:
    resolution = resolve(None, "api", reader({}), SETTINGS)
    assert (resolution.version, resolution.commit, resolution.problem) == (None, None, None)


def test_a_projects_own_pattern() -> None:
    own = dataclasses.replace(SETTINGS, tag_patterns=("release/{sub_module}/{version}",))
    assert resolve(deployment("1.0"), "api", reader({"release/api/1.0": A, "1.0": B}), own).commit == A
