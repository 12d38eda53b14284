"""Histories that are graphs: Alembic's revisions, Django's dependencies."""

from collections.abc import Iterable, Mapping

Parents = Mapping[str, tuple[str, ...]]
"""Revision to the revisions it stands on."""


def ancestors(parents: Parents, of: Iterable[str]) -> frozenset[str]:
    """Everything these stand on, themselves left out unless one stands on another."""
    found: set[str] = set()
    waiting = [parent for revision in of for parent in parents.get(revision, ())]
    while waiting:
        revision = waiting.pop()
        if revision not in found:
            found.add(revision)
            waiting.extend(parents.get(revision, ()))
    return frozenset(found)


def heads(parents: Parents) -> frozenset[str]:
    """The revisions that no other stands on."""
    return frozenset(parents) - {parent for above in parents.values() for parent in above}


def depths(parents: Parents) -> dict[str, int]:
    """How far each revision is from the first ones: the longest way counts. A circle counts as a beginning."""
    known: dict[str, int] = {}
    for start in parents:
        stack = [start]
        entered: set[str] = set()
        while stack:
            revision = stack[-1]
            above = [parent for parent in parents.get(revision, ()) if parent in parents]
            waiting = [parent for parent in above if parent not in known and parent not in entered]
            entered.add(revision)
            if waiting:
                stack.extend(waiting)
                continue
            stack.pop()
            known.setdefault(revision, 1 + max((known.get(parent, 0) for parent in above), default=-1))
    return known
