"""Messages are read as Conventional Commits however people decorate them; prose is not."""

import time

import pytest

from pilab_desktop.domain.conventional import parse
from pilab_desktop.domain.release_note import NoteCategory


@pytest.mark.parametrize(
    ("message", "kind", "scope", "description", "breaking"),
    [
        ("feat(ui)!: drop tabs", "feat", "ui", "drop tabs", True),
        ("fix: hole (#12)", "fix", None, "hole (#12)", False),
        ("Fix: hole", "fix", None, "hole", False),
        ("fix:hole", "fix", None, "hole", False),
        ("[ABC-1] fix(api): hole", "fix", "api", "hole", False),
        ("ABC-1: feat: x", "feat", None, "x", False),
        ("#872 fix: x", "fix", None, "x", False),
        (":bug: fix: x", "fix", None, "x", False),
        ("🐛 fix: x", "fix", None, "x", False),
        ("api!: drop v1", "api", None, "drop v1", True),
        ("chore(backport release-1.9): fix(ui)!: x (#2)", "fix", "ui", "x (#2)", True),
        ("chore(backport release-1.9): no type", "chore", "backport release-1.9", "no type", False),
        ("revert: feat: x", "revert", None, "feat: x", False),
        ("feat: x\n\nBREAKING CHANGE: y is gone", "feat", None, "x", True),
        ("feat: x\n\nwhat the BREAKING CHANGE: was", "feat", None, "x", False),
    ],
)
def test_reads_what_a_message_says_of_itself(
    message: str, kind: str, scope: str | None, description: str, breaking: bool
) -> None:
    found = parse(message)
    assert found is not None
    assert (found.type, found.scope, found.description, found.breaking) == (kind, scope, description, breaking)


@pytest.mark.parametrize(
    "message",
    ["", "Merge branch 'x'", "Note: read this", "http://example.com", "std::vector", "ABC-12 fix it", "!" * 5000],
)
def test_prose_is_not_conventional(message: str) -> None:
    assert parse(message) is None


def test_the_breaking_footer_is_read_to_its_end() -> None:
    found = parse("feat: x\n\nwhy\n\nBREAKING CHANGE: the flag\n  is gone\nReviewed-by: Ada\n\nmore")
    assert found is not None
    assert found.breaking_note == "the flag is gone"


def test_a_type_tells_its_category_and_an_unknown_one_does_not() -> None:
    assert [found.category for text in ("perf: x", "docs: x", "engine: x") if (found := parse(text))] == [
        NoteCategory.PERFORMANCE,
        NoteCategory.DOCUMENTATION,
        None,
    ]


@pytest.mark.parametrize("subject", ["[a]" * 20_000, "A-1 " * 20_000, ": " * 20_000, "chore(backport): " * 20_000])
def test_no_subject_is_slow(subject: str) -> None:
    began = time.process_time()
    parse(subject)
    assert time.process_time() - began < 0.5
