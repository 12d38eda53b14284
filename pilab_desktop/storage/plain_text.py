"""Text and JSON that every database accepts, and back, without losing a character.

Postgres refuses U+0000 in text, both databases refuse lone surrogates (Python's stand-in for bytes of a file name that
are not UTF-8). Each such character is written as the noncharacter U+10FFFF and six hexadecimal digits, and so is
U+10FFFF itself, which no text should hold. JSON has no word for a number that is not finite, and Postgres keeps 1e23 as
a different, whole number: such numbers are written as U+10FFFF, "=" and Python's own notation.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence

from pilab_desktop.domain.json import JsonValue

_MARK = "\U0010ffff"
_REFUSED = re.compile("[\x00\ud800-\udfff\U0010ffff]")
_WRITTEN = re.compile("\U0010ffff([0-9a-f]{6})")
_NUMBER = f"{_MARK}="


def plain(text: str) -> str:
    """The text with every character that a database may refuse written out."""
    if _REFUSED.search(text) is None:
        return text
    return _REFUSED.sub(lambda found: f"{_MARK}{ord(found.group()):06x}", text)


def original(text: str) -> str:
    """The text that `plain` was given."""
    if _MARK not in text:
        return text
    return _WRITTEN.sub(lambda found: chr(int(found.group(1), 16)), text)


def plain_json(value: JsonValue) -> JsonValue:
    """The value with every string and number in it as the databases accept them."""
    match value:
        case str():
            return plain(value)
        case float() if not math.isfinite(value) or "e" in repr(value):
            return f"{_NUMBER}{value!r}"
        case Mapping():
            return {plain(key): plain_json(item) for key, item in value.items()}
        case Sequence():
            return [plain_json(item) for item in value]
        case _:
            return value


def original_json(value: JsonValue) -> JsonValue:
    """The value that `plain_json` was given."""
    match value:
        case str():
            return float(value[len(_NUMBER) :]) if value.startswith(_NUMBER) else original(value)
        case Mapping():
            return {original(key): original_json(item) for key, item in value.items()}
        case Sequence():
            return [original_json(item) for item in value]
        case _:
            return value


def dump(value: JsonValue) -> str:
    """The value as JSON text that the databases accept."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except ValueError:
        text = ""
    if text and _REFUSED.search(text) is None and "\\u0000" not in text:
        return text
    return json.dumps(plain_json(value), ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def load(text: str) -> JsonValue:
    """The value that `dump` was given, tuples as lists."""
    value: JsonValue = json.loads(text)
    return original_json(value) if _MARK in text else value
