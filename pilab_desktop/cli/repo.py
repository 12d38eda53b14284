"""`pilab repo`: link, unlink, list, test, sync; and a comparison that needs no workspace."""

from typing import TYPE_CHECKING, Annotated

import typer

from pilab_desktop.cli.options import Json, Project
from pilab_desktop.cli.output import print_json, say, table
from pilab_desktop.cli.session import Session, session_of
from pilab_desktop.domain.words import counted

if TYPE_CHECKING:
    from pilab_desktop.domain.commit import Detail
    from pilab_desktop.domain.drift import DriftReport
    from pilab_desktop.services.repositories import RepositoryHealth

app = typer.Typer(help="Repositories.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_(context: typer.Context, project: Project = None, as_json: Json = False) -> None:
    """List repositories by sub-module."""
    linked = session_of(context).workspace.repositories.list(project)
    if as_json:
        print_json(
            [
                {
                    "sub_module": item.sub_module.name,
                    "url": item.repository.url,
                    "path": item.link.path,
                    "provider": item.repository.provider,
                    "last_sync_at": item.repository.last_sync_at,
                }
                for item in linked
            ]
        )
        return
    rows = [(i.sub_module.name, i.repository.url, i.link.path, i.repository.provider.value) for i in linked]
    table(
        ("Sub-module", "Repository", "Path", "Provider"),
        rows,
        empty="No repository yet. Link one with “pilab repo link --sub-module NAME URL”.",
    )


@app.command()
def link(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="A folder, or an https, ssh or file URL.")],
    sub_module: Annotated[str, typer.Option("--sub-module")],
    path: Annotated[str, typer.Option("--path", help="The part of the repository that is the sub-module's.")] = "",
    project: Project = None,
) -> None:
    """Link a repository to a sub-module, once it was read."""
    session = session_of(context)
    done = session.workspace.repositories.link(project, sub_module, url, path, session.work)
    say(f"Linked {done.value.repository.name} to {done.value.sub_module.name}.")


@app.command()
def unlink(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="The repository's URL, folder or name.")],
    sub_module: Annotated[str, typer.Option("--sub-module")],
    project: Project = None,
) -> None:
    """Take a repository from a sub-module. The repository itself is not touched."""
    done = session_of(context).workspace.repositories.unlink(project, sub_module, url)
    say(f"Took {counted(done.value, 'link')} away.")


@app.command()
def test(context: typer.Context, project: Project = None, as_json: Json = False) -> None:
    """Read every repository and say how it is."""
    session = session_of(context)
    _show(session.workspace.repositories.test(project, session.work), as_json=as_json)


@app.command()
def sync(
    context: typer.Context,
    repo: Annotated[str | None, typer.Option("--repo", help="Only this one.")] = None,
    project: Project = None,
    as_json: Json = False,
) -> None:
    """Bring mirrors up to date."""
    session = session_of(context)
    _show(session.workspace.repositories.sync(project, session.work, repo), as_json=as_json)


@app.command()
def compare(
    context: typer.Context,
    repository: Annotated[str, typer.Argument(help="A folder or a clone URL.")],
    source: Annotated[str, typer.Argument(help="The ref that has the change.")],
    target: Annotated[str, typer.Argument(help="The ref it would go to.")],
    path: Annotated[str, typer.Option("--path", help="Only commits that touch this part.")] = "",
    prefix: Annotated[list[str] | None, typer.Option("--ticket-prefix", help="Only keys with this prefix.")] = None,
    as_json: Json = False,
) -> None:
    """Compare two refs of a repository, both ways, without a workspace."""
    from pilab_desktop.cli.drift import print_report, print_report_json
    from pilab_desktop.domain.commit import Detail

    session = session_of(context)
    prefixes = tuple(prefix or ())
    report = compared(session, repository, (source, target), path=path, prefixes=prefixes, detail=Detail.LINES)
    if as_json:
        print_report_json(report)
    else:
        print_report(report)


def compared(
    session: Session,
    repository: str,
    refs: tuple[str, str],
    *,
    path: str,
    detail: "Detail",
    prefixes: tuple[str, ...] = (),
) -> "DriftReport":
    """The report of two refs (source, target), graded by the shipped policy."""
    git = session.program.git_begun(repository, refs, path, detail)
    # Loaded only now: git reads meanwhile.
    from datetime import UTC, datetime

    from pilab_desktop.drift.policy import load_policy
    from pilab_desktop.services.ref_comparison import RefPair, compare_refs

    source, target = refs
    pair = RefPair(
        repository=repository, source=source, target=target, path=path, ticket_prefixes=prefixes, detail=detail
    )
    policy = load_policy(session.program.resource_text("policies/severity.yaml"), name="that is shipped")
    return compare_refs(git, pair, policy, datetime.now(UTC), session.work)


def _show(results: "tuple[RepositoryHealth, ...]", *, as_json: bool) -> None:
    if as_json:
        print_json(
            [
                {
                    "name": r.repository.name,
                    "url": r.repository.url,
                    "branches": r.branches,
                    "tags": r.tags,
                    "problem": r.problem,
                }
                for r in results
            ]
        )
    else:
        rows = [(r.repository.name, str(r.branches), str(r.tags), r.problem or "OK") for r in results]
        table(
            ("Repository", "Branches", "Tags", "State"),
            rows,
            empty="The project has no repository.",
            right=("Branches", "Tags"),
        )
    if any(r.problem for r in results):
        raise typer.Exit(1)
