"""Parsing what `git diff-tree --raw --numstat -z` prints (git-diff-tree(1), raw output format)."""

from pilab_desktop.domain.commit import Detail, FileChange


class CommitFiles:
    """The files of one commit as they come: announced by a raw entry, read with their line counts."""

    __slots__ = ("_counts", "_raw")

    def __init__(self) -> None:
        self._raw: list[tuple[str, bytes, bytes | None]] = []
        self._counts: dict[bytes, tuple[int | None, int | None]] = {}

    def announce(self, status: str, path: bytes, old_path: bytes | None) -> None:
        """A raw entry."""
        self._raw.append((status, path, old_path))

    def count(self, path: bytes, added: bytes, deleted: bytes) -> None:
        """A line of numbers; `-` stands for a binary file."""
        self._counts[path] = (None, None) if added == b"-" else (int(added), int(deleted))

    @property
    def announced(self) -> int:
        """How many files there are."""
        return len(self._raw)

    @property
    def changes(self) -> tuple[FileChange, ...]:
        """Those whose numbers came. Bytes of a path that are not UTF-8 stand as U+FFFD, for a report is text."""
        return tuple(
            FileChange(
                path=path.decode("utf-8", "replace"),
                status=status,
                added=self._counts[path][0],
                deleted=self._counts[path][1],
                old_path=None if old_path is None else old_path.decode("utf-8", "replace"),
            )
            for status, path, old_path in self._raw
            if path in self._counts
        )


def parse_files(data: bytes, detail: Detail) -> dict[str, CommitFiles]:
    """What `diff-tree --stdin --always --raw -z` printed, with `--numstat` where lines are asked for: each commit's
    sha, raw entries, then numbers."""
    found: dict[str, CommitFiles] = {}
    commit = CommitFiles()
    tokens = iter(data.split(b"\0"))
    try:
        for token in tokens:
            if token.startswith(b":"):
                status = token[token.rindex(b" ") + 1 :][:1].decode("ascii")
                old = next(tokens) if status in "RC" else None
                path = next(tokens)
                commit.announce(status, path, old)
                if detail is Detail.PATHS:
                    commit.count(path, b"-", b"-")
            elif b"\t" in token:
                added, deleted, path = token.split(b"\t", 2)
                if not path:  # a rename: the two names follow
                    next(tokens)
                    path = next(tokens)
                commit.count(path, added, deleted)
            elif token:
                commit = found[token.decode("ascii")] = CommitFiles()
    except (StopIteration, ValueError):
        return found  # cut in the middle of an entry; the caller knows that it was
    return found
