"""Finding rows by the beginning of their id, as people type it."""

import re
from uuid import UUID

from sqlalchemy import Table

from pilab_desktop.storage.transaction import Transaction

_DIGITS = 32


def ids_with_prefix(transaction: Transaction, table: Table, project_id: UUID, prefix: str) -> tuple[UUID, ...]:
    """The ids of the project's rows that begin with the text, with or without hyphens, in any case; oldest first.

    Both databases sort an id by its bytes, so that a prefix is a range.
    """
    digits = prefix.strip().lower().replace("-", "")
    if not re.fullmatch(f"[0-9a-f]{{0,{_DIGITS}}}", digits):
        return ()
    lowest, highest = UUID(digits.ljust(_DIGITS, "0")), UUID(digits.ljust(_DIGITS, "f"))
    rows = transaction.all(
        transaction.select(table, [table.c.id])
        .where(table.c.project_id == project_id, table.c.id.between(lowest, highest))
        .order_by(table.c.id)
    )
    return tuple(row["id"] for row in rows)
