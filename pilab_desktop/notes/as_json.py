"""A release note as JSON (cli.md, "JSON: release notes")."""

from pilab_desktop.domain.json import JsonObject
from pilab_desktop.domain.release_note import ConfigurationChange, DatabaseChange, NoteContent, NoteEntry, NoteSection

SCHEMA = "pilab.release-notes/1"


def note_document(content: NoteContent) -> JsonObject:
    """The document that other programs read. Nothing that stands in cli.md is missing; the rest is added."""
    return {
        "schema": SCHEMA,
        "version": content.version,
        "title": content.title,
        "date": content.date.isoformat(),
        "project": content.project,
        "source": content.source,
        "target": content.target,
        "complete": content.complete,
        "summary": content.summary,
        "sections": [_section(section) for section in content.sections],
        "configuration": [_configuration(change) for change in content.configuration],
        "database": [_database(change) for change in content.database],
        "instructions": list(content.instructions),
        "contributors": list(content.contributors),
    }


def _section(section: NoteSection) -> JsonObject:
    return {
        "category": section.category.value,
        "title": section.title,
        "entries": [_entry(entry) for entry in section.entries],
    }


def _entry(entry: NoteEntry) -> JsonObject:
    return {
        "title": entry.title,
        "description": entry.description,
        "category_source": entry.category_source.value,
        "tickets": list(entry.tickets),
        "ticket_url": entry.ticket_url,
        "commits": list(entry.commits),
        "pull_requests": list(entry.pull_requests),
        "authors": list(entry.authors),
        "breaking": entry.breaking,
        "sub_module": entry.sub_module,
    }


def _configuration(change: ConfigurationChange) -> JsonObject:
    return {
        "path": change.path,
        "sub_module": change.sub_module,
        "old_value": change.old_value,
        "new_value": change.new_value,
        "severity": change.severity.value,
    }


def _database(change: DatabaseChange) -> JsonObject:
    return {
        "path": change.path,
        "sub_module": change.sub_module,
        "kind": change.kind,
        "tables": list(change.tables),
        "reversible": change.reversible,
        "sql": change.sql,
        "severity": change.severity.value,
    }
