"""Reading a git repository that is on this machine."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from pilab_desktop.domain.commit import Comparison, Detail
from pilab_desktop.ports.progress import Work


class Snapshot(Protocol):
    """The files at one commit, below one path. Paths are whole, from the repository's root, `/` between parts.

    A path that is not UTF-8 has its undecodable bytes as surrogate escapes. Submodules (gitlinks) and symbolic links
    are not listed.
    """

    @property
    def commit(self) -> str:
        """The commit's sha."""
        ...

    @property
    def blobs(self) -> Mapping[str, str]:
        """Path to blob id, sorted by path. Read once, then kept."""
        ...

    def read(self, path: str) -> bytes:
        """The content of one file. Raises NotFoundError for an unknown path, RepositoryError where the object is
        missing from the repository or larger than `MAX_BLOB_BYTES`."""
        ...

    def read_many(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        """Path and content of each, in the order asked, from one git process; None where `read` would raise."""
        ...


MAX_BLOB_BYTES = 8 * 1024 * 1024
"""A larger file is no configuration and no migration that a person wrote; it is named as a problem, not read."""


class GitReader(Protocol):
    """One repository. Every method only reads; each may raise RepositoryError, and CancelledError where it takes
    Work.
    """

    def commit_of(self, ref: str) -> str:
        """The sha of the commit that a branch, tag or sha stands for, annotated tags peeled.

        Raises NotFoundError for an unknown one (with near names), InvalidInputError for one that git could take for an
        option.
        """
        ...

    def tags(self) -> Mapping[str, str]:
        """Tag name to the sha of the commit it stands for; tags of trees and blobs are left out."""
        ...

    def branches(self) -> Mapping[str, str]:
        """Branch name to commit sha; in a mirror or bare repository its heads, else heads and remote branches."""
        ...

    def commits_with_prefix(self, prefix: str) -> tuple[str, ...]:
        """Every commit whose sha begins with these 4 to 40 hexadecimal digits."""
        ...

    def compare(self, source: str, target: str, *, path: str, work: Work, detail: Detail = Detail.LINES) -> Comparison:
        """Both sides of two commits (full shas). `path` is "" for the whole repository.

        `files` are read for the commits that are on one side only; without line counts where only paths are asked for.
        Unrelated histories compare as two whole sets.
        """
        ...

    def mentions(self, tip: str, words: Sequence[str], *, path: str) -> Mapping[str, str]:
        """Sha and whole message of the non-merge commits reachable from a commit (a full sha), below a path, whose
        message holds one of the words, by letter. One git process, newest first."""
        ...

    def snapshot(self, commit: str, *, path: str) -> Snapshot:
        """The files at a commit, below a path ("" for all)."""
        ...

    def close(self) -> None:
        """End the git processes that are kept open."""
        ...


class GitSource(Protocol):
    """Turns a repository's URL or folder into a reader."""

    def open(self, url: str, *, refresh: bool, work: Work) -> GitReader:
        """A reader of the repository.

        A folder is read where it is and never written. A clone URL (https, ssh, file) is mirrored, and fetched again
        when `refresh` is set. Raises InvalidInputError for a URL that is not allowed, UnreachableError where the host
        does not answer, RepositoryError for a shallow or empty repository or what is none, MissingToolError
        without git.
        """
        ...
