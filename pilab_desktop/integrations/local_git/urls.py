"""Which repository addresses are allowed, and what they are (security.md, Secrets)."""

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pilab_desktop.domain.errors import InvalidInputError


class Transport(StrEnum):
    """How a repository is reached."""

    FOLDER = "folder"
    HTTPS = "https"
    SSH = "ssh"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Address:
    """A checked address. `url` is what git is handed: an absolute folder, or the clone URL."""

    url: str
    transport: Transport

    @property
    def folder(self) -> Path:
        """The folder, of one that is read in place."""
        return Path(self.url)

    @property
    def protocols(self) -> tuple[str, ...]:
        """What git may speak for it. A person's own insteadOf may turn https into ssh and back."""
        return ("file",) if self.transport is Transport.FILE else ("https", "ssh")


_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://(.*)", re.DOTALL)
# git's own rule: what stands before a colon that comes before any slash is a host, unless it is a drive letter.
_SCP_LIKE = re.compile(r"(?:([^@/:]+)@)?([^@/:]+|\[[0-9A-Fa-f:]+\]):(?!/{2})(.+)", re.DOTALL)
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")


def parse_address(text: str) -> Address:
    """The address that a person or a stored repository names.

    Raises InvalidInputError for an empty one, for a transport that is not allowed, for one that git could take for an
    option and for one with a credential in it; the sentence does not repeat the credential.
    """
    text = text.strip()
    if not text:
        raise InvalidInputError("The repository's address is empty; give a folder or a clone URL.")
    if _UNPRINTABLE.search(text):
        raise InvalidInputError("The repository's address has control characters in it; give a folder or a clone URL.")
    if re.match(r"[A-Za-z0-9+.-]+::", text):
        raise InvalidInputError(
            f"“{text.partition('::')[0]}::” addresses start programs and are not allowed; use https, ssh or file."
        )
    if matched := _SCHEME.fullmatch(text):
        return _with_scheme(matched[1].lower(), matched[2])
    if text.startswith("-"):
        raise InvalidInputError(f"“{text}” begins with “-”, as options do; write the folder as “./{text}”.")
    if (matched := _SCP_LIKE.fullmatch(text)) and (matched[1] or len(matched[2]) > 1):
        user, host, path = matched[1] or "", matched[2], matched[3]
        if user.startswith("-") or host.startswith("-") or path.startswith("-"):
            raise InvalidInputError("A part of the repository's address begins with “-”, as options do; leave it out.")
        return Address(text, Transport.SSH)
    try:
        folder = Path(text).expanduser().absolute()
    except RuntimeError as error:  # ~somebody who has no home
        raise InvalidInputError(f"There is no home folder for “{text}”; write the whole path.") from error
    return Address(str(folder), Transport.FOLDER)


def _with_scheme(scheme: str, rest: str) -> Address:
    if scheme not in ("https", "ssh", "file"):
        hint = " Its passwords and its answers would travel unprotected." if scheme in ("http", "git", "ftp") else ""
        raise InvalidInputError(f"“{scheme}://” addresses are not allowed; use https, ssh or file.{hint}")
    authority, _, path = rest.partition("/")
    user, at, host = authority.rpartition("@")
    if at and (scheme == "https" or ":" in user):
        raise InvalidInputError(
            "The repository's address has a user name or password in it; leave out the part before “@” and let git's "
            "credential helper or an SSH key sign in."
        )
    if authority.startswith("-") or host.startswith("-") or not path.strip("/") or (scheme != "file" and not host):
        raise InvalidInputError(
            "The repository's address has no usable host or path; give the clone URL as shown there."
        )
    return Address(f"{scheme}://{rest.rstrip('/')}", Transport(scheme))
