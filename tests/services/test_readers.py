"""A host that does not answer leaves what was fetched before to read, and the report says so."""

from pathlib import Path

import pytest

from pilab_desktop.domain.errors import UnreachableError
from pilab_desktop.domain.ids import new_id
from pilab_desktop.domain.project import GitProvider, Repository
from pilab_desktop.integrations.local_git import LocalGit
from pilab_desktop.ports.git_reader import GitReader
from pilab_desktop.ports.progress import Work
from pilab_desktop.services.readers import Readers


class HostGone:
    """Real mirrors, and a network that is cut when it is said to be."""

    def __init__(self, git: LocalGit) -> None:
        self._git = git
        self.cut = False
        self.opened = 0

    def open(self, url: str, *, refresh: bool, work: Work) -> GitReader:
        self.opened += 1
        if self.cut and refresh:
            raise UnreachableError("The host does not answer; what was fetched before is kept. Try again later.")
        return self._git.open(url, refresh=refresh, work=work)


def repository_at(url: str) -> Repository:
    return Repository(
        id=new_id(), tenant_id=new_id(), project_id=new_id(), name="api", url=url, provider=GitProvider.OTHER
    )


def bare_repository(folder: Path) -> str:
    import subprocess

    stream = b"commit refs/heads/main\ncommitter A <a@example.org> 1700000000 +0000\ndata 1\nx\n"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(folder)], check=True)
    subprocess.run(["git", "-C", str(folder), "fast-import", "--quiet"], input=stream, check=True)
    return folder.as_uri()


def test_a_mirror_is_read_as_it_is_where_the_host_does_not_answer(tmp_path: Path) -> None:
    repository = repository_at(bare_repository(tmp_path / "api.git"))
    git = HostGone(LocalGit(tmp_path / "mirrors"))
    with Readers(git, Work(), refresh=True) as readers:
        tip = readers.open(repository).commit_of("main")
        assert readers.stale == []
    git.cut = True
    with Readers(git, Work(), refresh=True) as readers:
        assert readers.open(repository).commit_of("main") == tip
        assert readers.stale == [
            "api was read as it was last fetched: The host does not answer; what was fetched before is kept. "
            "Try again later."
        ]


def test_a_repository_is_opened_once(tmp_path: Path) -> None:
    repository = repository_at(bare_repository(tmp_path / "api.git"))
    git = HostGone(LocalGit(tmp_path / "mirrors"))
    with Readers(git, Work(), refresh=False) as readers:
        assert readers.open(repository) is readers.open(repository)
    assert git.opened == 1


def test_without_a_mirror_the_hosts_silence_is_the_answer(tmp_path: Path) -> None:
    with (
        Readers(LocalGit(tmp_path / "mirrors"), Work(), refresh=True) as readers,
        pytest.raises(UnreachableError),
    ):
        readers.open(repository_at("https://127.0.0.1:9/api.git"))
