"""What a Django migration's operations do (https://docs.djangoproject.com/en/stable/ref/migration-operations/)."""

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from pilab_desktop.domain.severity import Severity
from pilab_desktop.drift.migrations.operation import Detail, Operation, OperationKind, Verdict, operation
from pilab_desktop.drift.migrations.python.django_fields import DjangoField
from pilab_desktop.drift.migrations.python.django_state import (
    DjangoState,
    attribute,
    calls_in,
    field_key,
    migration_class,
    table_of,
)
from pilab_desktop.drift.migrations.python.syntax import (
    argument,
    call_name,
    is_false,
    is_none,
    is_true,
    keyword,
    last_name,
    module_constants,
    parse_module,
    partial_text,
    text_of,
)
from pilab_desktop.drift.migrations.sql.dialect import index_locks
from pilab_desktop.drift.migrations.sql.judge import judge
from pilab_desktop.drift.migrations.sql.settle import settle

_STATE_ONLY = frozenset(
    {"AlterModelOptions", "AlterModelManagers", "AlterOrderWithRespectTo", "noop", "CreateProxyModel"}
)
_EXTENSIONS = frozenset(
    {
        "CreateExtension",
        "BloomExtension",
        "BtreeGinExtension",
        "BtreeGistExtension",
        "CITextExtension",
        "CryptoExtension",
    }
    | {"HStoreExtension", "TrigramExtension", "UnaccentExtension", "CreateCollation"}
)


@dataclass(frozen=True, slots=True)
class _Step:
    """One operation of the list."""

    call: ast.Call
    app: str
    text: str
    dialect: str
    state: DjangoState

    def name(self, position: int, *names: str) -> str | None:
        return text_of(argument(self.call, position, *names))

    @property
    def table(self) -> str | None:
        model = self.name(0, "model_name")
        return table_of(self.app, model) if model else None

    def does(
        self,
        kind: OperationKind,
        *,
        table: str | None = None,
        column: str | None = None,
        name: str | None = None,
        locking: bool = False,
        severity: Severity | None = None,
        detail: Detail = Detail.NONE,
    ) -> Operation:
        return operation(
            kind,
            self.text,
            table=table or self.table,
            column=column,
            name=name,
            locking=locking,
            severity=severity,
            detail=detail,
        )


def django_verdict(source: str, earlier: Sequence[str], app: str, dialect: str) -> Verdict:
    """What a migration does that stands on `earlier` ones of its app, given as source text, first things first.
    Text that is no Python counts as unparsed.
    """
    tree = parse_module(source)
    if tree is None:
        return Verdict((operation(OperationKind.UNPARSED, source.strip()),), 1)
    state = DjangoState()
    for text in earlier:
        before = parse_module(text)
        body = migration_class(before) if before is not None else None
        if body is not None:
            state.apply(calls_in(attribute(body, "operations")))
    return django_operations(tree, app, dialect, state)


def django_operations(tree: ast.Module, app: str, dialect: str, state: DjangoState) -> Verdict:
    """What a migration does to a database that has what `state` says. Operations of the project's own making count as
    unparsed: what they do is in other files.
    """
    body = migration_class(tree)
    if body is None:
        return Verdict()
    verdict = Verdict()
    constants = module_constants(tree)
    for call in calls_in(attribute(body, "operations")):
        verdict += _judged(call, app, dialect, state, constants)
        state.apply([call])
    transaction = 0 if is_false(attribute(body, "atomic")) else 1
    settled = settle(verdict.operations, [transaction] * len(verdict.operations), dialect)
    return Verdict(_with_database_defaults(settled), verdict.unparsed)


def _with_database_defaults(found: Sequence[Operation]) -> tuple[Operation, ...]:
    """A new column that is given a default of the database's in the same migration can be left out by running code."""
    given = {(one.table, one.column) for one in found if one.detail is Detail.SET_DEFAULT}
    return tuple(
        replace(one, severity=Severity.MEDIUM)
        if one.kind is OperationKind.ADD_NOT_NULL_COLUMN and (one.table, one.column) in given
        else one
        for one in found
    )


def _judged(call: ast.Call, app: str, dialect: str, state: DjangoState, constants: Mapping[str, ast.expr]) -> Verdict:
    kind = last_name(call)
    if kind == "SeparateDatabaseAndState":
        verdict = Verdict()
        for inner in calls_in(argument(call, 0, "database_operations")):
            verdict += _judged(inner, app, dialect, state, constants)
        return verdict
    if kind == "RunSQL":
        return _run_sql(argument(call, 0, "sql"), dialect, constants)
    if kind in _STATE_ONLY:
        return Verdict()
    step = _Step(call, app, ast.unparse(call), dialect, state)
    if kind in _EXTENSIONS:
        return Verdict((step.does(OperationKind.CREATE_OTHER),))
    reader = _READERS.get(kind)
    if reader is None:
        return Verdict((step.does(OperationKind.UNPARSED),), 1)
    return Verdict(tuple(reader(step)))


