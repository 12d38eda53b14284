"""Release notes and templates come back as they were saved."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

import pytest

from pilab_desktop.domain.errors import ConflictError, NotFoundError
from pilab_desktop.domain.ids import new_id
from pilab_desktop.domain.project import Project
from pilab_desktop.domain.release_note import (
    CategorySource,
    ConfigurationChange,
    DatabaseChange,
    NoteCategory,
    NoteContent,
    NoteEntry,
    NoteSection,
    NoteStatus,
    ReleaseNote,
)
from pilab_desktop.domain.severity import Severity
from pilab_desktop.storage.store import SqlStore

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Sample(Protocol):
    """What conftest.py's sample holds."""

    @property
    def project(self) -> Project: ...


def note(sample: Sample) -> ReleaseNote:
    """One with something in every field."""
    entry = NoteEntry(
        title="Faster \x00 search",
        description="d",
        category=NoteCategory.PERFORMANCE,
        category_source=CategorySource.KEYWORD,
        tickets=("ABC-1",),
        commits=("a" * 40,),
        pull_requests=("#7",),
        authors=("Ann",),
        breaking=True,
        sub_module="api",
        ticket_url="https://example.org/ABC-1",
    )
    content = NoteContent(
        version="1.2",
        title="Shop 1.2",
        date=NOON,
        project="Shop",
        source="uat",
        target="prod",
        summary="s",
        sections=(
            NoteSection(category=NoteCategory.PERFORMANCE, title="Faster", entries=(entry,)),
            NoteSection(category=NoteCategory.CHORE, title="Other", entries=()),
        ),
        configuration=(
            ConfigurationChange(path="a.b", old_value=[1, {"x": None}], new_value=1.5, severity=Severity.LOW),
        ),
        database=(
            DatabaseChange(
                path="V1.sql", kind="drop", tables=("t",), reversible=False, sql="DROP", severity=Severity.CRITICAL
            ),
        ),
        instructions=("first",),
        contributors=("Ann", "Bob"),
        complete=False,
    )
    return ReleaseNote(
        id=new_id(),
        tenant_id=sample.project.tenant_id,
        project_id=sample.project.id,
        drift_report_id=None,
        status=NoteStatus.GENERATED,
        template="standard",
        content=content,
        markdown="# Shop 1.2\n",
        created_at=NOON,
        updated_at=NOON,
    )


def test_they_come_back_exactly_newest_first(store: SqlStore, sample: Sample) -> None:
    first, second = note(sample), replace(note(sample), created_at=NOON + timedelta(hours=1))
    with store.unit_of_work() as work:
        work.release_notes.add(first)
        work.release_notes.add(second)
        work.commit()
    with store.unit_of_work() as work:
        assert work.release_notes.get(first.id) == first
        assert work.release_notes.list(sample.project.id) == (second, first)
        assert work.release_notes.find(sample.project.id, str(second.id)) == (second.id,)
        assert work.release_notes.get(new_id()) is None


def test_a_stale_status_is_refused(store: SqlStore, sample: Sample) -> None:
    written = note(sample)
    with store.unit_of_work() as work:
        work.release_notes.add(written)
        published = work.release_notes.set_status(written, NoteStatus.PUBLISHED, NOON + timedelta(hours=1))
        work.commit()
        assert work.release_notes.get(written.id) == published
        assert published.version == 2
        with pytest.raises(ConflictError) as refused:
            work.release_notes.set_status(written, NoteStatus.DRAFT, NOON)
        assert refused.value.theirs == published


def test_a_report_that_is_not_there_is_refused(store: SqlStore, sample: Sample) -> None:
    with store.unit_of_work() as work, pytest.raises(NotFoundError):
        work.release_notes.add(replace(note(sample), drift_report_id=new_id()))


def test_a_template_can_be_replaced(store: SqlStore) -> None:
    with store.unit_of_work() as work:
        assert work.release_notes.template("short") is None
        work.release_notes.set_template("short", "{{ title }}")
        work.release_notes.set_template("short", "{{ version }}")
        work.commit()
        assert work.release_notes.template("short") == "{{ version }}"
