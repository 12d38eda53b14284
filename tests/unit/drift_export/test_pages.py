"""The report as a page and as Markdown: what a change board reads."""

from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import markdown
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pilab_desktop.domain.drift import DriftItem, DriftReport, Problem
from pilab_desktop.domain.ticket import TicketDrift, TicketState
from pilab_desktop.drift.export.html import report_page
from pilab_desktop.drift.export.markdown import report_markdown

TAGS = {
    *("html", "head", "meta", "title", "style", "body", "header", "section", "footer", "div", "span", "p", "small"),
    *("h1", "h2", "h3", "b", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "code", "pre", "dl", "dt", "dd"),
    *("details", "summary", "a", "strong", "blockquote"),
}


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self._style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS
        self._style = tag == "style"
        for name, value in attrs:
            assert not name.startswith("on")
            assert name not in {"src", "action"}
            assert name != "href" or (value or "").startswith(("http://", "https://"))

    def handle_endtag(self, tag: str) -> None:
        self._style = False

    def handle_data(self, data: str) -> None:
        if not self._style:
            self.text += f" {data}"


def _text(page: str) -> str:
    parsed = _Page()
    parsed.feed(page)
    return " ".join(parsed.text.split())


def test_the_page_answers_the_questions_of_a_change_board_in_their_order(
    report: DriftReport, page_template: str
) -> None:
    text = _text(report_page(report, page_template))
    places = [
        text.index(words)
        for words in (
            "975 of 975 commits, 2,183 of 2,183 files, from a local mirror",
            "This promotion would lose 1 commit that only baseline 2026.10 has",
            "hotfix: <b>round</b> | half",
            "Differences to decide",
            "Sub-modules Sub-module",
            "What differs Code 1",
            "Tickets Ticket",
            "Expected differences",
            "Decided",
        )
    ]
    assert places == sorted(places)
    assert "C CRITICAL" in text
    assert "code-lost-by-promotion" in text
    assert "destructive" in text
    assert "not reversible" in text
    assert "out of order" in text
    assert "split: a person must look" in text
    assert text.count("hotfix:") == 1


@pytest.mark.parametrize("way", ["unread", "problem"])
def test_an_incomplete_report_cannot_be_taken_for_a_clean_one(
    report: DriftReport, page_template: str, way: str
) -> None:
    empty = replace(report, items=(), tickets=())
    assert "CLEAN" in _text(report_page(empty, page_template))
    assert "CLEAN" in report_markdown(empty)
    partial = replace(empty, problems=(Problem(sub_module="api", message="values.yaml cannot be read."),))
    if way == "unread":
        partial = replace(empty, completeness=replace(report.completeness, complete=False, commits_read=250))
    for text in (_text(report_page(partial, page_template)), report_markdown(partial)):
        assert "INCOMPLETE: do not decide on this report alone" in text
        assert "CLEAN" not in text
        assert "values.yaml cannot be read" in text or way == "unread"
        assert "250 of 975" in text or way == "problem"


def test_a_change_of_type_shows_and_a_secret_does_not(report: DriftReport, page_template: str) -> None:
    text = _text(report_page(report, page_template))
    assert 'Target "1" Source 1' in text
    assert "Target — Source secret" in text
    written = report_markdown(report)
    assert '| `"1"` | `1` |' in written
    assert "| `—` | `secret` |" in written


def test_long_values_fold_and_very_long_ones_say_what_is_left_out(
    report: DriftReport, page_template: str, make_item: Callable[..., DriftItem]
) -> None:
    report = replace(report, items=(make_item(path="LONG", old_value=None, new_value="x" * 30_000),))
    page = report_page(report, page_template)
    assert "10,000 more characters" in page
    assert page.count("x" * 20_000) == 1
    assert "(30,000 characters)" in report_markdown(report)


def test_a_link_leads_only_to_the_web(report: DriftReport, page_template: str) -> None:
    ticket = TicketDrift(key="PAY-9", state=TicketState.IN_BOTH, url="https://jira.example.org/browse/PAY-9")
    linked = replace(report, tickets=(*report.tickets, ticket))
    page = report_page(linked, page_template)
    assert "javascript:" not in page
    assert 'href="https://jira.example.org/browse/PAY-9"' in page
    assert "[PAY-9](https://jira.example.org/browse/PAY-9)" in report_markdown(linked)


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=60), st.text(max_size=60))
def test_nothing_of_a_report_becomes_part_of_the_page(
    report: DriftReport, page_template: str, make_item: Callable[..., DriftItem], one: str, two: str
) -> None:
    item = make_item(description=one, path=two, old_value=two, new_value={two: one}, rule=two, tickets=(one,))
    lost = replace(item, category="missing_in_source", metadata={"author": one, "sha": two, "state": two})
    strange = replace(
        report,
        items=(lost, item),
        project=one,
        summary=two,
        problems=(Problem(sub_module=one, message=two),),
        suggestions=(one,),
        tickets=(TicketDrift(key=one, state=TicketState.SPLIT, title=two, url=two, half_shipped=(one,)),),
    )
    _text(report_page(strange, page_template))
    page = _text(markdown.markdown(report_markdown(strange), extensions=["tables", "sane_lists"]))
    assert page.startswith("Drift report: ")


def test_small_groups_start_open_and_ten_thousand_items_fold(
    report: DriftReport, page_template: str, make_item: Callable[..., DriftItem]
) -> None:
    def page_of(count: int) -> str:
        items = tuple(make_item(path=f"KEY_{number}", description=f"KEY_{number}") for number in range(count))
        return report_page(replace(report, items=items), page_template)

    small, large = page_of(100), page_of(10_000)
    assert '<details class="group" open>' in small
    assert '<details class="group">' in large
    assert "10,000" in large
    assert len(large) < 120 * len(small)
