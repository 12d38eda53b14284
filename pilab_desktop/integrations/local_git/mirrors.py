"""Mirrors: bare clones of clone URLs, fetched again and again (architecture.md, git; semantics.md §2).

A mirror holds branches and tags. Hosts keep every pull request as refs besides, which can double what is cloned and
which no deployment names. What a deleted branch held stays: a deployment may still name its commits.
"""

import hashlib
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pilab_desktop.domain.errors import RepositoryError, StateError
from pilab_desktop.integrations.local_git.processes import GitDir, ProcessGroup
from pilab_desktop.integrations.local_git.transfer import transfer
from pilab_desktop.integrations.local_git.urls import Address
from pilab_desktop.integrations.local_git.wording import git_said
from pilab_desktop.ports.progress import Work

_INCOMING = ".incoming-"
_LOCK_POLL_SECONDS = 0.1
_NEW_FILTERS_PER_FETCH = 2000
_BRANCHES_AND_TAGS = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
_KEEP_ALL = ("--config", "gc.pruneExpire=never")


class Mirrors:
    """The folder that holds the mirrors. Several processes may use it at once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path_of(self, address: Address) -> Path:
        """Where the mirror of a clone URL is, or would be."""
        name = re.sub(r"[^a-z0-9]+", "-", address.url.lower().rpartition("://")[2].removesuffix(".git")).strip("-")[
            -60:
        ]
        return self._folder / f"{name}-{hashlib.sha256(address.url.encode()).hexdigest()[:16]}.git"

    def remove(self, address: Address, work: Work) -> bool:
        """Delete a mirror; whether there was one. What it held can be cloned again."""
        path = self.path_of(address)
        with self._only_one(path, work):
            if not path.exists():
                return False
            doomed = path.with_name(f"{_INCOMING}{path.name}-{secrets.token_hex(4)}")
            path.rename(doomed)  # at once, so that a deletion that is cut short leaves no half mirror
            _delete(doomed)
            return True

    def ensure(self, address: Address, *, refresh: bool, work: Work) -> GitDir:
        """The mirror: cloned where there is none, fetched again where `refresh` is set."""
        path = self.path_of(address)
        if path.is_dir() and not refresh:
            return GitDir(path, is_mirror=True)
        with self._only_one(path, work):
            if not path.is_dir():
                self._clone(address, path, work)
            elif refresh:
                work.step("Fetching")
                self._fetch(address, GitDir(path, is_mirror=True), work)
        return GitDir(path, is_mirror=True)

    def _clone(self, address: Address, path: Path, work: Work) -> None:
        """Clone beside and rename: what is cut short is never taken for a mirror."""
        for left_behind in self._folder.glob(f"{_INCOMING}{path.name}-*"):
            _delete(left_behind)
        incoming = self._folder / f"{_INCOMING}{path.name}-{secrets.token_hex(4)}"
        work.step("Cloning")
        try:
            transfer(address, "clone", "--bare", "--progress", *_KEEP_ALL, "--", address.url, str(incoming), work=work)
            mirror = GitDir(incoming, is_mirror=True)
            self._deepen(address, mirror, work)
            self._index(mirror, work, every_path=False)
            incoming.rename(path)
        except BaseException:
            _delete(incoming)
            raise

    def _fetch(self, address: Address, mirror: GitDir, work: Work) -> None:
        options = ("--prune", "--no-tags", "--no-write-fetch-head", "--progress")  # the second refspec brings the tags
        transfer(address, *mirror.arguments, "fetch", *options, "origin", *_BRANCHES_AND_TAGS, work=work)
        self._deepen(address, mirror, work)
        self._index(mirror, work, every_path=True)

    def _deepen(self, address: Address, mirror: GitDir, work: Work) -> None:
        """A shallow origin makes a shallow mirror, whose merge bases lie; ask for the rest (semantics.md §2)."""
        if (mirror.path / "shallow").exists():
            options = ("--unshallow", "--no-tags", "--no-write-fetch-head", "--progress")
            transfer(address, *mirror.arguments, "fetch", *options, "origin", *_BRANCHES_AND_TAGS, work=work)

    def _index(self, mirror: GitDir, work: Work, *, every_path: bool) -> None:
        """Write the commit-graph, with changed-path filters for so many commits each time: all at once takes long."""
        work.step("Indexing commits")
        filters = ["--changed-paths", f"--max-new-filters={_NEW_FILTERS_PER_FETCH}"] if every_path else []
        with ProcessGroup() as group, work.cancel.calling(group.kill):
            output = group.run(mirror, "commit-graph", "write", "--reachable", "--no-progress", *filters)
        if output.code != 0:
            raise RepositoryError(
                f"The mirror of the repository could not be indexed ({git_said(output.stderr)}); "
                "remove the mirror, so that it is cloned again."
            )

    @contextmanager
    def _only_one(self, path: Path, work: Work) -> Iterator[None]:
        """Hold a mirror's lock. Another process that clones it may take long; waiting can be cancelled."""
        from filelock import FileLock, Timeout  # noqa: PLC0415 - asyncio comes with it; reading needs neither

        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StateError(f"The folder for mirrors, “{self._folder}”, cannot be made ({error.strerror}).") from error
        lock = FileLock(path.with_name(f"{path.name}.lock"))
        waiting = False
        while True:
            try:
                lock.acquire(timeout=_LOCK_POLL_SECONDS)
                break
            except Timeout:
                work.cancel.check()
                if not waiting:
                    work.step("Waiting for another PiLab to finish with this repository")
                    waiting = True
        try:
            yield
        finally:
            lock.release()


def _delete(folder: Path) -> None:
    """Delete a folder, read-only files (git's packs on Windows) included."""
    if folder.exists():
        from git.util import rmtree  # noqa: PLC0415 - only a deletion needs to pay for it

        rmtree(folder)
