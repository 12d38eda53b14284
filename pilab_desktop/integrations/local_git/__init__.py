"""Git repositories on this machine: folders read in place, clone URLs mirrored and fetched."""

from pilab_desktop.integrations.local_git.folder import describe_git
from pilab_desktop.integrations.local_git.source import LocalGit

__all__ = ["LocalGit", "describe_git"]
