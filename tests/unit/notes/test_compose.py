"""What a release note says of a drift report (semantics.md §7)."""

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any  # hypothesis builds keyword arguments of mixed types

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pilab_desktop.domain.commit import Relation
from pilab_desktop.domain.drift import DecisionKind, Direction, DriftItem, DriftReport, Problem, SubModuleDrift
from pilab_desktop.domain.release_note import CategorySource, NoteCategory, NoteContent, NoteEntry
from pilab_desktop.domain.ticket import TicketDrift, TicketState
from pilab_desktop.notes.as_json import note_document
from pilab_desktop.notes.categories import CategoryRules
from pilab_desktop.notes.compose import compose
from pilab_desktop.notes.entries import TicketTitle

DAY = datetime(2026, 11, 22, tzinfo=UTC)


def _noted(report: DriftReport, **more: Any) -> NoteContent:
    return compose(report, version="2.4.0", title=None, date=DAY, **more)


def _entries(content: NoteContent) -> list[NoteEntry]:
    return [entry for section in content.sections for entry in section.entries]


def test_a_ticket_has_one_entry_written_from_its_title(reports: Any) -> None:
    ticket = TicketDrift(key="PAY-1", state=TicketState.IN_SOURCE_ONLY, title="Refund many payments", type="Story")
    items = [
        reports.commit("fix: PAY-1 empty list", number=1, tickets=["PAY-1"]),
        reports.commit("chore: PAY-1 wip", number=2, tickets=["PAY-1"]),
    ]
    (entry,) = _entries(_noted(reports.report(items, tickets=[ticket])))
    assert entry.title == "Refund many payments"
    assert (entry.category, entry.category_source) == (NoteCategory.FEATURE, CategorySource.TICKET)
    assert len(entry.commits) == 2


def test_without_a_title_the_commit_that_says_most_tells_it(reports: Any) -> None:
    items = [
        reports.commit("test: PAY-1 cover it", number=1, tickets=["PAY-1"]),
        reports.commit("feat: PAY-1 refund many payments", number=2, tickets=["PAY-1"]),
        reports.commit("fix: PAY-1 typo", number=3, tickets=["PAY-1"]),
    ]
    (entry,) = _entries(_noted(reports.report(items)))
    assert (entry.title, entry.category) == ("Refund many payments", NoteCategory.FEATURE)


def test_a_squash_lists_all_its_tickets_and_no_commit_is_told_twice(reports: Any) -> None:
    items = [
        reports.commit("PAY-1, PAY-2, PAY-3: close the day", number=1, tickets=["PAY-3", "PAY-1", "PAY-2"]),
        reports.commit("PAY-2: and the night", number=2, tickets=["PAY-2"]),
    ]
    known = {"PAY-3": TicketTitle(title="Print the sheet")}
    first, second = sorted(_entries(_noted(reports.report(items), tickets=known)), key=lambda entry: entry.tickets)
    assert (first.tickets, second.tickets) == (("PAY-1", "PAY-3"), ("PAY-2",))
    assert first.description == "Also: PAY-3 Print the sheet."


def test_commits_of_a_pull_request_are_one_entry_and_go_with_its_ticket(reports: Any) -> None:
    items = [
        reports.commit("PAY-1 refunds", number=1, tickets=["PAY-1"], pull_request=7),
        reports.commit("review remarks", number=2, pull_request=7),
        reports.commit("feat: search", number=3, pull_request=8),
        reports.commit("fix: search", number=4, pull_request=8),
        reports.commit("feat: elsewhere", number=5, pull_request=8, sub_module="web"),
    ]
    modules = [SubModuleDrift(sub_module=name, repository=name, relation=Relation.AHEAD) for name in ("api", "web")]
    entries = _entries(_noted(reports.report(items, sub_modules=modules)))
    assert sorted(len(entry.commits) for entry in entries) == [1, 2, 2]


def test_a_commit_of_two_sub_modules_is_told_once(reports: Any) -> None:
    items = [reports.commit("feat: both", number=1), reports.commit("feat: both", number=1, sub_module="web")]
    (entry,) = _entries(_noted(reports.report(items)))
    assert entry.sub_module is None
    assert len(entry.commits) == 1


