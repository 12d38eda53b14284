"""Cancel kills git, and nothing stays behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pilab_desktop.domain.errors import CancelledError
from pilab_desktop.integrations.local_git.reader import LocalReader
from pilab_desktop.ports.progress import CancelToken, Work

OpenReader = Callable[..., LocalReader]
Repo = Any


@pytest.mark.parametrize("stuck", ["--cherry-mark", "--parents", "--merges", "--numstat"])
def test_a_cancelled_comparison_ends_at_once_and_its_processes_are_reaped(
    repo: Repo, tmp_path: Path, fake_git: Callable[[str], None], open_reader: OpenReader, stuck: str
) -> None:
    repo.commit("second", {"a": "1\n"})
    os.mkfifo(tmp_path / "fifo")
    fake_git(f'case "$*" in *{stuck}*) echo $$ >{tmp_path}/pid; echo started >{tmp_path}/fifo; exec sleep 600;; esac')
    reader = open_reader(repo.path)
    head, first = reader.commit_of("main"), reader.commit_of("main~1")
    token = CancelToken()
    raised: list[float] = []

    def compare() -> None:
        try:
            reader.compare(head, first, path="", work=Work(cancel=token))
        except CancelledError:
            raised.append(time.monotonic())

    thread = threading.Thread(target=compare)
    thread.start()
    assert (tmp_path / "fifo").read_text() == "started\n"
    asked = time.monotonic()
    token.cancel()
    thread.join(timeout=10)
    assert raised
    assert raised[0] - asked < 0.5
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)
    reader.close()
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_what_was_begun_early_is_cancelled_like_the_rest(
    repo: Repo, tmp_path: Path, fake_git: Callable[[str], None], open_reader: OpenReader
) -> None:
    repo.commit("second", {"a": "1\n"})
    os.mkfifo(tmp_path / "fifo")
    fake_git(f'case "$*" in *--numstat*) echo started >{tmp_path}/fifo; exec sleep 600;; esac')
    reader = open_reader(repo.path)
    head, first = reader.commit_of("main"), reader.commit_of("main~1")
    reader.begin_compare(head, first, path="")
    assert (tmp_path / "fifo").read_text() == "started\n"
    token = CancelToken()

    class CancelsOnFirstStep:
        def step(self, text: str) -> None:
            token.cancel()

        def advance(self, done: int, total: int | None) -> None: ...

    with pytest.raises(CancelledError):
        reader.compare(head, first, path="", work=Work(CancelsOnFirstStep(), token))
    reader.close()
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_what_was_cancelled_before_does_not_begin(repo: Repo, open_reader: OpenReader) -> None:
    reader = open_reader(repo.path)
    repo.commit("second")
    token = CancelToken()
    token.cancel()
    with pytest.raises(CancelledError):
        reader.compare(reader.commit_of("main"), reader.commit_of("main~1"), path="", work=Work(cancel=token))
    with pytest.raises(CancelledError):
        open_reader(repo.path, work=Work(cancel=token))


def test_after_a_cancel_the_same_comparison_can_be_asked_again(repo: Repo, open_reader: OpenReader) -> None:
    repo.commit("second", {"a": "1\n"})
    reader = open_reader(repo.path)
    head, first = reader.commit_of("main"), reader.commit_of("main~1")

    class CancelsOnFirstStep:
        def step(self, text: str) -> None:
            token.cancel()

        def advance(self, done: int, total: int | None) -> None: ...

    token = CancelToken()
    with pytest.raises(CancelledError):
        reader.compare(head, first, path="", work=Work(CancelsOnFirstStep(), token))
    assert reader.compare(head, first, path="", work=Work()).complete


def test_closing_a_reader_ends_what_was_begun(
    repo: Repo, tmp_path: Path, fake_git: Callable[[str], None], open_reader: OpenReader
) -> None:
    repo.commit("second")
    os.mkfifo(tmp_path / "fifo")
    fake_git(
        f'case "$*" in *--cherry-mark*) echo $$ >{tmp_path}/pid; echo started >{tmp_path}/fifo; exec sleep 600;; esac'
    )
    reader = open_reader(repo.path)
    reader.begin_compare(reader.commit_of("main"), reader.commit_of("main~1"), path="")
    assert (tmp_path / "fifo").read_text() == "started\n"
    reader.close()
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_ctrl_c_ends_our_process_and_git_within_a_second(
    repo: Repo, tmp_path: Path, fake_git: Callable[[str], None]
) -> None:
    repo.commit("second", {"a": "1\n"})
    os.mkfifo(tmp_path / "fifo")
    fake_git(f'case "$*" in *--numstat*) echo $$ >{tmp_path}/pid; echo started >{tmp_path}/fifo; exec sleep 600;; esac')
    program = (
        "from pathlib import Path; from pilab_desktop.integrations.local_git import LocalGit; "
        "from pilab_desktop.ports.progress import Work; "
        f"r = LocalGit(Path('mirrors')).open({str(repo.path)!r}, refresh=False, work=Work()); "
        f"r.compare({repo.head!r}, {repo.git('rev-parse', 'main~1')!r}, path='', work=Work())"
    )
    ours = subprocess.Popen([sys.executable, "-c", program], cwd=Path(__file__).parents[3], stderr=subprocess.DEVNULL)
    assert (tmp_path / "fifo").read_text() == "started\n"
    asked = time.monotonic()
    ours.send_signal(signal.SIGINT)
    assert ours.wait(timeout=10) != 0
    assert time.monotonic() - asked < 1
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)
