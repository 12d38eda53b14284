"""How every table is made: names of constraints, the keys that keep workspaces apart, CHECKed words, STRICT.

Every row of a workspace carries `tenant_id`, every row of a project `project_id` too. A parent is referred to by
(tenant_id, project_id, id), never by its id alone: a row cannot point across the wall (security.md, Shared workspace).
"""

from typing import TypeVar
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Column,
    Constraint,
    ForeignKeyConstraint,
    MetaData,
    Table,
    TypedColumns,
    UniqueConstraint,
)
from sqlalchemy.schema import SchemaItem

from pilab_desktop.storage.columns import Choice, Key, Moment, need

ColumnsT = TypeVar("ColumnsT", bound=TypedColumns)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


class OfWorkspace(TypedColumns):
    """What each row of a workspace has."""

    tenant_id = need(Key())


class OfProject(OfWorkspace):
    """What each row of a project has."""

    project_id = need(Key())


class Entity(TypedColumns):
    """What each row with an identity of its own has."""

    id: Column[UUID] = Column(Key(), primary_key=True)
    created_at = need(Moment())


def table(name: str, columns: type[ColumnsT], *items: SchemaItem, clustered: bool = False) -> Table[ColumnsT]:
    """A table. `clustered` keeps SQLite's rows in the order of the primary key (on Postgres it says nothing)."""
    made = Table(name, metadata, columns, *items, sqlite_strict=True)
    if clustered:
        made.dialect_options["sqlite"]["with_rowid"] = False
    for column in list(made.columns):
        if isinstance(column.type, Choice):
            words = [word.value for word in column.type.words]
            made.append_constraint(CheckConstraint(column.in_(words), name=column.name))
    return made


def workspace_reference(column: str, parent: str) -> Constraint:
    """The column points to a row of the workspace's table `parent`, in the same workspace."""
    return ForeignKeyConstraint(["tenant_id", column], [f"{parent}.tenant_id", f"{parent}.id"])


def project_reference(column: str, parent: str) -> Constraint:
    """The column points to a row of the project's table `parent`, in the same project."""
    return ForeignKeyConstraint(
        ["tenant_id", "project_id", column], [f"{parent}.tenant_id", f"{parent}.project_id", f"{parent}.id"]
    )


def of_workspace() -> Constraint:
    """The row is a workspace's."""
    return ForeignKeyConstraint(["tenant_id"], ["tenants.id"])


def of_project() -> Constraint:
    """The row is a project's, of the same workspace."""
    return workspace_reference("project_id", "projects")


def referred_in_workspace() -> Constraint:
    """Other rows may point here with `workspace_reference`."""
    return UniqueConstraint("tenant_id", "id")


def referred_in_project() -> Constraint:
    """Other rows may point here with `project_reference`."""
    return UniqueConstraint("tenant_id", "project_id", "id")
