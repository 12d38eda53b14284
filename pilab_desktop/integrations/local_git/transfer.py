"""Clone and fetch: the only git children that talk to another machine. GitPython reads their progress."""

import io
import os
import re
import subprocess
from typing import cast

from pilab_desktop.domain.errors import PilabError, RepositoryError, UnreachableError
from pilab_desktop.integrations.local_git.processes import close_quietly, kill_tree, spawn
from pilab_desktop.integrations.local_git.urls import Address, Transport
from pilab_desktop.integrations.local_git.wording import git_said
from pilab_desktop.ports.progress import Progress, Work

_DENIED = re.compile(
    r"could not read (Username|Password)|Authentication failed|terminal prompts disabled|Permission denied"
    r"|returned error: 40[13]|Invalid username or"
)
_NOT_THERE = re.compile(
    r"not found|does not exist|does not appear to be a git repository|returned error: 404|no such repository",
    re.IGNORECASE,
)
_FULL = re.compile(r"No space left|Disk quota exceeded|write error|unable to write", re.IGNORECASE)


def transfer(address: Address, *arguments: str, work: Work) -> None:
    """Run a git that clones or fetches from `address`, telling its progress; killed when `work` is cancelled.

    Raises UnreachableError where the host does not answer or does not let us in, RepositoryError where there is no
    repository, PilabError where this machine is in the way (disk full), CancelledError.
    """
    work.cancel.check()
    process = spawn(None, *arguments, feed=False, protocols=address.protocols)
    with work.cancel.calling(lambda: kill_tree(process)):
        try:
            said = _follow(process, work.progress)
            code = process.wait()
        finally:
            kill_tree(process)
            process.wait()
            for stream in (process.stdout, process.stderr):
                if stream is not None:
                    close_quietly(stream)
    work.cancel.check()
    if code != 0:
        raise _failure(address, said)


def _follow(process: subprocess.Popen[bytes], progress: Progress) -> str:
    """Tell progress until git ends; what it said besides."""
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")  # whether there is a git is checked elsewhere, with a sentence
    from git import RemoteProgress  # noqa: PLC0415 - 150 ms that only a transfer needs to pay

    class Telling(RemoteProgress):
        def update(
            self, op_code: int, cur_count: str | float, max_count: str | float | None = None, message: str = ""
        ) -> None:
            del op_code, message
            progress.advance(int(float(cur_count)), int(float(max_count)) if max_count else None)

    telling = Telling()
    handle = telling.new_message_handler()
    said: list[str] = []
    assert process.stderr is not None
    # git ends a progress line with \r and a finished one with \n; a text stream takes both for line ends.
    with io.TextIOWrapper(
        io.BufferedReader(cast("io.RawIOBase", process.stderr)), encoding="utf-8", errors="replace"
    ) as lines:
        for line in lines:
            handle(line)
            if "%" not in line:
                said.append(line)
                del said[:-50]
    return "".join(said)


def _failure(address: Address, said: str) -> PilabError:
    reason = git_said(said) or "git does not say why"
    if _FULL.search(said):
        return RepositoryError(
            f"“{address.url}” could not be stored: {reason}; nothing was changed. Make room on the disk and try again."
        )
    if _DENIED.search(said):
        return UnreachableError(
            f"“{address.url}” does not let you in ({reason}); sign in with git's credential helper or an SSH key, "
            "check by “git ls-remote” and try again."
        )
    if _NOT_THERE.search(said):
        return RepositoryError(f"There is no git repository at “{address.url}” ({reason}); check the address.")
    if address.transport is Transport.FILE:
        return RepositoryError(f"“{address.url}” could not be copied ({reason}); what was fetched before is kept.")
    return UnreachableError(
        f"“{address.url}” does not answer ({reason}); what was fetched before is kept. Check the network and try again."
    )
