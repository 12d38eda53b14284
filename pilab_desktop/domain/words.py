"""Counts and lists as they stand in a sentence."""

from collections.abc import Sequence


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """ "1 change", "1,200 changes"."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def listed(names: Sequence[str], last: str = " and ") -> str:
    """ "a", "a and b", "a, b and c"."""
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + last + names[-1] if names else ""
