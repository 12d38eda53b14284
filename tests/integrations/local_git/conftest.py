"""Real repositories, built by the git program, with the machine's own git configuration masked."""

import os
import shutil
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pilab_desktop.integrations.local_git.reader import LocalReader
from pilab_desktop.integrations.local_git.source import LocalGit
from pilab_desktop.ports.progress import Work


class Repo:
    """A repository under construction."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._commits = 0

    def git(self, *arguments: str, stdin: bytes | None = None) -> str:
        """Run git there; what it printed, stripped."""
        done = subprocess.run(["git", "-C", str(self.path), *arguments], input=stdin, capture_output=True, check=True)
        return done.stdout.decode("utf-8", "surrogateescape").strip()

    def write(self, name: str | bytes, content: str | bytes) -> None:
        """Write a file, with its folders."""
        path = self.path / os.fsdecode(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)

    def commit(
        self, message: str | bytes = "change", files: dict[str, str | bytes] | None = None, *options: str
    ) -> str:
        """Write files, commit everything; the sha. Each commit is a minute after the one before."""
        for name, content in (files or {}).items():
            self.write(name, content)
        self.git("add", "--all")
        self._commits += 1
        date = f"{1_700_000_000 + 60 * self._commits} +0200"
        raw = message.encode() if isinstance(message, str) else message
        subprocess.run(
            [
                "git",
                "-C",
                str(self.path),
                "commit",
                "--quiet",
                "--allow-empty",
                "--allow-empty-message",
                *options,
                "-F",
                "-",
            ],
            input=raw,
            check=True,
            env={**os.environ, "GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date},
        )
        return self.head

    @property
    def head(self) -> str:
        """HEAD's sha."""
        return self.git("rev-parse", "HEAD")


@pytest.fixture(autouse=True)
def _plain_git(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    home = tmp_path / "home"
    home.mkdir()
    for name, value in {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_AUTHOR_NAME": "Ada Author",
        "GIT_AUTHOR_EMAIL": "ada@example.org",
        "GIT_COMMITTER_NAME": "Carl Committer",
        "GIT_COMMITTER_EMAIL": "carl@example.org",
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def new_repo(tmp_path: Path) -> Callable[..., Repo]:
    """Makes an empty repository called `name`."""

    def make(name: str = "repo", *options: str) -> Repo:
        path = tmp_path / name
        subprocess.run(["git", "init", "--quiet", "--initial-branch=main", *options, str(path)], check=True)
        return Repo(path)

    return make


@pytest.fixture
def repo(new_repo: Callable[..., Repo]) -> Repo:
    """A repository with one commit."""
    made = new_repo()
    made.commit("first", {"README": "hello\n"})
    return made


@pytest.fixture
def local_git(tmp_path: Path) -> Iterator[LocalGit]:
    """The source, with its mirrors in a folder that is not there yet."""
    source = LocalGit(tmp_path / "mirrors")
    yield source
    source.close()


@pytest.fixture
def open_reader(local_git: LocalGit) -> Iterator[Callable[..., LocalReader]]:
    """Opens readers, and closes them after the test."""
    readers: list[LocalReader] = []

    def opened(url: str | Path, *, refresh: bool = False, work: Work | None = None) -> LocalReader:
        readers.append(local_git.open(str(url), refresh=refresh, work=work or Work()))
        return readers[-1]

    yield opened
    for reader in readers:
        reader.close()


@pytest.fixture
def fake_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Puts a git before the real one: a shell script, in which `real` runs the real git with the same arguments."""
    real = shutil.which("git")
    assert real is not None

    def put(script: str) -> None:
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        program = folder / "git"
        program.write_text(f'#!/bin/sh\nreal() {{ exec "{real}" "$@"; }}\n{script}\nreal "$@"\n')
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    return put