def test_breaking_changes_come_first_with_what_to_do(reports: Any) -> None:
    items = [
        reports.commit("feat: newer", number=9),
        reports.commit(
            "feat!: lists only",
            number=1,
            body="Why.\n\nBREAKING CHANGE: send a list\n  of refunds",
            metadata={"breaking": True},
        ),
    ]
    content = _noted(reports.report(items))
    first = content.sections[0].entries[0]
    assert (first.title, first.breaking) == ("Lists only", True)
    assert first.description == "send a list of refunds"
    assert "1 breaking change" in content.summary


def test_a_revert_of_something_shipped_says_what_is_taken_back(reports: Any) -> None:
    taken = [{"sha": "a" * 40, "title": "feat: PAY-9 dark mode (#70)", "extent": "RELEASED"}]
    item = reports.commit(
        'Revert "feat: PAY-9 dark mode (#70)" (#80)',
        tickets=["PAY-9"],
        category="revert",
        metadata={"reverts": "a" * 40, "takes_back": taken},
    )
    known = {"PAY-9": TicketTitle(title="Dark mode for everyone", type="Story")}
    (entry,) = _entries(_noted(reports.report([item]), tickets=known))
    assert entry.title == "Takes back “Dark mode”"
    assert entry.category is NoteCategory.ENHANCEMENT
    assert entry.description == "Undoes what was released earlier."


CATEGORIES = [
    ("feat: x", None, NoteCategory.FEATURE, CategorySource.CONVENTIONAL_COMMIT),
    ("chore(deps): bump x", None, NoteCategory.CHORE, CategorySource.CONVENTIONAL_COMMIT),
    ("chore(deps): bump x [security]", "SECURITY", NoteCategory.SECURITY, CategorySource.KEYWORD),
    ("fix: CVE-2026-1 in parser", "SECURITY", NoteCategory.SECURITY, CategorySource.KEYWORD),
    ("docs: security policy", "SECURITY", NoteCategory.DOCUMENTATION, CategorySource.CONVENTIONAL_COMMIT),
    ("Add search", None, NoteCategory.FEATURE, CategorySource.KEYWORD),
    ("Add unit tests", None, NoteCategory.CHORE, CategorySource.KEYWORD),
    ("Fix crash on start", None, NoteCategory.BUGFIX, CategorySource.KEYWORD),
    ("Speed up startup", None, NoteCategory.PERFORMANCE, CategorySource.KEYWORD),
    ("Deprecate the old API", None, NoteCategory.DEPRECATED, CategorySource.KEYWORD),
    ("Update README", None, NoteCategory.DOCUMENTATION, CategorySource.KEYWORD),
    ("Rename the class", None, NoteCategory.REFACTOR, CategorySource.KEYWORD),
    ("Ledger totals per day", None, NoteCategory.ENHANCEMENT, CategorySource.DEFAULT),
]


@pytest.mark.parametrize(("subject", "found", "category", "source"), CATEGORIES)
def test_the_category_and_who_decided_it(
    reports: Any, subject: str, found: str | None, category: NoteCategory, source: CategorySource
) -> None:
    (entry,) = _entries(_noted(reports.report([reports.commit(subject, metadata={"category": found})])))
    assert (entry.category, entry.category_source) == (category, source)


def test_a_house_may_have_its_own_rules(reports: Any) -> None:
    rules = CategoryRules(ticket_types={"wish": NoteCategory.FEATURE}, keywords=(), otherwise=NoteCategory.CHORE)
    items = [reports.commit("PAY-1 x", number=1, tickets=["PAY-1"]), reports.commit("Add y", number=2)]
    known = {"PAY-1": TicketTitle(title="x", type="Wish")}
    content = _noted(reports.report(items), tickets=known, rules=rules)
    assert [section.category for section in content.sections] == [NoteCategory.FEATURE, NoteCategory.CHORE]


def test_ignored_commits_are_left_out_and_expected_ones_stay(reports: Any) -> None:
    items = [
        reports.commit("feat: gone", number=1, decision=DecisionKind.IGNORE),
        reports.commit("feat: stays", number=2, expected=True),
    ]
    assert [entry.title for entry in _entries(_noted(reports.report(items)))] == ["Stays"]


