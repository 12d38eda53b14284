"""Release notes and the workspace's own templates."""

from sqlalchemy import Index, Integer, PrimaryKeyConstraint

from pilab_desktop.domain.release_note import NoteStatus
from pilab_desktop.storage.columns import AnyText, Choice, Key, Moment, may, need
from pilab_desktop.storage.note_content import Content
from pilab_desktop.storage.tables.metadata import (
    Entity,
    OfProject,
    OfWorkspace,
    of_project,
    of_workspace,
    project_reference,
    table,
)


class ReleaseNoteColumns(OfProject, Entity):
    """One release note. `content` is cli.md's shape with the names of `NoteContent`."""

    drift_report_id = may(Key())
    release = need(AnyText())
    title = need(AnyText())
    status = need(Choice(NoteStatus))
    template = need(AnyText())
    content = need(Content())
    markdown = need(AnyText())
    updated_at = need(Moment())
    published_at = may(Moment())
    version = need(Integer())


release_notes = table(
    "release_notes",
    ReleaseNoteColumns,
    of_project(),
    project_reference("drift_report_id", "drift_reports"),
    Index("ix_release_notes_newest", "tenant_id", "project_id", "created_at"),
)


class TemplateColumns(OfWorkspace):
    """One template of the workspace, over the shipped ones."""

    name = need(AnyText())
    source = need(AnyText())
    updated_at = need(Moment())
    version = need(Integer())


templates = table("templates", TemplateColumns, PrimaryKeyConstraint("tenant_id", "name"), of_workspace())
