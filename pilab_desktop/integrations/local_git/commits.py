"""Reading commits' metadata as one stream, NUL between fields (git-rev-list(1), pretty formats)."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from pilab_desktop.domain.commit import Commit, Side
from pilab_desktop.integrations.local_git.processes import GitProcess

FORMAT_ARGUMENTS = (
    "--encoding=UTF-8",
    "--format=%m%H%x00%P%x00%an%x00%ae%x00%at%x00%ct%x00%B%x00",
)
_FIELDS = 7
_EPOCH = datetime.fromtimestamp(0, UTC)


def read_commits(process: GitProcess, sides: Mapping[str, Side]) -> Iterator[Commit]:
    """The commits of a running `git rev-list` that was given FORMAT_ARGUMENTS and --left-right, in its order.

    `sides` says where a commit stands that is marked `=`, for git shows no side then.
    """
    pending: list[bytes] = []
    rest = b""
    for chunk in process.chunks():
        tokens = (rest + chunk).split(b"\0") if b"\0" in chunk else [rest + chunk]
        rest = tokens.pop()
        pending += tokens
        whole = len(pending) - len(pending) % _FIELDS
        for at in range(0, whole, _FIELDS):
            yield _commit(pending[at : at + _FIELDS], sides)
        del pending[:whole]


def _commit(fields: list[bytes], sides: Mapping[str, Side]) -> Commit:
    marked, parents, author, email, authored_at, committed_at, message = fields
    # rev-list puts "commit <sha>" on a line of its own before each.
    mark_and_sha = marked[marked.rfind(b"\n") + 1 :].decode("ascii")
    sha = mark_and_sha[1:]
    return Commit(
        sha=sha,
        parents=tuple(parents.decode("ascii").split()),
        author=author.decode("utf-8", "replace"),
        author_email=email.decode("utf-8", "replace"),
        authored_at=_moment(authored_at),
        committed_at=_moment(committed_at),
        message=message.decode("utf-8", "replace").strip("\n"),
        side=sides[sha],
        equivalent=mark_and_sha[0] == "=",
    )


def _moment(seconds: bytes) -> datetime:
    """Aware UTC. A commit whose date is damaged or beyond year 9999 stands at 1970-01-01, as git shows it."""
    try:
        return datetime.fromtimestamp(int(seconds or b"0"), UTC)
    except (ValueError, OverflowError, OSError):
        return _EPOCH
