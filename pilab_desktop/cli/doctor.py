"""`pilab doctor`: is everything here that is needed?"""

import typer

from pilab_desktop.cli.options import Json
from pilab_desktop.cli.output import print_json, table
from pilab_desktop.cli.session import session_of


def doctor(context: typer.Context, as_json: Json = False) -> None:
    """Check versions, git, the workspace and the keyring; each failure says its mend."""
    session = session_of(context)
    findings = session.program.diagnose(session.location)
    if as_json:
        print_json([{"part": part, "state": state, "message": message} for part, state, message in findings])
    else:
        table(("Part", "State", ""), findings, empty="")
    if any(state == "FAILURE" for _, state, _ in findings):
        raise typer.Exit(1)
