"""Turning a folder or clone URL into a reader (ports/git_reader.py, GitSource)."""

import threading
from collections.abc import Sequence
from pathlib import Path

from pilab_desktop.domain.commit import Detail
from pilab_desktop.domain.errors import InvalidInputError, PilabError, RepositoryError
from pilab_desktop.integrations.local_git.folder import look_at, refuse_unreadable
from pilab_desktop.integrations.local_git.mirrors import Mirrors
from pilab_desktop.integrations.local_git.processes import GitDir
from pilab_desktop.integrations.local_git.reader import LocalReader
from pilab_desktop.integrations.local_git.urls import Address, Transport, parse_address
from pilab_desktop.ports.progress import Work


class LocalGit:
    """Folders are read in place; clone URLs are mirrored below `mirrors_dir`, which is made when it is needed."""

    def __init__(self, mirrors_dir: Path) -> None:
        self._mirrors = Mirrors(mirrors_dir)
        self._lock = threading.Lock()
        self._begun: dict[str, _Begun] = {}

    def open(self, url: str, *, refresh: bool, work: Work) -> LocalReader:
        """A reader of the repository; see the port for what it raises."""
        work.cancel.check()
        with self._lock:
            begun = self._begun.pop(url, None)
        if begun is not None and (reader := begun.reader()) is not None:
            return reader
        address = parse_address(url)
        if address.transport is Transport.FOLDER:
            return _open(GitDir(address.folder), name=str(address.folder))
        mirror = self._mirrors.ensure(address, refresh=refresh, work=work)
        return _open(mirror, name=address.url)

    def begin(
        self, url: str, refs: tuple[str, str], *, paths: Sequence[str] = ("",), detail: Detail = Detail.LINES
    ) -> None:
        """Start opening a folder and comparing two refs, and return at once; `open` and `compare` then wait for less.

        Nothing is raised: whatever is wrong is found again, and said, by the call that needs the answer.
        """
        with self._lock:
            if url not in self._begun:
                self._begun[url] = _Begun(url, refs, paths, detail)

    def mirror_path(self, url: str) -> Path:
        """Where the mirror of a clone URL is, or would be. Raises InvalidInputError."""
        return self._mirrors.path_of(_clone_url(url))

    def remove_mirror(self, url: str, *, work: Work) -> bool:
        """Delete a mirror; whether there was one. Raises InvalidInputError."""
        return self._mirrors.remove(_clone_url(url), work)

    def close(self) -> None:
        """End what was begun and not asked for. Readers are closed by who opened them."""
        with self._lock:
            begun = list(self._begun.values())
            self._begun.clear()
        for one in begun:
            if (reader := one.reader()) is not None:
                reader.close()


class _Begun:
    """A reader that is being opened on a thread, with comparisons that it has begun."""

    def __init__(self, url: str, refs: tuple[str, str], paths: Sequence[str], detail: Detail) -> None:
        self._reader: LocalReader | None = None
        self._detail = detail
        self._thread = threading.Thread(target=self._open, args=(url, refs, paths), name="git-begin", daemon=True)
        self._thread.start()

    def reader(self) -> LocalReader | None:
        """The reader; None where it could not be opened."""
        self._thread.join()
        return self._reader

    def _open(self, url: str, refs: tuple[str, str], paths: Sequence[str]) -> None:
        try:
            address = parse_address(url)
            if address.transport is not Transport.FOLDER:
                return
            self._reader = _open(GitDir(address.folder), name=str(address.folder))
            source, target = (self._reader.commit_of(ref) for ref in refs)
            for path in paths:
                self._reader.begin_compare(source, target, path=path, detail=self._detail)
        except PilabError:
            return  # said by the call that needs the answer


def _clone_url(url: str) -> Address:
    address = parse_address(url)
    if address.transport is Transport.FOLDER:
        raise InvalidInputError(f"“{url}” is a folder, which is read where it is and has no mirror; give a clone URL.")
    return address


def _open(repository: GitDir, *, name: str) -> LocalReader:
    look = look_at(repository, name=name)
    if look.is_shallow and repository.is_mirror:
        raise RepositoryError(
            f"“{name}” gives only a part of its history, so that counts and ancestors would be wrong; "
            "clone it whole and give that folder."
        )
    refuse_unreadable(look, name)
    return LocalReader(repository, is_bare=look.is_bare)
