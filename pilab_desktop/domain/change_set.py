"""What a mutation touched, so that others know what to read again (architecture.md, Work that takes time)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Change:
    """One touched entity: its kind in the domain's words ("project", "deployment", …), its id and its project."""

    kind: str
    id: UUID
    project_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """All that one unit of work touched."""

    changes: frozenset[Change] = frozenset()

    @classmethod
    def of(cls, changes: Iterable[Change]) -> "ChangeSet":
        """A set of the given changes."""
        return cls(frozenset(changes))

    def touches(self, kind: str, project_id: UUID | None = None) -> bool:
        """Whether an entity of this kind (of this project, where one is given) is among them."""
        return any(c.kind == kind and project_id in {None, c.project_id} for c in self.changes)

    def __or__(self, other: "ChangeSet") -> "ChangeSet":
        return ChangeSet(self.changes | other.changes)


_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Done(Generic[_T]):
    """What a use case that changed something gives back: its result and what it touched."""

    value: _T
    changes: ChangeSet
