"""Templates that people write, run where they can do no harm (product.md N2).

Three walls: Jinja's own sandbox (no private attributes, nothing of the program but what is handed in); what is printed
is escaped for Markdown unless it is Markdown by its making; and a budget of steps, characters and time, so that no
template keeps the program busy or fills its memory. What could grow in one step (padding, formatting, repeating) is not
there.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import CodeType, TracebackType
from typing import Final

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from pilab_desktop.domain.errors import InvalidInputError
from pilab_desktop.domain.markdown_text import inline
from pilab_desktop.domain.release_note import ConfigurationChange, DatabaseChange, NoteEntry, NoteSection

MAX_SOURCE: Final = 200_000
MAX_OUTPUT: Final = 20_000_000
MAX_STEPS: Final = 1_000_000
MAX_SECONDS: Final = 10.0

_FILTERS = (
    "abs",
    "capitalize",
    "count",
    "d",
    "default",
    "dictsort",
    "first",
    "float",
    "groupby",
    "int",
    "items",
    "last",
    "length",
    "list",
    "lower",
    "map",
    "max",
    "min",
    "reject",
    "rejectattr",
    "reverse",
    "round",
    "select",
    "selectattr",
    "sort",
    "string",
    "sum",
    "title",
    "trim",
    "truncate",
    "unique",
    "upper",
)
_GLOBALS = ("range", "namespace", "dict")
_TEXT_METHODS = frozenset(
    {"capitalize", "endswith", "lower", "lstrip", "rstrip", "split", "startswith", "strip", "title", "upper"}
)
_FACTS = (NoteEntry, NoteSection, ConfigurationChange, DatabaseChange)
_BROKEN = (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError)


class MarkdownText(str):
    """Text that is Markdown already and is printed as it is."""

    __slots__ = ()


class Budget:
    """What a rendering may use up. Exceeding any of it is an error of the template."""

    def __init__(self, *, steps: int = MAX_STEPS, characters: int = MAX_OUTPUT, seconds: float = MAX_SECONDS) -> None:
        self._steps = steps
        self._characters = characters
        self._until = time.monotonic() + seconds

    def step(self, characters: int = 0) -> None:
        """One turn of a loop or one call, and the text that it is about to write."""
        self._steps -= 1
        self.write(characters)
        if self._steps < 0 or time.monotonic() > self._until:
            raise SecurityError("it takes too many steps or too long")

    def write(self, characters: int) -> None:
        """So many characters more."""
        self._characters -= characters
        if self._characters < 0:
            raise SecurityError("its text becomes too long")


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox with a budget. One for each rendering."""

    intercepted_binops = frozenset(["+", "*", "**", "%"])

    def __init__(self, budget: Budget, filters: Mapping[str, Callable[..., object]]) -> None:
        super().__init__(
            undefined=StrictUndefined, autoescape=False, finalize=self._printed, trim_blocks=True, lstrip_blocks=True
        )
        self._budget = budget
        self._text_of_macros = 0
        self.filters = {name: self.filters[name] for name in _FILTERS} | dict(filters)
        self.filters |= {"raw": MarkdownText, "join": self._join, "_bounded": self._bounded, "_sized": self._sized}
        self.globals = {name: self.globals[name] for name in _GLOBALS}

    def code_of(self, source: str, name: str) -> CodeType:
        """The compiled template, every loop in it counted."""
        tree = _Counted().visit(self.parse(source, name))
        assert isinstance(tree, nodes.Template)
        bodies = [macro.body for macro in tree.find_all(nodes.Macro)]
        bodies += [block.body for block in tree.find_all(nodes.CallBlock)]
        self._text_of_macros = sum(_text_in(body) for body in bodies)
        return self.compile(tree, name, f"<{name}>")

    def call(self, context: Context, obj: object, /, *args: object, **kwargs: object) -> object:
        """Jinja's call, counted. What a macro or a recursive loop gives is Markdown already."""
        own = isinstance(obj, Macro | LoopContext)
        self._budget.step(self._text_of_macros if own else 0)
        result: object = super().call(context, obj, *args, **kwargs)
        return MarkdownText(result) if own else self._sized(result)

    def call_binop(self, context: Context, operator: str, left: object, right: object) -> object:
        """Arithmetic on numbers, joining of texts and lists; nothing that makes much out of little."""
        if operator == "+":
            return self._sized(super().call_binop(context, operator, left, right))
        if not (isinstance(left, int | float) and isinstance(right, int | float)) or operator == "**":
            raise SecurityError(f"“{operator}” works on numbers only" if operator != "**" else "“**” is not there")
        if max(abs(left), abs(right)) > 1e9:
            raise SecurityError(f"“{operator}” works on numbers below a billion only")
        return super().call_binop(context, operator, left, right)

    def getattr(self, obj: object, attribute: str) -> object:
        """Jinja's look-up; the facts of a note hold nothing to guard but what begins with an underscore."""
        if isinstance(obj, _FACTS) and not attribute.startswith("_") and hasattr(obj, attribute):
            found: object = getattr(obj, attribute)
            return found
        return super().getattr(obj, attribute)

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:
        """Of a text only the methods that do not make it grow."""
        if isinstance(obj, str) and callable(value):
            return attr in _TEXT_METHODS
        return super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: object) -> None:
        """Jinja lets `str.format` through in a wrapper; a width in it makes gigabytes, so it is refused too."""

    def _printed(self, value: object) -> str:
        text = "" if value is None else str(value)
        if not isinstance(value, MarkdownText):
            text = inline(text)
        self._budget.write(len(text))
        return text

    def _bounded(self, values: Iterable[object], characters: int) -> Iterator[object]:
        for value in values:
            self._budget.step(characters)
            yield value

    def _join(self, values: Iterable[object], between: str = "") -> str:
        parts = []
        for value in values:
            parts.append(str(value))
            self._budget.step(len(parts[-1]) + len(between))
        return between.join(parts)

    def _sized(self, value: object) -> object:
        if isinstance(value, str | list | tuple) and len(value) > MAX_OUTPUT // 10:
            raise SecurityError("its text becomes too long")
        return value


