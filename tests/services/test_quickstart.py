"""A quickstart makes one project of a repository and two refs, and finds it again."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pilab_desktop.domain.environment import Stage
from pilab_desktop.domain.errors import DuplicateError, InvalidInputError, NotFoundError
from pilab_desktop.ports.progress import Work
from pilab_desktop.services.quickstart import QuickProject
from tests.services.conftest import Bench, Repo


@pytest.fixture
def app(new_repo: Callable[[str], Repo]) -> Repo:
    """Two releases and a branch, in two parts."""
    repo = new_repo("app")
    repo.commit("feat: begin", {"web/a.txt": "1", "api/a.txt": "1"})
    repo.release("1.0.0")
    repo.commit("feat: more", {"web/a.txt": "2"})
    repo.release("1.1.0")
    return repo


def quick(bench: Bench, repo: Repo | str, source: str = "v1.1.0", target: str = "v1.0.0", *paths: str) -> QuickProject:
    """Prepare it."""
    address = repo if isinstance(repo, str) else str(repo.path)
    return bench.quickstart.prepare(address, source, target, paths, Work())


def test_two_refs_become_two_environments_that_can_be_analysed(bench: Bench, app: Repo) -> None:
    made = quick(bench, app)
    assert made == QuickProject(slug="app-v1-1-0-v1-0-0", source="v1-1-0", target="v1-0-0")
    view = bench.projects.show(made.slug)
    assert [(e.name, e.stage) for e in view.environments] == [("v1.1.0", Stage.UAT), ("v1.0.0", Stage.PROD)]
    (drift,) = bench.report(made.source, made.target).sub_modules
    assert (drift.ahead, drift.behind) == (1, 0)


def test_a_second_run_finds_the_first_one_s_report(bench: Bench, app: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    made = quick(bench, app)
    first = bench.report(made.source, made.target)
    monkeypatch.chdir(app.path)
    assert quick(bench, ".") == made
    again = bench.analyse(made.source, made.target)
    assert (again.unchanged, again.report.id) == (True, first.id)
    assert len(bench.projects.list()) == 1


def test_a_branch_that_moved_is_followed(bench: Bench, app: Repo) -> None:
    made = quick(bench, app, "main")
    first = bench.report(made.source, made.target)
    app.commit("feat: even more")
    assert quick(bench, app, "main") == made
    second = bench.report(made.source, made.target)
    assert (second.sub_modules[0].ahead, second.previous_report_id) == (2, first.id)
    assert len(bench.manifest.matrix(None).entries) == 2


def test_paths_become_sub_modules(bench: Bench, app: Repo) -> None:
    made = quick(bench, app, "v1.1.0", "v1.0.0", "web", "api/", "web/")
    drifts = bench.report(made.source, made.target).sub_modules
    assert [(d.sub_module, d.path, d.commits.source_only) for d in drifts] == [("api", "api", 0), ("web", "web", 1)]


def test_a_path_that_is_nowhere_is_not_the_same_on_both_sides(bench: Bench, app: Repo) -> None:
    with pytest.raises(InvalidInputError, match=r"nothing below “wob”, neither at v1.1.0 nor at v1.0.0"):
        quick(bench, app, "v1.1.0", "v1.0.0", "wob")
    assert bench.projects.list() == ()


def test_another_repository_of_the_same_name_is_another_project(
    bench: Bench, app: Repo, new_repo: Callable[[str], Repo]
) -> None:
    other = new_repo("fork/app")
    for version in ("1.0.0", "1.1.0"):
        other.commit(f"fork {version}")
        other.release(version)
    first, second = quick(bench, app), quick(bench, other)
    assert first.slug != second.slug
    assert quick(bench, other) == second
    assert quick(bench, app) == first
    assert len(bench.projects.list()) == 2


def test_refs_that_come_to_one_slug_are_told_apart(bench: Bench, app: Repo) -> None:
    app.git("branch", "rel_1", "v1.1.0")
    app.git("branch", "rel-1", "v1.0.0")
    made = quick(bench, app, "rel_1", "rel-1")
    assert (made.source, made.target) == ("rel-1", "rel-1-2")
    turned = quick(bench, app, "rel-1", "rel_1")
    assert turned.slug != made.slug


def test_a_ref_against_itself_is_the_same(bench: Bench, app: Repo) -> None:
    made = quick(bench, app, "main", "main")
    assert made.source == made.target == "main"
    assert bench.report("main", "main").clean


def test_a_project_that_was_changed_is_not_taken_for_its_own(bench: Bench, app: Repo) -> None:
    for _ in range(2):
        made = quick(bench, app)
        bench.environments.rename(made.slug, made.source, "Acceptance")
    with pytest.raises(DuplicateError, match="has been changed since"):
        quick(bench, app)


def test_what_cannot_be_read_makes_nothing(bench: Bench, app: Repo, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"v1.1.1"):
        quick(bench, app, "v1.1.1")
    with pytest.raises(InvalidInputError):
        quick(bench, app, "--upload-pack=x")
    with pytest.raises(InvalidInputError, match="leads out"):
        quick(bench, app, "v1.1.0", "v1.0.0", "..")
    assert bench.projects.list() == ()
