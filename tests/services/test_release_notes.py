"""Release notes come from a report, in a template that is there, and go their way once."""

import pytest

from pilab_desktop.domain.errors import InvalidInputError, NotFoundError
from pilab_desktop.domain.release_note import NoteStatus
from pilab_desktop.services.release_notes import SHIPPED_TEMPLATES, version_of
from tests.services.conftest import NOON, Bench, Shop


@pytest.mark.parametrize("template", SHIPPED_TEMPLATES)
def test_notes_are_written_stored_and_found_again(bench: Bench, shop: Shop, template: str) -> None:
    report = bench.report()
    done = bench.notes.generate(report, template=template, version="2.0", title="Spring")
    note = done.value
    assert done.changes.touches("release_note", report.project_id)
    assert (note.status, note.drift_report_id, note.content.version) == (NoteStatus.GENERATED, report.id, "2.0")
    assert note.content.title == "Spring"
    assert "Gift cards" in note.markdown
    assert bench.notes.list(None) == (note,)
    assert bench.notes.get(None, "latest") == bench.notes.get(None, str(note.id)) == note
    assert bench.audit()[0]["action"] == "release_note.generated"


def test_the_version_is_the_source_s_or_the_day(bench: Bench, shop: Shop) -> None:
    report = bench.report()
    assert version_of(report, NOON) == "2026.03.02"
    bench.deploy("uat", "web", "2.0.0", shop.web.commit("feat: colours"))
    assert bench.notes.generate(bench.report()).value.content.version == "2.0.0"


def test_a_template_of_the_workspace_goes_first(bench: Bench, shop: Shop) -> None:
    with bench.store.unit_of_work() as unit:
        unit.release_notes.set_template("short", "{{ version }} is out")
        unit.commit()
    assert bench.notes.generate(bench.report(), template="short", version="2").value.markdown.strip() == "2 is out"
    with pytest.raises(NotFoundError, match="no template “long”"):
        bench.notes.generate(bench.report(), template="long")
    assert len(bench.notes.list(None)) == 1


def test_notes_go_from_draft_to_published_and_no_further(bench: Bench, shop: Shop) -> None:
    bench.notes.generate(bench.report())
    with pytest.raises(InvalidInputError, match="GENERATED cannot become PUBLISHED; it can go to DRAFT, REVIEWED"):
        bench.notes.set_status(None, "latest", NoteStatus.PUBLISHED)
    for status in (NoteStatus.REVIEWED, NoteStatus.DRAFT, NoteStatus.REVIEWED, NoteStatus.APPROVED):
        assert bench.notes.set_status(None, "latest", status).value.status is status
    bench.notes.set_status(None, "latest", NoteStatus.PUBLISHED)
    with pytest.raises(InvalidInputError, match="can go to nowhere"):
        bench.notes.set_status(None, "latest", NoteStatus.DRAFT)
    assert bench.audit()[0]["old"] == {"status": "APPROVED"}


def test_without_notes_there_is_no_latest(plain_shop: Bench) -> None:
    with pytest.raises(NotFoundError, match="pilab notes generate"):
        plain_shop.notes.get(None, "latest")
    with pytest.raises(NotFoundError, match="no release note “abc”"):
        plain_shop.notes.get(None, "abc")
