"""`pilab project`: create, list, show, update, archive, restore, delete, import, export."""

from pathlib import Path
from typing import Annotated

import typer

from pilab_desktop.cli.options import Json, Project, UsageError, word
from pilab_desktop.cli.output import deliver, print_json, say, table
from pilab_desktop.cli.session import session_of
from pilab_desktop.domain.errors import InvalidInputError
from pilab_desktop.domain.json import JsonObject

app = typer.Typer(help="Projects.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_(
    context: typer.Context,
    search: Annotated[str, typer.Option(help="Only those that hold this text.")] = "",
    all_: Annotated[bool, typer.Option("--all", help="Archived and deleted ones too.")] = False,
    as_json: Json = False,
) -> None:
    """List projects."""
    from pilab_desktop.domain.project import ProjectStatus

    statuses = tuple(ProjectStatus) if all_ else (ProjectStatus.ACTIVE,)
    projects = session_of(context).workspace.projects.list(statuses=statuses, search=search)
    if as_json:
        print_json([{"id": p.id, "slug": p.slug, "name": p.name, "status": p.status} for p in projects])
        return
    rows = [(p.slug, p.name, p.status.value) for p in projects]
    table(("Slug", "Name", "Status"), rows, empty="No project yet. Create one with “pilab project create NAME”.")


@app.command()
def show(context: typer.Context, name: Annotated[str | None, typer.Argument()] = None, as_json: Json = False) -> None:
    """Show one project with its parts."""
    document = _document(context, name)
    if as_json:
        print_json(document)
        return
    say(f"{document['name']}  ({document['slug']}, {document['status']})")
    view = session_of(context).workspace.projects.show(name)
    urls = {r.id: r.url for r in view.repositories}
    for sub_module in view.sub_modules:
        links = [
            urls[link.repository_id] + (f" below {link.path}" if link.path else "")
            for link in view.links
            if link.sub_module_id == sub_module.id
        ]
        say(f"  {sub_module.name}  {sub_module.type}  {', '.join(links) or 'no repository'}")
    say("  " + " → ".join(environment.name for environment in view.environments))


@app.command()
def create(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="The project's name.")] = None,
    file: Annotated[Path | None, typer.Option("--file", help="A YAML file that describes all of it.")] = None,
    slug: Annotated[str | None, typer.Option()] = None,
    description: Annotated[str, typer.Option()] = "",
    sub_module: Annotated[list[str] | None, typer.Option(help="NAME or NAME:TYPE; may be given often.")] = None,
    env: Annotated[list[str] | None, typer.Option(help="NAME:STAGE in order; may be given often.")] = None,
    as_json: Json = False,
) -> None:
    """Create a project, from a file or by options; all of it or nothing."""
    from pilab_desktop.domain.environment import Stage
    from pilab_desktop.domain.project import SubModuleType
    from pilab_desktop.domain.project_description import (
        EnvironmentDescription,
        ProjectDescription,
        SubModuleDescription,
    )

    if file is not None:
        if name or sub_module or env:
            raise UsageError("Give either --file or a name with options, not both.")
        _import(context, file, as_json=as_json)
        return
    if not name:
        raise UsageError("A project needs a name, or --file.")
    modules = []
    for text in sub_module or []:
        module, _, kind = text.partition(":")
        modules.append(SubModuleDescription(name=module, type=word(SubModuleType, kind or "OTHER")))
    environments = []
    for text in env or []:
        title, _, stage = text.rpartition(":")
        environments.append(EnvironmentDescription(name=title or stage, stage=word(Stage, stage)))
    description_ = ProjectDescription(
        name=name, slug=slug, description=description, sub_modules=tuple(modules), environments=tuple(environments)
    )
    done = session_of(context).workspace.projects.create(description_)
    _tell(context, done.value.project.slug, "Created", as_json=as_json)


@app.command()
def update(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument()] = None,
    new_name: Annotated[str | None, typer.Option("--name")] = None,
    description: Annotated[str | None, typer.Option()] = None,
    ticket_prefix: Annotated[list[str] | None, typer.Option(help="The part of a ticket key before the hyphen.")] = None,
    sql_dialect: Annotated[str | None, typer.Option(help="The database's SQL: postgres, mysql, sqlite, …")] = None,
    as_json: Json = False,
) -> None:
    """Change what is given; the rest stays."""
    done = session_of(context).workspace.projects.update(
        name,
        new_name=new_name,
        description=description,
        ticket_prefixes=tuple(ticket_prefix) if ticket_prefix else None,
        sql_dialect=sql_dialect,
    )
    _tell(context, done.value.slug, "Changed", as_json=as_json)


@app.command()
def archive(
    context: typer.Context, name: Annotated[str | None, typer.Argument()] = None, as_json: Json = False
) -> None:
    """Take a project out of the lists; nothing is lost."""
    _tell(context, session_of(context).workspace.projects.archive(name).value.slug, "Archived", as_json=as_json)


@app.command()
def restore(context: typer.Context, name: str, as_json: Json = False) -> None:
    """Bring an archived or deleted project back."""
    _tell(context, session_of(context).workspace.projects.restore(name).value.slug, "Restored", as_json=as_json)


@app.command()
def delete(context: typer.Context, name: str, as_json: Json = False) -> None:
    """Delete a project; “pilab project restore” brings it back."""
    done = session_of(context).workspace.projects.delete(name)
    if as_json:
        print_json({"slug": done.value.slug, "status": done.value.status})
    else:
        say(f"Deleted {done.value.slug}. “pilab project restore {done.value.slug}” brings it back.")


@app.command("import")
def import_(context: typer.Context, file: Path, as_json: Json = False) -> None:
    """Create a project from a YAML file; all of it or nothing."""
    _import(context, file, as_json=as_json)


@app.command()
def export(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument()] = None,
    out: Annotated[Path | None, typer.Option("--out", help="A file; without it, stdout.")] = None,
    project: Project = None,
) -> None:
    """Write a project as the YAML that import reads. Secrets are named, their values stay here."""
    from pilab_desktop.services.project_file import describe_project, write_project

    text = write_project(describe_project(session_of(context).workspace.store, name or project))
    deliver(text, out)


def _import(context: typer.Context, file: Path, *, as_json: bool) -> None:
    from pilab_desktop.services.project_file import read_project

    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InvalidInputError(f"{file} is not UTF-8 text; nothing was created.") from error
    done = session_of(context).workspace.projects.create(read_project(text))
    _tell(context, done.value.project.slug, "Created", as_json=as_json)


def _tell(context: typer.Context, slug: str, verb: str, *, as_json: bool) -> None:
    if as_json:
        print_json(_document(context, slug))
    else:
        say(f"{verb} {slug}.")


def _document(context: typer.Context, name: str | None) -> JsonObject:
    view = session_of(context).workspace.projects.show(name)
    urls = {r.id: r.url for r in view.repositories}
    slugs = {e.id: e.slug for e in view.environments}
    return {
        "id": str(view.project.id),
        "slug": view.project.slug,
        "name": view.project.name,
        "description": view.project.description,
        "status": view.project.status.value,
        "sub_modules": [
            {
                "name": s.name,
                "type": s.type.value,
                "repositories": [
                    {"url": urls[link.repository_id], "path": link.path}
                    for link in view.links
                    if link.sub_module_id == s.id
                ],
            }
            for s in view.sub_modules
        ],
        "environments": [
            {
                "slug": e.slug,
                "name": e.name,
                "stage": e.stage.value,
                "order": e.order,
                "is_production": e.is_production,
                "promotes_to": [slugs[i] for i in e.promotes_to if i in slugs],
            }
            for e in view.environments
        ],
    }
