"""A drift report as one page of HTML that stands alone (product.md D11)."""

from pilab_desktop.domain.drift import DriftReport
from pilab_desktop.domain.page_style import PAGE_STYLE
from pilab_desktop.domain.severity import Severity
from pilab_desktop.drift.export.view import view_of

LONG_VALUE = 160
LONGEST_VALUE = 20_000
OPEN_UP_TO = 200


def report_page(report: DriftReport, template: str) -> str:
    """The page. `template` is the source of the shipped `report.html.j2`; everything of the report is escaped in it.

    It asks nothing of the network and runs no script. Values longer than `LONG_VALUE` characters fold, groups of more
    than `OPEN_UP_TO` items start closed, so that ten thousand items stay readable.
    """
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 - Jinja2 costs 80 ms; only who renders pays

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(template).render(
        view=view_of(report),
        report=report,
        severities=list(Severity),
        style=PAGE_STYLE,
        long_value=LONG_VALUE,
        longest_value=LONGEST_VALUE,
        open_up_to=OPEN_UP_TO,
    )
