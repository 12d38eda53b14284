"""What one desktop changes, others learn of; what was done stays in the log."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol

import pytest

from pilab_desktop.domain.change_set import Change
from pilab_desktop.domain.errors import ConflictError, DuplicateError
from pilab_desktop.domain.ids import new_id
from pilab_desktop.domain.json import JsonValue
from pilab_desktop.domain.project import Project, SubModule
from pilab_desktop.domain.workspace import User, UserRole
from pilab_desktop.storage.store import SqlStore

Raw = Callable[[str], list[tuple[object, ...]]]


class Sample(Protocol):
    """What conftest.py's sample holds."""

    @property
    def project(self) -> Project: ...
    @property
    def api(self) -> SubModule: ...


def test_a_commit_says_what_it_touched_and_the_feed_says_the_same(store: SqlStore, sample: Sample) -> None:
    before = store.feed_cursor()
    with store.unit_of_work() as work:
        project = work.projects.save(replace(sample.project, description="new"))
        work.projects.save(project)
        work.projects.save_sub_module(sample.api)
        changes = work.commit()
        assert work.commit().changes == frozenset()
    assert changes.changes == {
        Change("project", project.id, project.id),
        Change("sub_module", sample.api.id, project.id),
    }
    assert store.changes_since(before) == (changes, before + 2)
    assert store.changes_since(before + 2) == (changes.of(()), before + 2)


def test_what_is_undone_is_not_in_the_feed(store: SqlStore, sample: Sample) -> None:
    before = store.feed_cursor()
    with store.unit_of_work() as work:
        work.projects.save(replace(sample.project, description="new"))
    with store.unit_of_work() as work:
        work.projects.list()
        assert work.commit().changes == frozenset()
    assert store.feed_cursor() == before


def test_writers_side_by_side_lose_nothing_and_number_without_gaps(store: SqlStore, sample: Sample, raw: Raw) -> None:
    refused: list[Exception] = []

    def write(part: int) -> None:
        try:
            for number in range(15):
                with store.unit_of_work() as work:
                    work.projects.sub_modules(sample.project.id)  # a snapshot that others write past
                    work.projects.add_sub_module(replace(sample.api, id=new_id(), name=f"{part}-{number}"))
                    work.commit()
        except Exception as error:  # noqa: BLE001  # a thread's failure has to reach the test
            refused.append(error)

    threads = [threading.Thread(target=write, args=(part,)) for part in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == []
    with store.unit_of_work() as work:
        assert len(work.projects.sub_modules(sample.project.id)) == 2 + 4 * 15
    sequence = [number for (number,) in raw("SELECT sequence FROM change_feed ORDER BY sequence")]
    assert sequence == list(range(1, len(sequence) + 1))


def test_of_two_who_change_the_same_one_is_told(store: SqlStore, sample: Sample) -> None:
    outcomes: list[str] = []
    ready = threading.Barrier(2)

    def rename(name: str) -> None:
        with store.unit_of_work() as work:
            seen = work.projects.get(sample.project.id)
            assert seen is not None
            ready.wait(10)
            try:
                work.projects.save(replace(seen, name=name))
                work.commit()
                outcomes.append("saved")
            except ConflictError:
                outcomes.append("told")

    threads = [threading.Thread(target=rename, args=(name,)) for name in ("A", "B")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["saved", "told"]


def test_the_log_is_newest_first_and_by_project(store: SqlStore, sample: Sample) -> None:
    with store.unit_of_work() as work:
        work.audit.log(action="create", entity="project", entity_id=sample.project.id, project_id=sample.project.id)
        work.audit.log(action="sign-in", entity="user", entity_id=new_id(), old={"a": 1}, new=None)
        work.commit()
    with store.unit_of_work() as work:
        assert [line["action"] for line in work.audit.list()] == ["sign-in", "create"]
        (line,) = work.audit.list(project_id=sample.project.id)
        assert line["actor"] == "ann"
        assert line["project_id"] == str(sample.project.id)
        assert work.audit.list(limit=1)[0]["old"] == {"a": 1}


@pytest.mark.parametrize("statement", ["UPDATE audit_log SET actor = 'eve'", "DELETE FROM audit_log"])
def test_the_database_refuses_to_change_the_log(store: SqlStore, sample: Sample, raw: Raw, statement: str) -> None:
    with store.unit_of_work() as work:
        work.audit.log(action="create", entity="project", entity_id=sample.project.id)
        work.commit()
    with pytest.raises(Exception, match="append-only"):
        raw(statement)
    with store.unit_of_work() as work:
        assert [line["actor"] for line in work.audit.list()] == ["ann"]


def test_a_check_notices_that_the_log_lost_its_protection(store: SqlStore, raw: Raw) -> None:
    assert store.check() == ()
    local = store.file if hasattr(store, "file") else None
    raw("DROP TRIGGER audit_log_refuses_delete" + ("" if local else " ON audit_log"))
    (said,) = store.check()
    assert "audit_log_refuses_delete" in said


def test_the_first_person_may_do_everything_and_emails_are_unique(store: SqlStore) -> None:
    with store.unit_of_work() as work:
        (first,) = work.people.users()
        assert (first.name, first.role) == ("ann", UserRole.SUPER_ADMIN)
        bob = User(
            id=new_id(),
            tenant_id=store.workspace.id,
            email="bob@example.org",
            first_name="Bob",
            last_name="Bee",
            role=UserRole.USER,
            last_login_at=datetime(2026, 1, 1, tzinfo=UTC),
            created_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
        work.people.add_user(bob)
        with pytest.raises(DuplicateError) as refused:
            work.people.add_user(replace(bob, id=new_id()))
        assert refused.value.field == "email"
        work.commit()
        assert work.people.users() == (first, bob)
        assert work.people.workspace() == store.workspace


def test_verdicts_are_kept_once(store: SqlStore) -> None:
    many: dict[str, JsonValue] = {f"{number:040x}": [number, {"kind": "drop"}] for number in range(2500)}
    store.verdicts.put_many("sql/1", many)
    store.verdicts.put_many("sql/1", {f"{1:040x}": "another", "none": None})
    assert store.verdicts.get_many("sql/1", [*many, "absent"]) == many
    assert store.verdicts.get_many("sql/1", ["none"]) == {"none": None}
    assert store.verdicts.get_many("sql/2", list(many)) == {}


def test_verdicts_within_a_unit_of_work_that_writes_do_not_hang(store: SqlStore, sample: Sample) -> None:
    with store.unit_of_work() as work:
        work.projects.save(sample.project)
        store.verdicts.put_many("sql/1", {"a": 1})
        work.commit()
    store.verdicts.put_many("sql/1", {"a": 1})
    assert store.verdicts.get_many("sql/1", ["a"]) == {"a": 1}


def test_a_name_is_held_by_one_at_a_time(store: SqlStore, opened: Callable[..., SqlStore], location: str) -> None:
    from pilab_desktop.domain.errors import StateError

    other = opened(location)
    with store.exclusive("sync: shop", wait_seconds=0.1):
        with pytest.raises(StateError), other.exclusive("sync: shop", wait_seconds=0.1):
            pass
        with other.exclusive("sync: other", wait_seconds=0.1):
            pass
    with other.exclusive("sync: shop", wait_seconds=0.1):
        pass
