"""Conventional Commits 1.0.0 (https://www.conventionalcommits.org/en/v1.0.0/), read as people write them."""

import re
from dataclasses import dataclass

from pilab_desktop.domain.release_note import NoteCategory

CATEGORY_OF_TYPE = {
    "feat": NoteCategory.FEATURE,
    "feature": NoteCategory.FEATURE,
    "fix": NoteCategory.BUGFIX,
    "bugfix": NoteCategory.BUGFIX,
    "hotfix": NoteCategory.BUGFIX,
    "bug": NoteCategory.BUGFIX,
    "perf": NoteCategory.PERFORMANCE,
    "performance": NoteCategory.PERFORMANCE,
    "security": NoteCategory.SECURITY,
    "sec": NoteCategory.SECURITY,
    "deprecate": NoteCategory.DEPRECATED,
    "deprecated": NoteCategory.DEPRECATED,
    "docs": NoteCategory.DOCUMENTATION,
    "doc": NoteCategory.DOCUMENTATION,
    "refactor": NoteCategory.REFACTOR,
    "refact": NoteCategory.REFACTOR,
    "improvement": NoteCategory.ENHANCEMENT,
    "improve": NoteCategory.ENHANCEMENT,
    "enhance": NoteCategory.ENHANCEMENT,
    "enhancement": NoteCategory.ENHANCEMENT,
    "style": NoteCategory.CHORE,
    "format": NoteCategory.CHORE,
    "test": NoteCategory.CHORE,
    "tests": NoteCategory.CHORE,
    "build": NoteCategory.CHORE,
    "ci": NoteCategory.CHORE,
    "chore": NoteCategory.CHORE,
    "deps": NoteCategory.CHORE,
    "release": NoteCategory.CHORE,
    "wip": NoteCategory.CHORE,
    "revert": NoteCategory.CHORE,
}
"""Where a commit of a type stands in release notes. A type that is not here says nothing about its category."""

FIX_TYPES = frozenset({"fix", "bugfix", "hotfix", "bug"})
FEATURE_TYPES = frozenset({"feat", "feature"})

# What people put before the type: "[ABC-1]", "#12", "ABC-1:", ":bug:", an emoji. Possessive: no subject is slow.
_LEAD = (
    r"(?:\[[^\]\n]{1,40}\]:?\s*+|#\d++:?\s++|[A-Z][A-Z0-9_]++-\d++(?::\s*+|\s++)|:[a-z0-9_+-]++:\s*+"
    r"|[^\w\s\[\](:\"'`#<]++\s*+){0,4}+"
)
_SUBJECT = re.compile(
    rf"{_LEAD}(?P<type>[A-Za-z][A-Za-z-]{{1,29}}+)\s?(?:\((?P<scope>[^()\n]*)\))?(?P<breaking>!)?:(?P<gap>\s*+)(?P<text>\S.*)"
)
_BREAKING_NOTE = re.compile(
    r"^BREAKING[ -]CHANGES?\s*:[ \t]*(?P<note>.*(?:\n(?!\s*\n|[A-Za-z-]+(?:: | #)).+)*)", re.MULTILINE
)
_LONGEST_SUBJECT = 2_000
_CARRIERS = frozenset({"backport", "cherry-pick", "cherrypick"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ConventionalCommit:
    """What a message says of itself. `type` is in lower case; `breaking_note` is the footer's text, "" for none."""

    type: str
    scope: str | None
    description: str
    breaking: bool
    breaking_note: str = ""

    @property
    def category(self) -> NoteCategory | None:
        """Where it stands in release notes; None where the type is no known one."""
        return CATEGORY_OF_TYPE.get(self.type)


def parse(message: str) -> ConventionalCommit | None:
    """What a commit's message says of itself, None where its subject is not conventional.

    A ticket, an issue number, a bracketed word or an emoji may stand before the type. What only carries another
    commit to a branch (`chore(backport release-1.9): fix(ui): …`) is read as what it carries.
    """
    subject, _, body = message.partition("\n")
    note = breaking_note(body)
    outer = found = _parse_subject(subject[:_LONGEST_SUBJECT], note)
    while found is not None and _carries(found):
        outer, found = found, _parse_subject(found.description, note)
    return found or outer


def _parse_subject(subject: str, note: str) -> ConventionalCommit | None:
    match = _SUBJECT.match(subject.strip())
    if match is None:
        return None
    kind = match["type"].lower()
    # "Note: …" and "Merge:…" are prose. A type nobody knows must at least be written the way the specification does.
    if kind not in CATEGORY_OF_TYPE and kind not in _CARRIERS and not (match["type"].islower() and match["gap"]):
        return None
    return ConventionalCommit(
        type=kind,
        scope=(match["scope"] or "").strip() or None,
        description=match["text"].strip(),
        breaking=match["breaking"] is not None or bool(note),
        breaking_note=note,
    )


def _carries(commit: ConventionalCommit) -> bool:
    return commit.type in _CARRIERS or (
        commit.type == "chore" and commit.scope is not None and commit.scope.lower().startswith("backport")
    )


def breaking_note(body: str) -> str:
    """The text of the `BREAKING CHANGE:` footer, its lines joined by spaces; "" where there is none."""
    if "BREAKING" not in body:
        return ""
    match = _BREAKING_NOTE.search(body)
    return " ".join((match["note"] or "see the commit").split()) if match else ""
