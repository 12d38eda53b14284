"""Which `.Values` a Helm template reads, and which of them it can do without."""

import re
from dataclasses import dataclass

_ACTION = re.compile(r"\{\{-?(.*?)-?\}\}", re.DOTALL)
_VALUE = re.compile(r"(?<![\w.$])\$?\.Values\.([A-Za-z_][\w]*(?:\.[A-Za-z_][\w]*)*)")
_WAY_OUT = re.compile(
    r"^\s*(?:if|else\s+if|with|range|and|or|not)\b|\b(?:default|hasKey|coalesce|ternary|dig|empty|get|toYaml|omit|merge"
    r"|required|fail|tpl|include|eq|ne|kindIs)\b"
)


@dataclass(frozen=True, slots=True)
class ValuesRead:
    """Dotted names of values. `optional` are those that a template tests, replaces or prints whole."""

    every: frozenset[str]
    optional: frozenset[str]


def values_read(template: bytes) -> ValuesRead:
    """The values that one template names in its actions; comments count for nothing."""
    every: set[str] = set()
    optional: set[str] = set()
    for action in _ACTION.finditer(template.decode("utf-8", "replace")):
        body = action[1]
        if body.lstrip().startswith("/*"):
            continue
        names = _VALUE.findall(body)
        every.update(names)
        if _WAY_OUT.search(body):
            optional.update(names)
    return ValuesRead(frozenset(every), frozenset(optional))
