"""Building the sample: all or nothing, and nothing of anyone else's is touched."""

import json
import subprocess
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pilab_desktop.domain.errors import CancelledError, InvalidInputError, MissingToolError, StateError
from pilab_desktop.integrations.sample import build_sample
from pilab_desktop.integrations.sample.build import MARKER
from pilab_desktop.ports.progress import CancelToken, Work

Git = Callable[..., str]


class CancelAt:
    """Progress that asks to stop when a step is told."""

    def __init__(self, cancel: CancelToken, text: str) -> None:
        self._cancel = cancel
        self._text = text

    def step(self, text: str) -> None:
        if self._text in text:
            self._cancel.cancel()

    def advance(self, done: int, total: int | None) -> None:
        """Not asked for."""


def test_a_second_call_uses_what_is_there_and_keeps_what_people_did(tmp_path: Path, git: Git, now: datetime) -> None:
    first = build_sample(tmp_path / "demo", work=Work(), now=now)
    api = first.repositories[0].path
    git(api, "commit", "--quiet", "--allow-empty", "-m", "Mine")
    mine = git(api, "rev-parse", "HEAD")
    second = build_sample(tmp_path / "demo", work=Work(), now=now + timedelta(days=9))
    assert git(api, "rev-parse", "HEAD") == mine
    assert second == first


def test_a_damaged_sample_is_built_again_and_the_old_one_kept_beside_it(
    tmp_path: Path, git: Git, now: datetime
) -> None:
    first = build_sample(tmp_path / "demo", work=Work(), now=now)
    git(first.repositories[0].path, "tag", "-d", "v2.3.2")
    later = now + timedelta(days=1)
    second = build_sample(tmp_path / "demo", work=Work(), now=later)
    assert second.made_for.date() == later.date()
    assert git(second.repositories[0].path, "tag", "-l", "v2.3.2") == "v2.3.2"
    assert "v2.3.2" not in git(tmp_path / "demo.old-1" / "payments-api", "tag").splitlines()


@pytest.mark.parametrize(
    "marker", ["", "[]", '{"format": 0, "made_for": "2028-03-02"}', '{"format": 1, "made_for": "x"}']
)
def test_a_sample_of_another_make_moves_aside(tmp_path: Path, marker: str, now: datetime) -> None:
    folder = tmp_path / "demo"
    folder.mkdir()
    (folder / MARKER).write_text(marker)
    (folder / "notes.txt").write_text("mine")
    build_sample(folder, work=Work(), now=now)
    assert (tmp_path / "demo.old-1" / "notes.txt").read_text() == "mine"
    assert json.loads((folder / MARKER).read_text())["format"] == 1


def test_an_empty_folder_is_used(tmp_path: Path, now: datetime) -> None:
    (tmp_path / "demo").mkdir()
    assert (build_sample(tmp_path / "demo", work=Work(), now=now).repositories[0].path / "pom.xml").is_file()
    assert [each.name for each in tmp_path.iterdir()] == ["demo"]


def test_a_folder_of_someone_else_is_refused_and_left_alone(tmp_path: Path, now: datetime) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "thesis.txt").write_text("years of work")
    with pytest.raises(
        InvalidInputError, match=r"not the sample; nothing in it was touched\. Name a new or empty folder\.$"
    ):
        build_sample(folder, work=Work(), now=now)
    assert [each.name for each in tmp_path.rglob("*")] == ["work", "thesis.txt"]


def test_a_file_in_the_way_is_refused(tmp_path: Path, now: datetime) -> None:
    (tmp_path / "demo").write_text("a file")
    with pytest.raises(InvalidInputError, match="Name a new or empty folder"):
        build_sample(tmp_path / "demo", work=Work(), now=now)
    assert (tmp_path / "demo").read_text() == "a file"


def test_cancelling_leaves_nothing_behind(tmp_path: Path, now: datetime) -> None:
    cancel = CancelToken()
    with pytest.raises(CancelledError):
        build_sample(tmp_path / "demo", work=Work(CancelAt(cancel, "payments-deploy"), cancel), now=now)
    assert list(tmp_path.iterdir()) == []


def test_without_git_one_sentence_says_what_to_install(
    tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingToolError, match=r"Install git \(https://git-scm\.com/downloads\) and try again\.$"):
        build_sample(tmp_path / "demo", work=Work(), now=now)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_told_in_one_sentence(tmp_path: Path, now: datetime) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StateError, match=r"could not be written to .*file.demo: .*make room or name another folder\.$"):
        build_sample(tmp_path / "file" / "demo", work=Work(), now=now)


def test_the_hosts_git_settings_take_no_part(
    tmp_path: Path, git: Git, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "gitconfig"
    settings.write_text("[core]\n\tautocrlf = true\n[init]\n\tdefaultBranch = trunk\n[commit]\n\tgpgSign = true\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere.git"))
    sample = build_sample(tmp_path / "demo", work=Work(), now=now)
    assert b"\r" not in (sample.folder / "payments-api" / "pom.xml").read_bytes()
    assert git(sample.folder / "payments-api", "branch", "--show-current") == "main"
    assert not (tmp_path / "elsewhere.git").exists()


def test_the_repositories_can_be_cloned(tmp_path: Path, git: Git, now: datetime) -> None:
    sample = build_sample(tmp_path / "demo", work=Work(), now=now)
    subprocess.run(["git", "clone", "--quiet", sample.repositories[1].url, str(tmp_path / "clone")], check=True)
    assert git(tmp_path / "clone", "tag", "-l", "ledger-v1.5.0") == "ledger-v1.5.0"