class _Counted(NodeTransformer):
    """Puts a counter into every loop, a measure on every joined text, and marks captured blocks as Markdown."""

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802 - Jinja calls visitors by the name of the node
        self.generic_visit(node)
        weight = nodes.Const(_text_in(node.body), lineno=node.lineno)
        node.iter = nodes.Filter(node.iter, "_bounded", [weight], [], None, None, lineno=node.lineno)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802 - see visit_For
        self.generic_visit(node)
        return nodes.Filter(node, "_sized", [], [], None, None, lineno=node.lineno)

    def visit_AssignBlock(self, node: nodes.AssignBlock) -> nodes.Node:  # noqa: N802 - see visit_For
        self.generic_visit(node)
        if node.filter is None:
            node.filter = nodes.Filter(None, "raw", [], [], None, None, lineno=node.lineno)
        return node


def render_bounded(
    source: str,
    name: str,
    context: Mapping[str, object],
    filters: Mapping[str, Callable[..., object]],
    budget: Budget | None = None,
) -> str:
    """The template's text. InvalidInputError says in one sentence what is wrong with it and in which line."""
    if len(source) > MAX_SOURCE:
        raise InvalidInputError(
            f"The template “{name}” has {len(source):,} characters, and {MAX_SOURCE:,} are allowed; shorten it."
        )
    sandbox = _Sandbox(budget or Budget(), filters)
    try:
        template = Template.from_code(sandbox, sandbox.code_of(source, name), dict(sandbox.globals))
        return template.render(context)
    except TemplateSyntaxError as error:
        raise _refused(name, error.lineno, error.message or "it cannot be read") from error
    except _BROKEN as error:
        what = "it calls itself without end" if isinstance(error, RecursionError) else str(error)
        raise _refused(name, _line(error.__traceback__, f"<{name}>"), what) from error


def _refused(name: str, line: int | None, what: str) -> InvalidInputError:
    where = f" in line {line}" if line else ""
    return InvalidInputError(
        f"The template “{name}” cannot be used{where}: {what.rstrip('.')}. "
        "Nothing was written; correct it and try again."
    )


def _line(traceback: TracebackType | None, filename: str) -> int | None:
    """Jinja writes the template's own lines into the traceback."""
    line = None
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == filename:
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line


def _text_in(body: Iterable[nodes.Node]) -> int:
    return sum(len(data.data) for node in body for data in node.find_all(nodes.TemplateData))
