"""Whatever someone wrote shows as they wrote it, and changes nothing around it."""

import html
import re
from html.parser import HTMLParser

import markdown
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pilab_desktop.domain.markdown_text import code, fenced, inline, link, one_line, web_address

ACTIVE = st.text(st.sampled_from("ab1 \\`*_{}[]()<>#+-.!|~&;:=\"'/\n\t\x02\x03\u202e✓"), max_size=40)
ANY = st.one_of(ACTIVE, st.text(max_size=60))


class _Cells(HTMLParser):
    """Texts by cell, and every tag that was met."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.cells: list[str] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert all(name in {"href", "class"} for name, _ in attrs)
        if tag == "td":
            self._open = True
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        self._open = self._open and tag != "td"

    def handle_data(self, data: str) -> None:
        if self._open:
            self.cells[-1] += data


def _rendered(text: str) -> _Cells:
    page = markdown.markdown(text, extensions=["tables", "fenced_code", "sane_lists"])
    cells = _Cells()
    cells.feed(page)
    return cells


@settings(deadline=None)
@given(ANY)
def test_a_cell_holds_the_text_and_the_table_stays_whole(text: str) -> None:
    cells = _rendered(f"| a | b | c |\n|---|---|---|\n| {inline(text)} | {code(text)} | end |")
    assert set(cells.tags) <= {"table", "thead", "tbody", "tr", "th", "td", "code"}
    assert len(cells.cells) == 3
    assert cells.cells[2] == "end"
    assert cells.cells[0].replace("`", "") == one_line(text).replace("`", "")
    assert cells.cells[1] == one_line(text)


@settings(deadline=None)
@given(ANY)
def test_a_line_of_its_own_stays_one_paragraph(text: str) -> None:
    cells = _rendered(f"before\n\n{inline(text)}\n\nafter")
    assert set(cells.tags) <= {"p", "code"}


@settings(deadline=None)
@given(ANY)
def test_a_list_item_stays_one_item(text: str) -> None:
    cells = _rendered(f"- {inline(text)}\n- next")
    assert cells.tags.count("li") == 2
    assert set(cells.tags) <= {"ul", "li", "code"}


@settings(deadline=None)
@given(st.text(max_size=200), st.text(max_size=10))
def test_a_block_of_code_ends_where_it_ends(text: str, language: str) -> None:
    cells = _rendered(f"before\n\n{fenced(text, language)}\n\nafter")
    assert cells.tags.count("p") == 2
    assert set(cells.tags) <= {"p", "pre", "code"}


def test_a_fence_inside_does_not_close_the_block() -> None:
    block = fenced("a\n```\n<b>x</b>", "sql")
    page = markdown.markdown(f"{block}\n\nafter", extensions=["fenced_code"])
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert "<p>after</p>" in page


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "//evil", "ftp://x/y", "http:", "not a url", "http://[x", "", None],
)
def test_only_addresses_of_the_web_become_links(url: str | None) -> None:
    assert web_address(url) is None
    assert link("PAY-1", url) == "PAY-1"


@settings(deadline=None)
@given(st.text(max_size=60), ANY)
def test_a_link_stays_within_itself(path: str, text: str) -> None:
    cells = _rendered(f"| a |\n|---|\n| {link(text or 'x', 'https://example.org/' + path)} |")
    assert set(cells.tags) <= {"table", "thead", "tbody", "tr", "th", "td", "code", "a"}
    assert len(cells.cells) == 1


def test_what_hides_or_turns_around_is_gone() -> None:
    assert one_line("a\u202eb\x00c\u2028d\ud800e\u200b") == "ab c d e"
    assert html.unescape(re.sub("<[^>]+>", "", markdown.markdown(inline("_x_ *y* <b>")))) == "_x_ *y* <b>"
