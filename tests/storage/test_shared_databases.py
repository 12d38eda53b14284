"""What can be wrong with a shared workspace, in one sentence each, and never the password."""

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import pytest

from pilab_desktop.domain.errors import InvalidInputError, StateError, UnreachableError
from pilab_desktop.domain.project import Project
from pilab_desktop.storage.store import SqlStore

pytestmark = pytest.mark.postgres

OpenStore = Callable[..., SqlStore]
SECRET = "".join(("hun", "ter", "2"))  # not a word of this file, whose lines stand in tracebacks


class Cluster(Protocol):
    """What conftest.py's cluster is."""

    port: int

    def url(self, database: str) -> str: ...
    def execute(self, statement: str) -> None: ...


class Sample(Protocol):
    """What conftest.py's sample holds."""

    @property
    def project(self) -> Project: ...


@pytest.fixture
def shared(postgres: Cluster, postgres_template: str, tmp_path: Path) -> str:
    """A fresh workspace's address."""
    name = f"shared_{abs(hash(tmp_path))}"
    postgres.execute(f"CREATE DATABASE {name} TEMPLATE {postgres_template}")
    return postgres.url(name)


def test_a_server_that_does_not_answer_is_named_without_the_password(opened: OpenStore) -> None:
    with pytest.raises(UnreachableError, match="does not answer") as refused:
        opened(f"postgresql://ann:{SECRET}@127.0.0.1:1/shop", wait=2)
    assert SECRET not in "".join(traceback.format_exception(refused.value))


@pytest.mark.parametrize("address", ["postgresql://ann:{}@host:port/x", "postgresql://ann:{}@host"])
def test_an_address_that_cannot_be_read(opened: OpenStore, address: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        opened(address.format(SECRET))
    assert SECRET not in "".join(traceback.format_exception(refused.value))


def test_an_unknown_database(postgres: Cluster, opened: OpenStore) -> None:
    with pytest.raises(UnreachableError, match="no such database"):
        opened(postgres.url("nowhere"))


def test_a_database_of_something_else_is_left_alone(postgres: Cluster, shared: str, opened: OpenStore) -> None:
    import psycopg

    postgres.execute("CREATE DATABASE something_else")
    with psycopg.connect(postgres.url("something_else"), autocommit=True) as connection:
        connection.execute("CREATE TABLE bookmarks (url text)")
    with pytest.raises(StateError, match="something else"):
        opened(postgres.url("something_else"), create=True)


def test_a_row_that_somebody_holds(
    shared: str, opened: OpenStore, another_sample: Callable[[SqlStore], Sample]
) -> None:
    import psycopg

    store = opened(shared, wait=0.2)
    sample = another_sample(store)
    with psycopg.connect(shared) as other:
        other.execute("UPDATE projects SET name = 'held'")
        with store.unit_of_work() as work, pytest.raises(StateError, match="busy"):
            work.projects.save(sample.project)
        other.rollback()
    with store.unit_of_work() as work:
        work.projects.save(sample.project)
        work.commit()


def test_a_connection_that_is_cut_says_so_and_the_next_one_works(
    postgres: Cluster, shared: str, opened: OpenStore, another_sample: Callable[[SqlStore], Sample]
) -> None:
    store = opened(shared)
    sample = another_sample(store)
    with store.unit_of_work() as work:
        work.projects.save(sample.project)
        postgres.execute(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{shared.rpartition('/')[2]}'"
        )
        with pytest.raises(UnreachableError):
            work.commit()
    with store.unit_of_work() as work:
        assert work.projects.list() == (sample.project,)


def test_a_shared_workspace_is_not_copied_to_a_file(shared: str, opened: OpenStore, tmp_path: Path) -> None:
    with pytest.raises(StateError, match="administrator"):
        opened(shared).backup(tmp_path / "b.db")
    assert list(tmp_path.iterdir()) == []


def test_truncate_does_not_empty_the_log(shared: str, opened: OpenStore) -> None:
    import psycopg

    store = opened(shared)
    with psycopg.connect(shared) as connection, pytest.raises(psycopg.errors.IntegrityError, match="append-only"):
        connection.execute("TRUNCATE audit_log")
    assert store.check() == ()
