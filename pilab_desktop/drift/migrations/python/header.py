"""The head of a Python migration: who it is and what it stands on."""

import ast
from dataclasses import dataclass

from pilab_desktop.drift.migrations.python.django_state import attribute, calls_in, migration_class
from pilab_desktop.drift.migrations.python.syntax import (
    argument,
    call_name,
    is_true,
    keyword,
    last_name,
    module_constants,
    strings_of,
    text_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """`parents` are the revisions it stands on in the same history, `replaces` those that it is a squash of."""

    revision: str
    parents: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    reversible: bool = False
    code: str = ""


def alembic_header(tree: ast.Module) -> Header | None:
    """An Alembic revision's head; None for a module that is none."""
    constants = module_constants(tree)
    revision = text_of(constants.get("revision"), constants)
    if revision is None or "down_revision" not in constants:
        return None
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    down = functions.get("downgrade")
    return Header(
        revision=revision,
        parents=strings_of(constants["down_revision"]),
        reversible=down is not None and _does_something(down),
        code=_dump(functions.get("upgrade")),
    )


def _does_something(function: ast.FunctionDef) -> bool:
    """Whether it holds more than `pass`, a docstring or a refusal."""
    return any(
        not isinstance(node, ast.Pass | ast.Raise)
        and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        and not (isinstance(node, ast.Return) and node.value is None)
        for node in function.body
    )


def django_header(tree: ast.Module, app: str, stem: str) -> Header | None:
    """A Django migration's head; None for a module without a class `Migration`. Parents of other apps are left out."""
    body = migration_class(tree)
    if body is None:
        return None
    operations = calls_in(attribute(body, "operations"))
    return Header(
        revision=stem,
        parents=_names_in(attribute(body, "dependencies"), app),
        replaces=_names_in(attribute(body, "replaces"), app),
        reversible=all(_is_reversible(call) for call in operations),
        code=_dump(body),
    )


def _names_in(node: ast.expr | None, app: str) -> tuple[str, ...]:
    """The names of `[("app", "0001_initial"), …]`. An app's label is mostly its folder; where none is, all count."""
    if not isinstance(node, ast.List | ast.Tuple):
        return ()
    pairs = [
        (text_of(pair.elts[0]), text_of(pair.elts[1]))
        for pair in node.elts
        if isinstance(pair, ast.Tuple) and len(pair.elts) == 2
    ]
    return tuple(name for label, name in pairs if name is not None and label == app)


def _is_reversible(call: ast.Call) -> bool:
    kind = last_name(call)
    if kind == "RunPython":
        return argument(call, 1, "reverse_code") is not None
    if kind == "RunSQL":
        return argument(call, 1, "reverse_sql") is not None
    if kind == "SeparateDatabaseAndState":
        return all(_is_reversible(inner) for inner in calls_in(argument(call, 0, "database_operations")))
    return not is_true(keyword(call, "irreversible")) and bool(call_name(call))


def _dump(node: ast.AST | None) -> str:
    """The code without comments, layout and docstrings."""
    if node is None:
        return ""
    for inner in ast.walk(node):
        body = getattr(inner, "body", None)
        first = body[0] if isinstance(body, list) and body else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(body, list):
            body[:] = body[1:] or [ast.Pass()]
    return ast.dump(node)
