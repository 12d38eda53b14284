"""Templates, and what they can and cannot do."""

from collections.abc import Callable
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any  # the shared fixture comes from conftest.py, which tests cannot import

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pilab_desktop.domain.errors import InvalidInputError
from pilab_desktop.domain.release_note import NoteContent
from pilab_desktop.notes import sandbox
from pilab_desktop.notes.compose import compose
from pilab_desktop.notes.render import render_html, render_markdown

SHIPPED = ("release-notes.md.j2", "customers.md.j2", "operations.md.j2")
SECRET = "hunter2"  # what must never show
HARMLESS = {
    *("html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "h4", "h5", "h6", "p", "br", "hr"),
    *("ul", "ol", "li", "blockquote", "pre", "code", "table", "thead", "tbody", "tr", "th", "td", "a", "strong", "em"),
}


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.met: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.met.append((tag, dict(attrs)))


def _harmless(page: str) -> None:
    tags = _Tags()
    tags.feed(page)
    for tag, attributes in tags.met:
        assert tag in HARMLESS
        assert not any(name.startswith("on") for name in attributes)
        assert (attributes.get("href") or "https://").startswith(("https://", "http://", "mailto:"))


@pytest.fixture
def content(reports: Any) -> NoteContent:
    operation = {"kind": "drop_table", "table": "a", "destructive": True, "locking": False, "statement": "…"}
    items = [
        reports.commit("feat!: PAY-1 <script>alert(1)</script> | `x`", number=1, tickets=["PAY-1"], pull_request=7),
        reports.commit("fix: rounding", number=2, sub_module="web", metadata={"breaking": True}),
        reports.variable("LIMIT", "a|b\n<b>", "1"),
        reports.secret("TOKEN"),
        reports.migration("db/V1__a.sql", operations=[operation], sql="-- ```\nDROP TABLE a; -- <img src=x>"),
    ]
    return compose(
        reports.report(items),
        version="2.4.0",
        title=None,
        date=datetime(2026, 11, 22, tzinfo=UTC),
        ticket_url="https://jira.example.org/browse/{key}",
    )


def test_the_engineers_template_has_the_headings_of_the_house(
    content: NoteContent, template: Callable[[str], str]
) -> None:
    lines = render_markdown(content, template("release-notes.md.j2")).splitlines()
    assert lines[0] == "# Release Notes - 2.4.0"
    assert "**Environment:** uat → prod" in lines
    headings = [line for line in lines if line.startswith("## ")]
    assert headings == [
        "## Summary",
        "## Breaking changes",
        "## What's New",
        "## Configuration Changes",
        "## Database Migrations",
        "## Deployment Instructions",
        "## Contributors",
    ]
    assert "### Added" in lines
    assert "### Fixed" in lines
    assert any("[PAY-1](https://jira.example.org/browse/PAY-1)" in line for line in lines)
    assert any(line.startswith("1. ") for line in lines)


def test_an_empty_release_says_so(reports: Any, template: Callable[[str], str]) -> None:
    empty = compose(reports.report([], sub_modules=[]), version="1", title=None, date=datetime(2026, 1, 1, tzinfo=UTC))
    text = render_markdown(empty, template("release-notes.md.j2"))
    assert "No configuration changes in this release." in text
    assert "No database migrations in this release." in text
    assert "Nothing to deploy." in text


@pytest.mark.parametrize("name", SHIPPED)
def test_an_incomplete_note_says_so_at_the_top(reports: Any, template: Callable[[str], str], name: str) -> None:
    partial = compose(
        reports.report([], complete=False), version="1", title=None, date=datetime(2026, 1, 1, tzinfo=UTC)
    )
    assert "**Incomplete.**" in render_markdown(partial, template(name)).partition("\n## ")[0]


@pytest.mark.parametrize("name", SHIPPED)
def test_the_shipped_templates_make_harmless_pages(
    content: NoteContent, template: Callable[[str], str], name: str
) -> None:
    markdown = render_markdown(content, template(name), name=name)
    page = render_html(markdown, title=content.title)
    _harmless(page)
    assert "&lt;script&gt;" in page
    assert page.startswith("<!DOCTYPE html>")
    assert "http://" not in page.replace("http://www.w3.org", "")


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_no_text_of_a_report_brings_html_along(
    reports: Any, template: Callable[[str], str], subject: str, key: str, value: str
) -> None:
    items = [
        reports.commit(subject, number=1, body=f"BREAKING CHANGE: {value}", metadata={"breaking": True}),
        reports.variable(key or "k", value, subject),
        reports.migration(key or "k", sql=value),
    ]
    made = compose(reports.report(items), version="1", title=subject, date=datetime(2026, 1, 1, tzinfo=UTC))
    for name in SHIPPED:
        markdown = render_markdown(made, template(name))
        _harmless(render_html(markdown, title=made.title))


@settings(deadline=None)
@given(st.text(max_size=80))
def test_edited_markdown_is_sanitised(text: str) -> None:
    _harmless(render_html(text, title=text))


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "[x](javascript:alert(1))",
        '<a href="javascript:alert(1)" onclick="x()">x</a>',
        "<style>*{display:none}</style>",
        '<iframe src="https://example.org"></iframe>',
        "<form action=x><input></form>",
    ],
)
def test_what_could_run_is_taken_out_of_edited_markdown(text: str) -> None:
    page = render_html(text, title="x")
    _harmless(page)
    assert "alert(1)</script>" not in page


