"""`pilab notes`: generate, list, show, status; and notes of two refs that need no workspace."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pilab_desktop.cli.options import Json, Project, word
from pilab_desktop.cli.output import deliver, print_json, say, table
from pilab_desktop.cli.session import session_of

if TYPE_CHECKING:
    from pilab_desktop.domain.release_note import NoteContent, ReleaseNote

app = typer.Typer(help="Release notes: what do we tell people.", no_args_is_help=True, rich_markup_mode=None)


class NoteFormat(StrEnum):
    """How release notes are written."""

    MD = "md"
    HTML = "html"
    JSON = "json"


@app.command()
def generate(
    context: typer.Context,
    report: Annotated[str, typer.Option("--report", help="A report's id, its beginning, or latest.")],
    template: Annotated[str, typer.Option("--template")] = "release-notes",
    format_: Annotated[NoteFormat, typer.Option("--format")] = NoteFormat.MD,
    version: Annotated[str | None, typer.Option("--version", help="What is released; the source's without it.")] = None,
    title: Annotated[str | None, typer.Option("--title")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="A file; without it, stdout.")] = None,
    project: Project = None,
) -> None:
    """Generate release notes from a report."""
    workspace = session_of(context).workspace
    found = workspace.drift_reports.get(project, report)
    done = workspace.release_notes.generate(found, template=template, version=version, title=title)
    text = note_text(done.value, format_)
    deliver(text, out)


@app.command()
def draft(
    context: typer.Context,
    repository: Annotated[str, typer.Argument(help="A folder or a clone URL.")],
    source: Annotated[str, typer.Argument(help="The ref that is released.")],
    target: Annotated[str, typer.Argument(help="The ref that people have now.")],
    path: Annotated[str, typer.Option("--path", help="Only commits that touch this part.")] = "",
    template: Annotated[str, typer.Option("--template")] = "release-notes",
    format_: Annotated[NoteFormat, typer.Option("--format")] = NoteFormat.MD,
    out: Annotated[Path | None, typer.Option("--out", help="A file; without it, stdout.")] = None,
) -> None:
    """Draft release notes of two refs, without a workspace: commits and tickets only."""
    from pilab_desktop.cli.repo import compared
    from pilab_desktop.domain.commit import Detail

    session = session_of(context)
    report = compared(session, repository, (source, target), path=path, detail=Detail.PATHS)
    from pilab_desktop.notes.compose import compose  # while git read, this had no need to be there
    from pilab_desktop.notes.render import render_markdown

    content = compose(report, version=source, title=None, date=report.created_at)
    markdown = render_markdown(content, session.program.resource_text(f"templates/{template}.md.j2"))
    text = content_text(content, markdown, format_)
    deliver(text, out)


@app.command("list")
def list_(context: typer.Context, project: Project = None, as_json: Json = False) -> None:
    """List release notes, newest first."""
    notes = session_of(context).workspace.release_notes.list(project)
    if as_json:
        print_json(
            [
                {
                    "id": n.id,
                    "version": n.content.version,
                    "title": n.content.title,
                    "status": n.status,
                    "report": n.drift_report_id,
                    "created_at": n.created_at,
                }
                for n in notes
            ]
        )
        return
    rows = [(str(n.id), n.content.version, n.content.title, n.status.value) for n in notes]
    table(("Id", "Version", "Title", "Status"), rows, empty="No release notes yet. “pilab notes generate” makes some.")


@app.command()
def show(
    context: typer.Context,
    note: Annotated[str, typer.Argument(help="An id, its beginning, or latest.")] = "latest",
    format_: Annotated[NoteFormat, typer.Option("--format")] = NoteFormat.MD,
    project: Project = None,
    as_json: Json = False,
) -> None:
    """Show release notes."""
    found = session_of(context).workspace.release_notes.get(project, note)
    say(note_text(found, NoteFormat.JSON if as_json else format_).rstrip("\n"))


@app.command()
def status(context: typer.Context, note: str, new_status: str, project: Project = None) -> None:
    """Move release notes along: DRAFT, GENERATED, REVIEWED, APPROVED, PUBLISHED."""
    from pilab_desktop.domain.release_note import NoteStatus

    done = session_of(context).workspace.release_notes.set_status(project, note, word(NoteStatus, new_status))
    say(f"The notes are {done.value.status}.")


def note_text(note: "ReleaseNote", format_: NoteFormat) -> str:
    """Stored release notes in one of their written forms."""
    return content_text(note.content, note.markdown, format_)


def content_text(content: "NoteContent", markdown: str, format_: NoteFormat) -> str:
    """Release notes in one of their written forms."""
    if format_ is NoteFormat.MD:
        return markdown
    if format_ is NoteFormat.HTML:
        from pilab_desktop.notes.render import render_html

        return render_html(markdown, title=content.title)
    import json

    from pilab_desktop.notes.as_json import note_document

    return json.dumps(note_document(content), ensure_ascii=False, indent=2) + "\n"