def test_expected_configuration_is_no_change_of_the_release(reports: Any) -> None:
    items = [
        reports.variable("REPLICAS", "2", "5", expected=True),
        reports.variable("LIMIT", 1, "1"),
        reports.variable("DEBUG", "on", None, decision=DecisionKind.IGNORE),
    ]
    assert [change.path for change in _noted(reports.report(items)).configuration] == ["LIMIT"]


def test_contributors_are_people_once_each(reports: Any) -> None:
    trailer = "Co-authored-by: Grace Hopper <grace@example.org>"
    items = [
        reports.commit("feat: a", number=1, body=trailer),
        reports.commit("feat: b", number=2, author="Ada L.", email="ADA@example.org"),
        reports.commit("feat: c", number=3),
        reports.commit("chore: d", number=4, author="renovate[bot]", email="29+renovate[bot]@users.noreply.github.com"),
        reports.commit("chore: e", number=5, author="dependabot", email="d@example.org"),
    ]
    assert _noted(reports.report(items)).contributors == ("Ada Lovelace", "Grace Hopper")


@pytest.mark.parametrize("way", ["unread", "problem", "unresolved"])
def test_an_incomplete_report_makes_incomplete_notes(reports: Any, way: str) -> None:
    problems = [Problem(sub_module="api", message="values.yaml cannot be read.")] if way == "problem" else []
    modules = [SubModuleDrift(sub_module="api", relation=Relation.UNRESOLVED)] if way == "unresolved" else None
    content = _noted(reports.report([], problems=problems, sub_modules=modules, complete=way != "unread"))
    assert not content.complete
    assert content.summary.startswith("These notes are incomplete")


def test_the_json_has_the_shape_that_is_promised(reports: Any) -> None:
    items = [
        reports.commit("feat: PAY-1 a", tickets=["PAY-1"]),
        reports.secret("TOKEN"),
        reports.migration("db/V1__a.sql", sql="DROP TABLE a;"),
    ]
    document = json.loads(json.dumps(note_document(_noted(reports.report(items), ticket_url="https://j.org/{key}"))))
    assert document["schema"] == "pilab.release-notes/1"
    assert set(document) >= {
        *("version", "title", "date", "project", "source", "target", "summary"),
        *("sections", "configuration", "database", "instructions", "contributors"),
    }
    entry = document["sections"][0]["entries"][0]
    assert set(entry) >= {"title", "description", "tickets", "commits", "authors", "breaking", "sub_module"}
    assert entry["ticket_url"] == "https://j.org/PAY-1"
    assert document["configuration"][0]["new_value"] == {"secret": True, "changed": True}
    assert set(document["database"][0]) >= {"path", "kind", "tables", "reversible", "sql"}
    assert datetime.fromisoformat(document["date"]).tzinfo is not None


@st.composite
def _commits(draw: st.DrawFn) -> list[dict[str, Any]]:
    keys = st.lists(st.sampled_from(["PAY-1", "PAY-2", "PAY-3"]), max_size=3, unique=True)
    return [
        {
            "subject": draw(st.one_of(st.text(max_size=30), st.sampled_from(["feat: a", "fix: b", 'Revert "c"', ""]))),
            "number": number,
            "tickets": draw(keys),
            "sub_module": draw(st.sampled_from(["api", "web", ""])),
            "pull_request": draw(st.sampled_from([None, 1, 2])),
            "direction": draw(st.sampled_from([Direction.SOURCE_ONLY, Direction.TARGET_ONLY])),
            "category": draw(st.sampled_from(["code_change", "revert"])),
        }
        for number in range(1, draw(st.integers(0, 8)) + 1)
    ]


@settings(deadline=None)
@given(_commits(), st.randoms(use_true_random=False))
def test_every_shipped_commit_is_told_once_whatever_the_order(
    reports: Any, commits: list[dict[str, Any]], shuffler: random.Random
) -> None:
    items: Sequence[DriftItem] = [reports.commit(**commit) for commit in commits]
    content = _noted(reports.report(items))
    told = [sha for entry in _entries(content) for sha in entry.commits]
    shipped = [str(i.metadata["sha"]) for i in items if i.direction is Direction.SOURCE_ONLY]
    assert sorted(told) == sorted(shipped)
    assert all(entry.title for entry in _entries(content))
    shuffled = list(items)
    shuffler.shuffle(shuffled)
    assert _noted(replace(reports.report(shuffled))) == content