def test_a_secret_is_a_mark_and_nothing_else(reports: Any, template: Callable[[str], str]) -> None:
    made = compose(reports.report([reports.secret("TOKEN")]), version="1", title=None, date=datetime.now(UTC))
    for name in SHIPPED[::2]:
        assert "| secret, changed | secret, changed |" in render_markdown(made, template(name))


def test_what_a_template_prints_is_escaped_unless_it_is_markdown(content: NoteContent) -> None:
    source = (
        "{% macro bold(x) %}**{{ x }}**{% endmacro %}{% set y %}*{{ '<i>' }}*{% endset %}"
        "{{ bold('*') }} {{ y }} {{ '_a_' | raw }}"
    )
    assert render_markdown(content, source) == "**\\*** *&lt;i&gt;* _a_\n"


BROKEN = [
    ("{% for %}", "line 1"),
    ("\n\n{{ nothing }}", "line 3"),
    ("{{ summary.nothing }}", "nothing"),
    ("{{ summary | shout }}", "shout"),
    ("{{ 1 / 0 }}", "line 1"),
    ("{{ ''.__class__.__mro__ }}", "line 1"),
    ("{{ sections.__class__ }}", "unsafe"),
    ("{{ 'x' * 1000000000 }}", "numbers"),
    ("{{ 10 ** 10 ** 10 }}", "**"),
    ("{{ '%1000000000d' % 1 }}", "numbers"),
    ("{{ '{:1000000000}'.format(1) }}", "line 1"),
    ("{{ 'x'.ljust(1000000000) }}", "line 1"),
    ("{{ 'x' | center(1000000000) }}", "center"),
    ("{% include 'other' %}", "line 1"),
    ("{{ lipsum(100000) }}", "lipsum"),
    ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "itself"),
    ("{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(40) }}", "too"),
    ("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", "too"),
    ("{% set n = namespace(x='abcdefgh') %}{% for a in range(60) %}{% set n.x = n.x ~ n.x %}{% endfor %}", "too long"),
    ("{% set n = namespace(x='abcdefgh') %}{% for a in range(60) %}{% set n.x = n.x + n.x %}{% endfor %}", "too long"),
    ("{% for a in range(99999) %}" + "x" * 1000 + "{% endfor %}", "too long"),
    ("{% set y %}{% for a in range(99999) %}{{ summary }}" + "x" * 1000 + "{% endfor %}{% endset %}", "too long"),
    ("{{ range(99999) | join('x' ~ 'y' ~ (summary ~ summary) ~ (summary ~ summary)) | length }}", "too long"),
]


@pytest.mark.parametrize(("source", "words"), BROKEN)
def test_a_template_that_cannot_be_used_is_refused_in_a_sentence(
    content: NoteContent, source: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "MAX_OUTPUT", 2_000_000)
    with pytest.raises(InvalidInputError) as refused:
        sandbox.render_bounded(
            source,
            "mine",
            {"sections": content.sections, "summary": content.summary},
            {},
            sandbox.Budget(steps=200_000, characters=2_000_000),
        )
    assert words in refused.value.sentence
    assert refused.value.sentence.startswith("The template “mine” cannot be used")
    assert "\n" not in refused.value.sentence


def test_a_template_that_is_too_long_is_refused(content: NoteContent) -> None:
    with pytest.raises(InvalidInputError, match="characters"):
        render_markdown(content, "x" * 300_000)


def test_a_loop_keeps_its_comforts(content: NoteContent) -> None:
    source = (
        "{% for name in contributors %}{{ loop.index }}/{{ loop.length }}{% if not loop.last %},{% endif %}"
        "{% else %}none{% endfor %}{% for n in range(3) if n > 0 %}{{ n }}{% endfor %}"
    )
    assert render_markdown(content, source) == "1/112\n"
