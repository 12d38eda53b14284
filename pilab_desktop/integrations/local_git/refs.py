"""What may stand for a commit, checked before git sees it (git-check-ref-format(1), gitrevisions(7))."""

import re
from collections.abc import Iterable

from pilab_desktop.domain.errors import InvalidInputError

_FORBIDDEN = re.compile(r"[\x00-\x20\x7f:?*\[\\]|\.\.|@\{|//")
_ANCESTOR = re.compile(r"(?:~[0-9]{0,9}|\^[0-9]{0,4})*\Z")
_FULL_SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SHA_PREFIX = re.compile(r"[0-9a-fA-F]{4,64}")


def check_ref(ref: str) -> str:
    """The ref itself: a branch, a tag, a sha or its beginning, HEAD; with ~n and ^n behind it.

    Raises InvalidInputError for one that git could take for an option or that can be none.
    """
    if ref.startswith("-"):
        raise InvalidInputError(f"“{_shown(ref)}” begins with “-”, as options do, and names no commit.")
    ancestor = _ANCESTOR.search(ref)
    name = ref[: ancestor.start()] if ancestor else ref
    parts = name.split("/")
    if (
        not name
        or _FORBIDDEN.search(name)
        or "~" in name
        or "^" in name
        or name.endswith((".", "/"))
        or any(part.startswith(".") or part.endswith(".lock") or not part for part in parts)
    ):
        raise InvalidInputError(f"“{_shown(ref)}” is no name that git allows; give a branch, a tag or a commit's sha.")
    return ref


def check_full_sha(sha: str) -> str:
    """The sha itself. Raises InvalidInputError for anything but 40 (or, with SHA-256, 64) hexadecimal digits."""
    if not _FULL_SHA.fullmatch(sha):
        raise InvalidInputError(f"“{_shown(sha)}” is not the full sha of a commit.")
    return sha


def check_prefix(prefix: str) -> str:
    """The prefix in lower case. Raises InvalidInputError for anything but 4 or more hexadecimal digits."""
    if not is_sha_prefix(prefix):
        raise InvalidInputError(f"“{_shown(prefix)}” is not the beginning of a sha; give 4 or more of 0-9 and a-f.")
    return prefix.lower()


def is_sha_prefix(text: str) -> bool:
    """Whether a text may be the beginning of a sha."""
    return _SHA_PREFIX.fullmatch(text) is not None


def check_path(path: str) -> str:
    """A path in a repository, `/` between its parts, without one at either end; "" for all of it.

    Raises InvalidInputError for an absolute one and for one that leaves the repository.
    """
    plain = path.replace("\\", "/") if "/" not in path else path
    parts = [part for part in plain.split("/") if part not in ("", ".")]
    if plain.startswith("/") or ".." in parts or _CONTROL.search(plain):
        raise InvalidInputError(
            f"“{_shown(path)}” is no path in the repository; give one from its root, like “services/api”."
        )
    return "/".join(parts)


def near_names(name: str, names: Iterable[str]) -> tuple[str, ...]:
    """At most three names that look like it."""
    import difflib  # noqa: PLC0415 - only a mistyped name pays for it

    return tuple(difflib.get_close_matches(name, list(names), n=3, cutoff=0.6))


def _shown(text: str) -> str:
    printable = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
    return printable if len(printable) <= 80 else f"{printable[:79]}…"
