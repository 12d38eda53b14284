"""Release notes and the workspace's own templates (`ports.storage.ReleaseNotes`)."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from pilab_desktop.domain.release_note import NoteStatus, ReleaseNote
from pilab_desktop.storage.id_prefix import ids_with_prefix
from pilab_desktop.storage.shape import Shape
from pilab_desktop.storage.tables.notes import release_notes, templates
from pilab_desktop.storage.transaction import Transaction

_NOTE = Shape(ReleaseNote, release_notes)


class SqlReleaseNotes:
    """The release notes of one workspace."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, note: ReleaseNote) -> None:
        """Raises NotFoundError where its report is not in the project."""
        names = {"release": note.content.version, "title": note.content.title}
        self._transaction.insert(release_notes, {**_NOTE.values(note), **names})
        self._transaction.touched("release_note", note.id, note.project_id)

    def get(self, note_id: UUID) -> ReleaseNote | None:
        """One release note."""
        row = self._transaction.first(
            self._transaction.select(release_notes, _NOTE.columns).where(release_notes.c.id == note_id)
        )
        return _NOTE.of(row) if row else None

    def find(self, project_id: UUID, prefix: str) -> tuple[UUID, ...]:
        """Ids of release notes whose id begins with (or is) the text."""
        return ids_with_prefix(self._transaction, release_notes, project_id, prefix)

    def list(self, project_id: UUID) -> tuple[ReleaseNote, ...]:
        """Newest first."""
        rows = self._transaction.all(
            self._transaction.select(release_notes, _NOTE.columns)
            .where(release_notes.c.project_id == project_id)
            .order_by(release_notes.c.created_at.desc(), release_notes.c.id.desc())
        )
        return tuple(_NOTE.of(row) for row in rows)

    def set_status(self, note: ReleaseNote, status: NoteStatus, at: datetime) -> ReleaseNote:
        """The note as given, with the status and its new version. Raises ConflictError."""
        published = {"published_at": at} if status is NoteStatus.PUBLISHED else {}
        self._transaction.change(
            _NOTE,
            note,
            {"status": status, "updated_at": at, **published},
            f"the release notes “{note.content.title}”",
        )
        self._transaction.touched("release_note", note.id, note.project_id)
        return replace(note, status=status, updated_at=at, version=note.version + 1)

    def template(self, name: str) -> str | None:
        """The workspace's own template, None where it has none of that name."""
        row = self._transaction.first(self._transaction.select(templates).where(templates.c.name == name))
        return str(row["source"]) if row else None

    def set_template(self, name: str, source: str) -> None:
        """Add it, or replace the one of that name."""
        values = {"source": source, "updated_at": self._transaction.clock.now()}
        changed = self._transaction.run(
            self._transaction.update(templates)
            .where(templates.c.name == name)
            .values(**values, version=templates.c.version + 1)
        )
        if not changed:
            self._transaction.insert(
                templates, {"tenant_id": self._transaction.tenant_id, "name": name, **values, "version": 1}
            )
        self._transaction.touched("template", self._transaction.tenant_id)
