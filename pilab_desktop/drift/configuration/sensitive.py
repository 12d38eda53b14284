"""What of a configuration value may be shown (semantics.md §4, security.md): the one place where that is decided."""

import json
import re
from collections.abc import Sequence

from pilab_desktop.domain.json import JsonValue
from pilab_desktop.domain.redaction import is_reference, is_secret_name, looks_secret, words_of
from pilab_desktop.drift.configuration.comparison import ABSENT, Element, MaybeValue, Steps
from pilab_desktop.drift.configuration.documents import Value
from pilab_desktop.drift.pair import secret_mark

MAX_SHOWN_CHARACTERS = 4_000
"""A longer text is cut in the report, and says so; it is compared whole."""

_SWITCHES = frozenset({"", "true", "false", "yes", "no", "on", "off", "null", "none"})
_HIDING_PARENTS = re.compile(r"(?:^|_)(?:secrets?|credentials?|passwords?|tokens|api_?keys?|string_data)$")
_HARMLESS_BELOW = frozenset({"name", "create", "enabled", "type", "path", "namespace", "annotations", "labels"})
_NOT_PARENTS = frozenset({"value", "environment", "env", "data", "stringData"})
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")
_PLAIN_KEY = re.compile(r"[^.\[\]\"\s]+")


def names_along(steps: Steps) -> tuple[str, ...]:
    """The names that a path passes, outermost first. An element of a list is called by its name where it has one, and
    where that name is no secret itself."""
    names: list[str] = []
    for step in steps:
        if isinstance(step, str):
            names.append(step)
        elif step.label is not None and not _conceals(step, names):
            names.append(step.label)
    return tuple(names)


def name_of(steps: Steps) -> str:
    """What a leaf is called: the `value` of an element is called as the element is (`env[name=DB_HOST].value`)."""
    names = names_along(steps)
    if len(steps) > 1 and steps[-1] == "value" and isinstance(steps[-2], Element) and len(names) > 1:
        return names[-2]
    return names[-1] if names else ""


def shown(steps: Steps, value: MaybeValue) -> JsonValue:
    """The value as a report may show it: a mark instead of a secret, long texts cut. ABSENT is None."""
    if value is ABSENT:
        return None
    return _shown(steps, value)


def is_hidden(steps: Steps, value: MaybeValue) -> bool:
    """Whether the value, or any part of it, is kept out of reports."""
    return value is not ABSENT and _hides(steps, value)


def dotted(steps: Steps) -> str:
    """The path as people write it: `spec.containers[name=api].image`; a key with dots of its own is quoted.

    The first key stands bare: flat files (properties, .env) have dots in it as a matter of course. An element's
    natural key that is a secret itself gives way to a mark.
    """
    text = ""
    for number, step in enumerate(steps):
        if isinstance(step, Element):
            text += f"[{step.key}=…]" if step.key and _conceals(step, names_along(steps[:number])) else str(step)
        elif number == 0:
            text = step
        else:
            text += f".{step}" if _PLAIN_KEY.fullmatch(step) else f"[{json.dumps(step, ensure_ascii=False)}]"
    return text


def variable_names(steps: Steps) -> tuple[str, ...]:
    """The names by which severity rules know a leaf, in the manner of variables: REDIS_URL for `redis.url` and
    `redisUrl`."""
    leaf = name_of(steps)
    names = [name for name in names_along(steps) if name not in {leaf, *_NOT_PARENTS}]
    own = _as_variable(leaf)
    parent = _as_variable(names[-1]) if names else ""
    return (own, f"{parent}_{own}") if parent else (own,)


def _as_variable(name: str) -> str:
    return name if _VARIABLE.fullmatch(name) else "_".join(words_of(name)).upper()


def _shown(steps: Steps, value: Value) -> JsonValue:
    if isinstance(value, dict):
        return {key: _shown((*steps, key), child) for key, child in value.items()}
    if isinstance(value, list):
        if any(_hides(steps, child) for child in value if not isinstance(child, dict)):
            return secret_mark(changed=True)
        return [_shown(_inside(steps, index, child), child) for index, child in enumerate(value)]
    if _hides_scalar(steps, value):
        return secret_mark(changed=True)
    if isinstance(value, str) and len(value) > MAX_SHOWN_CHARACTERS:
        return f"{value[:MAX_SHOWN_CHARACTERS]}… ({len(value):,} characters in all)"
    return value


def _hides(steps: Steps, value: Value) -> bool:
    if isinstance(value, dict):
        return any(_hides((*steps, key), child) for key, child in value.items())
    if isinstance(value, list):
        return any(_hides(_inside(steps, index, child), child) for index, child in enumerate(value))
    return _hides_scalar(steps, value)


def _inside(steps: Steps, index: int, child: Value) -> Steps:
    """The path into an element: a map has a name of its own, anything else is called as its list is."""
    if not isinstance(child, dict):
        return steps
    name = child.get("name")
    return (*steps, Element(None, str(index), name if isinstance(name, str) else None))


def _hides_scalar(steps: Steps, value: Value) -> bool:
    if value is None or isinstance(value, bool) or (isinstance(value, str) and value.lower() in _SWITCHES):
        return False
    if isinstance(value, str) and looks_secret(value):
        return True
    return _hides_by_name(steps) and not (isinstance(value, str) and is_reference(value))


def _hides_by_name(steps: Steps) -> bool:
    name = name_of(steps)
    if is_secret_name(name):
        return True
    above = any(_is_hiding_parent(passed) for passed in names_along(steps)[:-1])
    return above and name not in _HARMLESS_BELOW


def _conceals(step: Element, above: Sequence[str]) -> bool:
    """Whether what an element is known by may be a secret: `apiKeys: [{key: …}]`."""
    if looks_secret(step.label or step.value):
        return True
    return step.key not in {None, "name"} and any(is_secret_name(name) or _is_hiding_parent(name) for name in above)


def _is_hiding_parent(name: str) -> bool:
    return _HIDING_PARENTS.search("_".join(words_of(name))) is not None
