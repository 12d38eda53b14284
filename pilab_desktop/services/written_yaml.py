"""YAML whose scalars stay as they are written.

What people name in a file is text: version `1.10` is not 1.1, commit `1234e56` is no number and `0o17` no fifteen. So
no scalar is taken for a number, a date or a truth value; only an empty or `null` one stands for nothing.
"""

from dataclasses import dataclass, field

import yaml

from pilab_desktop.domain.errors import InvalidInputError

_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
_MAX_DEPTH = 100

Written = str | None | list["Written"] | dict[str, "Written"]
"""A text, nothing, or texts in lists and mappings."""


@dataclass(slots=True)
class _Open:
    """A list or mapping that is being read, with the key whose value comes next."""

    holds: "list[Written] | dict[str, Written]"
    anchor: str | None
    key: str | None = None


@dataclass(slots=True)
class _Reading:
    name: str
    open_nodes: list[_Open] = field(default_factory=list)
    anchored: dict[str, Written] = field(default_factory=dict)
    documents: list[Written] = field(default_factory=list)

    def take(self, value: Written, event: yaml.Event) -> None:
        if not self.open_nodes:
            self.documents.append(value)
            return
        inner = self.open_nodes[-1]
        if isinstance(inner.holds, list):
            inner.holds.append(value)
        elif inner.key is not None:
            inner.holds[inner.key] = value
            inner.key = None
        elif value is not None and not isinstance(value, str):
            raise self.wrong("a key is no text", event)
        elif (key := value or "") in inner.holds:
            raise self.wrong(f"“{key}” stands twice in one mapping", event)
        else:
            inner.key = key

    def wrong(self, reason: str, event: yaml.Event) -> InvalidInputError:
        line = f" (line {event.start_mark.line + 1})" if event.start_mark else ""
        return InvalidInputError(f"{self.name} cannot be read: {reason}{line}. Nothing was imported.")

    def alias(self, anchor: str, event: yaml.Event) -> Written:
        if anchor not in self.anchored:
            raise self.wrong(f"“*{anchor}” stands for nothing that comes before it", event)
        return self.anchored[anchor]

    def begin(self, event: yaml.CollectionStartEvent) -> None:
        if len(self.open_nodes) >= _MAX_DEPTH:
            raise self.wrong("it is nested too deeply", event)
        holds: list[Written] | dict[str, Written] = {} if isinstance(event, yaml.MappingStartEvent) else []
        self.open_nodes.append(_Open(holds, event.anchor))

    def end(self, event: yaml.Event) -> None:
        closed = self.open_nodes.pop()
        if closed.anchor:
            self.anchored[closed.anchor] = closed.holds
        self.take(closed.holds, event)


def read_written(name: str, text: str) -> Written:
    """The one document of a YAML text; None for an empty text.

    `name` says in failures what was read. Raises InvalidInputError for broken YAML, a key that stands twice, several
    documents and nesting beyond measure. The sentence quotes no value.
    """
    reading = _Reading(name)
    try:
        # By events, not by nodes: libyaml's own composer recurses, and a deeply nested text ends the whole program.
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            match event:
                case yaml.ScalarEvent():
                    value = None if event.implicit[0] and event.value in _NOTHING else event.value
                    if event.anchor:
                        reading.anchored[event.anchor] = value
                    reading.take(value, event)
                case yaml.AliasEvent():
                    reading.take(reading.alias(event.anchor or "", event), event)
                case yaml.CollectionStartEvent():
                    reading.begin(event)
                case yaml.CollectionEndEvent():
                    reading.end(event)
    except yaml.MarkedYAMLError as error:
        line = f" on line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise InvalidInputError(f"{name} is not valid YAML{line}. Nothing was imported.") from None
    except yaml.YAMLError:
        raise InvalidInputError(f"{name} holds characters that YAML does not allow. Nothing was imported.") from None
    if len(reading.documents) > 1:
        raise InvalidInputError(f"{name} holds several YAML documents; give one at a time. Nothing was imported.")
    return reading.documents[0] if reading.documents else None
