"""The files at one commit (ports/git_reader.py, Snapshot)."""

import threading
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from pilab_desktop.domain.errors import NotFoundError, RepositoryError
from pilab_desktop.integrations.local_git.objects import ObjectPipe
from pilab_desktop.integrations.local_git.processes import GitDir, ProcessGroup
from pilab_desktop.integrations.local_git.wording import reading_failed
from pilab_desktop.ports.git_reader import MAX_BLOB_BYTES


class LocalSnapshot:
    """A commit's files below a path, listed by one `git ls-tree` when first asked for."""

    def __init__(self, repository: GitDir, objects: ObjectPipe, commit: str, path: str) -> None:
        self._repository = repository
        self._objects = objects
        self._commit = commit
        self._path = path
        self._lock = threading.Lock()
        self._blobs: Mapping[str, str] | None = None

    @property
    def commit(self) -> str:
        """The commit's sha."""
        return self._commit

    @property
    def blobs(self) -> Mapping[str, str]:
        """Path to blob id, sorted. Raises RepositoryError where a tree is missing or damaged."""
        with self._lock:
            if self._blobs is None:
                self._blobs = MappingProxyType(self._list())
            return self._blobs

    def read(self, path: str) -> bytes:
        """One file's content; see the port for what it raises."""
        oid = self.blobs.get(path)
        if oid is None:
            raise NotFoundError(f"There is no file “{_shown(path)}” at {self._commit[:7]}.")
        found = self._objects.ask(oid)
        if found is None:
            raise RepositoryError(
                f"The content of “{_shown(path)}” at {self._commit[:7]} is missing from the repository or damaged; "
                "run “git fsck” there, or clone it whole, without --filter."
            )
        if found.content is None:
            raise RepositoryError(
                f"“{_shown(path)}” at {self._commit[:7]} is {found.size:,} bytes large and was not read; "
                f"the limit is {MAX_BLOB_BYTES:,} bytes."
            )
        return found.content

    def read_many(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        """Path and content of each, in the order asked; None where `read` would raise."""
        asked = list(paths)
        blobs = self.blobs
        answers = self._objects.ask_many([blobs[path] for path in asked if path in blobs])
        for path in asked:
            found = next(answers) if path in blobs else None
            yield path, found.content if found else None

    def _list(self) -> dict[str, str]:
        below = (self._path,) if self._path else ()
        with ProcessGroup() as group:
            output = group.run(self._repository, "ls-tree", "-r", "-z", "--full-tree", self._commit, "--", *below)
        if output.code != 0:
            raise RepositoryError(reading_failed(f"The files at {self._commit[:7]}", output.stderr, output.code))
        blobs: dict[str, str] = {}
        for entry in output.stdout.split(b"\0"):
            # 100644 and 100755 are files; 120000 is a symbolic link, 160000 a submodule.
            if entry.startswith(b"100"):
                about, _, path = entry.partition(b"\t")
                blobs[path.decode("utf-8", "surrogateescape")] = about[about.rindex(b" ") + 1 :].decode("ascii")
        return dict(sorted(blobs.items()))


def _shown(path: str) -> str:
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
