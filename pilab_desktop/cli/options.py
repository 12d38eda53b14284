"""Options that many commands share, and words of closed sets."""

from enum import StrEnum
from typing import Annotated, TypeVar

import typer

from pilab_desktop.domain.errors import InvalidInputError

Project = Annotated[
    str | None, typer.Option("--project", help="The project's slug; may be left out while there is only one.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]

_Word = TypeVar("_Word", bound=StrEnum)


def word(words: type[_Word], text: str) -> _Word:
    """A word of a closed set, in any case and with `-` or `_`."""
    try:
        return words(text.upper().replace("-", "_"))
    except ValueError as error:
        raise InvalidInputError(f"“{text}” is none of {', '.join(words)}.") from error
