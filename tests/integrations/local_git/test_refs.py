"""What names a commit, and what git never gets to see."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pilab_desktop.domain.errors import InvalidInputError, NotFoundError
from pilab_desktop.integrations.local_git.reader import LocalReader
from pilab_desktop.integrations.local_git.refs import check_path

OpenReader = Callable[..., LocalReader]
Repo = Any


@pytest.mark.parametrize(
    "ref",
    ["--upload-pack=x", "-", "-x", "a b", "a..b", "main:README", "main@{1}", ":/first", "a\nb", "a\0b", "x*", "",
     "a//b", "/a", "a/", ".a", "a/.b", "a.lock", "a.", "^main", "~1", "main^{tree}", "a\\b", "a[b", "\x7f"],
)  # fmt: skip
def test_refs_that_git_does_not_see(repo: Repo, open_reader: OpenReader, ref: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        open_reader(repo.path).commit_of(ref)
    assert caught.value.sentence.isprintable()


def test_everything_that_names_a_commit(repo: Repo, open_reader: OpenReader) -> None:
    first = repo.head
    repo.git("tag", "light")
    repo.git("tag", "-a", "-m", "x", "annotated")
    repo.git("tag", "-a", "-m", "x", "nested", "annotated")
    repo.git("branch", "feature/ABC-1_x+y@z#ü")
    repo.commit("second")
    reader = open_reader(repo.path)
    for ref in (
        "light",
        "annotated",
        "nested",
        "refs/tags/light",
        "feature/ABC-1_x+y@z#ü",
        first,
        first[:8],
        "main~1",
        "HEAD^",
    ):
        assert reader.commit_of(ref) == first
    assert reader.commit_of("@") == reader.commit_of("HEAD") == repo.head


def test_an_unknown_name_lists_the_near_ones(repo: Repo, open_reader: OpenReader) -> None:
    repo.git("tag", "v1.10.0")
    repo.git("branch", "release")
    reader = open_reader(repo.path)
    with pytest.raises(NotFoundError, match=r"“v1\.10\.1”.*Did you mean “v1\.10\.0”") as caught:
        reader.commit_of("v1.10.1")
    assert caught.value.near == ("v1.10.0",)
    with pytest.raises(NotFoundError, match="Did you mean “release”"):
        reader.commit_of("relaese")
    with pytest.raises(NotFoundError) as far:
        reader.commit_of("zzz")
    assert far.value.near == ()
    with pytest.raises(NotFoundError):
        reader.commit_of("0" * 40)


def test_a_tag_of_a_tree_or_a_blob_names_no_commit(repo: Repo, open_reader: OpenReader) -> None:
    repo.git("tag", "tree", "HEAD^{tree}")
    repo.git("tag", "-a", "-m", "x", "blob", "HEAD:README")
    repo.git("tag", "good")
    reader = open_reader(repo.path)
    assert dict(reader.tags()) == {"good": repo.head}
    for name in ("tree", "blob"):
        with pytest.raises(NotFoundError):
            reader.commit_of(name)


def test_tags_are_peeled_and_sorted(repo: Repo, open_reader: OpenReader) -> None:
    repo.git("tag", "-a", "-m", "x", "b")
    repo.git("tag", "-a", "-m", "x", "c/nested", "b")
    repo.git("tag", "a")
    assert list(open_reader(repo.path).tags().items()) == [("a", repo.head), ("b", repo.head), ("c/nested", repo.head)]


def test_branches_of_a_clone_and_of_a_bare_repository(repo: Repo, tmp_path: Path, open_reader: OpenReader) -> None:
    repo.git("branch", "release")
    repo.git("clone", "-q", str(repo.path), str(tmp_path / "clone"))
    repo.git("clone", "-q", "--bare", str(repo.path), str(tmp_path / "bare"))
    assert set(open_reader(tmp_path / "clone").branches()) == {"main", "origin/main", "origin/release"}
    assert set(open_reader(tmp_path / "bare").branches()) == {"main", "release"}


def test_commits_by_the_beginning_of_their_sha(repo: Repo, open_reader: OpenReader) -> None:
    shas = {repo.commit(f"n{number}") for number in range(30)}
    reader = open_reader(repo.path)
    for sha in shas:
        assert reader.commits_with_prefix(sha[:12].upper()) == (sha,)
    tree = repo.git("rev-parse", "HEAD^{tree}")
    assert reader.commits_with_prefix(tree[:12]) == ()
    assert reader.commits_with_prefix("0000000") == ()
    for bad in ("abc", "xyz1", "--all", ""):
        with pytest.raises(InvalidInputError):
            reader.commits_with_prefix(bad)


@pytest.mark.parametrize(("given", "plain"), [("", ""), (".", ""), ("a/b/", "a/b"), ("./a//b", "a/b"), ("a\\b", "a/b")])
def test_paths_are_made_plain(given: str, plain: str) -> None:
    assert check_path(given) == plain


@pytest.mark.parametrize("path", ["/etc", "../x", "a/../../b", "a\nb", "\\x", "a\0"])
def test_paths_that_leave_the_repository_are_refused(path: str) -> None:
    with pytest.raises(InvalidInputError):
        check_path(path)


def test_compare_and_snapshot_take_full_shas_only(repo: Repo, open_reader: OpenReader) -> None:
    reader = open_reader(repo.path)
    with pytest.raises(InvalidInputError):
        reader.snapshot("--output=x", path="")
    with pytest.raises(InvalidInputError):
        reader.begin_compare("main", repo.head, path="")
