"""Turning a leaf that differs into a finding: what is shown of it, by what it is known, what severity rules may ask."""

import json
from dataclasses import dataclass

from pilab_desktop.domain.drift import Direction, DriftType, Finding
from pilab_desktop.domain.json import JsonObject, JsonValue
from pilab_desktop.drift.configuration.comparison import ABSENT, Difference, MaybeValue
from pilab_desktop.drift.configuration.exposure import exposes
from pilab_desktop.drift.configuration.layers import Effective, printable
from pilab_desktop.drift.configuration.sensitive import dotted, is_hidden, name_of, shown, variable_names
from pilab_desktop.drift.pair import AnalysisContext, secret_mark

_SHORT = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where leaves come from: `path` is the family's or file's path as shown, the layers are those of each end.

    `root` is the sub-module's own path: what lies at the same place below two of them is the same subject in both.
    `resource` is what the leaf belongs to where one file holds several. `all_secret` hides every value, whatever its
    name.
    """

    sub_module: str
    type: DriftType
    category: str
    path: str
    root: str = ""
    resource: str = ""
    layered: bool = False
    source: Effective | None = None
    target: Effective | None = None
    all_secret: bool = False


def leaf_finding(
    difference: Difference, origin: Origin, context: AnalysisContext, facts: JsonObject | None = None
) -> Finding:
    """The finding for one leaf. No part of a secret is in it; its identity is keyed."""
    steps = difference.steps
    key = dotted(difference.steps)
    path = f"{printable(origin.path)}:{key}"
    subject = below(origin.root, path)
    name = f"{origin.resource} {key}" if origin.resource else key
    if origin.all_secret:
        old, new = _marked(difference.old), _marked(difference.new)
    else:
        old, new = shown(steps, difference.old), shown(steps, difference.new)
    secret = origin.all_secret or is_hidden(steps, difference.old) or is_hidden(steps, difference.new)
    return Finding(
        type=origin.type,
        category=origin.category,
        direction=difference.direction,
        sub_module=origin.sub_module,
        path=path,
        description=_description(difference, name, (old, new), _deciding(difference, origin), secret=secret),
        old_value=old,
        new_value=new,
        subject=subject,
        value_identity=value_identity(subject, difference.old, difference.new, context),
        facts={
            "key": list(variable_names(steps)),
            "name": name_of(steps),
            "only_in_target": difference.direction is Direction.TARGET_ONLY,
            "secret": secret,
            "type_change": difference.type_change,
            "opened": exposes(difference),
            **(facts or {}),
        },
        metadata=_metadata(difference, key, origin),
    )


def below(root: str, path: str) -> str:
    """The path as seen from a sub-module's root, by which a monorepo's sub-modules share a cause (semantics.md §6)."""
    prefix = f"{printable(root).strip('/')}/"
    return path.removeprefix(prefix)


def value_identity(name: str, old: MaybeValue, new: MaybeValue, context: AnalysisContext) -> str:
    """The keyed identity of both values (semantics.md §6); types count, the order of a map's keys does not."""
    return context.secret_identity(name, f"{_canonical(old)}\n{_canonical(new)}")


def _marked(value: MaybeValue) -> JsonValue:
    if value is ABSENT or value is None:
        return None
    return "" if value == "" else secret_mark(changed=True)


def told(value: JsonValue) -> str:
    """A shown value in a few words."""
    if isinstance(value, dict) and value.get("secret") is True:
        return "a secret"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHORT else f"{text[: _SHORT - 1]}…"


def _canonical(value: MaybeValue) -> str:
    return "absent" if value is ABSENT else json.dumps(value, sort_keys=True)


def _deciding(difference: Difference, origin: Origin) -> tuple[str | None, str | None]:
    if not origin.layered:
        return None, None
    old = origin.target.decided_by(difference.steps) if origin.target else None
    new = origin.source.decided_by(difference.steps) if origin.source else None
    return old, new


def _metadata(difference: Difference, key: str, origin: Origin) -> JsonObject:
    metadata: dict[str, JsonValue] = {"key": key}
    if origin.layered:
        old, new = _deciding(difference, origin)
        metadata["decided_by"] = {"old": printable(old) if old else None, "new": printable(new) if new else None}
        metadata["layers"] = {
            "source": [printable(path) for path in origin.source.paths] if origin.source else [],
            "target": [printable(path) for path in origin.target.paths] if origin.target else [],
        }
    return metadata


def _description(
    difference: Difference,
    name: str,
    values: tuple[JsonValue, JsonValue],
    deciding: tuple[str | None, str | None],
    *,
    secret: bool,
) -> str:
    old, new = values
    files = tuple(f" ({printable(path)})" if path else "" for path in deciding)
    if difference.direction is Direction.SOURCE_ONLY:
        return f"{name}: {told(new)}{files[1]}, only in the source"
    if difference.direction is Direction.TARGET_ONLY:
        return f"{name}: {told(old)}{files[0]}, only in the target"
    if secret:
        return f"{name}: {_secrets_told(old, new)}"
    if difference.type_change:
        words = (_TYPE_NAMES[type(difference.old)], _TYPE_NAMES[type(difference.new)])
        return f"{name}: {words[0]} {told(old)}{files[0]} → {words[1]} {told(new)}{files[1]}"
    return f"{name}: {told(old)}{files[0]} → {told(new)}{files[1]}"


def _secrets_told(old: JsonValue, new: JsonValue) -> str:
    if old == "":
        return "empty in the target, a secret in the source"
    if new == "":
        return "a secret in the target, empty in the source"
    marks = [isinstance(value, dict) and value.get("secret") is True for value in (old, new)]
    if all(marks):
        return "the secret differs"
    return "a secret only in the source" if marks[1] else "a secret only in the target" if marks[0] else "it differs"


_TYPE_NAMES = {
    type(None): "nothing",
    bool: "switch",
    int: "whole number",
    float: "number",
    str: "text",
    list: "list",
    dict: "map",
}
