"""Severity and its order."""

from collections.abc import Iterable
from enum import StrEnum


class Severity(StrEnum):
    """How much an item matters (product.md D6); `rank` grows with it."""

    CRITICAL = "CRITICAL"
    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"
    INFO = "INFO"

    @property
    def rank(self) -> int:
        """4 for CRITICAL down to 0 for INFO."""
        return _RANKS[self]

    def at_least(self, other: "Severity") -> bool:
        """Whether this one is as severe as `other`, or more."""
        return self.rank >= other.rank


_RANKS = {severity: rank for rank, severity in enumerate(reversed(Severity))}


def highest(severities: Iterable[Severity]) -> Severity:
    """The most severe one; INFO where there is none (semantics.md §3)."""
    return max(severities, key=lambda severity: severity.rank, default=Severity.INFO)
