"""A note's facts as text: Markdown through a template, and that Markdown as a page of HTML."""

from collections.abc import Callable, Mapping
from html import escape

from pilab_desktop.domain.json import JsonValue
from pilab_desktop.domain.markdown_text import code, fenced, link, one_line
from pilab_desktop.domain.page_style import PAGE_STYLE
from pilab_desktop.domain.release_note import NoteContent, NoteEntry
from pilab_desktop.domain.value_text import is_secret_mark, value_text

_LONGEST_VALUE = 300
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
{body}
</body>
</html>
"""


def render_markdown(content: NoteContent, template_source: str, *, name: str = "template") -> str:
    """The note through a Jinja2 template, in a sandbox.

    A template has the fields of NoteContent under their names (`date` as a day), `breaking` (the entries that break
    something) and `sub_modules` (the names that occur). Whatever it prints is escaped for Markdown, so no title
    can break a table or bring HTML along; the filters `code`, `fenced`, `link`, `value`, `tickets` and `raw` give
    Markdown. Raises InvalidInputError with the line where the template is wrong, names what is not there or never ends.
    """
    from pilab_desktop.notes.sandbox import render_bounded  # noqa: PLC0415 - Jinja2 costs 80 ms; only who renders pays

    return render_bounded(template_source, name, _context(content), _filters()).strip("\n") + "\n"


def render_html(markdown: str, *, title: str) -> str:
    """A page that stands alone, from a note's Markdown.

    People may have edited the Markdown, so the HTML that comes of it is sanitised: text, tables, lists, code and links
    of the web stay; scripts, styles, forms, images and handlers go.
    """
    return _PAGE.format(title=escape(one_line(title)), style=PAGE_STYLE, body=html_body(markdown))


def html_body(markdown: str) -> str:
    """The Markdown as sanitised HTML, without a page around it."""
    import nh3  # noqa: PLC0415 - only who wants HTML pays for it
    from markdown import Markdown  # noqa: PLC0415 - as above

    converter = Markdown(extensions=["tables", "fenced_code", "sane_lists"], output_format="html")
    return nh3.clean(
        converter.convert(markdown),
        tags=_TAGS,
        attributes={"a": {"href", "title"}, "code": {"class"}, "th": {"align"}, "td": {"align"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )


_TAGS = {
    *("h1", "h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "ul", "ol", "li", "blockquote", "pre", "code"),
    *("table", "thead", "tbody", "tr", "th", "td", "a", "strong", "em", "del", "details", "summary"),
}


def _context(content: NoteContent) -> dict[str, object]:
    entries = [entry for section in content.sections for entry in section.entries]
    return {
        "version": content.version,
        "title": content.title,
        "date": content.date.date().isoformat(),
        "project": content.project,
        "source": content.source,
        "target": content.target,
        "summary": content.summary,
        "complete": content.complete,
        "sections": content.sections,
        "sub_modules": sorted({entry.sub_module for entry in entries if entry.sub_module}),
        "breaking": [entry for entry in entries if entry.breaking],
        "configuration": content.configuration,
        "database": content.database,
        "instructions": content.instructions,
        "contributors": content.contributors,
    }


def _filters() -> Mapping[str, Callable[..., object]]:
    from pilab_desktop.notes.sandbox import MarkdownText  # noqa: PLC0415 - see render_markdown

    def as_code(text: object) -> MarkdownText:
        return MarkdownText(code(str(text)))

    def as_block(text: object, language: str = "") -> MarkdownText:
        return MarkdownText(fenced(str(text), str(language)))

    def as_link(text: object, url: object) -> MarkdownText:
        return MarkdownText(link(str(text), str(url) if url else None))

    def as_value(value: JsonValue) -> MarkdownText | str:
        shown = one_line(value_text(value))
        if len(shown) > _LONGEST_VALUE:
            return f"{shown[:_LONGEST_VALUE]}… ({len(shown):,} characters)"
        return shown if value is None or is_secret_mark(value) else as_code(shown)

    def as_tickets(entry: NoteEntry) -> MarkdownText:
        return MarkdownText(", ".join(link(key, _ticket_url(entry, key)) for key in entry.tickets))

    def short(sha: object) -> str:
        return str(sha)[:7]

    return {
        "code": as_code,
        "fenced": as_block,
        "link": as_link,
        "value": as_value,
        "tickets": as_tickets,
        "short": short,
    }


def _ticket_url(entry: NoteEntry, key: str) -> str | None:
    """The entry knows the address of its first ticket; the others stand at the same place under their own key."""
    first = entry.tickets[0]
    if entry.ticket_url is None or key == first:
        return entry.ticket_url
    return entry.ticket_url.replace(first, key) if first in entry.ticket_url else None
