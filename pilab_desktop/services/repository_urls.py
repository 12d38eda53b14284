"""What can be told from a repository's URL alone."""

import re
from pathlib import Path, PurePosixPath

from pilab_desktop.domain.errors import InvalidInputError
from pilab_desktop.domain.project import GitProvider

_HOSTS = {
    "github.com": GitProvider.GITHUB,
    "gitlab.com": GitProvider.GITLAB,
    "bitbucket.org": GitProvider.BITBUCKET,
}


def is_clone_url(url: str) -> bool:
    """Whether it names something to clone, not a folder: a scheme, a helper (`ext::…`), or `user@host:path`."""
    return "://" in url or "::" in url or re.match(r"[\w.-]+@[\w.-]+:", url) is not None


def normalised_url(url: str) -> str:
    """A clone URL as it is, a folder as its whole path, so that it means the same wherever the program is started.

    Raises InvalidInputError for a URL with a credential in it, which would be stored and exported; the sentence does
    not repeat it.
    """
    if not is_clone_url(url):
        return str(Path(url).expanduser().resolve())
    scheme, _, rest = url.partition("://")
    user, at, _ = rest.partition("/")[0].rpartition("@")
    if at and (":" in user or scheme.lower() == "https"):
        raise InvalidInputError(
            "The repository's address has a user name or password in it; leave out the part before “@” and let git's "
            "credential helper or an SSH key sign in."
        )
    return url


def provider_of(url: str) -> GitProvider:
    """Where it lives, by its host's name."""
    if not is_clone_url(url):
        return GitProvider.LOCAL
    host = re.sub(r"^[A-Za-z+]+://", "", url).rpartition("@")[2]
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
