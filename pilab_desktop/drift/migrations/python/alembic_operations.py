"""What an Alembic revision's `upgrade` does, by its syntax tree (https://alembic.sqlalchemy.org/en/latest/ops.html)."""

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from pilab_desktop.domain.severity import Severity
from pilab_desktop.drift.migrations.operation import Detail, Operation, OperationKind, Verdict, operation
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
from pilab_desktop.drift.migrations.sql.columns import added_column
from pilab_desktop.drift.migrations.sql.dialect import index_locks
from pilab_desktop.drift.migrations.sql.judge import judge
from pilab_desktop.drift.migrations.sql.settle import settle
from pilab_desktop.drift.migrations.sql.statements import split

_QUIET = frozenset(
    {"get_bind", "get_context", "f", "batch_alter_table", "autocommit_block", "inline_literal", "implementation_for"}
    | {"configure", "begin_transaction", "is_offline_mode", "as_sql", "register_operation", "run_async"}
)


@dataclass(slots=True)
class _Walk:
    """Where the reading stands: which names mean `op`, and whose table a batch changes."""

    constants: Mapping[str, ast.expr]
    functions: Mapping[str, ast.FunctionDef]
    dialect: str
    receivers: dict[str, str | None]
    found: list[Operation] = field(default_factory=list)
    transactions: list[int] = field(default_factory=list)
    unparsed: int = 0
    in_transaction: bool = True
    called: tuple[str, ...] = ()

    def add(self, operations: list[Operation] | tuple[Operation, ...]) -> None:
        self.found.extend(operations)
        self.transactions.extend([int(self.in_transaction)] * len(operations))


@dataclass(frozen=True, slots=True)
class _Call:
    """One call of an operation. In a batch the table is not among the arguments, which begin one earlier."""

    node: ast.Call
    batch_table: str | None
    constants: Mapping[str, ast.expr]
    text: str
    dialect: str

    def argument(self, position: int, *names: str) -> ast.expr | None:
        shift = 1 if self.batch_table is not None else 0
        return argument(self.node, position - shift, *names)

    def string(self, position: int, *names: str) -> str | None:
        return text_of(argument(self.node, position, *names), self.constants)

    def table(self, position: int = 0, *names: str) -> str | None:
        if self.batch_table is not None:
            return self.batch_table or None
        return self.string(position, *(names or ("table_name",)))

    def flag(self, name: str) -> bool:
        return is_true(keyword(self.node, name))


def alembic_verdict(source: str, dialect: str) -> Verdict:
    """What a revision's `upgrade` does. Text that is no Python counts as unparsed."""
    tree = parse_module(source)
    if tree is None:
        return Verdict((operation(OperationKind.UNPARSED, source.strip()),), 1)
    return alembic_operations(tree, dialect)


def alembic_operations(tree: ast.Module, dialect: str) -> Verdict:
    """What `upgrade` does, in the order written, loops and branches once. SQL that is put together at run
    time and operations that Alembic does not have count as unparsed.
    """
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    body = functions.get("upgrade")
    if body is None:
        return Verdict()
    receivers: dict[str, str | None] = dict.fromkeys(_names_of_op(tree))
    walk = _Walk(module_constants(tree), functions, dialect, receivers)
    _walk_body(body.body, walk)
    return Verdict(settle(walk.found, walk.transactions, dialect), walk.unparsed)


def _names_of_op(tree: ast.Module) -> Iterator[str]:
    yield "op"
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "alembic":
            yield from (name.asname for name in node.names if name.name == "op" and name.asname)


def _walk_body(body: list[ast.stmt], walk: _Walk) -> None:
    for statement in body:
        if isinstance(statement, ast.With):
            _walk_with(statement, walk)
        elif isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            continue
        else:
            for part in ast.iter_child_nodes(statement):
                if isinstance(part, ast.expr):
                    _walk_calls(part, walk)
            for block in ("body", "orelse", "finalbody"):
                _walk_body(getattr(statement, block, []), walk)
            for handler in getattr(statement, "handlers", []):
                _walk_body(handler.body, walk)


def _walk_with(statement: ast.With, walk: _Walk) -> None:
    receivers, in_transaction = dict(walk.receivers), walk.in_transaction
    for item in statement.items:
        name = last_name(item.context_expr)
        call = item.context_expr
        if name == "autocommit_block":
            walk.in_transaction = False
        elif name == "batch_alter_table" and isinstance(call, ast.Call) and isinstance(item.optional_vars, ast.Name):
            table = text_of(argument(call, 0, "table_name"), walk.constants)
            walk.receivers[item.optional_vars.id] = table or ""
        else:
            _walk_calls(call, walk)
    _walk_body(statement.body, walk)
    walk.receivers, walk.in_transaction = receivers, in_transaction


