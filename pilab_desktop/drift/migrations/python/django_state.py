"""The state a Django app's migrations leave behind, and how their operations are written down."""

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field

from pilab_desktop.drift.migrations.python.django_fields import DjangoField
from pilab_desktop.drift.migrations.python.syntax import argument, last_name, text_of

FieldKey = tuple[str, str]
"""Model and field, in lower case."""


@dataclass(slots=True)
class DjangoState:
    """The fields that an app's earlier migrations left, by model and field."""

    fields: dict[FieldKey, DjangoField] = field(default_factory=dict)

    def apply(self, operations: Iterable[ast.Call]) -> None:
        """Follow these operations."""
        for call in operations:
            self._apply(call)

    def _apply(self, call: ast.Call) -> None:
        kind = last_name(call)
        if kind == "CreateModel":
            model = (text_of(argument(call, 0, "name")) or "").lower()
            self.fields.update({(model, name.lower()): made for name, made in fields_of(call)})
        elif kind in {"AddField", "AlterField"}:
            made = argument(call, 2, "field")
            if isinstance(made, ast.Call):
                self.fields[field_key(call)] = DjangoField(made)
        elif kind == "RenameField":
            model, old = field_key(call, "old_name")
            new = (text_of(argument(call, 2, "new_name")) or "").lower()
            if (model, old) in self.fields:
                self.fields[model, new] = self.fields.pop((model, old))
        elif kind == "RenameModel":
            old = (text_of(argument(call, 0, "old_name")) or "").lower()
            new = (text_of(argument(call, 1, "new_name")) or "").lower()
            moved = {key: value for key, value in self.fields.items() if key[0] == old}
            self.fields.update({(new, key[1]): self.fields.pop(key) for key in moved})
        elif kind == "SeparateDatabaseAndState":
            self.apply(calls_in(argument(call, 1, "state_operations")))


def table_of(app: str, model: str) -> str:
    """The table Django gives a model that names none."""
    return f"{app}_{model}".lower()


def migration_class(tree: ast.Module) -> ast.ClassDef | None:
    """The class `Migration`; None where the file has none."""
    return next((node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Migration"), None)


def attribute(body: ast.ClassDef, name: str) -> ast.expr | None:
    """What a class gives a name."""
    for node in body.body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            return node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
    return None


def calls_in(node: ast.expr | None) -> list[ast.Call]:
    """The calls in a list, starred and joined lists included."""
    if isinstance(node, ast.List | ast.Tuple):
        return [call for part in node.elts for call in calls_in(part)]
    if isinstance(node, ast.BinOp):
        return calls_in(node.left) + calls_in(node.right)
    return [node] if isinstance(node, ast.Call) else []


def fields_of(call: ast.Call) -> list[tuple[str, DjangoField]]:
    """The fields of a CreateModel, by name."""
    listed = argument(call, 1, "fields")
    pairs = listed.elts if isinstance(listed, ast.List | ast.Tuple) else []
    return [
        (text_of(pair.elts[0]) or "", DjangoField(pair.elts[1]))
        for pair in pairs
        if isinstance(pair, ast.Tuple) and len(pair.elts) == 2 and isinstance(pair.elts[1], ast.Call)
    ]


def field_key(call: ast.Call, name: str = "name") -> FieldKey:
    """Which field an operation is about."""
    model = text_of(argument(call, 0, "model_name")) or ""
    return model.lower(), (text_of(argument(call, 1, name)) or "").lower()
