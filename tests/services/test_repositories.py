"""A repository is linked once it was read, and one that fails does not stop the others."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pilab_desktop.domain.errors import (
    CancelledError,
    DuplicateError,
    InvalidInputError,
    NotFoundError,
    RepositoryError,
)
from pilab_desktop.domain.project import GitProvider
from pilab_desktop.ports.progress import Work
from pilab_desktop.services.repository_urls import name_of, normalised_path, normalised_url, provider_of
from tests.services.conftest import Bench, Repo, Shop


@pytest.fixture
def mono(new_repo: Callable[[str], Repo]) -> Repo:
    """A repository with a commit."""
    repo = new_repo("mono")
    repo.commit("begin")
    return repo


def test_a_link_is_saved_once_the_repository_was_read(
    plain_shop: Bench, mono: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(mono.path.parent)
    linked = plain_shop.repositories.link(None, "api", "mono", "/apps/api/", Work()).value
    assert (linked.repository.url, linked.repository.provider) == (str(mono.path.resolve()), GitProvider.LOCAL)
    plain_shop.repositories.link(None, "web", str(mono.path), "apps/web", Work())
    listed = plain_shop.repositories.list(None)
    assert [(one.sub_module.name, one.link.path) for one in listed] == [("api", "apps/api"), ("web", "apps/web")]
    assert len({one.repository.id for one in listed}) == 1
    with pytest.raises(DuplicateError, match="api has this repository already"):
        plain_shop.repositories.link(None, "api", "./mono/", "apps/api", Work())


@pytest.mark.parametrize(
    ("told", "error"),
    [
        (("api", "nowhere", ""), (InvalidInputError, RepositoryError)),
        (("apo", ".", ""), NotFoundError),
        (("api", "https://ann:hunter2@example.org/a.git", ""), InvalidInputError),
        (("api", "ssh://ann:hunter2@example.org/a.git", ""), InvalidInputError),
        (("api", "ext::sh -c true", ""), (InvalidInputError, RepositoryError)),
        (("api", ".", "../x"), InvalidInputError),
    ],
)
def test_what_cannot_be_read_is_not_saved(
    plain_shop: Bench,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    told: tuple[str, str, str],
    error: type[Exception],
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error) as raised:
        plain_shop.repositories.link(None, *told, Work())
    assert "hunter2" not in str(raised.value)
    assert plain_shop.repositories.list(None) == ()


def test_a_repository_goes_with_its_last_link(plain_shop: Bench, mono: Repo) -> None:
    for sub_module in ("api", "web"):
        plain_shop.repositories.link(None, sub_module, str(mono.path), "", Work())
    assert plain_shop.repositories.unlink(None, "api", "mono").value == 1
    assert [r.name for r in plain_shop.projects.show(None).repositories] == ["mono"]
    with pytest.raises(NotFoundError, match="api has no repository “mono”"):
        plain_shop.repositories.unlink(None, "api", "mono")
    plain_shop.repositories.unlink(None, "web", str(mono.path))
    assert plain_shop.projects.show(None).repositories == ()
    assert plain_shop.audit()[0]["action"] == "repository.unlinked"


def test_a_sync_goes_on_after_one_that_fails(bench: Bench, shop: Shop) -> None:
    shutil.rmtree(shop.api.path)
    api, web = bench.repositories.sync(None, Work())
    assert api.problem is not None
    assert api.repository.last_sync_at is None
    assert (web.problem, web.branches, web.tags) == (None, 1, 1)
    assert {r.name: r.last_sync_at for r in bench.projects.show(None).repositories} == {
        "api": None,
        "web": web.repository.last_sync_at,
    }
    assert web.repository.last_sync_at is not None


def test_one_repository_can_be_synced_alone(bench: Bench, shop: Shop) -> None:
    assert [h.repository.name for h in bench.repositories.sync(None, Work(), only="web")] == ["web"]
    with pytest.raises(NotFoundError, match="no repository “wob”"):
        bench.repositories.sync(None, Work(), only="wob")


def test_a_test_reads_and_marks_nothing(bench: Bench, shop: Shop) -> None:
    api, web = bench.repositories.test(None, Work())
    assert (api.branches, api.tags, web.problem) == (2, 3, None)
    assert [r.last_sync_at for r in bench.projects.show(None).repositories] == [None, None]


def test_a_wish_to_stop_is_no_failure_of_a_repository(bench: Bench, shop: Shop) -> None:
    work = Work()
    work.cancel.cancel()
    with pytest.raises(CancelledError):
        bench.repositories.test(None, work)


@pytest.mark.parametrize(
    ("url", "name", "provider"),
    [
        ("https://github.com/akuity/kargo.git", "kargo", GitProvider.GITHUB),
        ("HTTPS://GitLab.com/a/b/", "b", GitProvider.GITLAB),
        ("git@bitbucket.org:team/app.git", "app", GitProvider.BITBUCKET),
        ("ssh://git@git.example.org:22/x/y", "y", GitProvider.OTHER),
        ("/srv/git/app", "app", GitProvider.LOCAL),
        ("C:\\git\\app", "app", GitProvider.LOCAL),
        ("/", "repository", GitProvider.LOCAL),
    ],
)
def test_a_url_tells_name_and_place(url: str, name: str, provider: GitProvider) -> None:
    assert (name_of(url), provider_of(url)) == (name, provider)


def test_a_path_in_a_repository_has_one_spelling() -> None:
    assert {normalised_path(path) for path in ("apps/web", "/apps/web/", "./apps/./web", "apps\\web")} == {"apps/web"}
    assert normalised_path("/") == normalised_path(".") == ""
    assert normalised_url("git@example.org:a/b.git") == "git@example.org:a/b.git"
