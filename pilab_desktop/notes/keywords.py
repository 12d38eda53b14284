"""What the words of a title say about its category, for titles that follow no convention.

Security is not among them: the analysis looks for it in the whole message and in what was changed, and says so.
"""

import re
from dataclasses import dataclass

from pilab_desktop.domain.release_note import NoteCategory


@dataclass(frozen=True, slots=True)
class KeywordRule:
    """A pattern that a title must hold to be of a category."""

    category: NoteCategory
    pattern: re.Pattern[str]


def _rule(category: NoteCategory, *patterns: str) -> KeywordRule:
    return KeywordRule(category, re.compile("|".join(patterns), re.IGNORECASE))


_TESTS = r"(?:tests?|specs?|test coverage|ci|lint(?:er|ing)?|pipelines?|workflows?)"

KEYWORDS = (
    _rule(
        NoteCategory.CHORE,
        r"^(?:bump|pin|release|prepare (?:for )?(?:the )?(?:next )?release|version|merge)\b",
        r"^(?:lint|(?:re-?)?format|ci|wip)\b",
        r"^(?:fixup|squash)!",
        r"^(?:update|upgrade|refresh) (?:\w+ )?(?:dependenc(?:y|ies)|deps|lock ?files?)\b",
        rf"^(?:add|fix|update|improve|extend|more|remove|enable|disable|skip|unskip) (?:[\w-]+ ){{0,2}}{_TESTS}\b",
        r"\.gitignore\b",
    ),
    _rule(
        NoteCategory.DOCUMENTATION,
        r"\b(?:readme|changelog|javadocs?|docstrings?|documentation|typos?)\b",
        r"^(?:\w+ )?docs?\b",
    ),
    _rule(NoteCategory.DEPRECATED, r"^(?:deprecate[sd]?|mark .+ (?:as )?deprecated)\b"),
    _rule(
        NoteCategory.BUGFIX,
        r"^(?:(?:hot|bug)?fix(?:e[sd]|ing)?|repair(?:s|ed)?|resolve[sd]?|correct(?:s|ed)?)\b",
        r"^(?:prevent(?:s|ed)?|avoid(?:s|ed)?)\b",
        r"\b(?:bug|crash(?:es)?|regression|race condition|deadlock|memory leak|null ?pointer)\b",
    ),
    _rule(
        NoteCategory.PERFORMANCE,
        r"^(?:speed(?:s)? up|optimi[sz]e[sd]?)\b",
        r"\b(?:performance|faster|latency|throughput)\b",
    ),
    _rule(
        NoteCategory.FEATURE,
        r"^(?:add(?:s|ed|ing)?|introduce[sd]?|implement(?:s|ed)?|support(?:s|ed)?|allow(?:s|ed)?)\b",
        r"^(?:enable[sd]?|create[sd]?|provide[sd]?|new)\b",
    ),
    _rule(
        NoteCategory.REFACTOR,
        r"^(?:refactor(?:s|ed|ing)?|clean(?:s|ed|ing)?[ -]?up|simplif(?:y|ies|ied)|extract(?:s|ed)?|move[sd]?)\b",
        r"^(?:rename[sd]?|rewrite|re-?organi[sz]e[sd]?|restructure[sd]?|tidy|dedup\w*|inline[sd]?)\b",
        r"^remove[sd]? (?:dead|unused|obsolete)\b",
    ),
    _rule(
        NoteCategory.ENHANCEMENT,
        r"^(?:improve[sd]?|update[sd]?|change[sd]?|extend(?:s|ed)?|enhance[sd]?|increase[sd]?|reduce[sd]?|make|use)\b",
        r"^(?:switch|adjust(?:s|ed)?|replace[sd]?|upgrade[sd]?|remove[sd]?|drop(?:s|ped)?)\b",
    ),
)
"""In order: the first that fits decides."""
