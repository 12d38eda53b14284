"""Edits of a tree that can be made again elsewhere and taken back: what picks, merges and reverts are made of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Tree = Mapping[str, str]
"""Path to text, from the repository's root."""


class StoryError(Exception):
    """The sample's own story does not fit together: a bug here, nothing a person can cause."""


@dataclass(frozen=True, slots=True)
class Write:
    """The file has this text, whatever it had before."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Swap:
    """The one place where the file says `old` says `new`."""

    path: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Append:
    """The text comes at the file's end; a file that is not there begins with it."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Cut:
    """The text, with which the file ends, goes."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Remove:
    """The file goes."""

    path: str


Edit = Write | Swap | Append | Cut | Remove


def applied(tree: Tree, edits: Iterable[Edit]) -> Tree:
    """The tree after the edits, in their order. Raises StoryError where one does not fit."""
    after = dict(tree)
    for edit in edits:
        match edit:
            case Write(path, text):
                after[path] = text
            case Append(path, text):
                after[path] = after.get(path, "") + text
            case Cut(path, text):
                if not after.get(path, "").endswith(text):
                    raise StoryError(f"{path} does not end in {text!r}")
                after[path] = after[path].removesuffix(text)
            case Swap(path, old, new):
                after[path] = _swapped(path, after.get(path, ""), old, new)
            case Remove(path):
                if path not in after:
                    raise StoryError(f"{path} is not there to be removed")
                del after[path]
    return after


def inverse(tree: Tree, edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """What takes the edits back, given the tree before them: edits again, so that they fit a tree that moved on."""
    taken_back: list[Edit] = []
    for edit in edits:
        taken_back.append(_inverse_of(tree, edit))
        tree = applied(tree, [edit])
    return tuple(reversed(taken_back))


def _inverse_of(tree: Tree, edit: Edit) -> Edit:
    match edit:
        case Swap(path, old, new):
            return Swap(path, new, old)
        case Append(path, text) if path in tree:
            return Cut(path, text)
        case Cut(path, text):
            return Append(path, text)
        case _:
            return Write(edit.path, tree[edit.path]) if edit.path in tree else Remove(edit.path)


def _swapped(path: str, text: str, old: str, new: str) -> str:
    if text.count(old) != 1:
        raise StoryError(f"{path} says {old!r} {text.count(old)} times, not once")
    return text.replace(old, new)
