"""What git cannot read to the end is said, and never taken for the whole."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pilab_desktop.domain.commit import Comparison
from pilab_desktop.domain.errors import RepositoryError
from pilab_desktop.integrations.local_git.reader import LocalReader
from pilab_desktop.ports.progress import Work

OpenReader = Callable[..., LocalReader]
FakeGit = Callable[[str], None]
Repo = Any


def compare(reader: LocalReader, source: str, target: str, path: str = "") -> Comparison:
    return reader.compare(reader.commit_of(source), reader.commit_of(target), path=path, work=Work())


def remove_object(repo: Repo, name: str) -> None:
    oid = repo.git("rev-parse", name)
    (repo.path / ".git" / "objects" / oid[:2] / oid[2:]).unlink()


@pytest.fixture
def long_line(repo: Repo) -> Repo:
    """40 commits on main, each changing one file."""
    for number in range(40):
        repo.commit(f"n{number}", {"file": f"{number}\n", f"own/{number}": "x\n"})
    return repo


def test_a_missing_blob_costs_its_commit_and_keeps_the_others(long_line: Repo, open_reader: OpenReader) -> None:
    remove_object(long_line, "main~20:file")
    comparison = compare(open_reader(long_line.path), "main", "main~40")
    assert len(comparison.commits) == comparison.commits_read == comparison.commits_expected == 40
    unread = [commit.subject for commit in comparison.commits if commit.files is None]
    assert unread == ["n20", "n19"]  # the one that brought the content, and the one that replaced it
    assert comparison.files_expected == 80
    assert comparison.files_read == 76
    assert not comparison.complete
    assert "missing or damaged" in comparison.problems[0]


def test_a_missing_tree_costs_its_commits_only(long_line: Repo, open_reader: OpenReader) -> None:
    remove_object(long_line, "main~20:own")
    comparison = compare(open_reader(long_line.path), "main", "main~40")
    assert [commit.subject for commit in comparison.commits if commit.files is None] == ["n20", "n19"]
    assert comparison.files_read == 76
    assert comparison.files_expected > comparison.files_read
    assert not comparison.complete


def test_a_damaged_blob_makes_the_comparison_incomplete(long_line: Repo, open_reader: OpenReader) -> None:
    oid = long_line.git("rev-parse", "main~5:file")
    loose = long_line.path / ".git" / "objects" / oid[:2] / oid[2:]
    loose.chmod(0o644)
    loose.write_bytes(b"nonsense")
    comparison = compare(open_reader(long_line.path), "main", "main~40")
    assert not comparison.complete
    assert comparison.files_read < comparison.files_expected


def test_equivalence_that_cannot_be_computed_is_a_problem(repo: Repo, open_reader: OpenReader) -> None:
    repo.git("branch", "release")
    repo.commit("one", {"f": "1\n"})
    repo.git("checkout", "-q", "release")
    repo.commit("other one", {"f": "2\n"})
    remove_object(repo, "main:f")
    comparison = compare(open_reader(repo.path), "main", "release")
    assert comparison.commits_expected == 2
    assert comparison.commits_read == 0
    assert "missing or damaged" in comparison.problems[0]
    assert (comparison.ahead, comparison.behind) == (1, 1)


def test_a_missing_commit_is_one_sentence(long_line: Repo, open_reader: OpenReader) -> None:
    reader = open_reader(long_line.path)
    source, target = reader.commit_of("main"), reader.commit_of("main~40")
    remove_object(long_line, "main~10")
    with pytest.raises(RepositoryError, match=r"history could not be read.*missing or damaged.*git fsck"):
        reader.compare(source, target, path="", work=Work())


def test_a_git_that_is_killed_on_the_way_leaves_an_incomplete_comparison(
    long_line: Repo, fake_git: FakeGit, open_reader: OpenReader
) -> None:
    fake_git('case "$*" in *--numstat*) head -c 20 >/dev/null; kill -9 $$;; esac')
    comparison = compare(open_reader(long_line.path), "main", "main~40")
    assert comparison.commits_read == 40
    assert comparison.files_read == 0
    assert comparison.files_expected == 80
    assert not comparison.complete
    assert "stopped early" in comparison.problems[0]


def test_a_list_of_commits_that_is_cut_is_noticed(long_line: Repo, fake_git: FakeGit, open_reader: OpenReader) -> None:
    fake_git('case "$*" in *--cherry-mark*) (real "$@") | head -c 3000; exit 0;; esac')
    comparison = compare(open_reader(long_line.path), "main", "main~40")
    assert 0 < comparison.commits_read < comparison.commits_expected == 40
    assert not comparison.complete


def test_an_incomplete_comparison_is_not_kept(long_line: Repo, open_reader: OpenReader, tmp_path: Path) -> None:
    oid = long_line.git("rev-parse", "main~20:file")
    loose = long_line.path / ".git" / "objects" / oid[:2] / oid[2:]
    reader = open_reader(long_line.path)
    loose.rename(tmp_path / "kept")
    assert not compare(reader, "main", "main~40").complete
    (tmp_path / "kept").rename(loose)
    assert compare(reader, "main", "main~40").complete


def test_what_a_partial_clone_lacks_is_not_fetched_behind_the_persons_back(
    long_line: Repo, tmp_path: Path, open_reader: OpenReader
) -> None:
    long_line.git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "partial"
    subprocess.run(
        ["git", "clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{long_line.path}", str(clone)],
        check=True,
    )
    count = ["git", "-C", str(clone), "count-objects", "-v"]
    before = subprocess.run(count, capture_output=True, check=True).stdout
    reader = open_reader(clone)
    comparison = compare(reader, "main", "main~40")
    assert not comparison.complete
    assert "without --filter" in comparison.problems[0]
    snapshot = reader.snapshot(reader.commit_of("main"), path="")
    with pytest.raises(RepositoryError, match="missing from the repository"):
        snapshot.read("file")
    assert list(snapshot.read_many(["file", "README"])) == [("file", None), ("README", None)]
    assert subprocess.run(count, capture_output=True, check=True).stdout == before
