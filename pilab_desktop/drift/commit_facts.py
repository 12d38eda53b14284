"""What severity rules and release notes ask of a commit (semantics.md §3, Code)."""

import re
from dataclasses import dataclass

from pilab_desktop.domain.commit import Commit
from pilab_desktop.domain.conventional import FEATURE_TYPES, FIX_TYPES, ConventionalCommit, breaking_note, parse
from pilab_desktop.domain.release_note import CategorySource, NoteCategory
from pilab_desktop.drift.pull_requests import without_number
from pilab_desktop.drift.security_words import describes_attack, names_advisory, speaks_of_security

_QUIET_TYPES = frozenset({"docs", "doc", "test", "tests", "style", "format"})
_NOT_SHIPPED_TYPES = _QUIET_TYPES | {"ci"}
_DEPENDENCY_BOT = re.compile(r"\b(?:dependabot|renovate|snyk|greenkeeper|pyup|depfu|scala-steward)\b", re.IGNORECASE)
_QUIET_PATH = re.compile(
    r"(?:^|/)(?:docs?|documentation|xdocs?|tests?|__tests__|__snapshots__|specs?|testdata|test-data|e2e|fixtures)/"
    r"|\.(?:md|mdx|markdown|rst|adoc|asciidoc)$"
    r"|(?:^|/)(?:README|CHANGELOG|CHANGES|CONTRIBUTING|AUTHORS|NOTICE|LICEN[CS]E|COPYING)[^/]*$"
    r"|_test\.\w+$|_spec\.rb$|(?:^|/)test_[^/]+\.py$|(?:^|/)conftest\.py$"
    r"|\.(?:test|spec|stories|snap)(?:\.\w+)?$|(?:Tests?|IT|Spec)\.(?:java|kt|groovy|scala|cs|php|swift)$"
)
_BUILD_SERVER_PATH = re.compile(
    r"^(?:\.github|\.gitlab|\.circleci|\.buildkite|\.azuredevops)/|^(?:\.gitlab-ci|\.travis|azure-pipelines|appveyor|"
    r"bitbucket-pipelines)\.ya?ml$|(?:^|/)Jenkinsfile$"
)
_KEYWORDS = (
    (NoteCategory.DEPRECATED, re.compile(r"deprecat\w*\b", re.IGNORECASE)),
    (NoteCategory.BUGFIX, re.compile(r"(?:bug|hot)?fix(?:e[sd]|ing)?\b|correct(?:s|ed|ion)?\b", re.IGNORECASE)),
    (NoteCategory.FEATURE, re.compile(r"(?:add(?:s|ed)?|implement\w*|introduc\w+|support(?:s|ed)?)\b", re.IGNORECASE)),
    (NoteCategory.PERFORMANCE, re.compile(r"(?:speed(?:s|ed)? up|optimi[sz]\w+)\b", re.IGNORECASE)),
    (NoteCategory.DOCUMENTATION, re.compile(r"(?:document\w*|docs?)\b", re.IGNORECASE)),
    (NoteCategory.REFACTOR, re.compile(r"(?:refactor\w*|clean(?:s|ed)?[ -]?up|simplif\w+|renam\w+)\b", re.IGNORECASE)),
    (NoteCategory.ENHANCEMENT, re.compile(r"(?:improv\w+|enhanc\w+|allow\w*)\b", re.IGNORECASE)),
)
_LEAD = re.compile(r"(?:\[[^\]]{1,40}\]\s*|[A-Z][A-Z0-9_]+-\d+:?\s+|#\d+:?\s+|\W+)*+")


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitFacts:
    """What is known of one commit. `additions` and `deletions` count lines of text files."""

    category: NoteCategory
    category_source: CategorySource
    security: bool
    fix: bool
    feature: bool
    breaking: bool
    docs_tests_only: bool
    additions: int
    deletions: int


def facts_of(commit: Commit, title: str | None) -> CommitFacts:
    """The facts of a commit; `title` is that of the pull request that brought it, where a merge tells."""
    from_bot = is_dependency_bot(commit)
    # A bot's body quotes the dependency's own release notes: their breaking changes and keys are not ours.
    said = parse(commit.subject if from_bot else commit.message)
    quiet = _is_quiet(commit, said)
    ships = not quiet and not (said and said.type in _NOT_SHIPPED_TYPES) and not _only_build_server(commit)
    security = _names_advisory(commit, title) or (ships and _is_security(commit, title, said))
    category, source = _category(commit.subject, said, security=security)
    files = commit.files or ()
    return CommitFacts(
        category=category,
        category_source=source,
        security=security,
        fix=said.type in FIX_TYPES if said and said.category else category is NoteCategory.BUGFIX,
        feature=said.type in FEATURE_TYPES if said and said.category else category is NoteCategory.FEATURE,
        breaking=said.breaking if said else not from_bot and bool(breaking_note(commit.body)),
        docs_tests_only=quiet,
        additions=sum(change.added or 0 for change in files),
        deletions=sum(change.deleted or 0 for change in files),
    )


def is_dependency_bot(commit: Commit) -> bool:
    """Whether a program that bumps dependencies wrote it: its body speaks for the dependency, not for this project."""
    return _DEPENDENCY_BOT.search(commit.author) is not None


def is_quiet_path(path: str) -> bool:
    """Whether a file is documentation or a test."""
    return _QUIET_PATH.search(path) is not None


def _is_quiet(commit: Commit, said: ConventionalCommit | None) -> bool:
    """Documentation, tests, formatting only: by its type, or by all of its files."""
    if said is not None and said.type in _QUIET_TYPES:
        return True
    return bool(commit.files) and all(is_quiet_path(change.path) for change in commit.files or ())


def _only_build_server(commit: Commit) -> bool:
    """Whether all that it changes is what the build server runs: hardening a workflow mends no hole in the product."""
    return bool(commit.files) and all(_BUILD_SERVER_PATH.search(change.path) for change in commit.files or ())


def _names_advisory(commit: Commit, title: str | None) -> bool:
    """An advisory's id counts wherever it stands, a bumped dependency's notes among it."""
    return names_advisory(commit.message) or (title is not None and names_advisory(title))


def _is_security(commit: Commit, title: str | None, said: ConventionalCommit | None) -> bool:
    """Words count only where something that runs is changed: the caller has seen to that."""
    if said is not None and said.category is NoteCategory.SECURITY:
        return True
    if speaks_of_security(commit.subject) or (title is not None and speaks_of_security(title)):
        return True
    return not is_dependency_bot(commit) and describes_attack(commit.body)


def _category(subject: str, said: ConventionalCommit | None, *, security: bool) -> tuple[NoteCategory, CategorySource]:
    if security:
        own = said is not None and said.category is NoteCategory.SECURITY
        return NoteCategory.SECURITY, CategorySource.CONVENTIONAL_COMMIT if own else CategorySource.KEYWORD
    if said is not None and said.category is not None:
        return said.category, CategorySource.CONVENTIONAL_COMMIT
    text = without_number(said.description if said else subject)
    lead = _LEAD.match(text)
    start = lead.end() if lead else 0
    for category, pattern in _KEYWORDS:
        if pattern.match(text, start):
            return category, CategorySource.KEYWORD
    return NoteCategory.CHORE, CategorySource.DEFAULT
