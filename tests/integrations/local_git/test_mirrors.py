"""Clone URLs: mirrored once, fetched again, never half."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pilab_desktop.domain.commit import Relation
from pilab_desktop.domain.errors import CancelledError, InvalidInputError, RepositoryError, UnreachableError
from pilab_desktop.integrations.local_git.reader import LocalReader
from pilab_desktop.integrations.local_git.source import LocalGit
from pilab_desktop.ports.progress import CancelToken, Work

OpenReader = Callable[..., LocalReader]
FakeGit = Callable[[str], None]
Repo = Any


class Listening:
    def __init__(self) -> None:
        self.steps: list[str] = []
        self.advanced: list[tuple[int, int | None]] = []

    def step(self, text: str) -> None:
        self.steps.append(text)

    def advance(self, done: int, total: int | None) -> None:
        self.advanced.append((done, total))


def url_of(repo: Repo) -> str:
    return f"file://{repo.path}"


def test_a_mirror_holds_branches_and_tags_and_nothing_else(
    repo: Repo, local_git: LocalGit, open_reader: OpenReader
) -> None:
    repo.git("tag", "v1")
    repo.git("branch", "release")
    repo.git("update-ref", "refs/pull/1/head", "HEAD")
    reader = open_reader(url_of(repo))
    assert (set(reader.branches()), set(reader.tags())) == ({"main", "release"}, {"v1"})
    mirror = local_git.mirror_path(url_of(repo))
    refs = subprocess.run(["git", "-C", mirror, "for-each-ref", "--format=%(refname)"], capture_output=True, check=True)
    assert b"refs/pull" not in refs.stdout
    assert (mirror / "objects" / "info" / "commit-graph").exists()


def test_without_refresh_the_mirror_is_read_as_it_is(repo: Repo, open_reader: OpenReader) -> None:
    first = repo.head
    open_reader(url_of(repo))
    second = repo.commit("second")
    assert open_reader(url_of(repo)).commit_of("main") == first
    assert open_reader(url_of(repo), refresh=True).commit_of("main") == second


def test_refresh_follows_new_moved_and_deleted_names(repo: Repo, open_reader: OpenReader) -> None:
    repo.git("branch", "old")
    repo.git("tag", "gone")
    repo.git("tag", "moving")
    open_reader(url_of(repo))
    repo.git("branch", "-D", "old")
    repo.git("tag", "-d", "gone")
    repo.git("checkout", "-q", "--orphan", "rewritten")
    new = repo.commit("rewritten")
    repo.git("branch", "-f", "main", new)
    repo.git("tag", "-f", "moving")
    repo.git("tag", "added")
    reader = open_reader(url_of(repo), refresh=True)
    assert dict(reader.branches()) == {"main": new, "rewritten": new}
    assert dict(reader.tags()) == {"added": new, "moving": new}


def test_commits_of_a_deleted_branch_stay_known(repo: Repo, open_reader: OpenReader) -> None:
    repo.git("checkout", "-q", "-b", "short-lived")
    sha = repo.commit("deployed once")
    open_reader(url_of(repo))
    repo.git("checkout", "-q", "main")
    repo.git("branch", "-D", "short-lived")
    assert open_reader(url_of(repo), refresh=True).commit_of(sha) == sha


def test_a_mirror_compares_like_its_origin(repo: Repo, open_reader: OpenReader) -> None:
    repo.commit("second", {"a": "1\n"})
    reader = open_reader(url_of(repo))
    comparison = reader.compare(reader.commit_of("main"), reader.commit_of("main~1"), path="", work=Work())
    assert (comparison.relation, comparison.commits_read, comparison.complete) == (Relation.AHEAD, 1, True)


def test_progress_of_a_clone(repo: Repo, open_reader: OpenReader) -> None:
    repo.commit("more", {f"f{number}": f"{number}\n" for number in range(50)})
    listening = Listening()
    open_reader(url_of(repo), work=Work(listening))
    assert listening.steps[0] == "Cloning"
    assert any(total and done == total for done, total in listening.advanced)


def test_a_failed_fetch_keeps_the_mirror(repo: Repo, open_reader: OpenReader) -> None:
    sha = repo.head
    open_reader(url_of(repo))
    repo.path.rename(repo.path.with_name("moved"))
    with pytest.raises(RepositoryError, match="no git repository at"):
        open_reader(url_of(repo), refresh=True)
    assert open_reader(url_of(repo)).commit_of("main") == sha


def test_what_is_not_there_leaves_nothing(tmp_path: Path, open_reader: OpenReader) -> None:
    with pytest.raises(RepositoryError, match="no git repository at “file://"):
        open_reader(f"file://{tmp_path}/nowhere")
    assert [path.name for path in (tmp_path / "mirrors").iterdir() if not path.name.endswith(".lock")] == []


def test_a_host_that_does_not_answer(open_reader: OpenReader) -> None:
    with pytest.raises(UnreachableError, match="does not answer"):
        open_reader("https://localhost:1/x.git")


def test_a_host_that_lets_nobody_in(fake_git: FakeGit, open_reader: OpenReader) -> None:
    fake_git(
        'case "$*" in *" clone "*) echo "fatal: could not read Username for \'https://t0ken@host\': terminal prompts '
        'disabled" >&2; exit 128;; esac'
    )
    with pytest.raises(UnreachableError, match="does not let you in") as caught:
        open_reader("https://host.invalid/x.git")
    assert "t0ken" not in caught.value.sentence


def test_a_full_disk(fake_git: FakeGit, open_reader: OpenReader) -> None:
    fake_git('case "$*" in *" clone "*) echo "fatal: write error: No space left on device" >&2; exit 128;; esac')
    with pytest.raises(RepositoryError, match="Make room on the disk"):
        open_reader("https://host.invalid/x.git")


def test_git_may_speak_only_what_the_address_says(fake_git: FakeGit, tmp_path: Path, open_reader: OpenReader) -> None:
    fake_git(
        f'case "$*" in *" clone "*) echo "$GIT_ALLOW_PROTOCOL $GIT_TERMINAL_PROMPT" >{tmp_path}/said; exit 1;; esac'
    )
    for url, allowed in (("https://host.invalid/x", "https:ssh 0"), ("file:///nowhere/x", "file 0")):
        with pytest.raises((UnreachableError, RepositoryError)):
            open_reader(url)
        assert (tmp_path / "said").read_text().strip() == allowed


def test_an_empty_origin(new_repo: Callable[..., Repo], open_reader: OpenReader) -> None:
    with pytest.raises(RepositoryError, match="no commits yet"):
        open_reader(url_of(new_repo("empty")))


def test_an_origin_that_is_filled_later_is_seen_after_refresh(
    new_repo: Callable[..., Repo], open_reader: OpenReader
) -> None:
    repo = new_repo("late")
    with pytest.raises(RepositoryError):
        open_reader(url_of(repo))
    sha = repo.commit("now")
    assert open_reader(url_of(repo), refresh=True).commit_of("main") == sha


def test_a_shallow_origin_is_refused(repo: Repo, tmp_path: Path, open_reader: OpenReader) -> None:
    repo.commit("second")
    subprocess.run(["git", "clone", "-q", "--depth=1", url_of(repo), str(tmp_path / "shallow")], check=True)
    with pytest.raises(RepositoryError, match="only a part of its history"):
        open_reader(f"file://{tmp_path}/shallow")


def test_a_shallow_origin_that_was_deepened_is_read_after_refresh(
    repo: Repo, tmp_path: Path, open_reader: OpenReader
) -> None:
    repo.commit("second")
    subprocess.run(["git", "clone", "-q", "--depth=1", url_of(repo), str(tmp_path / "shallow")], check=True)
    with pytest.raises(RepositoryError):
        open_reader(f"file://{tmp_path}/shallow")
    subprocess.run(["git", "-C", str(tmp_path / "shallow"), "fetch", "-q", "--unshallow"], check=True)
    assert open_reader(f"file://{tmp_path}/shallow", refresh=True).commit_of("main~1")


def test_a_mirror_can_be_removed_and_comes_again(repo: Repo, local_git: LocalGit, open_reader: OpenReader) -> None:
    open_reader(url_of(repo)).close()
    assert local_git.mirror_path(url_of(repo)).is_dir()
    assert local_git.remove_mirror(url_of(repo), work=Work())
    assert not local_git.mirror_path(url_of(repo)).exists()
    assert not local_git.remove_mirror(url_of(repo), work=Work())
    assert open_reader(url_of(repo)).commit_of("main") == repo.head


def test_each_address_has_a_mirror_of_its_own(local_git: LocalGit) -> None:
    urls = ["https://a/x", "https://b/x", "ssh://git@a/x", "git@a:x", "https://a/x.git", "https://a/X"]
    paths = {local_git.mirror_path(url) for url in urls}
    assert len(paths) == len(urls)
    assert local_git.mirror_path("https://a/x/") in paths


def test_a_folder_has_no_mirror(repo: Repo, local_git: LocalGit) -> None:
    with pytest.raises(InvalidInputError):
        local_git.mirror_path(str(repo.path))


def test_two_at_once_clone_once(repo: Repo, tmp_path: Path, fake_git: FakeGit, local_git: LocalGit) -> None:
    fake_git(f'case "$*" in *" clone "*) echo one >>{tmp_path}/clones;; esac')
    other = LocalGit(tmp_path / "mirrors")
    shas: list[str] = []

    def read(source: LocalGit) -> None:
        reader = source.open(url_of(repo), refresh=False, work=Work())
        shas.append(reader.commit_of("main"))
        reader.close()

    threads = [threading.Thread(target=read, args=(source,)) for source in (local_git, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert shas == [repo.head] * 2
    assert (tmp_path / "clones").read_text() == "one\n"


STALLING_CLONE = """
case "$*" in *" clone "*)
  for last; do :; done
  mkdir -p "$last/objects"; echo half >"$last/HEAD"
  echo $$ >{pid}; echo started >{fifo}
  exec sleep 600;;
