"""Makes a told history real: one `git fast-import` stream per repository (gitformat: git-fast-import(1)).

The host's git configuration takes no part, so that the repositories come out the same on every machine.
"""

import os
import subprocess
from pathlib import Path

from pilab_desktop.domain.errors import MissingToolError, RepositoryError
from pilab_desktop.integrations.sample.history import History, Node
from pilab_desktop.ports.progress import Work


def write_repository(history: History, folder: Path, work: Work) -> None:
    """A repository with work tree at `folder`, which must not exist yet, with all branches and tags of the history.

    Raises MissingToolError without git, RepositoryError where git refuses, CancelledError.
    """
    _git(["init", "--quiet", "--template=", str(folder)], cwd=folder.parent, work=work)
    _git(["fast-import", "--quiet", "--date-format=raw"], cwd=folder, work=work, stdin=stream_of(history))
    _git(["symbolic-ref", "HEAD", "refs/heads/main"], cwd=folder, work=work)
    _git(["reset", "--quiet", "--hard"], cwd=folder, work=work)


def refs_of(folder: Path, work: Work) -> dict[str, str]:
    """Full name of every branch and tag to the commit it stands for. Raises as `write_repository` does."""
    shape = "--format=%(refname) %(if)%(*objectname)%(then)%(*objectname)%(else)%(objectname)%(end)"
    listing = _git(["for-each-ref", shape, "refs/heads", "refs/tags"], cwd=folder, work=work)
    pairs = (line.rpartition(" ") for line in listing.decode().splitlines())
    return {name: sha for name, _, sha in pairs}


def stream_of(history: History) -> bytes:
    """The history as input for `git fast-import`: every commit on main, the branches set at the end."""
    marks = {node: mark for mark, node in enumerate(history, start=1)}
    out = [_commit(node, marks) for node in history]
    for name, node in history.branches.items():
        out.append(f"reset refs/heads/{name}\nfrom :{marks[node]}\n\n".encode())
    for tag in history.tags.values():
        if tag.message is None:
            out.append(f"reset refs/tags/{tag.name}\nfrom :{marks[tag.node]}\n\n".encode())
        else:
            head = f"tag {tag.name}\nfrom :{marks[tag.node]}\ntagger {tag.tagger}\n"
            out.append(head.encode() + _data(f"{tag.message}\n"))
    out.append(b"done\n")
    return b"".join(out)


def _commit(node: Node, marks: dict[Node, int]) -> bytes:
    out = [b"reset refs/heads/main\n"] if not node.parents else []
    out.append(f"commit refs/heads/main\nmark :{marks[node]}\n".encode())
    out.append(f"author {node.author}\ncommitter {node.committer}\n".encode())
    out.append(_data(node.message))
    for word, parent in zip(("from", *["merge"] * len(node.parents)), node.parents, strict=False):
        out.append(f"{word} :{marks[parent]}\n".encode())
    for path in dict.fromkeys(edit.path for edit in node.edits):
        if path in node.tree:
            out.append(f"M 100644 inline {path}\n".encode() + _data(node.tree[path]))
        else:
            out.append(f"D {path}\n".encode())
    out.append(b"\n")
    return b"".join(out)


def _data(text: str) -> bytes:
    content = text.encode()
    return f"data {len(content)}\n".encode() + content + b"\n"


def _environment() -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return inherited | {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_DEFAULT_HASH": "sha1",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }


def _git(arguments: list[str], *, cwd: Path, work: Work, stdin: bytes | None = None) -> bytes:
    work.cancel.check()
    try:
        process = subprocess.Popen(
            ["git", "-c", "core.autocrlf=false", *arguments],
            cwd=cwd,
            env=_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
    except FileNotFoundError as missing:
        raise MissingToolError(
            "The sample needs git, which is not on this machine; nothing was written. Install git "
            "(https://git-scm.com/downloads) and try again."
        ) from missing
    with process, work.cancel.calling(process.kill):
        output, complaint = process.communicate(stdin)
    work.cancel.check()
    if process.returncode != 0:
        reason = complaint.decode(errors="replace").strip().splitlines()
        raise RepositoryError(
            f"git could not make the sample's repository {cwd.name}: {reason[-1] if reason else 'it gave no reason'}. "
            "Nothing was left behind; try again, or with a newer git."
        )
    return output
