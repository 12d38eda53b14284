"""The program as a child process, on a machine of its own: a data folder, no keyring, no git configuration."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
_GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "Ada Author",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Carl Committer",
    "GIT_COMMITTER_EMAIL": "carl@example.org",
}


@dataclass(frozen=True, slots=True)
class Shell:
    """Runs `pilab` in a folder of its own."""

    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.folder / "data"

    def environment(self, **settings: str) -> dict[str, str]:
        """The child's environment; an empty setting takes a variable away."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PILAB_", "GIT_", "XDG_"))}
        own = {
            "HOME": str(self.folder / "home"),
            "PILAB_DATA": str(self.data),
            "PILAB_PASSPHRASE": "of the tests",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            "PYTHONPATH": str(ROOT),
            "TZ": "UTC",
        }
        merged = {**kept, **_GIT, **own, **self.settings, **settings}
        return {name: value for name, value in merged.items() if value}

    def start(self, *arguments: str, **settings: str) -> "subprocess.Popen[bytes]":
        """Begin a run without waiting for its end."""
        return subprocess.Popen(
            [sys.executable, "-m", "pilab_desktop", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self.folder,
            env=self.environment(**settings),
        )

    def run(self, *arguments: str, stdin: str = "", **settings: str) -> "subprocess.CompletedProcess[str]":
        """One command line, from beginning to end."""
        return subprocess.run(
            [sys.executable, "-m", "pilab_desktop", *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            cwd=self.folder,
            env=self.environment(**settings),
            timeout=120,
        )

    def ok(self, *arguments: str, stdin: str = "", **settings: str) -> str:
        """What a command that has to succeed prints."""
        done = self.run(*arguments, stdin=stdin, **settings)
        assert done.returncode == 0, f"pilab {' '.join(arguments)}: {done.stderr}"
        return done.stdout

    def json(self, *arguments: str, **settings: str) -> Any:
        """The one document that a command prints."""
        return json.loads(self.ok(*arguments, **settings))

    def refused(self, *arguments: str, code: int = 1, stdin: str = "", **settings: str) -> str:
        """The one sentence of a command that has to fail with `code`: nothing on stdout, no traceback."""
        done = self.run(*arguments, stdin=stdin, **settings)
        told = f"pilab {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        assert done.returncode == code, told
        assert done.stdout == "", told
        assert "Traceback" not in done.stderr, told
        assert "This is a bug" not in done.stderr, told
        lines = done.stderr.strip().splitlines()
        assert lines, told
        assert lines[-1].endswith((".", "?")), told
        return lines[-1]


@dataclass(slots=True)
class Repo:
    """A repository under construction."""

    path: Path
    commits: int = 0

    def git(self, *arguments: str, stdin: bytes | None = None) -> str:
        """Run git there; what it printed."""
        moment = f"{1_700_000_000 + 60 * self.commits} +0000"
        done = subprocess.run(
            ["git", "-C", str(self.path), *arguments],
            input=stdin,
            capture_output=True,
            check=True,
            env={**os.environ, **_GIT, "GIT_AUTHOR_DATE": moment, "GIT_COMMITTER_DATE": moment},
        )
        return done.stdout.decode("utf-8", "surrogateescape").strip()

    def commit(self, message: str | bytes, files: Mapping[str | bytes, str | bytes], tag: str | None = None) -> str:
        """Write files and commit everything; the sha."""
        for name, content in files.items():
            file = self.path / os.fsdecode(name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content.encode() if isinstance(content, str) else content)
        self.commits += 1
        self.git("add", "--all")
        self.git("commit", "--quiet", "-F", "-", stdin=message.encode() if isinstance(message, str) else message)
        if tag is not None:
            self.git("tag", tag)
        return self.git("rev-parse", "HEAD")


def _new_shell(folder: Path) -> Shell:
    (folder / "home").mkdir()
    return Shell(folder)


def _new_repo(path: Path) -> Repo:
    path.mkdir(parents=True)
    repo = Repo(path)
    repo.git("init", "--quiet", "--initial-branch=main")
    return repo


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return _new_shell(tmp_path)


@pytest.fixture
def new_repo(tmp_path: Path) -> Callable[[str], Repo]:
    """Makes an empty repository called `name`."""
    return lambda name: _new_repo(tmp_path / name)


@pytest.fixture(scope="session")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Repo:
    """`v1.0.0` and `v1.1.0` of a service with a chart and migrations; tests only read it."""
    made = _new_repo(tmp_path_factory.mktemp("repositories") / "shop")
    made.commit(
        "feat: sell things (SHOP-1)",
        {
            "app.py": "print('shop')\n",
            "chart/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
            "chart/values.yaml": "replicas: 1\n",
            "db/migration/V1__orders.sql": "CREATE TABLE orders (id int, note text);\n",
        },
        tag="v1.0.0",
    )
    made.commit(
        "fix: count right (SHOP-2)",
        {
            "app.py": "print('shop', 2)\n",
            "chart/values.yaml": "replicas: 2\n",
            "db/migration/V2__note.sql": "ALTER TABLE orders DROP COLUMN note;\n",
        },
        tag="v1.1.0",
    )
    return made


@pytest.fixture(scope="session")
def made_shop(tmp_path_factory: pytest.TempPathFactory, repo: Repo) -> Path:
    """The data folder of `shop`, made once."""
    shell = _new_shell(tmp_path_factory.mktemp("shop"))
    shell.ok("project", "create", "Shop", "--sub-module", "api:BACKEND", "--env", "UAT:UAT", "--env", "PROD:PROD")
    shell.ok("repo", "link", str(repo.path), "--sub-module", "api")
    shell.ok("manifest", "record", "--env", "uat", "--sub-module", "api", "--version", "1.1.0")
    shell.ok("manifest", "record", "--env", "prod", "--sub-module", "api", "--version", "1.0.0")
    return shell.data


@pytest.fixture
def shop(shell: Shell, made_shop: Path) -> Shell:
    """A workspace with one project on that repository: UAT has v1.1.0, PROD has v1.0.0."""
    shutil.copytree(made_shop, shell.data)
    return shell


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo that was run: the shell it ran in, its folder, and all that it printed."""

    shell: Shell
    folder: Path
    printed: str

    @property
    def workspace(self) -> str:
        """The workspace's file."""
        return str(next(self.folder.glob("workspace-*.db")))


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """`pilab demo`, run once."""
    folder = tmp_path_factory.mktemp("demo")
    (folder / "home").mkdir()
    shell = Shell(folder)
    done = shell.run("demo", "--dir", "sample", "--no-window")
    assert done.returncode == 0, done.stderr
    return Demo(shell, folder / "sample", done.stdout + done.stderr)
