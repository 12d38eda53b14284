"""What differs between two plain values, leaf by leaf (semantics.md §4).

Types count: the text `"1"` is not the number `1`, and `1` is not `true`. Maps are compared by key. A list of maps is
matched by its natural key where it has one, else by position; any other list is one value. What only one end has is
taken apart into its leaves too.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import zip_longest
from typing import Final, TypeAlias

from pilab_desktop.domain.drift import Direction
from pilab_desktop.drift.configuration.documents import Value

NATURAL_KEYS = ("name", "key", "id", "containerPort")


class _Absent(Enum):
    ABSENT = "absent"


ABSENT: Final = _Absent.ABSENT
"""Stands where an end has nothing; None is a value."""

MaybeValue: TypeAlias = "Value | _Absent"


@dataclass(frozen=True, slots=True)
class Element:
    """A step into a list: the element whose natural key has this value, or the one at `index`.

    `label` is the element's name where it has one, however it was matched.
    """

    key: str | None
    value: str
    label: str | None = None

    def __str__(self) -> str:
        return f"[{self.key}={self.value}]" if self.key else f"[{self.value}]"


Step: TypeAlias = str | Element
Steps: TypeAlias = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One leaf that differs. `old` is the target's, `new` the source's; ABSENT where an end has none."""

    steps: Steps
    old: MaybeValue
    new: MaybeValue

    @property
    def direction(self) -> Direction:
        """Which end has it."""
        if self.old is ABSENT:
            return Direction.SOURCE_ONLY
        return Direction.TARGET_ONLY if self.new is ABSENT else Direction.DIFFERENT

    @property
    def type_change(self) -> bool:
        """Whether both ends have a value (null is none), of different types."""
        return not (_is_nothing(self.old) or _is_nothing(self.new)) and type(self.old) is not type(self.new)


def differences(old: MaybeValue, new: MaybeValue, steps: Steps = ()) -> Iterator[Difference]:
    """The leaves that differ, sorted by their keys; nothing for equal values."""
    if isinstance(old, dict) and isinstance(new, dict):
        yield from _of_maps(old, new, steps)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _of_lists(old, new, steps)
    elif type(old) is type(new):
        if old != new:
            yield Difference(steps, old, new)
    elif _is_nothing(old) and _opens(new):
        yield from _one_sided(new, steps, as_new=True)
    elif _is_nothing(new) and _opens(old):
        yield from _one_sided(old, steps, as_new=False)
    else:
        yield Difference(steps, old, new)


def _of_maps(old: dict[str, Value], new: dict[str, Value], steps: Steps) -> Iterator[Difference]:
    for key in sorted(old.keys() | new.keys()):
        before, after = old.get(key, ABSENT), new.get(key, ABSENT)
        # Most leaves are equal texts and numbers: they are passed over without building their path.
        if type(before) is not type(after) or isinstance(before, dict | list) or before != after:
            yield from differences(before, after, (*steps, key))


def _of_lists(old: list[Value], new: list[Value], steps: Steps) -> Iterator[Difference]:
    if not (_is_of_maps(old) and _is_of_maps(new)):
        if not same(old, new):
            yield Difference(steps, old, new)
        return
    key = _natural_key(old, new)
    if key is not None:
        before, after = _by_key(old, key), _by_key(new, key)
        for name in sorted(before.keys() | after.keys()):
            step = Element(key, name, name)
            yield from differences(before.get(name, ABSENT), after.get(name, ABSENT), (*steps, step))
        return
    for index, (left, right) in enumerate(zip_longest(old, new, fillvalue=ABSENT)):
        yield from differences(left, right, (*steps, Element(None, str(index), _label(left) or _label(right))))


def _one_sided(value: MaybeValue, steps: Steps, *, as_new: bool) -> Iterator[Difference]:
    for path, leaf in leaves(value, steps):
        yield Difference(path, ABSENT, leaf) if as_new else Difference(path, leaf, ABSENT)


def leaves(value: MaybeValue, steps: Steps = ()) -> Iterator[tuple[Steps, Value]]:
    """Every leaf with its path, the way `differences` takes a value apart. Empty maps and lists are leaves."""
    if value is ABSENT:
        return
    if isinstance(value, dict) and value:
        for key, child in sorted(value.items()):
            yield from leaves(child, (*steps, key))
    elif isinstance(value, list) and value and _is_of_maps(value):
        natural = _natural_key(value, [])
        for index, child in enumerate(value):
            text = _scalar_text(child.get(natural)) if natural and isinstance(child, dict) else None
            element = Element(natural, text, text) if text is not None else Element(None, str(index), _label(child))
            yield from leaves(child, (*steps, element))
    else:
        yield steps, value


def same(old: Value, new: Value) -> bool:
    """Whether two values are equal in value and in type, all the way down."""
    if type(old) is not type(new):
        return False
    if isinstance(old, dict) and isinstance(new, dict):
        return old.keys() == new.keys() and all(same(child, new[key]) for key, child in old.items())
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(same, old, new))
    return old == new


def _is_nothing(value: MaybeValue) -> bool:
    return value is ABSENT or value is None


def _opens(value: MaybeValue) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and bool(value) and _is_of_maps(value))


def _is_of_maps(values: list[Value]) -> bool:
    return all(isinstance(value, dict) for value in values)


def _natural_key(old: list[Value], new: list[Value]) -> str | None:
    """The key by which every element of both lists has an identity of its own, or None."""
    for key in NATURAL_KEYS:
        if _identifies(old, key) and _identifies(new, key):
            return key
    return None


def _identifies(values: list[Value], key: str) -> bool:
    seen = set()
    for value in values:
        name = _scalar_text(value.get(key)) if isinstance(value, dict) else None
        if name is None or name in seen:
            return False
        seen.add(name)
    return True


def _by_key(values: list[Value], key: str) -> Mapping[str, Value]:
    return {str(_scalar_text(value[key])): value for value in values if isinstance(value, dict)}


def _scalar_text(value: Value) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        return None
    return str(value)


def _label(value: MaybeValue) -> str | None:
    return _scalar_text(value.get("name")) if isinstance(value, dict) else None


def value_at(value: MaybeValue, steps: Steps) -> MaybeValue:
    """What stands at a path that `differences` or `leaves` gave; ABSENT where the value has no such place."""
    for step in steps:
        if isinstance(step, str):
            value = value.get(step, ABSENT) if isinstance(value, dict) else ABSENT
        elif not isinstance(value, list):
            return ABSENT
        elif step.key is None:
            index = int(step.value)
            value = value[index] if index < len(value) else ABSENT
        else:
            value = _by_key([v for v in value if isinstance(v, dict) and step.key in v], step.key).get(
                step.value, ABSENT
            )
    return value
