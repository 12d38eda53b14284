"""YAML 1.2 in, plain values out, and no harm done by a hostile file.

ryaml reads (ten times as fast as libyaml, YAML 1.2's core schema, refuses duplicate keys). Where it refuses, PyYAML
with the same schema has a second look: it knows integers of any size and says on which line something is wrong.
"""

import re
from collections.abc import Hashable, Iterator

import ryaml
import yaml

MAX_EXPANDED_NODES = 300_000
"""How many nodes a document may have once its aliases are written out; beyond lies only an alias bomb."""

_MAX_DEPTH = 120
_MANY_OPEN = 1000
_SECOND_LOOK_BYTES = 1024 * 1024
_ALIAS = re.compile(r"(?:^|[\s\[{,])\*[^\s,\[\]{}]", re.MULTILINE)
_ANCHOR = re.compile(r"(?:^|[\s\[{,])&[^\s,\[\]{}]", re.MULTILINE)


class YamlSyntaxError(Exception):
    """What is wrong, in words that quote no value, and on which line where that is known."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


def read_yaml(text: str) -> list[object]:
    """The documents of a stream that hold something. Tagged values stand as `{tag: value}`, `<<` is left as a key.

    Raises YamlSyntaxError.
    """
    if _nests_suspiciously(text) or (_ALIAS.search(text) and _ANCHOR.search(text)):
        _survey(text)
    try:
        documents = ryaml.loads_all(text)
    except ValueError as error:
        documents = _second_look(text, str(error))
    return [document for document in documents or [] if document is not None]


def _nests_suspiciously(text: str) -> bool:
    """Whether so many brackets stand open at once that reading might take time without end (ryaml's grows with the
    square of the depth). Brackets inside texts count too: this asks for a closer look, no more."""
    if text.count("[") + text.count("{") < _MANY_OPEN:
        return False
    depth = 0
    for bracket in re.finditer(r"[\[\]{}]", text):
        depth += 1 if bracket[0] in "[{" else -1
        if depth > _MANY_OPEN:
            return True
    return False


def _second_look(text: str, complaint: str) -> list[object]:
    found = re.search(r"line (\d+)", complaint)
    line = int(found[1]) if found else None
    if "recursion limit" in complaint:
        raise YamlSyntaxError("it is nested too deeply", line)
    if len(text) > _SECOND_LOOK_BYTES:
        reason = "a key stands twice" if "duplicate" in complaint else "its syntax is wrong"
        raise YamlSyntaxError(reason, line)
    _survey(text)
    try:
        return list(yaml.load_all(text, Loader=_CoreLoader))
    except yaml.YAMLError as error:
        raise _said(error, text) from None


def _survey(text: str) -> None:
    """Walk the stream without building it; raise for what would grow or nest beyond measure."""
    if len(text) > _SECOND_LOOK_BYTES:
        raise YamlSyntaxError("it is over a megabyte and too intricate to be read safely")
    sizes: dict[str, int] = {}
    open_nodes: list[tuple[str | None, int]] = []
    count = 0
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            match event:
                case yaml.AliasEvent():
                    count += sizes.get(event.anchor or "", 1)
                case yaml.ScalarEvent():
                    count += 1
                    if event.anchor:
                        sizes[event.anchor] = 1
                case yaml.CollectionStartEvent():
                    open_nodes.append((event.anchor, count))
                    count += 1
                case yaml.CollectionEndEvent():
                    anchor, before = open_nodes.pop()
                    if anchor:
                        sizes[anchor] = count - before
            if count > MAX_EXPANDED_NODES:
                raise YamlSyntaxError("its aliases multiply beyond measure", _line(event.start_mark))
            if len(open_nodes) > _MAX_DEPTH:
                raise YamlSyntaxError("it is nested too deeply", _line(event.start_mark))
    except yaml.YAMLError as error:
        raise _said(error, text) from None


def _line(mark: "yaml.error.Mark | yaml._yaml.Mark | None") -> int | None:
    return mark.line + 1 if mark else None


def _said(error: yaml.YAMLError, text: str) -> YamlSyntaxError:
    """The parser's complaint without its quotations."""
    if isinstance(error, _DuplicateKeyError):
        return YamlSyntaxError(f"“{error.key}” stands twice in one map", error.line)
    mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
    templated = "{{" in text or "{%" in text
    reason = "it holds template expressions" if templated else "its syntax is wrong"
    return YamlSyntaxError(reason, _line(mark))


class _DuplicateKeyError(yaml.YAMLError):
    def __init__(self, key: str, line: int | None) -> None:
        super().__init__(key)
        self.key = key
        self.line = line


class _CoreLoader(yaml.CSafeLoader):
    """YAML 1.2's core schema: `on`, `no` and `y` are texts, a date is a text, `0o17` is 15."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own shape


def _mapping(loader: _CoreLoader, node: yaml.MappingNode) -> Iterator[dict[Hashable, object]]:
    result: dict[Hashable, object] = {}
    yield result
    for key_node, value_node in node.value:
        name = loader.construct_object(key_node, deep=True)
        if not isinstance(key_node, yaml.ScalarNode) or not isinstance(name, Hashable):
            raise yaml.constructor.ConstructorError(None, None, "a key that is no scalar", key_node.start_mark)
        if name in result:
            raise _DuplicateKeyError(str(name), _line(key_node.start_mark))
        result[name] = loader.construct_object(value_node, deep=True)


def _integer(loader: _CoreLoader, node: yaml.ScalarNode) -> int | str:
    text = loader.construct_scalar(node)
    # Python's own limit on digits keeps a number of a megabyte from taking minutes; such a one stays a text.
    return int(text, 0) if text.startswith(("0o", "0x")) else int(text) if len(text) < 4000 else text


def _float(loader: _CoreLoader, node: yaml.ScalarNode) -> float:
    text = loader.construct_scalar(node).lower().lstrip("+")
    return float(text.replace(".inf", "inf").replace(".nan", "nan"))


def _text(loader: _CoreLoader, node: yaml.ScalarNode) -> str:
    return loader.construct_scalar(node)


def _tagged(loader: _CoreLoader, suffix: str, node: yaml.Node) -> dict[str, object]:
    value: object
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)
        value = {str(k): v for k, v in loader.construct_mapping(node, deep=True).items()}
    return {f"!{suffix}": value}


_FIRST_CHARACTERS = {"null": ["~", "n", "N", ""], "bool": list("tTfF"), "int": list("-+0123456789")}
_CORE_SCHEMA = {
    "null": r"~|null|Null|NULL|",
    "bool": r"true|True|TRUE|false|False|FALSE",
    "int": r"[-+]?(?:[0-9]|[1-9][0-9]+)|0o[0-7]+|0x[0-9a-fA-F]+",
    "float": r"[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]+)?|[-+]?[0-9]+[eE][-+]?[0-9]+"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
}
for _kind, _pattern in _CORE_SCHEMA.items():
    _CoreLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_kind}",
        re.compile(f"(?:{_pattern})$"),
        _FIRST_CHARACTERS.get(_kind, list("-+.0123456789")),
    )
_CoreLoader.add_constructor("tag:yaml.org,2002:map", _mapping)
_CoreLoader.add_constructor("tag:yaml.org,2002:int", _integer)
_CoreLoader.add_constructor("tag:yaml.org,2002:float", _float)
for _kind in ("binary", "timestamp"):
    _CoreLoader.add_constructor(f"tag:yaml.org,2002:{_kind}", _text)
_CoreLoader.add_multi_constructor("!", _tagged)
