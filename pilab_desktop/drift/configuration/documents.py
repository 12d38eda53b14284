"""Reading configuration files into plain values, whatever their format.

What cannot be read is an `UnreadableError` with a sentence that names the file and the line and quotes nothing of it,
because what stands there may be a secret.
"""

import io
import json
import math
import re
import tomllib
from collections.abc import Callable
from datetime import date, time
from enum import StrEnum
from typing import TypeAlias

import dotenv.parser
import javaproperties

from pilab_desktop.domain.errors import InvalidInputError
from pilab_desktop.drift.configuration.yaml_reader import YamlSyntaxError, read_yaml

Value: TypeAlias = "dict[str, Value] | list[Value] | str | int | float | bool | None"
"""What every format comes down to. Dates are their ISO text; not-a-number and the infinities are `.nan`, `.inf`."""

MAX_DEPTH = 100
"""Nested deeper than this no person wrote it, and no reader of the report would follow."""


class Format(StrEnum):
    """How a file is written."""

    ENV = "an .env file"
    YAML = "YAML"
    JSON = "JSON"
    TOML = "TOML"
    PROPERTIES = "a properties file"


class UnreadableError(InvalidInputError):
    """A file that is not what its name says."""


class _BrokenError(Exception):
    """What is wrong, in words that quote nothing, and where."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


def load(path: str, data: bytes, form: Format) -> tuple[Value, ...]:
    """The documents of a file: one, or as many as a YAML stream holds (empty ones left out).

    Raises UnreadableError for undecodable bytes, wrong syntax, duplicate keys, nesting beyond `MAX_DEPTH` and alias
    bombs.
    """
    try:
        documents = _READERS[form](_decoded(data, form))
        return tuple(_plain(document, 0) for document in documents)
    except _BrokenError as error:
        reason, line = error.reason, error.line
    except YamlSyntaxError as error:
        reason, line = error.reason, error.line
    except RecursionError:
        reason, line = "it is nested too deeply", None
    where = f"line {line}: {reason}" if line else reason
    raise UnreadableError(
        f"{path} could not be read as {form.value} ({where}), so nothing of it was compared. Mend it."
    )


def _decoded(data: bytes, form: Format) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if form is Format.PROPERTIES:  # the format's own encoding before Java 9
            return data.decode("latin-1")
        line = data.count(b"\n", 0, error.start) + 1
        raise _BrokenError("bytes that are not UTF-8", line) from None


def _read_env(text: str) -> list[object]:
    values: dict[str, str | None] = {}
    for binding in dotenv.parser.parse_stream(io.StringIO(text)):
        if binding.error:
            raise _BrokenError("neither a comment nor NAME=value", binding.original.line)
        if binding.key is None:
            continue
        if binding.key in values:
            raise _BrokenError(f"“{binding.key}” stands twice", binding.original.line)
        values[binding.key] = binding.value
    return [values]


def _read_properties(text: str) -> list[object]:
    values: dict[str, str] = {}
    line = 1
    try:
        for element in javaproperties.parse(text):
            if isinstance(element, javaproperties.KeyValue):
                if element.key in values:
                    raise _BrokenError(f"“{element.key}” stands twice", line)
                values[element.key] = element.value
            line += element.source.count("\n")
    except javaproperties.InvalidUEscapeError:
        raise _BrokenError("a broken \\u escape", line) from None
    return [values]


def _read_toml(text: str) -> list[object]:
    try:
        return [tomllib.loads(text)]
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        reason = "a key stands twice" if "overwrite" in str(error) else "its syntax is wrong"
        raise _BrokenError(reason, int(found[1]) if found else None) from None


_JSON_WITH_COMMENTS = re.compile(
    r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/|,(?=(?:\s|//[^\n]*|/\*.*?\*/)*[}\]])', re.DOTALL
)


def _read_json(text: str) -> list[object]:
    def parse(source: str) -> object:
        return json.loads(source, object_pairs_hook=_without_duplicates, parse_constant=_constant)

    try:
        return [parse(text)]
    except ValueError as strict:
        try:
            # Comments and trailing commas are common in appsettings.json and the like; newlines stay for the lines.
            return [parse(_JSON_WITH_COMMENTS.sub(lambda m: m[1] or "\n" * m[0].count("\n"), text))]
        except ValueError:
            line = strict.lineno if isinstance(strict, json.JSONDecodeError) else None
            raise _BrokenError("its syntax is wrong", line) from None


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _BrokenError(f"“{twice}” stands twice in one object")
    return found


def _constant(name: str) -> str:
    return {"NaN": ".nan", "Infinity": ".inf"}.get(name, "-.inf")


def _plain(value: object, depth: int) -> Value:
    """The value in plain types: text keys, YAML's merge keys merged, nothing that is unequal to itself."""
    if isinstance(value, str | bool | int | None):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else ".nan" if math.isnan(value) else ".inf" if value > 0 else "-.inf"
    if depth >= MAX_DEPTH:
        raise _BrokenError(f"it is nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, dict):
        plain = {key if type(key) is str else _key_text(key): _plain(child, depth + 1) for key, child in value.items()}
        return _merged(plain) if "<<" in plain else plain
    if isinstance(value, list):
        return [_plain(child, depth + 1) for child in value]
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def _key_text(key: object) -> str:
    match key:
        case None:
            return "null"
        case bool():
            return str(key).lower()
    return str(key)


def _merged(plain: dict[str, Value]) -> dict[str, Value]:
    """YAML's `<<`: what stands beside it wins over it, an earlier map of its list over a later one."""
    merge = plain.pop("<<")
    maps = merge if isinstance(merge, list) else [merge]
    result: dict[str, Value] = {}
    for part in reversed(maps):
        if isinstance(part, dict):
            result |= part
    return result | plain


_READERS: dict[Format, Callable[[str], list[object]]] = {
    Format.ENV: _read_env,
    Format.YAML: read_yaml,
    Format.JSON: _read_json,
    Format.TOML: _read_toml,
    Format.PROPERTIES: _read_properties,
}
