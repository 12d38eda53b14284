"""The repositories of one use case, each opened once and closed at the end."""

from contextlib import ExitStack
from typing import Self
from uuid import UUID

from pilab_desktop.domain.errors import UnreachableError
from pilab_desktop.domain.project import Repository
from pilab_desktop.ports.git_reader import GitReader, GitSource
from pilab_desktop.ports.progress import Work


class Readers:
    """Opens readers. Where a mirror cannot be brought up to date it is read as it is, and `stale` says so."""

    def __init__(self, git: GitSource, work: Work, *, refresh: bool) -> None:
        self._git = git
        self._work = work
        self._refresh = refresh
        self._readers: dict[UUID, GitReader] = {}
        self._closing = ExitStack()
        self.stale: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._closing.close()

    def open(self, repository: Repository) -> GitReader:
        """The repository's reader. Raises what GitSource.open raises where there is nothing here to read."""
        if repository.id not in self._readers:
            reader = self._opened(repository)
            self._closing.callback(reader.close)
            self._readers[repository.id] = reader
        return self._readers[repository.id]

    def _opened(self, repository: Repository) -> GitReader:
        if not self._refresh:
            return self._git.open(repository.url, refresh=False, work=self._work)
        try:
            return self._git.open(repository.url, refresh=True, work=self._work)
        except UnreachableError as error:
            try:
                reader = self._git.open(repository.url, refresh=False, work=self._work)
            except UnreachableError:
                raise error from None  # there is no mirror yet: the first answer is the one that helps
            self.stale.append(f"{repository.name} was read as it was last fetched: {error.sentence}")
            return reader
