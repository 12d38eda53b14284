"""Which folders are read, which are refused, and in what words; and that none is written."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pilab_desktop.domain.errors import MissingToolError, RepositoryError
from pilab_desktop.integrations.local_git import describe_git
from pilab_desktop.integrations.local_git.reader import LocalReader
from pilab_desktop.ports.progress import Work

OpenReader = Callable[..., LocalReader]
Repo = Any


def test_worktrees_bare_repositories_and_linked_worktrees_open(
    repo: Repo, tmp_path: Path, open_reader: OpenReader
) -> None:
    bare = tmp_path / "bare.git"
    subprocess.run(["git", "clone", "-q", "--bare", str(repo.path), str(bare)], check=True)
    repo.git("worktree", "add", "-q", str(tmp_path / "linked"))
    for folder in (repo.path, repo.path / ".git", bare, tmp_path / "linked"):
        assert open_reader(folder).commit_of("main") == repo.head


def test_a_relative_folder_opens(repo: Repo, monkeypatch: pytest.MonkeyPatch, open_reader: OpenReader) -> None:
    monkeypatch.chdir(repo.path.parent)
    assert open_reader("repo").commit_of("HEAD") == repo.head
    monkeypatch.chdir(repo.path)
    assert open_reader(".").commit_of("HEAD") == repo.head


def test_a_bare_repository_opens_where_the_person_only_trusts_explicit_ones(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, open_reader: OpenReader
) -> None:
    bare = tmp_path / "bare.git"
    subprocess.run(["git", "clone", "-q", "--bare", str(repo.path), str(bare)], check=True)
    config = tmp_path / "config"
    config.write_text("[safe]\n\tbareRepository = explicit\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    assert open_reader(bare).commit_of("main") == repo.head


def test_what_is_no_repository(tmp_path: Path, open_reader: OpenReader) -> None:
    (tmp_path / "plain").mkdir()
    (tmp_path / "file").write_text("x")
    with pytest.raises(RepositoryError, match="plain” is not a git repository"):
        open_reader(tmp_path / "plain")
    for missing in ("nowhere", "file", "x" * 5000):
        with pytest.raises(RepositoryError, match="There is no folder"):
            open_reader(tmp_path / missing)


def test_a_folder_inside_a_repository_is_named_with_what_to_do(repo: Repo, open_reader: OpenReader) -> None:
    repo.commit("nested", {"services/api/x": "1"})
    with pytest.raises(RepositoryError, match=r"a folder inside .*“services/api” as the path"):
        open_reader(repo.path / "services" / "api")


def test_an_empty_repository(new_repo: Callable[..., Repo], open_reader: OpenReader) -> None:
    with pytest.raises(RepositoryError, match="no commits yet"):
        open_reader(new_repo("empty").path)


def test_a_detached_head_without_branches_is_not_empty(repo: Repo, open_reader: OpenReader) -> None:
    sha = repo.head
    repo.git("checkout", "-q", "--detach")
    repo.git("branch", "-q", "-D", "main")
    assert open_reader(repo.path).commit_of("HEAD") == sha


def test_a_shallow_clone_is_refused_with_the_command_that_deepens_it(
    repo: Repo, tmp_path: Path, open_reader: OpenReader
) -> None:
    repo.commit("second")
    shallow = tmp_path / "shallow"
    subprocess.run(["git", "clone", "-q", "--depth=1", f"file://{repo.path}", str(shallow)], check=True)
    with pytest.raises(RepositoryError, match=r"shallow clone.*fetch --unshallow"):
        open_reader(shallow)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a folder away")
def test_a_repository_of_another_owner(repo: Repo, open_reader: OpenReader) -> None:
    os.chown(repo.path, 12345, 12345)
    with pytest.raises(RepositoryError, match=r"another user.*safe\.directory"):
        open_reader(repo.path)


def test_no_git_on_the_machine(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, open_reader: OpenReader
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "home"))
    with pytest.raises(MissingToolError, match=r"git was not found.*apt install git"):
        open_reader(repo.path)
    with pytest.raises(MissingToolError, match="git was not found"):
        describe_git()


def test_a_git_that_is_too_old(repo: Repo, fake_git: Callable[[str], None], open_reader: OpenReader) -> None:
    fake_git('case "$*" in *version) echo "git version 2.20.1"; exit 0;; esac')
    with pytest.raises(MissingToolError, match=r"2\.20\.1 is too old.*2\.30"):
        open_reader(repo.path)


@pytest.mark.parametrize(
    "said", ["git version 2.39.5", "git version 2.39.5 (Apple Git-154)", "git version 2.39.5.windows.1"]
)
def test_gits_version_however_it_is_built(fake_git: Callable[[str], None], said: str) -> None:
    fake_git(f'case "$*" in *version) echo "{said}"; exit 0;; esac')
    assert describe_git() == "2.39.5"


def test_reading_writes_nothing(repo: Repo, open_reader: OpenReader) -> None:
    repo.commit("second", {"a": "1\n"})
    before = _files(repo.path)
    reader = open_reader(repo.path)
    head, first = reader.commit_of("main"), reader.commit_of("main~1")
    reader.compare(head, first, path="", work=Work())
    reader.tags(), reader.branches(), reader.snapshot(head, path="").read("a")
    assert _files(repo.path) == before


def test_a_readers_git_processes_end_with_it(repo: Repo, open_reader: OpenReader) -> None:
    reader = open_reader(repo.path)
    reader.snapshot(reader.commit_of("main"), path="").read("README")
    reader.close()
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)  # neither running nor waiting to be reaped


def _files(folder: Path) -> dict[str, tuple[int, int]]:
    found = {str(path): path.stat() for path in sorted(folder.rglob("*"))}
    return {name: (stat.st_mtime_ns, stat.st_size) for name, stat in found.items()}
