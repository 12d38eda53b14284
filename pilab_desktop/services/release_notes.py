"""Release notes: generate from a report, list, show, move along, render (product.md N1–N4)."""

from collections.abc import Callable
from datetime import datetime

from pilab_desktop.domain.change_set import Done
from pilab_desktop.domain.drift import DriftReport
from pilab_desktop.domain.errors import InvalidInputError, NotFoundError
from pilab_desktop.domain.ids import new_id
from pilab_desktop.domain.release_note import NoteStatus, ReleaseNote
from pilab_desktop.notes.compose import compose
from pilab_desktop.notes.render import render_markdown
from pilab_desktop.ports.clock import Clock
from pilab_desktop.ports.storage import Store, UnitOfWork
from pilab_desktop.services.lookup import only_one, project_named

DEFAULT_TEMPLATE = "release-notes"
SHIPPED_TEMPLATES = (DEFAULT_TEMPLATE, "customers", "operations")

_NEXT = {
    NoteStatus.DRAFT: {NoteStatus.GENERATED, NoteStatus.REVIEWED},
    NoteStatus.GENERATED: {NoteStatus.REVIEWED, NoteStatus.DRAFT},
    NoteStatus.REVIEWED: {NoteStatus.APPROVED, NoteStatus.DRAFT},
    NoteStatus.APPROVED: {NoteStatus.PUBLISHED, NoteStatus.DRAFT},
    NoteStatus.PUBLISHED: set[NoteStatus](),
}


class ReleaseNoteService:
    """Use cases around release notes. `shipped_template` gives the source of a template that travels with us."""

    def __init__(self, store: Store, clock: Clock, shipped_template: Callable[[str], str]) -> None:
        self._store = store
        self._clock = clock
        self._shipped_template = shipped_template

    def generate(
        self,
        report: DriftReport,
        *,
        template: str = DEFAULT_TEMPLATE,
        version: str | None = None,
        title: str | None = None,
    ) -> Done[ReleaseNote]:
        """Compose, render and store the notes of a report. Without a version it is the source's, else the day's."""
        now = self._clock.now()
        with self._store.unit_of_work() as unit:
            source = self._template(unit, template)
            content = compose(
                report,
                version=version or version_of(report, now),
                title=title,
                date=now,
                ticket_url=self._ticket_url(unit, report),
            )
            note = ReleaseNote(
                id=new_id(),
                tenant_id=report.tenant_id,
                project_id=report.project_id,
                drift_report_id=report.id,
                status=NoteStatus.GENERATED,
                template=template,
                content=content,
                markdown=render_markdown(content, source, name=template),
                created_at=now,
                updated_at=now,
            )
            unit.release_notes.add(note)
            unit.audit.log(
                action="release_note.generated",
                entity="release_note",
                entity_id=note.id,
                project_id=note.project_id,
                new={"version": content.version, "template": template},
            )
            return Done(note, unit.commit())

    def list(self, project_name: str | None) -> tuple[ReleaseNote, ...]:
        """Newest first."""
        with self._store.unit_of_work() as unit:
            return unit.release_notes.list(project_named(unit, project_name).id)

    def get(self, project_name: str | None, note_id: str) -> ReleaseNote:
        """One by its id or the beginning of it; `latest` is the newest."""
        with self._store.unit_of_work() as unit:
            return self._note(unit, project_name, note_id)

    def set_status(self, project_name: str | None, note_id: str, status: NoteStatus) -> Done[ReleaseNote]:
        """Move it along: DRAFT, GENERATED, REVIEWED, APPROVED, PUBLISHED; back to DRAFT until it is published."""
        with self._store.unit_of_work() as unit:
            note = self._note(unit, project_name, note_id)
            if status not in _NEXT[note.status]:
                ways = ", ".join(sorted(_NEXT[note.status])) or "nowhere"
                raise InvalidInputError(f"A note that is {note.status} cannot become {status}; it can go to {ways}.")
            saved = unit.release_notes.set_status(note, status, self._clock.now())
            unit.audit.log(
                action="release_note.status",
                entity="release_note",
                entity_id=note.id,
                project_id=note.project_id,
                old={"status": note.status.value},
                new={"status": status.value},
            )
            return Done(saved, unit.commit())

    def _template(self, unit: UnitOfWork, name: str) -> str:
        own = unit.release_notes.template(name)
        if own is not None:
            return own
        if name not in SHIPPED_TEMPLATES:
            raise NotFoundError(f"There is no template “{name}”.", SHIPPED_TEMPLATES)
        return self._shipped_template(name)

    @staticmethod
    def _ticket_url(unit: UnitOfWork, report: DriftReport) -> str | None:
        project = unit.projects.get(report.project_id)
        return project.settings.ticket_url if project else None

    @staticmethod
    def _note(unit: UnitOfWork, project_name: str | None, text: str) -> ReleaseNote:
        project = project_named(unit, project_name)
        if text == "latest":
            newest = unit.release_notes.list(project.id)[:1]
            if not newest:
                raise NotFoundError("There are no release notes yet. Make some with “pilab notes generate”.")
            return newest[0]
        note = unit.release_notes.get(only_one(unit.release_notes.find(project.id, text), text, "release note"))
        if note is None:
            raise NotFoundError(f"There is no release note “{text}”. List them with “pilab notes list”.")
        return note


def version_of(report: DriftReport, now: datetime) -> str:
    """The version that all sub-modules share in the source; where they differ, the day."""
    versions = {drift.source_version for drift in report.sub_modules if drift.source_version}
    return versions.pop() if len(versions) == 1 else f"{now:%Y.%m.%d}"
