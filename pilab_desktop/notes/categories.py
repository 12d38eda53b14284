"""Which section of release notes a change belongs to, and who said so (semantics.md §7)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pilab_desktop.domain.conventional import FIX_TYPES, ConventionalCommit
from pilab_desktop.domain.release_note import CategorySource, NoteCategory
from pilab_desktop.notes.keywords import KEYWORDS, KeywordRule

_ORDER = {category: number for number, category in enumerate(NoteCategory)}


@dataclass(frozen=True, slots=True)
class Verdict:
    """A category and who decided it."""

    category: NoteCategory
    source: CategorySource

    @property
    def rank(self) -> int:
        """The smaller, the more it says about what people get."""
        return _ORDER[self.category]


_TICKET_TYPES = {
    "security": NoteCategory.SECURITY,
    "vulnerability": NoteCategory.SECURITY,
    "feature": NoteCategory.FEATURE,
    "new feature": NoteCategory.FEATURE,
    "story": NoteCategory.FEATURE,
    "user story": NoteCategory.FEATURE,
    "epic": NoteCategory.FEATURE,
    "improvement": NoteCategory.ENHANCEMENT,
    "enhancement": NoteCategory.ENHANCEMENT,
    "change request": NoteCategory.ENHANCEMENT,
    "bug": NoteCategory.BUGFIX,
    "defect": NoteCategory.BUGFIX,
    "incident": NoteCategory.BUGFIX,
    "problem": NoteCategory.BUGFIX,
    "performance": NoteCategory.PERFORMANCE,
    "deprecation": NoteCategory.DEPRECATED,
    "documentation": NoteCategory.DOCUMENTATION,
    "technical debt": NoteCategory.REFACTOR,
    "refactoring": NoteCategory.REFACTOR,
}
_LABELS = {
    "security": NoteCategory.SECURITY,
    "vulnerability": NoteCategory.SECURITY,
    "performance": NoteCategory.PERFORMANCE,
    "deprecated": NoteCategory.DEPRECATED,
    "deprecation": NoteCategory.DEPRECATED,
    "documentation": NoteCategory.DOCUMENTATION,
    "tech-debt": NoteCategory.REFACTOR,
    "refactoring": NoteCategory.REFACTOR,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryRules:
    """A house's own rules. Names of ticket types and labels are in lower case; the first keyword rule that fits wins.

    `otherwise` is for a change that says nothing of itself. It is ENHANCEMENT: calling a real change a chore hides it
    from everyone who reads on, calling a chore a modification costs a line.
    """

    ticket_types: Mapping[str, NoteCategory] = field(default_factory=lambda: _TICKET_TYPES)
    labels: Mapping[str, NoteCategory] = field(default_factory=lambda: _LABELS)
    keywords: Sequence[KeywordRule] = KEYWORDS
    otherwise: NoteCategory = NoteCategory.ENHANCEMENT


DEFAULT = CategoryRules()


def ticket_category(type_name: str | None, labels: Iterable[str], rules: CategoryRules) -> Verdict | None:
    """What the ticket says: a label of security before the type, other labels where the type says nothing.

    A type such as Task says nothing of what people get, so it is left to the commits.
    """
    by_label = [rules.labels[label.lower()] for label in labels if label.lower() in rules.labels]
    by_type = rules.ticket_types.get((type_name or "").lower())
    if NoteCategory.SECURITY in by_label:
        return Verdict(NoteCategory.SECURITY, CategorySource.TICKET)
    found = by_type or min(by_label, key=_ORDER.__getitem__, default=None)
    return Verdict(found, CategorySource.TICKET) if found else None


def commit_category(
    title: str, conventional: ConventionalCommit | None, found: NoteCategory | None, rules: CategoryRules
) -> Verdict:
    """What the commit says: its type, else the words of its title, else what the analysis found, if it found anything.

    A repair or an update that the analysis knows for a security fix is one, whatever its type is called.
    """
    named = conventional.category if conventional else None
    if found is NoteCategory.SECURITY and (named is None or _repairs(conventional)):
        return Verdict(NoteCategory.SECURITY, CategorySource.KEYWORD)
    if named is not None:
        return Verdict(named, CategorySource.CONVENTIONAL_COMMIT)
    by_words = next((rule.category for rule in rules.keywords if rule.pattern.search(title)), found)
    if by_words is not None:
        return Verdict(by_words, CategorySource.KEYWORD)
    return Verdict(rules.otherwise, CategorySource.DEFAULT)


def _repairs(conventional: ConventionalCommit | None) -> bool:
    """A fix, or an update of what the product is built from."""
    if conventional is None:
        return False
    return conventional.type in FIX_TYPES | {"deps"} or (conventional.scope or "").lower().startswith("dep")
