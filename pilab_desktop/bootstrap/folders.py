"""Where this user's things lie, and who the user is."""

import getpass
import os
import sys
from pathlib import Path

APPLICATION = "PiLab Studio"


def data_folder() -> Path:
    """Where this user's workspace, mirrors and keys lie; `PILAB_DATA` names another place."""
    named = os.environ.get("PILAB_DATA")
    if named:
        return Path(named).expanduser()
    from platformdirs import user_data_path

    return user_data_path(APPLICATION, appauthor=False)


def actor() -> str:
    """Who acts, for the audit log: the name of the operating system's account."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def passphrase() -> str | None:
    """The passphrase of the key file, where there is no keyring: from a file, the environment, or a prompt."""
    file = os.environ.get("PILAB_PASSPHRASE_FILE")
    if file:
        return Path(file).expanduser().read_text(encoding="utf-8").rstrip("\n")
    given = os.environ.get("PILAB_PASSPHRASE")
    if given:
        return given
    return getpass.getpass("Passphrase of the key file: ") if sys.stdin.isatty() else None


def sample_passphrase() -> str:
    """The sample's secrets are made up, so its key file needs no secret of its own."""
    return "explore the sample"


def own_workspace() -> Path:
    """The file of the user's own local workspace."""
    return data_folder() / "workspace.db"