def _run_sql(given: ast.expr | None, dialect: str, constants: Mapping[str, ast.expr]) -> Verdict:
    """SQL as one text, or as a list of statements, each alone or with its parameters."""
    if given is None or last_name(given) == "noop":
        return Verdict()
    if isinstance(given, ast.List | ast.Tuple):
        verdict = Verdict()
        for part in given.elts:
            first = part.elts[0] if isinstance(part, ast.Tuple | ast.List) and part.elts else part
            verdict += _run_sql(first, dialect, constants)
        return verdict
    sql = text_of(given, constants)
    if sql is not None:
        return judge(sql, dialect)
    partly = partial_text(given)
    seen = [one for one in judge(partly or "", dialect).operations if one.kind is not OperationKind.UNPARSED]
    return Verdict((*seen, operation(OperationKind.UNPARSED, ast.unparse(given))), 1)


def _create_model(step: _Step) -> list[Operation]:
    model = step.name(0, "name") or ""
    options = argument(step.call, 2, "options")
    named: dict[str, ast.expr] = {}
    if isinstance(options, ast.Dict):
        named = {text_of(key) or "": value for key, value in zip(options.keys, options.values, strict=True) if key}
    if is_true(named.get("proxy")) or is_false(named.get("managed")):
        return []
    table = text_of(named.get("db_table")) or table_of(step.app, model)
    return [step.does(OperationKind.CREATE_TABLE, table=table)]


def _delete_model(step: _Step) -> list[Operation]:
    return [step.does(OperationKind.DROP_TABLE, table=table_of(step.app, step.name(0, "name") or ""))]


def _rename_model(step: _Step) -> list[Operation]:
    old, new = step.name(0, "old_name") or "", step.name(1, "new_name") or ""
    return [step.does(OperationKind.RENAME_TABLE, table=table_of(step.app, old), name=table_of(step.app, new))]


def _alter_model_table(step: _Step) -> list[Operation]:
    old = table_of(step.app, step.name(0, "name") or "")
    return [step.does(OperationKind.RENAME_TABLE, table=old, name=step.name(1, "table"))]


def _add_field(step: _Step) -> list[Operation]:
    column = step.name(1, "name")
    call = argument(step.call, 2, "field")
    if not isinstance(call, ast.Call):
        return [step.does(OperationKind.ADD_COLUMN, column=column, severity=Severity.MEDIUM)]
    made = DjangoField(call)
    if made.many_to_many:
        return [step.does(OperationKind.CREATE_TABLE, table=f"{step.table}_{column}".lower())]
    if not made.has_column:
        return []
    found = [step.does(kind, column=column, locking=locks) for kind, locks in _added(made, step.dialect)]
    return found or [step.does(OperationKind.ADD_COLUMN, column=column)]


def _added(made: DjangoField, dialect: str) -> list[tuple[OperationKind, bool]]:
    found: list[tuple[OperationKind, bool]] = []
    if made.primary:
        found.append((OperationKind.ADD_PRIMARY_KEY, True))
    elif made.unique:
        found.append((OperationKind.ADD_UNIQUE, True))
    if made.references:
        found.append((OperationKind.ADD_FOREIGN_KEY, True))
    if made.rewrites:
        found.append((OperationKind.VOLATILE_DEFAULT, True))
    if made.indexed and not made.unique:
        found.append((OperationKind.CREATE_INDEX, index_locks(dialect)))
    if not made.null and not made.has_database_default:
        found.append((OperationKind.ADD_NOT_NULL_COLUMN, False))
    return found


def _alter_field(step: _Step) -> list[Operation]:
    """What differs from the field before, where that is known; else what the new definition says by itself."""
    column = step.name(1, "name")
    call = argument(step.call, 2, "field")
    if not isinstance(call, ast.Call):
        return [step.does(OperationKind.ALTER_TABLE, column=column)]
    made = DjangoField(call)
    before = step.state.fields.get(field_key(step.call))
    kinds: list[OperationKind] = []
    if made.unique and not (before and before.unique):
        kinds.append(OperationKind.ADD_UNIQUE)
    if before is not None and before.shape != made.shape:
        kinds.append(OperationKind.ALTER_TYPE)
    if (before.null and not made.null) if before is not None else made.says_not_null:
        kinds.append(OperationKind.SET_NOT_NULL)
    found = [step.does(kind, column=column, locking=True) for kind in kinds]
    if before is not None and made.indexed and not before.indexed and not made.unique:
        found.append(step.does(OperationKind.CREATE_INDEX, column=column, locking=index_locks(step.dialect)))
    return found or [step.does(OperationKind.ALTER_TABLE, column=column)]


