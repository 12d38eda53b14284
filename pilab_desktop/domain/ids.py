"""Identifiers: UUID version 7 (RFC 9562), so that rows sort by the moment they were made."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A fresh identifier, later ones sorting after earlier ones."""
    return uuid7()
