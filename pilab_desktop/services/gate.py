"""The gate of a pipeline: may it go? (cli.md, `--fail-on`)."""

from pilab_desktop.domain.drift import DriftReport
from pilab_desktop.domain.severity import Severity


def gate_sentence(report: DriftReport, fail_on: Severity) -> str | None:
    """Why the gate is not met, None where it is. A report that is incomplete or has problems meets no gate."""
    blocking = [item for item in report.items if not item.decided and item.severity.at_least(fail_on)]
    if blocking:
        count = "1 undecided item is" if len(blocking) == 1 else f"{len(blocking)} undecided items are"
        return f"{count} {fail_on} or more severe; the first: {blocking[0].description}"
    if not report.completeness.complete or report.problems:
        first = report.problems[0].message if report.problems else "not everything was read."
        return f"The report is incomplete, so it cannot say that all is well: {first}"
    return None
