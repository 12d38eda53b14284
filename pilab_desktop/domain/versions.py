"""The order of two versions by their text, for where git's ancestry is not known (semantics.md §1). Never by string."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from packaging.version import InvalidVersion
from packaging.version import Version as Pep440

_SEMVER = re.compile(
    r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)"
    r"(?:-((?:[0-9A-Za-z-]+)(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]+)?"
)
_MAVEN_PART = re.compile(r"\d+|[A-Za-z]+")
_MAVEN_QUALIFIERS = ("alpha", "beta", "milestone", "rc", "snapshot", "", "sp")
_RELEASE = (0, _MAVEN_QUALIFIERS.index(""))
_MAVEN_ALIASES = {"a": "alpha", "b": "beta", "m": "milestone", "cr": "rc", "ga": "", "final": "", "release": ""}


def order(first: str, second: str) -> int | None:
    """-1, 0 or 1 as `first` is older, the same or newer; None where no scheme orders both.

    SemVer 2.0 first (a release candidate lies below its release, build metadata is ignored), then PEP 440, then Maven's
    qualifiers. CalVer is numbers and dots and falls under these. A leading "v" says nothing.
    """
    if first == second:
        return 0
    a, b = _bare(first), _bare(second)
    for found in (_compared(_semver, a, b), _compared(_pep440, a, b), _compared(_maven, a, b)):
        if found is not None:
            return found
    return None


class _Ordered(Protocol):
    def __lt__(self, other: Any, /) -> bool: ...


_Key = TypeVar("_Key", bound=_Ordered)


def _compared(scheme: Callable[[str], _Key | None], a: str, b: str) -> int | None:
    left, right = scheme(a), scheme(b)
    if left is None or right is None:
        return None
    return (right < left) - (left < right)


def _bare(version: str) -> str:
    return re.sub(r"^[vV](?=\d)", "", version.strip())


@dataclass(frozen=True, slots=True, order=True)
class _Identifier:
    """One dot-separated identifier of a pre-release: numbers below words; `rc2` below `rc10`, as people mean it."""

    is_word: bool
    pieces: tuple[tuple[int, int, str], ...]

    @classmethod
    def of(cls, text: str) -> "_Identifier":
        pieces = tuple((0, int(p), "") if p.isdigit() else (1, 0, p) for p in re.findall(r"\d+|\D+", text))
        return cls(not text.isdigit(), pieces)


_SemVerKey = tuple[int, int, int, bool, tuple[_Identifier, ...]]


def _semver(version: str) -> _SemVerKey | None:
    match = _SEMVER.fullmatch(version)
    if match is None:
        return None
    major, minor, patch, pre = match.groups()
    identifiers = tuple(_Identifier.of(part) for part in pre.split(".")) if pre else ()
    return int(major), int(minor), int(patch), pre is None, identifiers


def _pep440(version: str) -> Pep440 | None:
    try:
        parsed = Pep440(version)
    except InvalidVersion:
        return None
    # The local part is build metadata: it does not order.
    return Pep440(parsed.public)


def _maven(version: str) -> tuple[tuple[int, int], ...] | None:
    """Maven's order: numbers above qualifiers, known qualifiers in their fixed order, trailing zeros without weight."""
    parts = _MAVEN_PART.findall(version)
    if not parts or not parts[0].isdigit() or re.sub(r"[A-Za-z0-9._-]", "", version):
        return None
    keys: list[tuple[int, int]] = []
    for part in parts:
        if part.isdigit():
            keys.append((1, int(part)))
            continue
        name = _MAVEN_ALIASES.get(part.lower(), part.lower())
        if name not in _MAVEN_QUALIFIERS:
            return None
        _drop_weightless(keys)
        keys.append((0, _MAVEN_QUALIFIERS.index(name)))
    _drop_weightless(keys)
    return (*keys, _RELEASE)


def _drop_weightless(keys: list[tuple[int, int]]) -> None:
    """`1.0-rc1` is `1-rc1` and `1.0.0.Final` is `1`: zeros and the release mark say nothing at the end."""
    while keys and keys[-1] in {(1, 0), _RELEASE}:
        keys.pop()
