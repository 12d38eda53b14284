"""Tables that come into being in the same set of migrations: empty, and known to no running code (semantics.md §5)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from pilab_desktop.domain.severity import Severity
from pilab_desktop.drift.migrations.operation import Operation, OperationKind, harmless, table_key

_STILL_SEEN = frozenset({OperationKind.UNPARSED, OperationKind.OTHER, OperationKind.GRANT})


def on_new_tables(scripts: Iterable[Sequence[Operation]]) -> list[tuple[Operation, ...]]:
    """The operations of migrations that run one after the other, those on a table that was created before among them
    without destruction, locks or severity. A table that is dropped or renamed away is known no more; one that is
    created after it was dropped or renamed is not new to running code.
    """
    seen = _Seen()
    return [tuple([_weighed(one, seen) for one in script]) for script in scripts]


@dataclass(slots=True)
class _Seen:
    """Tables and indexes that the set created, and tables that were there before it."""

    created: set[str] = field(default_factory=set)
    indexes: set[str] = field(default_factory=set)
    known: set[str] = field(default_factory=set)


def _weighed(one: Operation, seen: _Seen) -> Operation:
    key = table_key(one.table)
    if key is None:
        ours = one.kind is OperationKind.DROP_INDEX and table_key(one.name) in seen.indexes
        return harmless(one) if ours else one
    if one.kind is OperationKind.CREATE_TABLE:
        seen.created.update({key} - seen.known)
        return one
    if one.kind is OperationKind.RENAME_TABLE:
        return _renamed(one, key, seen)
    if key not in seen.created:
        seen.known.add(key)
        return one
    if one.kind is OperationKind.DROP_TABLE:
        seen.created.discard(key)
    if one.name and one.kind in {OperationKind.CREATE_INDEX, OperationKind.ADD_UNIQUE}:
        seen.indexes.add(table_key(one.name) or "")
    if one.kind is OperationKind.CREATE_INDEX_CONCURRENTLY:
        return replace(one, locking=False)
    return one if one.kind in _STILL_SEEN else harmless(one)


def _renamed(one: Operation, key: str, seen: _Seen) -> Operation:
    new_key = table_key(one.name)
    if key not in seen.created:
        seen.known.add(key)
        return one
    seen.created.discard(key)
    if new_key is not None:
        seen.created.add(new_key)
    return harmless(one, Severity.LOW if new_key not in seen.known else Severity.MEDIUM)
