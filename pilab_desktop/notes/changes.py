"""The configuration and the migrations of a release, from a report's items."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pilab_desktop.domain.drift import DriftItem, DriftReport, DriftType
from pilab_desktop.domain.json import JsonObject
from pilab_desktop.domain.release_note import ConfigurationChange, DatabaseChange
from pilab_desktop.notes.commits import flag, text, texts

WILL_RUN = frozenset({"NEW", "OUT_OF_ORDER", "DUPLICATE"})
MISSING_VARIABLE = "missing_variable"

# From the most to the least that can go wrong (semantics.md §5); a migration is called by its worst operation.
_WORST_FIRST = (
    "drop_database",
    "drop_schema",
    "drop_table",
    "truncate",
    "delete_all",
    "drop_column",
    "rename_table",
    "rename_column",
    "alter_type",
    "set_not_null",
    "add_not_null_column",
    "drop_constraint",
    "drop_default",
    "add_unique",
    "detach_partition",
    "lock_table",
    "vacuum_full",
    "cluster",
    "reindex",
    "add_primary_key",
    "add_foreign_key",
    "add_check",
    "volatile_default",
    "alter_enum",
    "create_index",
    "drop_index",
    "drop_view",
    "unparsed",
    "alter_table",
    "data_change",
)
_NUMBERS = re.compile(r"([0-9]+)")
_RANKS = {kind: rank for rank, kind in enumerate(_WORST_FIRST)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing a migration does."""

    kind: str
    table: str
    destructive: bool
    locking: bool
    statement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """A DATABASE item. `change` is what a release note says of it. `still_named_in` are files of the target's running
    code that name what it drops or renames.
    """

    change: DatabaseChange
    state: str
    operations: tuple[Operation, ...]
    still_named_in: tuple[str, ...]

    @property
    def destructive(self) -> bool:
        """Whether it can destroy data."""
        return any(operation.destructive for operation in self.operations)

    @property
    def locking(self) -> bool:
        """Whether it stops readers or writers of a live table."""
        return any(operation.locking for operation in self.operations)

    @property
    def runs(self) -> bool:
        """Whether this release applies it."""
        return self.state in WILL_RUN


def configuration_changes(report: DriftReport) -> tuple[ConfigurationChange, ...]:
    """Configuration keys and images that differ, in the order of their places.

    What is expected to differ between the two environments, or was set aside by a person, is no change of this
    release. A variable that the new code reads and nobody has set has no value to show; it is a step of the deployment.
    """
    found = [
        ConfigurationChange(
            path=item.path or item.description,
            old_value=item.old_value,
            new_value=item.new_value,
            severity=item.severity,
            sub_module=item.sub_module or None,
        )
        for item in report.items
        if item.type in {DriftType.CONFIG, DriftType.IMAGE}
        and not item.decided
        and item.category != MISSING_VARIABLE
        and not (item.old_value is None and item.new_value is None)
    ]
    return tuple(sorted(found, key=lambda change: (change.sub_module or "", change.path, -change.severity.rank)))


def missing_variables(report: DriftReport) -> tuple[str, ...]:
    """Names of variables that the source's code reads and the target does not have."""
    items = (item for item in report.items if item.category == MISSING_VARIABLE and not item.decided)
    return tuple(sorted({_variable_name(item) for item in items}))


def migrations_of(report: DriftReport) -> tuple[Migration, ...]:
    """All migrations that differ, those of a sub-module in the order of their paths.

    They stay whatever a person decided about the item: a migration that is in the release will run.
    """
    found = [_migration(item) for item in report.items if item.type is DriftType.DATABASE]
    return tuple(sorted(found, key=lambda m: (m.change.sub_module or "", _natural(m.change.path), m.state)))


def _variable_name(item: DriftItem) -> str:
    return text(item.metadata, "name") or item.path or item.description


def _natural(path: str) -> tuple[tuple[int, str], ...]:
    """V10 after V9."""
    return tuple((int(part[:18]), part) if part.isdecimal() else (-1, part) for part in _NUMBERS.split(path))


def _migration(item: DriftItem) -> Migration:
    metadata = item.metadata
    operations = _operations(metadata)
    sql = item.new_value if isinstance(item.new_value, str) else "\n".join(o.statement for o in operations)
    change = DatabaseChange(
        path=item.path or text(metadata, "version") or item.description,
        kind=min((o.kind for o in operations), key=lambda kind: _RANKS.get(kind, len(_RANKS)), default="other"),
        tables=_tables(metadata, operations),
        reversible=flag(metadata, "reversible"),
        sql=sql,
        severity=item.severity,
        sub_module=item.sub_module or None,
    )
    return Migration(
        change=change,
        state=text(metadata, "state"),
        operations=operations,
        still_named_in=texts(metadata.get("still_named_in")),
    )


def _operations(metadata: JsonObject) -> tuple[Operation, ...]:
    found = metadata.get("operations")
    if not isinstance(found, Sequence) or isinstance(found, str):
        return ()
    return tuple(
        Operation(
            kind=text(operation, "kind") or "other",
            table=text(operation, "table"),
            destructive=flag(operation, "destructive"),
            locking=flag(operation, "locking"),
            statement=text(operation, "statement"),
        )
        for operation in found
        if isinstance(operation, Mapping)
    )


def _tables(metadata: JsonObject, operations: Sequence[Operation]) -> tuple[str, ...]:
    named = texts(metadata.get("tables")) or tuple(operation.table for operation in operations)
    return tuple(sorted({name for name in named if name}))
