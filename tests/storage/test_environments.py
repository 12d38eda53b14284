"""Environments keep their order and path, variables their values, and what is deleted leaves no secret behind."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol

import pytest

from pilab_desktop.domain.environment import Environment, Variable
from pilab_desktop.domain.errors import ConflictError, DuplicateError
from pilab_desktop.domain.ids import new_id
from pilab_desktop.domain.project import Project
from pilab_desktop.storage.store import SqlStore

LATER = datetime(2026, 5, 1, 8, 30, 0, 123456, tzinfo=UTC)


class Sample(Protocol):
    """What conftest.py's sample holds."""

    @property
    def project(self) -> Project: ...
    @property
    def uat(self) -> Environment: ...
    @property
    def prod(self) -> Environment: ...


def secret(sample: Sample) -> Variable:
    """A secret of UAT."""
    return Variable(
        id=new_id(),
        tenant_id=sample.project.tenant_id,
        project_id=sample.project.id,
        environment_id=sample.uat.id,
        key="API_KEY",
        is_secret=True,
        sealed=b"sealed-bytes-of-a-secret",
        fingerprint=b"f" * 32,
        updated_at=LATER,
    )


def test_they_are_listed_by_order_with_their_path(store: SqlStore, sample: Sample) -> None:
    with store.unit_of_work() as work:
        assert work.environments.list(sample.project.id) == (sample.uat, sample.prod)


def test_reordering_and_a_new_path_are_saved_together(store: SqlStore, sample: Sample) -> None:
    with store.unit_of_work() as work:
        uat = work.environments.save(replace(sample.uat, order=9, promotes_to=()))
        prod = work.environments.save(replace(sample.prod, promotes_to=(sample.uat.id,)))
        work.commit()
    with store.unit_of_work() as work:
        assert work.environments.list(sample.project.id) == (prod, uat)


def test_a_conflict_shows_the_other_side_with_its_path(store: SqlStore, sample: Sample) -> None:
    with store.unit_of_work() as work:
        theirs = work.environments.save(replace(sample.uat, name="Acceptance"))
        with pytest.raises(ConflictError) as refused:
            work.environments.save(sample.uat)
    assert refused.value.theirs == theirs
    assert theirs.promotes_to == (sample.prod.id,)


def test_a_deleted_environment_frees_its_slug_and_leaves_no_secret(
    store: SqlStore, sample: Sample, raw: Callable[[str], list[tuple[object, ...]]]
) -> None:
    with store.unit_of_work() as work:
        with pytest.raises(DuplicateError):
            work.environments.add(replace(sample.uat, id=new_id(), promotes_to=()))
        work.environments.set_variable(secret(sample))
        work.environments.delete(sample.uat, LATER)
        work.environments.add(replace(sample.uat, id=new_id()))
        work.commit()
    with store.unit_of_work() as work:
        assert [found.id == sample.uat.id for found in work.environments.list(sample.project.id)] == [False, False]
        assert work.environments.variables(sample.uat.id) == ()
    assert raw("SELECT value, sealed, fingerprint FROM environment_variables") == [(None, None, None)]


def test_setting_a_variable_again_replaces_it_and_keeps_its_id(store: SqlStore, sample: Sample) -> None:
    with store.unit_of_work() as work:
        first = work.environments.set_variable(secret(sample))
        again = work.environments.set_variable(
            replace(secret(sample), is_secret=False, sealed=None, fingerprint=None, value="a\x00b\ud800")
        )
        other = work.environments.set_variable(replace(secret(sample), key="a_first_key", is_empty=True))
        work.commit()
    assert again.id == first.id
    with store.unit_of_work() as work:
        assert work.environments.variables(sample.uat.id) == (again, other)
        assert work.environments.unset_variable(sample.uat.id, "API_KEY")
        assert not work.environments.unset_variable(sample.uat.id, "API_KEY")
        work.commit()
        assert work.environments.variables(sample.uat.id) == (other,)


def test_the_database_itself_refuses_a_secret_in_plain(store: SqlStore, sample: Sample) -> None:
    from sqlalchemy.exc import IntegrityError

    with store.unit_of_work() as work, pytest.raises(IntegrityError):
        work.environments.set_variable(replace(secret(sample), value="hunter2"))
