"""Reading calls out of a syntax tree: names, constants, keywords."""

import ast
import re
import warnings
from collections.abc import Mapping

_GAP = re.compile(r"\{\w*\}|%(?:\(\w+\))?s")


def call_name(node: ast.expr) -> str:
    """The dotted name of what is called or named: "op.add_column"; "" for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        owner = call_name(node.value)
        return f"{owner}.{node.attr}" if owner else node.attr
    if isinstance(node, ast.Call):
        return call_name(node.func)
    return ""


def last_name(node: ast.expr) -> str:
    """The last part of a dotted name: "AddField" of migrations.AddField(…)."""
    return call_name(node).rpartition(".")[2]


def argument(call: ast.Call, position: int, *names: str) -> ast.expr | None:
    """An argument by keyword, else by position; None where it is not given."""
    for keyword in call.keywords:
        if keyword.arg in names:
            return keyword.value
    given = call.args
    if position < 0 or position >= len(given) or any(isinstance(arg, ast.Starred) for arg in given[: position + 1]):
        return None
    return given[position]


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    """An argument given by keyword."""
    return next((entry.value for entry in call.keywords if entry.arg == name), None)


def is_true(node: ast.expr | None) -> bool:
    """Whether it is the constant True."""
    return isinstance(node, ast.Constant) and node.value is True


def is_false(node: ast.expr | None) -> bool:
    """Whether it is the constant False."""
    return isinstance(node, ast.Constant) and node.value is False


def is_none(node: ast.expr | None) -> bool:
    """Whether it is the constant None."""
    return isinstance(node, ast.Constant) and node.value is None


def text_of(node: ast.expr | None, constants: Mapping[str, ast.expr] | None = None) -> str | None:
    """The text of a constant, of constants that are joined, of a call that only marks text (`sa.text`, `op.f`), of a
    dedented one, or of a name that the module gives one of these; None where it is not known before it runs.
    """
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.Name) and constants and node.id in constants:
        rest = {name: value for name, value in constants.items() if name != node.id}
        return text_of(constants[node.id], rest)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = text_of(node.left, constants), text_of(node.right, constants)
        return None if left is None or right is None else left + right
    if isinstance(node, ast.Call) and last_name(node) in {"text", "f", "DDL", "dedent", "SQL", "cleandoc"}:
        return text_of(argument(node, 0, "text", "statement"), constants)
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"strip", "lstrip", "rstrip"}
    ):
        return text_of(node.func.value, constants)
    return None


def partial_text(node: ast.expr | None) -> str | None:
    """The constant parts of text that is put together at run time, each gap as a name; None where nothing is known."""
    if isinstance(node, ast.JoinedStr):
        return "".join(
            part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else "placeholder"
            for part in node.values
        )
    if isinstance(node, ast.IfExp):
        branches = [text_of(branch) or partial_text(branch) for branch in (node.body, node.orelse)]
        return ";\n".join(text for text in branches if text is not None) or None
    if isinstance(node, ast.BinOp):
        left, right = text_of(node.left) or partial_text(node.left), text_of(node.right) or partial_text(node.right)
        if isinstance(node.op, ast.Mod):
            return _filled(left)
        return None if left is None and right is None else f"{left or 'placeholder'}{right or 'placeholder'}"
    return _partial_call(node) if isinstance(node, ast.Call) else None


def _partial_call(node: ast.Call) -> str | None:
    """`"…".format(…)`, or a call that only marks text."""
    if isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        return _filled(text_of(node.func.value) or partial_text(node.func.value))
    marks = last_name(node) in {"text", "DDL", "SQL", "dedent"} and node.args
    return partial_text(node.args[0]) if marks else None


def _filled(template: str | None) -> str | None:
    return None if template is None else _GAP.sub("placeholder", template)


def strings_of(node: ast.expr | None) -> tuple[str, ...]:
    """The constant strings of a list, tuple, set or a single string."""
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return tuple(text for part in node.elts if (text := text_of(part)) is not None)
    single = text_of(node)
    return () if single is None else (single,)


def module_constants(tree: ast.Module) -> dict[str, ast.expr]:
    """What the module's own names are given, annotated or not."""
    found: dict[str, ast.expr] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign):
            found.update({target.id: node.value for target in node.targets if isinstance(target, ast.Name)})
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            found[node.target.id] = node.value
    return found


def parse_module(source: str) -> ast.Module | None:
    """The syntax tree; None for what is no Python. Warnings about its escapes are its author's matter."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