def _walk_calls(expression: ast.expr, walk: _Walk) -> None:
    for node in _calls(expression):
        owner, _, method = call_name(node.func).rpartition(".")
        if isinstance(node.func, ast.Name):
            _follow(node.func.id, walk)
        elif owner in walk.receivers:
            _operation(node, method, walk.receivers[owner], walk)
        elif method in {"execute", "exec_driver_sql"} and node.args:
            _execute(node, walk, certain=False)


def _calls(expression: ast.expr) -> list[ast.Call]:
    """The calls in an expression, in the order written."""
    calls = [node for node in ast.walk(expression) if isinstance(node, ast.Call)]
    return sorted(calls, key=lambda node: (node.lineno, node.col_offset))


def _follow(name: str, walk: _Walk) -> None:
    """A function of the same module does its part where it is called."""
    function = walk.functions.get(name)
    if function is None or name in walk.called:
        return
    before = walk.called
    walk.called = (*before, name)
    _walk_body(function.body, walk)
    walk.called = before


def _operation(node: ast.Call, method: str, batch_table: str | None, walk: _Walk) -> None:
    if method in {"execute", "exec_driver_sql"}:
        _execute(node, walk, certain=True)
        return
    if method in _QUIET:
        return
    call = _Call(node, batch_table, walk.constants, ast.unparse(node), walk.dialect)
    reader = _READERS.get(method)
    if reader is None:
        walk.add([operation(OperationKind.UNPARSED, call.text)])
        walk.unparsed += 1
        return
    walk.add(reader(call))


def _execute(node: ast.Call, walk: _Walk, *, certain: bool) -> None:
    """SQL. A connection's `execute` may also be given a query object, which changes rows at most."""
    given = argument(node, 0, "sqltext", "statement")
    sql = text_of(given, walk.constants)
    if sql is not None:
        verdict = judge(sql, walk.dialect)
        walk.add(verdict.operations)
        walk.unparsed += verdict.unparsed
        return
    partly = partial_text(given)
    if partly is not None:
        walk.add([one for one in judge(partly, walk.dialect).operations if one.kind is not OperationKind.UNPARSED])
    elif isinstance(given, ast.Call) or not certain:
        walk.add([operation(OperationKind.DATA_CHANGE, ast.unparse(node))])
        return
    walk.add([operation(OperationKind.UNPARSED, ast.unparse(node))])
    walk.unparsed += 1


def _column_words(column: ast.Call) -> tuple[str, ...]:
    """The column's definition in SQL's words."""
    words: list[str] = ["TYPE"]
    for part in (*column.args, *(entry.value for entry in column.keywords if entry.arg == "type_")):
        words.extend({"ForeignKey": ("REFERENCES",), "Identity": ("IDENTITY",)}.get(last_name(part), ()))
        if isinstance(part, ast.Call) and last_name(part) == "Computed":
            words.extend(("GENERATED", "ALWAYS", "AS"))
            words.extend(("STORED",) if not is_false(keyword(part, "persisted")) else ())
    primary = is_true(keyword(column, "primary_key"))
    words.extend(("PRIMARY", "KEY") if primary else ())
    words.extend(("UNIQUE",) if is_true(keyword(column, "unique")) else ())
    words.extend(("NOT", "NULL") if is_false(keyword(column, "nullable")) else ())
    default = keyword(column, "server_default")
    if default is not None and not is_none(default):
        words.extend(("DEFAULT", *_default_words(default)))
    return tuple(words)


def _default_words(default: ast.expr) -> tuple[str, ...]:
    """`sa.text("now()")` is SQL, `sa.func.now()` a call of that name, anything else a constant."""
    written = text_of(default)
    if isinstance(default, ast.Call) and last_name(default) in {"text", "DDL"} and written is not None:
        return tuple(word for statement in split(written, "postgres") for word in statement.words)
    name = call_name(default)
    if isinstance(default, ast.Call) and ".func." in f".{name}":
        return (name.rpartition(".")[2].upper(), "(", *(("1",) if default.args else ()), ")")
    if isinstance(default, ast.Call) and last_name(default) in {"Sequence", "next_value"}:
        return ("NEXTVAL", "(", "1", ")")
    return ("'constant",)


def _add_column(call: _Call) -> list[Operation]:
    table = call.table()
    column = call.argument(1, "column")
    if not isinstance(column, ast.Call):
        return [operation(OperationKind.ADD_COLUMN, call.text, table=table, severity=Severity.MEDIUM)]
    name = text_of(argument(column, 0, "name"), call.constants) or ""
    found = added_column(table, name, _column_words(column), call.text, call.dialect)
    if is_true(keyword(column, "index")):
        found.append(
            operation(
                OperationKind.CREATE_INDEX, call.text, table=table, column=name, locking=index_locks(call.dialect)
            )
        )
    return found


def _drop_column(call: _Call) -> list[Operation]:
    column = text_of(call.argument(1, "column_name"), call.constants)
    return [operation(OperationKind.DROP_COLUMN, call.text, table=call.table(), column=column)]


