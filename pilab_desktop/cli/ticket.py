"""`pilab ticket`: where each ticket's commits are."""

import typer

from pilab_desktop.cli.options import Json, Project
from pilab_desktop.cli.output import print_json, say, table, tell
from pilab_desktop.cli.session import session_of

app = typer.Typer(help="Tickets.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def tickets() -> None:
    """Tickets."""


@app.command()
def status(context: typer.Context, keys: list[str], project: Project = None, as_json: Json = False) -> None:
    """Show where each ticket's commits are, per environment."""
    session = session_of(context)
    answer = session.workspace.tickets.status(project, keys, session.work)
    if as_json:
        print_json(answer)
    else:
        for ticket in answer.tickets:
            say(ticket.key)
            rows = [
                (
                    c.sub_module,
                    c.sha[:7],
                    c.subject,
                    *("●" if slug in c.environments else "" for slug in answer.environments),
                )
                for c in ticket.commits
            ]
            table(("Sub-module", "Commit", "Subject", *answer.environments), rows, empty="  no commit runs anywhere")
            say("")
        for problem in answer.problems:
            say(f"! {problem}")
    if answer.problems:
        tell("The answer has gaps; they are named below it.")
        raise typer.Exit(1)
