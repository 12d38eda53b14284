"""`pilab audit`: who did what."""

from datetime import datetime
from typing import Annotated

import typer

from pilab_desktop.cli.options import Json
from pilab_desktop.cli.output import print_json, table
from pilab_desktop.cli.session import session_of

app = typer.Typer(help="The audit log: who did what.", no_args_is_help=True, rich_markup_mode=None)

ProjectOnly = Annotated[str | None, typer.Option("--project", help="Only what was done in this project.")]


@app.callback()
def audit() -> None:
    """The audit log: who did what."""


@app.command("list")
def list_(
    context: typer.Context,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many lines.")] = 50,
    project: ProjectOnly = None,
    as_json: Json = False,
) -> None:
    """List what was done, newest first."""
    from pilab_desktop.services.lookup import project_named

    with session_of(context).workspace.store.unit_of_work() as unit:
        known = project_named(unit, project).id if project is not None else None
        lines = unit.audit.list(project_id=known, limit=limit)
    if as_json:
        print_json(list(lines))
        return
    rows = [(_when(line["at"]), str(line["actor"]), str(line["action"]), _what(line["new"])) for line in lines]
    table(("When", "Who", "Did", "What"), rows, empty="Nothing was done yet.")


def _when(at: object) -> str:
    return datetime.fromisoformat(str(at)).astimezone().strftime("%Y-%m-%d %H:%M")


def _what(new: object) -> str:
    if not isinstance(new, dict):
        return "" if new is None else str(new)
    return ", ".join(f"{key} {value}" for key, value in new.items())
