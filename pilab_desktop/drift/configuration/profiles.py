"""Files of several documents: Spring's profiles take effect by environment, any other documents stand side by side."""

import re
from collections.abc import Sequence

from pilab_desktop.drift.configuration.comparison import ABSENT, value_at
from pilab_desktop.drift.configuration.documents import Value
from pilab_desktop.drift.configuration.environments import chosen
from pilab_desktop.drift.configuration.merging import merged
from pilab_desktop.drift.pair import EnvironmentName

_PROFILE_KEYS = (
    ("spring", "config", "activate", "on-profile"),
    ("spring.config.activate.on-profile",),
    ("spring", "profiles"),
    ("spring.profiles",),
)


def may_hold_profiles(path: str) -> bool:
    """Whether a file is one of those that Spring takes apart by profile."""
    return re.fullmatch(r"(?:.*/)?(?:application|bootstrap)[^/]*\.ya?ml", path) is not None


def as_one(documents: Sequence[Value], own: EnvironmentName, other: EnvironmentName) -> Value:
    """The documents of one file as one value.

    Where a document is for the profile of either end, the documents for all profiles and those for the `own`
    environment's are laid over each other. Else each stands under its profile or number.
    """
    if len(documents) == 1:
        return documents[0]
    profiles = [_profiles(document) for document in documents]
    named = {profile for found in profiles for profile in found}
    if chosen(named, own) is None and chosen(named, other) is None:
        return {_label(found, number): documents[number - 1] for number, found in enumerate(profiles, 1)}
    active = chosen(named, own)
    result: Value = {}
    for document, found in zip(documents, profiles, strict=True):
        if not found or active in found:
            result = merged(result, _without_profiles(document), nulls_delete=False)
    return result


def _without_profiles(document: Value) -> Value:
    """For whom a document is says nothing of what it sets."""
    for key in _PROFILE_KEYS:
        document = _without(document, key)
    return document


def _without(value: Value, key: tuple[str, ...]) -> Value:
    if not isinstance(value, dict) or key[0] not in value:
        return value
    rest = {name: child for name, child in value.items() if name != key[0]}
    if len(key) == 1:
        return rest if isinstance(value[key[0]], str | list) else value
    inner = _without(value[key[0]], key[1:])
    return rest if inner == {} else rest | {key[0]: inner}


def _profiles(document: Value) -> tuple[str, ...]:
    """The profiles a document is for; none where it is for every one."""
    for key in _PROFILE_KEYS:
        found = value_at(document, key)
        if found is not ABSENT and isinstance(found, str | list):
            names = found if isinstance(found, list) else re.split(r"[,|&\s]+", found)
            return tuple(str(name) for name in names)
    return ()


def _label(profiles: tuple[str, ...], number: int) -> str:
    return f"profile {' '.join(profiles)}" if profiles else f"document {number}"
