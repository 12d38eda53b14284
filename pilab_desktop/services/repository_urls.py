"""What can be told from a repository's URL alone."""

import re
from pathlib import PurePosixPath

from pilab_desktop.domain.errors import InvalidInputError
from pilab_desktop.domain.project import GitProvider

_HOSTS = {
    "github.com": GitProvider.GITHUB,
    "gitlab.com": GitProvider.GITLAB,
    "bitbucket.org": GitProvider.BITBUCKET,
}


def is_clone_url(url: str) -> bool:
    """Whether it names something to clone, not a folder: a scheme, or `user@host:path`."""
    return "://" in url or re.match(r"[\w.-]+@[\w.-]+:", url) is not None


def provider_of(url: str) -> GitProvider:
    """Where it lives, by its host's name."""
    if not is_clone_url(url):
        return GitProvider.LOCAL
    host = re.sub(r"^[a-z+]+://", "", url).rpartition("@")[2]
    return _HOSTS.get(re.split(r"[/:]", host)[0].lower(), GitProvider.OTHER)


def name_of(url: str) -> str:
    """The last part of it, without `.git`."""
    last = re.split(r"[/\\:]", url.rstrip("/\\"))[-1]
    return re.sub(r"\.git$", "", last) or "repository"


def normalised_path(path: str) -> str:
    """A path inside a repository: no slash at either end, no `.`; "" for all of it. `..` is refused."""
    parts = PurePosixPath(path.replace("\\", "/")).parts
    if ".." in parts:
        raise InvalidInputError(f"The path “{path}” leads out of the repository.")
    return "/".join(part for part in parts if part not in {"/", "."})
