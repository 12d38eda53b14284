"""Column types that mean the same on both databases.

SQLite's STRICT tables know INTEGER, TEXT and BLOB; each type below says what stands for it there and on Postgres.
"""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Generic, TypeVar
from uuid import UUID

from sqlalchemy import Boolean, Column, DateTime, Integer, LargeBinary, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from pilab_desktop.domain.json import JsonValue
from pilab_desktop.domain.project import ProjectSettings
from pilab_desktop.storage import plain_text

T = TypeVar("T")
ChoiceT = TypeVar("ChoiceT", bound=StrEnum)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Key(TypeDecorator[UUID]):
    """An identifier: sixteen bytes on SQLite, uuid on Postgres. Both sort by the bytes."""

    impl = LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[UUID] | TypeEngine[bytes]:
        """The database's own type."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(Uuid(as_uuid=True))
        return dialect.type_descriptor(LargeBinary())

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> object:
        """To the database."""
        return value if value is None or dialect.name == "postgresql" else value.bytes

    def process_result_value(self, value: object, _dialect: Dialect) -> UUID | None:
        """From the database."""
        return UUID(bytes=value) if isinstance(value, bytes) else _as(UUID, value)


class Moment(TypeDecorator[datetime]):
    """A moment, aware, in UTC, to the microsecond.

    Microseconds since 1970 on SQLite (they sort), timestamptz on Postgres.
    """

    impl = Integer
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime] | TypeEngine[int]:
        """The database's own type."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(DateTime(timezone=True))
        return dialect.type_descriptor(Integer())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> object:
        """To the database. A naive moment is a bug and raises ValueError."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment without a zone cannot be stored.")
        return value if dialect.name == "postgresql" else (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: object, _dialect: Dialect) -> datetime | None:
        """From the database."""
        if isinstance(value, int):
            return _EPOCH + timedelta(microseconds=value)
        moment = _as(datetime, value)
        return moment.astimezone(UTC) if moment else None


class Flag(TypeDecorator[bool]):
    """Yes or no: 1 and 0 on SQLite, boolean on Postgres."""

    impl = Boolean
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[bool] | TypeEngine[int]:
        """The database's own type."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(Boolean())
        return dialect.type_descriptor(Integer())

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> object:
        """To the database."""
        return value if value is None or dialect.name == "postgresql" else int(value)

    def process_result_value(self, value: object, _dialect: Dialect) -> bool | None:
        """From the database."""
        return None if value is None else bool(value)


class AnyText(TypeDecorator[str]):
    """Text of any kind, also with characters that databases refuse (see `plain_text`)."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        """To the database."""
        return None if value is None else plain_text.plain(value)

    def process_result_value(self, value: object, _dialect: Dialect) -> str | None:
        """From the database."""
        return plain_text.original(value) if isinstance(value, str) else None


class Choice(TypeDecorator[ChoiceT], Generic[ChoiceT]):
    """One of a closed set, as its word. `metadata.table` gives its column the CHECK."""

    impl = Text
    cache_ok = True

    def __init__(self, words: type[ChoiceT]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: ChoiceT | None, _dialect: Dialect) -> str | None:
        """To the database."""
        return None if value is None else self.words(value).value

    def process_result_value(self, value: object, _dialect: Dialect) -> ChoiceT | None:
        """From the database."""
        return self.words(value) if isinstance(value, str) else None


class JsonColumn(TypeDecorator[T], Generic[T]):
    """JSON: text on SQLite, jsonb on Postgres. None is NULL."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[JsonValue] | TypeEngine[str]:
        """The database's own type."""
        if dialect.name == "postgresql":
            jsonb: JSONB[JsonValue] = JSONB(none_as_null=True)
            return dialect.type_descriptor(jsonb)
        return dialect.type_descriptor(Text())

    def process_bind_param(self, value: T | None, dialect: Dialect) -> object:
        """To the database."""
        if value is None:
            return None
        json = self.encode(value)
        return plain_text.plain_json(json) if dialect.name == "postgresql" else plain_text.dump(json)

    def process_result_value(self, value: object, dialect: Dialect) -> T | None:
        """From the database."""
        if value is None:
            return None
        if dialect.name == "postgresql":
            return self.decode(plain_text.original_json(_json(value)))
        return self.decode(plain_text.load(str(value)))

    def encode(self, value: T) -> JsonValue:
        """The value as JSON."""
        raise NotImplementedError

    def decode(self, value: JsonValue) -> T:
        """The value from JSON."""
        raise NotImplementedError


class Json(JsonColumn[JsonValue]):
    """Any JSON value."""

    cache_ok = True

    def encode(self, value: JsonValue) -> JsonValue:
        """As it is."""
        return value

    def decode(self, value: JsonValue) -> JsonValue:
        """As it is."""
        return value


class Texts(JsonColumn[tuple[str, ...]]):
    """A row of texts, as a JSON list."""

    cache_ok = True

    def encode(self, value: tuple[str, ...]) -> JsonValue:
        """A list."""
        return list(value)

    def decode(self, value: JsonValue) -> tuple[str, ...]:
        """A tuple."""
        return _texts(value)


class Settings(JsonColumn[ProjectSettings]):
    """What a project says about itself, as a JSON object; a name that is missing there has its default."""

    cache_ok = True

    def encode(self, value: ProjectSettings) -> JsonValue:
        """An object of every setting."""
        return {
            "tag_patterns": list(value.tag_patterns),
            "ticket_prefixes": list(value.ticket_prefixes),
            "ticket_url": value.ticket_url,
            "config_files": list(value.config_files),
            "sql_dialect": value.sql_dialect,
        }

    def decode(self, value: JsonValue) -> ProjectSettings:
        """The settings; names that this release does not know are left out."""
        stored = _json_object(value)
        default = ProjectSettings()
        return ProjectSettings(
            tag_patterns=_texts(stored.get("tag_patterns", default.tag_patterns)),
            ticket_prefixes=_texts(stored.get("ticket_prefixes", default.ticket_prefixes)),
            ticket_url=_as(str, stored.get("ticket_url")),
            config_files=_texts(stored.get("config_files", default.config_files)),
            sql_dialect=_as(str, stored.get("sql_dialect")),
        )


def need(kind: TypeEngine[T], *, default: str | None = None) -> Column[T]:
    """A column that is never NULL; `default` is the database's own, as it is written there."""
    return Column(kind, nullable=False, server_default=default)


def may(kind: TypeEngine[T]) -> Column[T]:
    """A column that may be NULL."""
    return Column(kind, nullable=True)


def _as(kind: type[T], value: object) -> T | None:
    return value if isinstance(value, kind) else None


def _json(value: object) -> JsonValue:
    return value if isinstance(value, (bool, int, float, str, list, dict)) else None


def _json_object(value: JsonValue) -> dict[str, JsonValue]:
    return value if isinstance(value, dict) else {}


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, (list, tuple)) else ()
