"""Options that many commands share, and words of closed sets."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, TypeVar

import typer

from pilab_desktop.domain.errors import InvalidInputError

Project = Annotated[
    str | None, typer.Option("--project", help="The project's slug; may be left out while there is only one.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]

_Word = TypeVar("_Word", bound=StrEnum)


class UsageError(InvalidInputError):
    """The line itself is wrong: options that do not go together, a word or a time that cannot be read."""


def word(words: type[_Word], text: str) -> _Word:
    """A word of a closed set, in any case and with `-` or `_`. Raises UsageError."""
    try:
        return words(text.upper().replace("-", "_"))
    except ValueError as error:
        raise UsageError(f"“{text}” is none of {', '.join(words)}.") from error


def without_password(location: str) -> str:
    """A workspace's address as it was given, which others on this machine can read. Raises UsageError."""
    _, is_url, rest = location.partition("://")
    account, has_account, _ = rest.partition("/")[0].rpartition("@")
    if is_url and has_account and ":" in account:
        raise UsageError(
            "A password must not stand on the command line, where others can read it; leave it out of the address and "
            "put it into the keyring or PGPASSFILE."
        )
    return location


def moment(text: str | None) -> datetime | None:
    """A time as people write it, None where none was given. Raises UsageError."""
    from pilab_desktop.services.moments import parse_moment

    try:
        return parse_moment(text) if text is not None else None
    except InvalidInputError as error:
        raise UsageError(error.sentence) from error
