"""`pilab quickstart`: from a repository and two refs to a report and notes."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pilab_desktop.cli.drift import ReportFormat, print_report, print_report_json, report_text
from pilab_desktop.cli.notes import NoteFormat, note_text
from pilab_desktop.cli.options import Json
from pilab_desktop.cli.output import say, write_text
from pilab_desktop.cli.session import Session, session_of

if TYPE_CHECKING:
    from pilab_desktop.domain.drift import DriftReport
    from pilab_desktop.domain.release_note import ReleaseNote


def quickstart(
    context: typer.Context,
    repository: Annotated[str, typer.Argument(metavar="REPO", help="A folder or a clone URL.")],
    source: Annotated[str, typer.Option("--source", help="The ref that has the change.")],
    target: Annotated[str, typer.Option("--target", help="The ref it would go to.")],
    path: Annotated[list[str] | None, typer.Option("--path", help="A sub-module's path; may be given often.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Where report and notes are written.")] = None,
    as_json: Json = False,
) -> None:
    """Compare two refs of a repository, and write the drift report and the release notes."""
    session = session_of(context)
    workspace = session.workspace
    made = workspace.quickstart.prepare(repository, source, target, path or [], session.work)
    done = workspace.drift_reports.analyse(made.slug, made.source, made.target, session.work)
    report = done.value.report
    if out is not None:
        session.work.step("writing release notes")
        note = workspace.release_notes.generate(report, version=source).value
        write_results(session, out, report, note)
    if as_json:
        print_report_json(report)
        return
    print_report(report, unchanged=done.value.unchanged)
    if out is not None:
        say(f"Report and release notes lie in {out}.")


def write_results(session: Session, folder: Path, report: "DriftReport", note: "ReleaseNote") -> None:
    """The four files of a quickstart, each written whole."""
    write_text(folder / "drift.json", report_text(session, report, ReportFormat.JSON))
    write_text(folder / "drift.html", report_text(session, report, ReportFormat.HTML))
    write_text(folder / "release-notes.md", note_text(note, NoteFormat.MD))
    write_text(folder / "release-notes.html", note_text(note, NoteFormat.HTML))
