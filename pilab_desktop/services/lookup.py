"""Finding things by what a person calls them: a slug, a name or an id; an unknown one lists the near ones (cli.md)."""

import difflib
from collections.abc import Callable, Iterable
from typing import TypeVar
from uuid import UUID

from pilab_desktop.domain.environment import Environment
from pilab_desktop.domain.errors import InvalidInputError, NotFoundError
from pilab_desktop.domain.project import Project, ProjectStatus, SubModule
from pilab_desktop.ports.storage import UnitOfWork

_T = TypeVar("_T")


def project_named(unit: UnitOfWork, name: str | None) -> Project:
    """The project with the slug or id; where no name is given, the only project there is."""
    projects = unit.projects.list(statuses=(ProjectStatus.ACTIVE, ProjectStatus.ARCHIVED))
    if name is not None:
        return _named(projects, name, "project", lambda p: (p.slug, p.name, str(p.id)))
    active = [project for project in projects if project.status is ProjectStatus.ACTIVE]
    if len(active) == 1:
        return active[0]
    if not active:
        raise NotFoundError("This workspace has no project yet. Create one with “pilab project create”.")
    slugs = ", ".join(project.slug for project in active)
    raise InvalidInputError(f"This workspace has {len(active)} projects ({slugs}); say which one with --project.")


def environment_named(unit: UnitOfWork, project: Project, name: str) -> Environment:
    """The project's environment with the slug, name or id."""
    environments = unit.environments.list(project.id)
    return _named(environments, name, "environment", lambda e: (e.slug, e.name, str(e.id)))


def sub_module_named(unit: UnitOfWork, project: Project, name: str) -> SubModule:
    """The project's sub-module with the name or id."""
    return _named(unit.projects.sub_modules(project.id), name, "sub-module", lambda s: (s.name, str(s.id)))


def only_one(found: tuple[UUID, ...], text: str, kind: str) -> UUID:
    """The one id that begins with what a person typed."""
    if len(found) == 1:
        return found[0]
    if not found:
        raise NotFoundError(f"There is no {kind} “{text}”. List them to see their ids.")
    raise InvalidInputError(f"“{text}” fits {len(found)} {kind}s; type more of the id.")


def _named(things: Iterable[_T], name: str, kind: str, names_of: Callable[[_T], tuple[str, ...]]) -> _T:
    listed = list(things)
    # A slug goes before a name: what one thing is called may be how another is named by scripts.
    for names in zip(*(names_of(thing) for thing in listed), strict=True):
        if name in names:
            return listed[names.index(name)]
    folded = [thing for thing in listed if name.casefold() in {n.casefold() for n in names_of(thing)}]
    if len(folded) == 1:
        return folded[0]
    first_names = [names_of(thing)[0] for thing in listed]
    near = difflib.get_close_matches(name.casefold(), [n.casefold() for n in first_names], n=3, cutoff=0.5)
    raise NotFoundError(
        f"There is no {kind} “{name}”.", tuple(n for n in first_names if n.casefold() in near) or tuple(first_names[:5])
    )
