"""Variables from files and to files (product.md E3)."""

import fnmatch
import io
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import PurePath

from dotenv.parser import parse_stream

from pilab_desktop.domain.environment import Variable
from pilab_desktop.domain.errors import InvalidInputError
from pilab_desktop.domain.project_description import VariableDescription
from pilab_desktop.domain.redaction import is_secret_name, looks_secret
from pilab_desktop.services.written_yaml import Written, read_written


def read_variables(
    name: str, content: bytes, *, secret_patterns: Sequence[str] = ()
) -> tuple[VariableDescription, ...]:
    """The variables of a file, by its name's ending: `.env`, YAML, JSON, properties, or a ConfigMap or Secret manifest.

    Keys that match a pattern, that sound like a credential or whose value looks like one are secrets, and so is all
    that a Secret manifest holds. Values are taken as they are written: 1.10 stays 1.10. Raises InvalidInputError where
    the file is not flat or cannot be read; the sentence quotes no value.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInputError(f"{name} is not UTF-8 text; nothing was imported.") from error
    values, sealed = _values(name, text)
    return tuple(
        VariableDescription(
            key=key,
            value=value,
            is_secret=sealed
            or is_secret_name(key)
            or looks_secret(value)
            or any(fnmatch.fnmatchcase(key, pattern) for pattern in secret_patterns),
        )
        for key, value in values.items()
    )


def write_variables(variables: Sequence[Variable]) -> str:
    """A `.env` file that `read_variables` reads back, but for the values of secrets."""
    lines = []
    for variable in variables:
        if variable.is_secret:
            lines.append(f"# {variable.key} is a secret; its value stays in the workspace")
        else:
            lines.append(f"{variable.key}={_quoted(variable.value or '')}")
    return "".join(line + "\n" for line in lines)


def _values(name: str, text: str) -> tuple[Mapping[str, str], bool]:
    suffix = PurePath(name).suffix.lower()
    if suffix in {".yaml", ".yml"}:
        return _from_document(name, read_written(name, text))
    if suffix == ".json":
        return _from_document(name, _json(name, text))
    if suffix == ".properties":
        return _properties(name, text), False
    return _dotenv(name, text), False


def _json(name: str, text: str) -> Written:
    try:
        document: Written = json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except json.JSONDecodeError as error:
        raise InvalidInputError(
            f"{name} is not valid JSON (line {error.lineno}: {error.msg}). Nothing was imported."
        ) from None
    except RecursionError as error:
        raise InvalidInputError(f"{name} is nested too deeply. Nothing was imported.") from error
    return document


def _properties(name: str, text: str) -> Mapping[str, str]:
    import javaproperties  # noqa: PLC0415 - only who imports such a file pays for it

    try:
        return dict(javaproperties.loads(text))
    except ValueError as error:  # a malformed \uXXXX
        raise InvalidInputError(f"{name} is not a valid properties file: {error}. Nothing was imported.") from error


def _dotenv(name: str, text: str) -> Mapping[str, str]:
    """Without interpolation: `${X}` is what the environment is given, not what this machine has for X."""
    values: dict[str, str] = {}
    for binding in parse_stream(io.StringIO(text)):
        if binding.error:
            line = binding.original.line
            raise InvalidInputError(f"Line {line} of {name} is no KEY=value. Nothing was imported.")
        if binding.key is not None:
            values[binding.key] = binding.value or ""
    return values


def _from_document(name: str, document: Written) -> tuple[Mapping[str, str], bool]:
    if not isinstance(document, dict):
        raise InvalidInputError(f"{name} holds no variables: it is not a mapping. Nothing was imported.")
    kind = document.get("kind")
    if kind in {"ConfigMap", "Secret"} and "apiVersion" in document:
        data = _flat(name, document.get("data") or {})
        if kind == "Secret":
            data = {key: _decoded(name, key, value) for key, value in data.items()}
            data |= _flat(name, document.get("stringData") or {})
        return data, kind == "Secret"
    return _flat(name, document), False


def _flat(name: str, document: Written) -> dict[str, str]:
    if not isinstance(document, dict):
        raise InvalidInputError(f"{name} holds no mapping where variables should be. Nothing was imported.")
    flat: dict[str, str] = {}
    for key, value in document.items():
        if isinstance(value, (dict, list)):
            raise InvalidInputError(f"“{key}” in {name} is not a single value. Nothing was imported.")
        # JSON's true and false are the only values left that are no text.
        flat[key] = "" if value is None else value if isinstance(value, str) else json.dumps(value)
    return flat


def _decoded(name: str, key: str, value: str) -> str:
    import base64  # noqa: PLC0415 - only Secret manifests need it

    try:
        return base64.b64decode(re.sub(r"\s", "", value), validate=True).decode("utf-8")
    except ValueError:
        raise InvalidInputError(f"“{key}” in {name} is not base64 of a text. Nothing was imported.") from None


def _quoted(value: str) -> str:
    """Plain where nothing in it could be misread, else in double quotes."""
    if value and all(character.isalnum() or character in "_./:@%+,-" for character in value):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
