"""How a value of a drift item reads on a page: the same words in reports and in release notes."""

import json
from collections.abc import Mapping
from typing import TypeGuard

from pilab_desktop.domain.json import JsonValue

NOTHING = "—"


def value_text(value: JsonValue) -> str:
    """The value as one would write it; a secret's mark as words (cli.md), None as "—".

    A text that would read as another type (`"1"`, `"true"`, empty) keeps its quotes, so that a change of type shows.
    """
    if value is None:
        return NOTHING
    if is_secret_mark(value):
        return "secret, changed" if value.get("changed") else "secret"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False) if _reads_as_another_type(value) else value
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def is_secret_mark(value: JsonValue) -> TypeGuard[Mapping[str, JsonValue]]:
    """Whether this stands where a secret would."""
    return isinstance(value, Mapping) and value.get("secret") is True


def _reads_as_another_type(text: str) -> bool:
    if not text or text != text.strip():
        return True
    if text[0] not in '-0123456789tfnIN"{[':
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