def _alter_column(call: _Call) -> list[Operation]:
    table = call.table()
    column = text_of(call.argument(1, "column_name"), call.constants)
    found: list[Operation] = []

    def does(kind: OperationKind, *, locking: bool = False, detail: Detail = Detail.NONE) -> None:
        found.append(operation(kind, call.text, table=table, column=column, locking=locking, detail=detail))

    renamed = keyword(call.node, "new_column_name") or keyword(call.node, "name")
    if renamed is not None and not is_none(renamed):
        does(OperationKind.RENAME_COLUMN)
        found[-1] = replace(found[-1], name=text_of(renamed, call.constants))
    if keyword(call.node, "type_") is not None:
        does(OperationKind.ALTER_TYPE, locking=True)
    if is_false(keyword(call.node, "nullable")):
        does(OperationKind.SET_NOT_NULL, locking=True)
    default = keyword(call.node, "server_default")
    if is_none(default) or is_false(default):
        if is_none(default):
            does(OperationKind.DROP_DEFAULT)
    elif default is not None:
        does(OperationKind.ALTER_TABLE, detail=Detail.SET_DEFAULT)
    if not found:
        does(OperationKind.ALTER_TABLE)
    return found


def _create_index(call: _Call) -> list[Operation]:
    name = call.string(0, "index_name")
    table = call.table(1, "table_name")
    if call.flag("postgresql_concurrently"):
        return [operation(OperationKind.CREATE_INDEX_CONCURRENTLY, call.text, table=table, name=name)]
    locking = index_locks(call.dialect)
    found = [operation(OperationKind.CREATE_INDEX, call.text, table=table, name=name, locking=locking)]
    if call.flag("unique"):
        found.append(operation(OperationKind.ADD_UNIQUE, call.text, table=table, name=name, locking=locking))
    return found


def _drop_index(call: _Call) -> list[Operation]:
    locking = index_locks(call.dialect) and not call.flag("postgresql_concurrently")
    name = call.string(0, "index_name")
    table = call.table(1, "table_name")
    return [operation(OperationKind.DROP_INDEX, call.text, table=table, name=name, locking=locking)]


def _constraint(kind: OperationKind, *names: str) -> Callable[[_Call], list[Operation]]:
    def read(call: _Call) -> list[Operation]:
        loose = call.flag("postgresql_not_valid")
        return [
            operation(
                kind,
                call.text,
                table=call.table(1, *(names or ("table_name",))),
                name=call.string(0, "constraint_name"),
                locking=not loose,
                severity=Severity.MEDIUM if loose else None,
                detail=Detail.NOT_VALID if loose else Detail.NONE,
            )
        ]

    return read


def _drop_constraint(call: _Call) -> list[Operation]:
    primary = text_of(argument(call.node, 2, "type_")) == "primary"
    return [
        operation(
            OperationKind.DROP_CONSTRAINT,
            call.text,
            table=call.table(1, "table_name"),
            name=call.string(0, "constraint_name"),
            severity=Severity.HIGH if primary else None,
            detail=Detail.PRIMARY_KEY if primary else Detail.NONE,
        )
    ]


def _plain(kind: OperationKind, *names: str) -> Callable[[_Call], list[Operation]]:
    def read(call: _Call) -> list[Operation]:
        return [operation(kind, call.text, table=call.table(0, *names))]

    return read


def _rename_table(call: _Call) -> list[Operation]:
    new = call.string(1, "new_table_name")
    return [operation(OperationKind.RENAME_TABLE, call.text, table=call.table(0, "old_table_name"), name=new)]


_READERS: Mapping[str, Callable[[_Call], list[Operation]]] = {
    "add_column": _add_column,
    "drop_column": _drop_column,
    "alter_column": _alter_column,
    "create_table": _plain(OperationKind.CREATE_TABLE, "table_name"),
    "drop_table": _plain(OperationKind.DROP_TABLE, "table_name"),
    "rename_table": _rename_table,
    "create_index": _create_index,
    "drop_index": _drop_index,
    "create_unique_constraint": _constraint(OperationKind.ADD_UNIQUE),
    "create_exclude_constraint": _constraint(OperationKind.ADD_UNIQUE),
    "create_foreign_key": _constraint(OperationKind.ADD_FOREIGN_KEY, "source_table"),
    "create_check_constraint": _constraint(OperationKind.ADD_CHECK),
    "create_primary_key": _constraint(OperationKind.ADD_PRIMARY_KEY),
    "drop_constraint": _drop_constraint,
    "create_table_comment": _plain(OperationKind.COMMENT, "table_name"),
    "drop_table_comment": _plain(OperationKind.COMMENT, "table_name"),
    "bulk_insert": _plain(OperationKind.DATA_CHANGE),
}
