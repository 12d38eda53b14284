"""`pilab manifest`: the matrix, recording deployments, baselines."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pilab_desktop.cli.options import Json, Project, UsageError, moment, word
from pilab_desktop.cli.output import deliver, print_json, say, table, write_file
from pilab_desktop.cli.session import session_of
from pilab_desktop.domain.words import counted

app = typer.Typer(help="The master manifest: what runs where.", no_args_is_help=True, rich_markup_mode=None)
baseline_app = typer.Typer(help="Frozen manifests.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(baseline_app, name="baseline")


class MatrixFormat(StrEnum):
    """How the matrix is written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    XLSX = "xlsx"
    MD = "md"


@app.command()
def show(
    context: typer.Context,
    as_of: Annotated[str | None, typer.Option("--as-of", help="The matrix as it was at this time.")] = None,
    baseline: Annotated[str | None, typer.Option("--baseline", help="The matrix as this baseline froze it.")] = None,
    format_: Annotated[MatrixFormat, typer.Option("--format")] = MatrixFormat.TABLE,
    out: Annotated[Path | None, typer.Option("--out", help="A file; without it, stdout.")] = None,
    project: Project = None,
    as_json: Json = False,
) -> None:
    """Show what runs where."""
    import json

    from pilab_desktop.services.matrix_export import matrix_csv, matrix_document, matrix_markdown, matrix_rows

    if as_of is not None and baseline is not None:
        raise UsageError("Give --as-of or --baseline, not both: a baseline lies at its own time.")
    matrix = session_of(context).workspace.manifest.matrix(project, as_of=moment(as_of), baseline=baseline)
    if as_json or (format_ is MatrixFormat.JSON and out is None):
        print_json(matrix_document(matrix))
        return
    if format_ is MatrixFormat.TABLE and out is None:
        header, rows = matrix_rows(matrix)
        table(header, rows, empty="The project has no sub-module yet.")
        return
    if format_ is MatrixFormat.XLSX:
        from pilab_desktop.services.matrix_workbook import matrix_workbook

        if out is None:
            raise UsageError("A workbook is no text for a terminal; name a file with --out.")
        write_file(out, matrix_workbook(matrix))
        say(f"Wrote {out}.")
        return
    if format_ is MatrixFormat.JSON:
        text = json.dumps(matrix_document(matrix), ensure_ascii=False, indent=2) + "\n"
    else:
        text = matrix_csv(matrix) if format_ is MatrixFormat.CSV else matrix_markdown(matrix)
    deliver(text, out)


@app.command()
def record(
    context: typer.Context,
    env: Annotated[str, typer.Option("--env")],
    sub_module: Annotated[str, typer.Option("--sub-module")],
    version: Annotated[str, typer.Option("--version")],
    commit: Annotated[str | None, typer.Option("--commit", help="The commit's sha.")] = None,
    image: Annotated[str | None, typer.Option("--image", help="The image's tag.")] = None,
    status: Annotated[str, typer.Option("--status")] = "DEPLOYED",
    deployed_at: Annotated[str | None, typer.Option("--deployed-at", help="ISO 8601; now without it.")] = None,
    deployed_by: Annotated[str | None, typer.Option("--deployed-by")] = None,
    project: Project = None,
    as_json: Json = False,
) -> None:
    """Record one deployment."""
    from pilab_desktop.domain.manifest import DeploymentStatus
    from pilab_desktop.services.manifest import NewDeployment

    told = NewDeployment(
        environment=env,
        sub_module=sub_module,
        version=version,
        commit_sha=commit,
        image_tag=image,
        status=word(DeploymentStatus, status),
        deployed_at=moment(deployed_at),
        deployed_by=deployed_by,
    )
    deployment = session_of(context).workspace.manifest.record(project, told).value
    if as_json:
        print_json(
            {
                "id": deployment.id,
                "environment": env,
                "sub_module": sub_module,
                "version": deployment.version,
                "commit": deployment.commit_sha,
                "image": deployment.image_tag,
                "status": deployment.status,
                "deployed_at": deployment.deployed_at,
                "deployed_by": deployment.deployed_by,
            }
        )
    else:
        say(f"Recorded {sub_module} {deployment.version} in {env} as {deployment.status}.")


@app.command("import")
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="CSV or JSON, as “pilab manifest show --format csv” writes it.")],
    project: Project = None,
    as_json: Json = False,
) -> None:
    """Record all deployments of a file, all or none; those that are recorded already are left as they are."""
    from pilab_desktop.services.deployment_files import read_deployments

    told = read_deployments(file.name, file.read_bytes())
    recorded = session_of(context).workspace.manifest.record_all(project, told).value
    if as_json:
        print_json({"read": len(told), "recorded": len(recorded)})
    else:
        known = len(told) - len(recorded)
        say(f"Recorded {len(recorded)} of {len(told)} deployments{f'; {known} were there already' if known else ''}.")


@baseline_app.command("create")
def baseline_create(
    context: typer.Context, name: str, description: Annotated[str, typer.Option()] = "", project: Project = None
) -> None:
    """Freeze the manifest as it is now."""
    done = session_of(context).workspace.manifest.create_baseline(project, name, description)
    say(f"Froze {counted(len(done.value.entries), 'cell')} as {name}.")


@baseline_app.command("list")
def baseline_list(context: typer.Context, project: Project = None, as_json: Json = False) -> None:
    """List baselines, newest first."""
    baselines = session_of(context).workspace.manifest.baselines(project)
    if as_json:
        print_json([{"name": b.name, "description": b.description, "created_at": b.created_at} for b in baselines])
        return
    rows = [(b.name, b.created_at.astimezone().strftime("%Y-%m-%d %H:%M"), b.description) for b in baselines]
    table(("Name", "Frozen", "Description"), rows, empty="No baseline yet. “pilab manifest baseline create NAME”.")


@baseline_app.command("show")
def baseline_show(context: typer.Context, name: str, project: Project = None, as_json: Json = False) -> None:
    """Show a frozen manifest."""
    show(context, baseline=name, project=project, as_json=as_json)


@baseline_app.command("diff")
def baseline_diff(
    context: typer.Context,
    before: str,
    after: Annotated[str | None, typer.Argument(help="Another baseline; without it, now.")] = None,
    project: Project = None,
    as_json: Json = False,
) -> None:
    """What moved since a baseline."""
    changes = session_of(context).workspace.manifest.compare(project, before, after)
    if as_json:
        print_json(list(changes))
        return
    rows = [(c.sub_module, c.environment, c.before or "—", c.after or "—") for c in changes]
    table(("Sub-module", "Environment", before, after or "now"), rows, empty="Nothing moved.")


@baseline_app.command("restore")
def baseline_restore(
    context: typer.Context, name: str, env: Annotated[str, typer.Option("--env")], project: Project = None
) -> None:
    """Plan an environment back to a baseline, as PENDING deployments."""
    done = session_of(context).workspace.manifest.restore(project, name, env)
    say(f"Planned {counted(len(done.value), 'deployment')} in {env}." if done.value else f"{env} is at {name} already.")
