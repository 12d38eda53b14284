"""Moments as people write them."""

from datetime import UTC, datetime

from pilab_desktop.domain.errors import InvalidInputError


def parse_moment(text: str) -> datetime:
    """An ISO 8601 date or time; without a zone it is this machine's. Raises InvalidInputError."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError, OSError) as error:  # the latter two: a year that no zone can be told for
        raise InvalidInputError(
            f"“{text}” is no time that can be read; write it like 2026-11-22, 2026-11-22T14:30 or 2026-11-22T14:30Z."
        ) from error
