"""The schema is what the tables say, on both databases, from every revision that was ever released."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from pilab_desktop.domain.errors import DuplicateError, StateError, StateNewerError
from pilab_desktop.storage import schema
from pilab_desktop.storage.engine import begin_writing, postgres_engine, postgres_url, sqlite_engine
from pilab_desktop.storage.local_file import make_file
from pilab_desktop.storage.store import SqlStore

Raw = Callable[[str], list[tuple[object, ...]]]


def engine_of(where: str | Path) -> Engine:
    """An engine without a workspace."""
    if isinstance(where, Path):
        make_file(where)
        return sqlite_engine(where, wait_seconds=5)
    return postgres_engine(postgres_url(where), wait_seconds=5)


def test_the_known_revisions_are_those_that_are_there(migrations_dir: Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations_dir))
    found = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    assert tuple(reversed(found)) == schema.REVISIONS


def test_migrations_and_tables_say_the_same(empty_location: str | Path, migrations_dir: Path) -> None:
    engine = engine_of(empty_location)
    with engine.connect() as connection:
        begin_writing(connection)
        connection.begin()
        schema.upgrade(connection, migrations_dir, place="here")
        connection.commit()
        connection.begin()
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(migrations_dir))
        command.check(config)
        assert schema.readable(connection)
    engine.dispose()


@pytest.mark.parametrize("revision", schema.REVISIONS[:-1])
def test_an_older_workspace_is_upgraded_and_keeps_its_rows(
    empty_location: str | Path, migrations_dir: Path, opened: Callable[..., SqlStore], revision: str
) -> None:
    older(empty_location, migrations_dir, revision)
    store = opened(empty_location)
    with store.unit_of_work() as work:
        assert work.people.workspace().name == "Old"
    assert store.check() == ()
    if isinstance(empty_location, Path):
        (kept,) = empty_location.parent.glob("*.before-*.db")
        with sqlite_engine(kept, wait_seconds=1, read_only=True).connect() as connection:
            assert schema.stored_revision(connection) == revision


def older(where: str | Path, migrations_dir: Path, revision: str) -> None:
    """A workspace as an earlier release left it."""
    engine = engine_of(where)
    with engine.connect() as connection:
        begin_writing(connection)
        connection.begin()
        schema.upgrade(connection, migrations_dir, place="here", to=revision)
        literal = (
            "x'00000000000000000000000000000001', 0"
            if engine.dialect.name == "sqlite"
            else ("'00000000-0000-0000-0000-000000000001', now()")
        )
        connection.exec_driver_sql(
            f"INSERT INTO tenants (id, created_at, name, slug, version) VALUES ({literal}, 'Old', 'old', 1)"
        )
        connection.commit()
    engine.dispose()


def test_a_migration_that_fails_leaves_all_as_it_was(
    empty_location: str | Path, migrations_dir: Path, tmp_path: Path, opened: Callable[..., SqlStore]
) -> None:
    from pilab_desktop.ports.clock import SystemClock
    from pilab_desktop.storage.open_store import open_store

    older(empty_location, migrations_dir, schema.REVISIONS[-2])
    broken = tmp_path / "broken"
    shutil.copytree(migrations_dir, broken, ignore=shutil.ignore_patterns("__pycache__"))
    last = broken / "versions" / f"{schema.HEAD}.py"
    last.write_text(last.read_text() + '    op.execute("CREATE TABLE late (a INTEGER)")\n    op.execute("NO SQL")\n')
    with pytest.raises(Exception, match="NO"):
        open_store(empty_location, migrations_dir=broken, actor="ann", clock=SystemClock())
    engine = engine_of(empty_location)
    with engine.connect() as connection:
        assert schema.stored_revision(connection) == schema.REVISIONS[-2]
        assert not schema.readable(connection)
    engine.dispose()
    with opened(empty_location).unit_of_work() as work:
        assert work.people.workspace().name == "Old"


def test_a_later_schema_is_read_and_never_written(
    location: str | Path, store: SqlStore, raw: Raw, opened: Callable[..., SqlStore]
) -> None:
    raw("ALTER TABLE projects ADD COLUMN colour TEXT")
    raw("UPDATE alembic_version SET version_num = '0099_colour'")
    later = opened(location, create=True)
    assert later.read_only is not None
    assert "newer release" in later.read_only.sentence
    with later.unit_of_work() as work:
        assert work.people.workspace() == store.workspace
        (person,) = work.people.users()
        with pytest.raises(StateNewerError):
            work.people.add_user(person)
    later.verdicts.put_many("a", {"b": 1})
    assert later.verdicts.get_many("a", ["b"]) == {}
    assert raw("SELECT count(*) FROM users") == [(1,)]


def test_a_later_schema_that_lost_a_column_is_not_opened(
    location: str | Path, raw: Raw, opened: Callable[..., SqlStore]
) -> None:
    raw("ALTER TABLE projects RENAME COLUMN description TO about")
    raw("UPDATE alembic_version SET version_num = '0099_colour'")
    with pytest.raises(StateNewerError):
        opened(location)


def test_there_is_no_workspace_until_one_is_created(
    empty_location: str | Path, opened: Callable[..., SqlStore]
) -> None:
    with pytest.raises(StateError, match="Create one"):
        opened(empty_location)
    assert not isinstance(empty_location, Path) or not empty_location.exists()
    store = opened(empty_location, create=True, workspace="Ünited & Co")
    assert store.workspace.slug == "united-co"
    assert opened(empty_location).workspace == store.workspace == opened(empty_location, create=True).workspace


def test_the_first_workspace_of_a_place_is_made_once(
    empty_location: str | Path, opened: Callable[..., SqlStore]
) -> None:
    first = opened(empty_location, create=True, fresh=True, workspace="First")
    for name in ("First", "Second"):
        with pytest.raises(DuplicateError, match="holds the workspace “First” already"):
            opened(empty_location, create=True, fresh=True, workspace=name)
    assert opened(empty_location).workspace == first.workspace


def test_one_of_several_workspaces_has_to_be_named(location: str | Path, opened: Callable[..., SqlStore]) -> None:
    second = opened(location, create=True, workspace="Second")
    with pytest.raises(StateError, match="acme, second"):
        opened(location)
    assert opened(location, workspace="second").workspace == second.workspace
    from pilab_desktop.domain.errors import NotFoundError

    with pytest.raises(NotFoundError, match="acme"):
        opened(location, workspace="third")
