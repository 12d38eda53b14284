"""Which schema a database has, and bringing it up to this release's."""

from pathlib import Path

from sqlalchemy import Connection, column, inspect, select, table, text

from pilab_desktop.domain.errors import StateError
from pilab_desktop.storage.failures import newer
from pilab_desktop.storage.tables import metadata

REVISIONS = ("0001_people", "0002_projects", "0003_environments", "0004_drift", "0005_notes_and_state")
"""Every revision that this release knows, oldest first; a database that bears another one was made by a later one."""

HEAD = REVISIONS[-1]

_STORED = table("alembic_version", column("version_num"))


def stored_revision(connection: Connection) -> str | None:
    """The revision that the database bears, None where it bears none."""
    if not inspect(connection).has_table(_STORED.name):
        return None
    found = connection.scalar(select(_STORED.c.version_num))
    return str(found) if found is not None else None


def is_newer(revision: str | None) -> bool:
    """Whether a later release made it."""
    return revision is not None and revision not in REVISIONS


def is_empty(connection: Connection) -> bool:
    """Whether the database holds no table at all."""
    return not inspect(connection).get_table_names()


def readable(connection: Connection) -> bool:
    """Whether every table and column that this release reads is there: a later schema may be read then."""
    inspector = inspect(connection)
    there = set(inspector.get_table_names())
    for wanted in metadata.tables.values():
        if wanted.name not in there:
            return False
        columns = {found["name"] for found in inspector.get_columns(wanted.name)}
        if not columns.issuperset(wanted.columns.keys()):
            return False
    return True


def upgrade(connection: Connection, migrations_dir: Path, *, place: str, to: str = "head") -> None:
    """Run the migrations that are missing in one transaction, which must have begun; the caller commits.

    Killed before that, the old schema stands. Raises StateNewerError where a later release was here first,
    StateError where rows would point to nothing afterwards.
    """
    if is_newer(stored_revision(connection)):
        raise newer(place)
    # Imported here: most starts find nothing to upgrade and save more than half a second.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(migrations_dir).replace("%", "%%"))
    command.upgrade(config, to)
    if connection.dialect.name == "sqlite" and connection.execute(text("PRAGMA foreign_key_check")).first() is not None:
        raise StateError(
            f"The workspace {place} holds rows that point to nothing, so it was not upgraded; nothing was changed. "
            "Restore a backup with “pilab workspace restore”."
        )
