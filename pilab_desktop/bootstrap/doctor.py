"""Is everything here that is needed? (cli.md, `doctor`)."""

import platform
import sys
from collections.abc import Callable

from pilab_desktop import __version__
from pilab_desktop.bootstrap.folders import data_folder
from pilab_desktop.bootstrap.workspace import Workspace
from pilab_desktop.domain.errors import PilabError
from pilab_desktop.domain.words import counted

Finding = tuple[str, str, str]


def diagnose(location: str | None, *, open_workspace: Callable[[str | None], Workspace]) -> list[Finding]:
    """Part, state (OK, WARNING, FAILURE) and a sentence, for each thing that is looked at."""
    return [
        ("PiLab Studio", "OK", f"{__version__}, Python {platform.python_version()} on {platform.platform()}"),
        _python(),
        _git(),
        _keyring(),
        *_workspace(location, open_workspace),
    ]


def _python() -> Finding:
    from pilab_desktop.storage.engine import sqlite_version

    return ("SQLite", "OK", f"{sqlite_version()}, from {sys.executable}")


def _git() -> Finding:
    from pilab_desktop.integrations.local_git import describe_git

    try:
        return ("git", "OK", describe_git())
    except PilabError as error:
        return ("git", "FAILURE", error.sentence)


def _keyring() -> Finding:
    from pilab_desktop.storage.vault_key import usable_keyring

    backend = usable_keyring()
    if backend is not None:
        return ("Keyring", "OK", str(backend.name))
    return (
        "Keyring",
        "WARNING",
        "No keyring is usable here; secrets need a passphrase. Set PILAB_PASSPHRASE_FILE, or start a keyring service.",
    )


def _workspace(location: str | None, open_workspace: Callable[[str | None], Workspace]) -> list[Finding]:
    found = [("Data", "OK", str(data_folder()))]
    try:
        workspace = open_workspace(location)
        try:
            problems = workspace.store.check()
            projects = len(workspace.projects.list())
        finally:
            workspace.close()
    except PilabError as error:
        return [*found, ("Workspace", "FAILURE", error.sentence)]
    if problems:
        return [*found, *(("Workspace", "FAILURE", problem) for problem in problems)]
    return [*found, ("Workspace", "OK", f"{counted(projects, 'active project')}, no damage")]
