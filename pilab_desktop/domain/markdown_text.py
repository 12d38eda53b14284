"""Text that others wrote, made safe to stand in Markdown: it shows as it is and changes nothing around it.

Written for CommonMark and GitHub's tables as well as for Python-Markdown, which differ: Python-Markdown knows no
backslash before `<`, `|` and `~`, so those become character references, which every reader understands.
"""

import re
from urllib.parse import quote, urlsplit

# Control characters (two of which Python-Markdown uses as its own placeholders), line and paragraph separators, lone
# surrogates, and the marks that turn the direction of text around and so hide what a line says.
_UNSHOWABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_INVISIBLE = re.compile(r"[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_SPACES = re.compile(r"\s+")

_CODE_SPAN = re.compile(r"(?<!`)`([^\s`|<>&\\](?:[^`|<>&\\]*[^\s`|<>&\\])?)`(?!`)")
_PLAIN_CODE = re.compile(r"[^\s`|<>&\\](?:[^`|<>&\\]*[^\s`|<>&\\])?")
_ACTIVE = re.compile(r"[\\`*\[\]<>&|_]|~(?=~)|(?<=~)~|#(?![0-9A-Za-z])")
_WRITTEN = {"<": "&lt;", ">": "&gt;", "&": "&amp;", "|": "&#124;", "~": "&#126;"}
_BLOCK_START = re.compile(r"(\d{1,9})([.)])(?=\s|$)|()([#+=-])")
_IN_CODE = re.compile(r"[\\`*\[\]<>&|~_]")
_FENCE = re.compile(r"`{3,}")
_LANGUAGE = re.compile(r"[A-Za-z0-9+#-]{1,20}")


def one_line(text: str) -> str:
    """The text on one line, without anything that does not show."""
    return _SPACES.sub(" ", _INVISIBLE.sub("", _UNSHOWABLE.sub(" ", text))).strip()


def inline(text: str) -> str:
    """Running text for a list item, a heading or a table's cell, on one line.

    Whole code spans (`` `name` ``) stay code; everything else shows as the characters that were given.
    """
    line = one_line(text)
    parts: list[str] = []
    end = 0
    for span in _CODE_SPAN.finditer(line):
        parts += (_escaped(line, end, span.start()), span.group())
        end = span.end()
    parts.append(_escaped(line, end, len(line)))
    return _guard_start("".join(parts))


def code(text: str) -> str:
    """The text as code within a line; "" for nothing."""
    line = one_line(text)
    if not line:
        return ""
    if _PLAIN_CODE.fullmatch(line):
        return f"`{line}`"
    return f"<code>{_IN_CODE.sub(lambda found: f'&#{ord(found.group())};', line)}</code>"


def fenced(text: str, language: str = "") -> str:
    """The text as a block of code. It needs an empty line before and after it."""
    lines = (_INVISIBLE.sub("", _UNSHOWABLE.sub(" ", line.expandtabs(4))).rstrip() for line in text.splitlines())
    body = "\n".join(lines).strip("\n")
    fence = "`" * max(3, 1 + max((len(run) for run in _FENCE.findall(body)), default=0))
    return f"{fence}{language if _LANGUAGE.fullmatch(language) else ''}\n{body}\n{fence}"


def link(text: str, url: str | None) -> str:
    """A link; the text alone where the address is not one of the web."""
    address = web_address(url)
    return f"[{inline(text)}]({address})" if address else inline(text)


def web_address(url: str | None) -> str | None:
    """The address with everything quoted that could end it early; None where it is none of http or https."""
    if not url:
        return None
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        return None
    return quote(_UNSHOWABLE.sub("", url.strip()), safe=":/?#@!$&+,;=%-.~").replace("_", "%5F")


def _escaped(line: str, start: int, end: int) -> str:
    def written(found: re.Match[str]) -> str:
        mark = found.group()
        if mark == "_" and _inside_word(line, found.start(), start, end):
            return mark
        return _WRITTEN.get(mark) or f"\\{mark}"

    return _ACTIVE.sub(written, line[start:end])


def _inside_word(line: str, position: int, start: int, end: int) -> bool:
    at = start + position
    return start < at < end - 1 and line[at - 1].isalnum() and line[at + 1].isalnum()


def _guard_start(text: str) -> str:
    """Keeps the first characters from beginning a heading, a list, a rule or a definition."""
    found = _BLOCK_START.match(text)
    if found is None:
        return text
    number, mark = found.group(1) or "", found.group(2) or found.group(4)
    written = "&#61;" if mark == "=" else f"\\{mark}"
    return number + written + text[found.end() :]
