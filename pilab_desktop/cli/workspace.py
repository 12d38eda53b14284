"""`pilab workspace`: create, upgrade, check, backup, restore."""

from pathlib import Path
from typing import Annotated

import typer

from pilab_desktop.cli.options import Json, without_password
from pilab_desktop.cli.output import print_json, say
from pilab_desktop.cli.session import session_of

app = typer.Typer(help="The workspace: where the state lies.", no_args_is_help=True, rich_markup_mode=None)


@app.command()
def create(
    context: typer.Context,
    location: Annotated[str, typer.Argument(help="A file, or postgresql://…")],
    name: Annotated[str, typer.Option("--name")] = "My workspace",
) -> None:
    """Make a new workspace."""
    session = session_of(context)
    session.use(session.program.create_workspace(without_password(location), name))
    say(f"Created the workspace “{name}” at {session.program.workspace_location(location)}.")


@app.command()
def upgrade(context: typer.Context, as_json: Json = False) -> None:
    """Bring the schema up to this release's. A copy of a local file is kept beside it first."""
    session = session_of(context)
    done = session.program.upgrade_workspace(session.location)
    if as_json:
        print_json(done)
    elif done.before == done.after:
        say(f"{done.location} is up to date (schema {done.after}).")
    elif done.before is None:
        say(f"{done.location} is at schema {done.after}.")
    else:
        say(f"Upgraded {done.location} from schema {done.before} to {done.after}.")
        if done.copy is not None:
            say(f"What was there before is kept as {done.copy}.")


@app.command()
def check(context: typer.Context, as_json: Json = False) -> None:
    """Look for damage: the file's integrity, broken references, the schema's age."""
    session = session_of(context)
    problems = session.workspace.store.check()
    if as_json:
        print_json({"location": session.program.workspace_location(session.location), "problems": list(problems)})
    else:
        for problem in problems:
            say(f"! {problem}")
        if not problems:
            say(f"{session.program.workspace_location(session.location)} is well.")
    if problems:
        raise typer.Exit(1)


@app.command()
def backup(context: typer.Context, to: Annotated[Path, typer.Argument(help="The copy to write.")]) -> None:
    """Copy a local workspace as it is now, while others may be working in it."""
    session_of(context).workspace.store.backup(to)
    say(f"Wrote {to}.")


@app.command()
def restore(
    context: typer.Context,
    backup_file: Annotated[Path, typer.Argument(help="A copy that backup wrote.")],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the workspace that is there.")] = False,
) -> None:
    """Put a copy in the workspace's place. What was there is kept beside it."""
    session = session_of(context)
    kept = session.program.restore_workspace(backup_file, session.location, overwrite=overwrite)
    say(f"Restored {session.program.workspace_location(session.location)}.")
    if kept is not None:
        say(f"What was there before is kept as {kept}.")
