"""A release note's content as JSON and back."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

from pilab_desktop.domain.json import JsonValue
from pilab_desktop.domain.release_note import (
    CategorySource,
    ConfigurationChange,
    DatabaseChange,
    NoteCategory,
    NoteContent,
    NoteEntry,
    NoteSection,
)
from pilab_desktop.domain.severity import Severity
from pilab_desktop.storage.columns import JsonColumn


class Content(JsonColumn[NoteContent]):
    """A release note's content, as a JSON object with the names of its fields."""

    cache_ok = True

    def encode(self, value: NoteContent) -> JsonValue:
        """An object."""
        plain: dict[str, JsonValue] = asdict(value)
        return {**plain, "date": value.date.isoformat()}

    def decode(self, value: JsonValue) -> NoteContent:
        """The content."""
        stored = _object(value)
        return NoteContent(
            version=_text(stored["version"]),
            title=_text(stored["title"]),
            date=datetime.fromisoformat(_text(stored["date"])),
            project=_text(stored["project"]),
            source=_text(stored["source"]),
            target=_text(stored["target"]),
            summary=_text(stored["summary"]),
            sections=tuple(_section(_object(section)) for section in _list(stored["sections"])),
            configuration=tuple(_configuration(_object(change)) for change in _list(stored["configuration"])),
            database=tuple(_database(_object(change)) for change in _list(stored["database"])),
            instructions=_texts(stored["instructions"]),
            contributors=_texts(stored["contributors"]),
            complete=bool(stored["complete"]),
        )


def _section(stored: Mapping[str, JsonValue]) -> NoteSection:
    return NoteSection(
        category=NoteCategory(_text(stored["category"])),
        title=_text(stored["title"]),
        entries=tuple(_entry(_object(entry)) for entry in _list(stored["entries"])),
    )


def _entry(stored: Mapping[str, JsonValue]) -> NoteEntry:
    return NoteEntry(
        title=_text(stored["title"]),
        description=_text(stored["description"]),
        category=NoteCategory(_text(stored["category"])),
        category_source=CategorySource(_text(stored["category_source"])),
        tickets=_texts(stored["tickets"]),
        commits=_texts(stored["commits"]),
        pull_requests=_texts(stored["pull_requests"]),
        authors=_texts(stored["authors"]),
        breaking=bool(stored["breaking"]),
        sub_module=_text_or_none(stored["sub_module"]),
        ticket_url=_text_or_none(stored["ticket_url"]),
    )


def _configuration(stored: Mapping[str, JsonValue]) -> ConfigurationChange:
    return ConfigurationChange(
        path=_text(stored["path"]),
        old_value=stored["old_value"],
        new_value=stored["new_value"],
        severity=Severity(_text(stored["severity"])),
        sub_module=_text_or_none(stored["sub_module"]),
    )


def _database(stored: Mapping[str, JsonValue]) -> DatabaseChange:
    return DatabaseChange(
        path=_text(stored["path"]),
        kind=_text(stored["kind"]),
        tables=_texts(stored["tables"]),
        reversible=bool(stored["reversible"]),
        sql=_text(stored["sql"]),
        severity=Severity(_text(stored["severity"])),
        sub_module=_text_or_none(stored["sub_module"]),
    )


def _object(value: JsonValue) -> Mapping[str, JsonValue]:
    return value if isinstance(value, Mapping) else {}


def _list(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else ""


def _text_or_none(value: JsonValue) -> str | None:
    return value if isinstance(value, str) else None


def _texts(value: JsonValue) -> tuple[str, ...]:
    return tuple(_text(item) for item in _list(value))
