"""`pilab demo`: the sample, from nothing to a report and notes."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from pilab_desktop.cli.drift import print_report
from pilab_desktop.cli.output import say
from pilab_desktop.cli.quickstart import write_results
from pilab_desktop.cli.session import session_of


def demo(
    context: typer.Context,
    folder: Annotated[Path, typer.Option("--dir", help="Where the sample is made.")] = Path("pilab-demo"),
    no_window: Annotated[bool, typer.Option("--no-window", help="Do the same without opening the window.")] = False,
) -> None:
    """Make the sample workspace on real repositories, analyse it, write release notes."""
    del no_window  # there is no window to open yet
    session = session_of(context)
    folder = folder.expanduser().resolve()
    workspace, file = session.program.build_sample(folder, session.work)
    session.use(workspace)
    for source, target in (("dev", "sit"), ("sit", "uat"), ("pre-prod", "prod")):
        workspace.drift_reports.analyse(None, source, target, session.work)
    report = workspace.drift_reports.analyse(None, "uat", "prod", session.work).value.report
    note = workspace.release_notes.generate(report).value
    results = folder / "results"
    write_results(session, results, report, note)
    print_report(report)
    say("")
    say(f"The sample lies in {folder}:")
    say(f"  {results / 'drift.html'}  the drift report UAT → PROD")
    say(f"  {results / 'release-notes.html'}  the release notes")
    say(f"  {file}  the workspace; look around with")
    say(f"    pilab --workspace {shlex.quote(str(file))} manifest show")