def _remove_field(step: _Step) -> list[Operation]:
    before = step.state.fields.get(field_key(step.call))
    column = step.name(1, "name")
    if before is not None and before.many_to_many:
        return [step.does(OperationKind.DROP_TABLE, table=f"{step.table}_{column}".lower())]
    return [step.does(OperationKind.DROP_COLUMN, column=column)]


def _rename_field(step: _Step) -> list[Operation]:
    return [step.does(OperationKind.RENAME_COLUMN, column=step.name(1, "old_name"), name=step.name(2, "new_name"))]


def _together(step: _Step) -> list[Operation]:
    """`unique_together`: an empty set takes the constraints away."""
    table = table_of(step.app, step.name(0, "name") or "")
    given = argument(step.call, 1, "unique_together", "index_together")
    empty = is_none(given) or (isinstance(given, ast.Set | ast.List | ast.Tuple) and not given.elts)
    if empty or (isinstance(given, ast.Call) and call_name(given) == "set" and not given.args):
        return [step.does(OperationKind.DROP_CONSTRAINT, table=table)]
    if last_name(step.call) == "AlterIndexTogether":
        return [step.does(OperationKind.CREATE_INDEX, table=table, locking=index_locks(step.dialect))]
    return [step.does(OperationKind.ADD_UNIQUE, table=table, locking=True)]


def _add_constraint(step: _Step) -> list[Operation]:
    given = argument(step.call, 1, "constraint")
    unique = given is not None and last_name(given) in {"UniqueConstraint", "ExclusionConstraint"}
    kind = OperationKind.ADD_UNIQUE if unique else OperationKind.ADD_CHECK
    name = text_of(keyword(given, "name")) if isinstance(given, ast.Call) else None
    if last_name(step.call) == "AddConstraintNotValid":
        return [step.does(kind, name=name, severity=Severity.MEDIUM, detail=Detail.NOT_VALID)]
    return [step.does(kind, name=name, locking=True)]


def _remove_constraint(step: _Step) -> list[Operation]:
    return [step.does(OperationKind.DROP_CONSTRAINT, name=step.name(1, "name"))]


def _validate(step: _Step) -> list[Operation]:
    return [step.does(OperationKind.ALTER_TABLE, name=step.name(1, "name"), detail=Detail.VALIDATE)]


def _index(kind: OperationKind, *, plain: bool) -> Callable[[_Step], list[Operation]]:
    def read(step: _Step) -> list[Operation]:
        return [step.does(kind, name=step.name(1, "name"), locking=plain and index_locks(step.dialect))]

    return read


def _alter(step: _Step) -> list[Operation]:
    return [step.does(OperationKind.ALTER_TABLE)]


def _comment(step: _Step) -> list[Operation]:
    return [step.does(OperationKind.COMMENT, table=table_of(step.app, step.name(0, "name") or ""))]


def _run_python(step: _Step) -> list[Operation]:
    if last_name(argument(step.call, 0, "code") or step.call) == "noop":
        return []
    return [step.does(OperationKind.DATA_CHANGE)]


def _add_default(step: _Step) -> list[Operation]:
    """django-add-default-value: sets the database's default."""
    return [step.does(OperationKind.ALTER_TABLE, column=step.name(1, "name"), detail=Detail.SET_DEFAULT)]


_READERS: Mapping[str, Callable[[_Step], list[Operation]]] = {
    "CreateModel": _create_model,
    "DeleteModel": _delete_model,
    "RenameModel": _rename_model,
    "AlterModelTable": _alter_model_table,
    "AlterModelTableComment": _comment,
    "AddField": _add_field,
    "AlterField": _alter_field,
    "RemoveField": _remove_field,
    "RenameField": _rename_field,
    "AlterUniqueTogether": _together,
    "AlterIndexTogether": _together,
    "AddConstraint": _add_constraint,
    "AddConstraintNotValid": _add_constraint,
    "ValidateConstraint": _validate,
    "RemoveConstraint": _remove_constraint,
    "AlterConstraint": _alter,
    "AddIndex": _index(OperationKind.CREATE_INDEX, plain=True),
    "AddIndexConcurrently": _index(OperationKind.CREATE_INDEX_CONCURRENTLY, plain=False),
    "RemoveIndex": _index(OperationKind.DROP_INDEX, plain=True),
    "RemoveIndexConcurrently": _index(OperationKind.DROP_INDEX, plain=False),
    "RenameIndex": _alter,
    "RunPython": _run_python,
    "AddDefaultValue": _add_default,
}