esac
"""


def test_a_cancelled_clone_is_killed_and_leaves_nothing(
    repo: Repo, tmp_path: Path, fake_git: FakeGit, local_git: LocalGit
) -> None:
    os.mkfifo(tmp_path / "fifo")
    fake_git(STALLING_CLONE.format(pid=tmp_path / "pid", fifo=tmp_path / "fifo"))
    token = CancelToken()
    raised: list[BaseException] = []

    def clone() -> None:
        try:
            local_git.open(url_of(repo), refresh=False, work=Work(cancel=token))
        except CancelledError as error:
            raised.append(error)

    thread = threading.Thread(target=clone)
    thread.start()
    assert (tmp_path / "fifo").read_text() == "started\n"
    token.cancel()
    thread.join(timeout=10)
    assert raised
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)
    assert [path.name for path in (tmp_path / "mirrors").iterdir() if not path.name.endswith(".lock")] == []


def test_a_clone_whose_process_is_killed_is_no_mirror_and_the_next_one_works(
    repo: Repo, tmp_path: Path, fake_git: FakeGit, monkeypatch: pytest.MonkeyPatch, open_reader: OpenReader
) -> None:
    os.mkfifo(tmp_path / "fifo")
    path = os.environ["PATH"]
    fake_git(STALLING_CLONE.format(pid=tmp_path / "pid", fifo=tmp_path / "fifo"))
    program = (
        "from pathlib import Path; from pilab_desktop.integrations.local_git import LocalGit; "
        "from pilab_desktop.ports.progress import Work; "
        f"LocalGit(Path({str(tmp_path / 'mirrors')!r})).open({url_of(repo)!r}, refresh=False, work=Work())"
    )
    ours = subprocess.Popen([sys.executable, "-c", program], cwd=Path(__file__).parents[3])
    assert (tmp_path / "fifo").read_text() == "started\n"
    ours.kill()
    ours.wait()
    os.kill(int((tmp_path / "pid").read_text()), signal.SIGKILL)
    monkeypatch.setenv("PATH", path)
    half = [path.name for path in (tmp_path / "mirrors").iterdir() if path.name.startswith(".incoming-")]
    assert len(half) == 1
    assert open_reader(url_of(repo)).commit_of("main") == repo.head
    assert not (tmp_path / "mirrors" / half[0]).exists()
