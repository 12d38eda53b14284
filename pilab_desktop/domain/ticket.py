"""Tickets and where their commits are."""

from dataclasses import dataclass
from enum import StrEnum


class TicketState(StrEnum):
    """Where a ticket's commits are (semantics.md §2, Tickets)."""

    IN_SOURCE_ONLY = "IN_SOURCE_ONLY"
    IN_BOTH = "IN_BOTH"
    IN_TARGET_ONLY = "IN_TARGET_ONLY"
    SPLIT = "SPLIT"


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketDrift:
    """One ticket of a report. The tuples hold commit shas; `half_shipped` names the sub-modules that already have
    it.
    """

    key: str
    state: TicketState
    source_only: tuple[str, ...] = ()
    both: tuple[str, ...] = ()
    target_only: tuple[str, ...] = ()
    sub_modules: tuple[str, ...] = ()
    half_shipped: tuple[str, ...] = ()
    title: str | None = None
    type: str | None = None
    url: str | None = None
