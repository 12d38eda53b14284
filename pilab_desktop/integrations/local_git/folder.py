"""Looking at a repository before it is read: is it one, whole, ours to read, and is there anything in it."""

import re
from dataclasses import dataclass
from pathlib import Path

from pilab_desktop.domain.errors import MissingToolError, RepositoryError
from pilab_desktop.integrations.local_git.processes import GitDir, Output, ProcessGroup
from pilab_desktop.integrations.local_git.wording import NO_GIT, git_said

OLDEST_GIT = (2, 30)


@dataclass(frozen=True, slots=True)
class Look:
    """What a repository is like."""

    is_bare: bool
    is_shallow: bool
    is_empty: bool


def describe_git() -> str:
    """git's version, like "2.39.5". Raises MissingToolError where there is none, or one older than OLDEST_GIT."""
    with ProcessGroup() as group:
        return checked_version(group.run(None, "version"))


def checked_version(output: Output) -> str:
    """The version out of `git version`; see `describe_git`."""
    matched = re.search(r"(\d+)\.(\d+)(?:\.\d+)?", output.text)
    if output.code != 0 or matched is None:
        raise MissingToolError(NO_GIT)
    if (int(matched[1]), int(matched[2])) < OLDEST_GIT:
        oldest = ".".join(str(part) for part in OLDEST_GIT)
        raise MissingToolError(f"git {matched[0]} is too old to be relied on; install {oldest} or newer and try again.")
    return matched[0]


def look_at(repository: GitDir, *, name: str) -> Look:
    """Look at a repository; `name` is what sentences call it.

    Raises RepositoryError for what is no repository, for a folder inside of one and for one of another owner, and
    MissingToolError without a usable git.
    """
    if not _is_folder(repository.path):
        raise RepositoryError(f"There is no folder “{name}”; check the path, or give a clone URL.")
    with ProcessGroup() as group:
        # Three questions at once: each costs a process, and nothing else can begin before they are answered.
        version = group.start(None, "version")
        kind = group.start(
            repository,
            "rev-parse",
            "--is-bare-repository",
            "--is-inside-git-dir",
            "--is-shallow-repository",
            "--show-prefix",
            "--show-cdup",
        )
        first = group.start(repository, "for-each-ref", "--count=1", "--format=%(objectname)")
        checked_version(group.collect(version))
        answer, first_ref = group.collect(kind), group.collect(first)
        if answer.code != 0:
            raise RepositoryError(_no_repository(answer.stderr, name))
        is_bare, inside_git_dir, is_shallow, prefix, *_ = [
            *answer.stdout.decode("utf-8", "replace").split("\n"),
            "",
            "",
        ]
        if prefix and not repository.is_mirror and inside_git_dir != "true":
            raise RepositoryError(_inside(group, repository, name))
        is_empty = not first_ref.stdout.strip() and _has_no_head(group, repository)
    return Look(is_bare=is_bare == "true", is_shallow=is_shallow == "true", is_empty=is_empty)


def refuse_unreadable(look: Look, name: str) -> None:
    """Raises RepositoryError for a shallow repository, whose merge bases lie (semantics.md §2), or an empty one."""
    if look.is_shallow:
        raise RepositoryError(
            f"“{name}” is a shallow clone: its history is cut off, so that counts and ancestors would be wrong; "
            f"run “git -C {name} fetch --unshallow” and try again."
        )
    if look.is_empty:
        raise RepositoryError(f"“{name}” has no commits yet; commit something, or check the address.")


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a name that is too long, or a folder above that may not be entered
        return False


def _has_no_head(group: ProcessGroup, repository: GitDir) -> bool:
    return group.run(repository, "rev-parse", "--verify", "--quiet", "HEAD^{commit}").code != 0


def _inside(group: ProcessGroup, repository: GitDir, name: str) -> str:
    top = group.run(repository, "rev-parse", "--show-toplevel").text
    below = repository.path.resolve()
    path = below.relative_to(top).as_posix() if below.is_relative_to(top) else below.name
    return f"“{name}” is no repository but a folder inside “{top}”; give that, with “{path}” as the path."


def _no_repository(stderr: str, name: str) -> str:
    if "dubious ownership" in stderr or "unsafe repository" in stderr:
        return (
            f"git does not read “{name}” because it belongs to another user; when you trust it, run "
            f"“git config --global --add safe.directory {Path(name).absolute()}” and try again."
        )
    if "not a git repository" in stderr.lower():
        return f"“{name}” is not a git repository; give the folder that was cloned, or a clone URL."
    return f"git cannot read “{name}” ({git_said(stderr) or 'it does not say why'}); run “git fsck” there."
