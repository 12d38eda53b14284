"""The sample, built once, and git to ask for the truth about it."""

import os
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pilab_desktop.integrations.sample import Sample, build_sample
from pilab_desktop.ports.progress import Work

Git = Callable[..., str]


@pytest.fixture(scope="session")
def now() -> datetime:
    """An afternoon of a leap year."""
    return datetime(2028, 3, 2, 15, 45, tzinfo=UTC)


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory, now: datetime) -> Sample:
    """The sample as built; tests of this folder only read it."""
    return build_sample(tmp_path_factory.mktemp("demo") / "repositories", work=Work(), now=now)


@pytest.fixture(scope="session")
def git() -> Git:
    """Runs git in a folder, the host's configuration masked, and gives its output without the last line end."""
    masked = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment = masked | {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Someone",
        "GIT_AUTHOR_EMAIL": "someone@example.com",
        "GIT_COMMITTER_NAME": "Someone",
        "GIT_COMMITTER_EMAIL": "someone@example.com",
    }

    def run(folder: Path, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=True,
        )
        return done.stdout.rstrip("\n")

    return run
