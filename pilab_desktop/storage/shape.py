"""How a frozen record lies in a table: a column for every field of the same name."""

from collections.abc import Mapping, Set
from dataclasses import fields
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, Table

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    class Entity(DataclassInstance, Protocol):
        """A record with an identity, in a workspace."""

        @property
        def id(self) -> UUID: ...
        @property
        def tenant_id(self) -> UUID: ...

    class Versioned(Entity, Protocol):
        """A record that people edit."""

        @property
        def version(self) -> int: ...


RecordT = TypeVar("RecordT", bound="DataclassInstance")


class Shape(Generic[RecordT]):
    """A record type and the table that keeps it. Fields without a column, or named by `without`, are given to
    `of` by name.
    """

    def __init__(self, record: type[RecordT], table: Table, *, without: Set[str] = frozenset()) -> None:
        self.table: Table = table
        self._record = record
        self.names: tuple[str, ...] = tuple(
            field.name for field in fields(record) if field.name in table.columns and field.name not in without
        )

    @property
    def columns(self) -> list[ColumnElement[object]]:
        """The record's columns, in the order of its fields."""
        return [self.table.columns[name] for name in self.names]

    def of(self, row: RowMapping, **more: object) -> RecordT:
        """The record that a row of `columns` holds."""
        return self._record(**{name: row[name] for name in self.names}, **more)

    def values(self, record: RecordT) -> dict[str, object]:
        """Column names and what they hold for the record."""
        return {name: getattr(record, name) for name in self.names}

    def changes(self, record: RecordT) -> dict[str, object]:
        """Like `values`, without what never changes: whose row it is and when it was made."""
        return {name: value for name, value in self.values(record).items() if name not in _FIXED}


_FIXED = {"id", "tenant_id", "project_id", "created_at"}

Values = Mapping[str, object]
"""Column names and what they hold."""
