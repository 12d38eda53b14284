"""Where each ticket's commits are, over all sub-modules (semantics.md §2, Tickets)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from pilab_desktop.domain.project import ProjectSettings
from pilab_desktop.domain.ticket import TicketDrift, TicketState


class Place(StrEnum):
    """Where a commit's patch is. BOTH: git found the same patch on the other side."""

    SOURCE_ONLY = "SOURCE_ONLY"
    BOTH = "BOTH"
    TARGET_ONLY = "TARGET_ONLY"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitTickets:
    """The tickets of one commit. Commits that were cancelled by a revert, or name no ticket, have no such record."""

    sha: str
    place: Place
    sub_module: str
    keys: tuple[str, ...]


@dataclass(slots=True)
class _Ticket:
    """What is known of one ticket so far: shas and sub-modules by place, in the order they came."""

    shas: dict[Place, dict[str, None]] = field(default_factory=lambda: {place: {} for place in Place})
    sub_modules: dict[Place, set[str]] = field(default_factory=lambda: {place: set() for place in Place})


def ticket_drifts(
    commits: Iterable[CommitTickets], settings: ProjectSettings, *, shipped: Mapping[str, Sequence[str]] | None = None
) -> tuple[TicketDrift, ...]:
    """One record for each ticket, by project and number.

    `shipped` names, by key, sub-modules that are known to have the ticket's commits on both sides since long, where no
    comparison shows them any more.
    """
    tickets: dict[str, _Ticket] = defaultdict(_Ticket)
    for commit in commits:
        for key in commit.keys:
            tickets[key].shas[commit.place][commit.sha] = None
            tickets[key].sub_modules[commit.place].add(commit.sub_module)
    long_since = shipped or {}
    return tuple(_drift(key, tickets[key], settings, long_since.get(key, ())) for key in sorted(tickets, key=_order))


def _drift(key: str, ticket: _Ticket, settings: ProjectSettings, shipped: Sequence[str]) -> TicketDrift:
    new_in = ticket.sub_modules[Place.SOURCE_ONLY]
    have = {*ticket.sub_modules[Place.BOTH], *ticket.sub_modules[Place.TARGET_ONLY], *shipped}
    return TicketDrift(
        key=key,
        state=_state(ticket),
        source_only=tuple(ticket.shas[Place.SOURCE_ONLY]),
        both=tuple(ticket.shas[Place.BOTH]),
        target_only=tuple(ticket.shas[Place.TARGET_ONLY]),
        sub_modules=tuple(sorted(set().union(*ticket.sub_modules.values()))),
        half_shipped=tuple(sorted(have - new_in)) if new_in else (),
        url=settings.ticket_url.replace("{key}", key) if settings.ticket_url else None,
    )


def _state(ticket: _Ticket) -> TicketState:
    """IN_BOTH only where nothing of it is left on one side; the same work done twice is SPLIT: a person must look."""
    in_source, in_target = ticket.shas[Place.SOURCE_ONLY], ticket.shas[Place.TARGET_ONLY]
    if in_source and in_target:
        return TicketState.SPLIT
    if in_source:
        return TicketState.IN_SOURCE_ONLY
    return TicketState.IN_TARGET_ONLY if in_target else TicketState.IN_BOTH


def _order(key: str) -> tuple[str, int]:
    prefix, _, number = key.rpartition("-")
    return prefix, int(number)
