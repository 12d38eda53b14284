"""`pilab env`: environments and their variables."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pilab_desktop.cli.options import Json, Project, UsageError, word
from pilab_desktop.cli.output import deliver, print_json, say, table, tell
from pilab_desktop.cli.session import session_of
from pilab_desktop.domain.words import counted

if TYPE_CHECKING:
    from pilab_desktop.domain.environment import Variable

HIDDEN = "••••••••"

app = typer.Typer(help="Environments.", no_args_is_help=True, rich_markup_mode=None)
vars_app = typer.Typer(help="Variables of an environment.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(vars_app, name="vars")


@app.command("list")
def list_(context: typer.Context, project: Project = None, as_json: Json = False) -> None:
    """List environments in their order."""
    environments = session_of(context).workspace.environments.list(project)
    slugs = {e.id: e.slug for e in environments}
    if as_json:
        print_json(
            [
                {
                    "slug": e.slug,
                    "name": e.name,
                    "stage": e.stage,
                    "order": e.order,
                    "is_production": e.is_production,
                    "promotes_to": [slugs[i] for i in e.promotes_to if i in slugs],
                }
                for e in environments
            ]
        )
        return
    rows = [
        (e.slug, e.name, e.stage.value + (" ●" if e.is_production else ""), ", ".join(slugs[i] for i in e.promotes_to))
        for e in environments
    ]
    table(("Slug", "Name", "Stage", "Promotes to"), rows, empty="No environment yet. Add one with “pilab env add”.")


@app.command()
def add(
    context: typer.Context,
    name: str,
    stage: Annotated[str, typer.Option(help="DEV, SIT, UAT, PERF, SEC, PRE_PROD, PROD or DR.")],
    slug: Annotated[str | None, typer.Option()] = None,
    description: Annotated[str, typer.Option()] = "",
    cluster_url: Annotated[str | None, typer.Option()] = None,
    namespace: Annotated[str | None, typer.Option()] = None,
    project: Project = None,
) -> None:
    """Add an environment at the end."""
    from pilab_desktop.domain.environment import Stage
    from pilab_desktop.domain.project_description import EnvironmentDescription

    told = EnvironmentDescription(
        name=name,
        slug=slug,
        stage=word(Stage, stage),
        description=description,
        cluster_url=cluster_url,
        namespace=namespace,
    )
    say(f"Added {session_of(context).workspace.environments.add(project, told).value.slug}.")


@app.command()
def rename(context: typer.Context, name: str, new_name: str, project: Project = None) -> None:
    """Give an environment another name; its slug stays."""
    done = session_of(context).workspace.environments.rename(project, name, new_name)
    say(f"{done.value.slug} is now called {done.value.name}.")


@app.command()
def reorder(context: typer.Context, names: list[str], project: Project = None) -> None:
    """Put environments into the order given."""
    done = session_of(context).workspace.environments.reorder(project, names)
    say(" → ".join(e.slug for e in done.value))


@app.command()
def delete(context: typer.Context, name: str, project: Project = None) -> None:
    """Take an environment away; its deployments stay in the history."""
    done = session_of(context).workspace.environments.delete(project, name)
    say(f"Deleted {done.value.slug}. Its deployments stay in the history.")


@vars_app.command("list")
def vars_list(context: typer.Context, environment: str, project: Project = None, as_json: Json = False) -> None:
    """List variables; a secret shows no value."""
    variables = session_of(context).workspace.environments.variables(project, environment)
    if as_json:
        print_json([{"key": v.key, "value": _json_value(v), "secret": v.is_secret} for v in variables])
        return
    rows = [(v.key, _shown(v)) for v in variables]
    table(("Variable", "Value"), rows, empty="No variable yet. Add one with “pilab env vars set”.")


@vars_app.command("set")
def vars_set(
    context: typer.Context,
    environment: str,
    assignment: Annotated[str, typer.Argument(help="KEY=VALUE, or KEY alone with --secret.")],
    secret: Annotated[
        bool, typer.Option("--secret", help="Read the value from stdin or a prompt, and seal it.")
    ] = False,
    description: Annotated[str, typer.Option()] = "",
    project: Project = None,
) -> None:
    """Set one variable. A secret's value never stands on the command line."""
    from pilab_desktop.domain.project_description import VariableDescription
    from pilab_desktop.domain.redaction import is_secret_name

    key, given, value = assignment.partition("=")
    if secret and given:
        raise UsageError(
            "A secret's value must not stand on the command line, where others can read it; give the key alone."
        )
    if not secret and not given:
        raise UsageError("Write KEY=VALUE, or KEY with --secret.")
    if secret:
        value = _secret_value(key)
    told = VariableDescription(key=key, value=value, is_secret=secret, description=description)
    session_of(context).workspace.environments.set_variables(project, environment, [told])
    say(f"Set {key} in {environment}.")
    if not secret and is_secret_name(key) and value:
        tell(f"{key} sounds like a secret but was set as plain text; set it again with --secret to seal it.")


@vars_app.command("unset")
def vars_unset(context: typer.Context, environment: str, key: str, project: Project = None) -> None:
    """Take one variable away."""
    session_of(context).workspace.environments.unset_variable(project, environment, key)
    say(f"Took {key} out of {environment}.")


@vars_app.command("import")
def vars_import(
    context: typer.Context,
    environment: str,
    file: Path,
    secret: Annotated[list[str] | None, typer.Option(help="A key (or pattern) to seal; may be given often.")] = None,
    project: Project = None,
) -> None:
    """Set all variables of a .env, YAML, JSON or properties file, all or none. Names like PASSWORD are sealed."""
    from pilab_desktop.services.variable_files import read_variables

    variables = read_variables(file.name, file.read_bytes(), secret_patterns=tuple(secret or ()))
    done = session_of(context).workspace.environments.set_variables(project, environment, variables)
    sealed = sum(v.is_secret for v in done.value)
    say(f"Set {counted(len(done.value), 'variable')} in {environment}, {sealed} of them sealed as secrets.")


@vars_app.command("compare")
def vars_compare(
    context: typer.Context, source: str, target: str, project: Project = None, as_json: Json = False
) -> None:
    """Compare two environments; secrets are compared without showing either."""
    pairs = session_of(context).workspace.environments.compare(project, source, target)
    if as_json:
        print_json(
            [
                {
                    "key": p.key,
                    "relation": p.relation,
                    "source": _json_value(p.source),
                    "target": _json_value(p.target),
                }
                for p in pairs
            ]
        )
        return
    rows = [(p.key, p.relation.value, _shown(p.source), _shown(p.target)) for p in pairs]
    table(("Variable", "Relation", source, target), rows, empty="Neither environment has a variable.")


@vars_app.command("export")
def vars_export(
    context: typer.Context,
    environment: str,
    out: Annotated[Path | None, typer.Option("--out", help="A file; without it, stdout.")] = None,
    project: Project = None,
) -> None:
    """Write variables as a .env file; a secret stands there as a comment without its value."""
    from pilab_desktop.services.variable_files import write_variables

    text = write_variables(session_of(context).workspace.environments.variables(project, environment))
    deliver(text, out)


def _secret_value(key: str) -> str:
    import sys
    from getpass import getpass

    if sys.stdin.isatty():
        return getpass(f"Value of {key}: ")
    return sys.stdin.read().rstrip("\n")


def _json_value(variable: "Variable | None") -> object:
    if variable is None:
        return None
    return {"secret": True} if variable.is_secret else variable.value


def _shown(variable: "Variable | None") -> str:
    if variable is None:
        return "—"
    return HIDDEN if variable.is_secret else variable.value or ""
