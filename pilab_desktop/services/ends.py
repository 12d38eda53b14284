"""From what a person writes for an end to what that end has (semantics.md §1; cli.md, `drift analyze`)."""

from datetime import datetime

from pilab_desktop.domain.drift import End
from pilab_desktop.domain.environment import Environment
from pilab_desktop.domain.errors import InvalidInputError, NotFoundError
from pilab_desktop.domain.project import Project
from pilab_desktop.drift.analysis import EndState
from pilab_desktop.ports.storage import UnitOfWork
from pilab_desktop.services.lookup import environment_named
from pilab_desktop.services.moments import parse_moment

_BASELINE = "baseline:"


def parse_end(text: str) -> End:
    """`slug`, `slug@TIME`, `baseline:NAME` (of the other end's environment) or `baseline:NAME/slug`."""
    if text.startswith(_BASELINE):
        name, _, slug = text.removeprefix(_BASELINE).partition("/")
        if not name:
            raise InvalidInputError("Write a baseline as baseline:NAME.")
        return End(environment=slug or None, baseline=name)
    slug, at, moment = text.partition("@")
    return End(environment=slug, as_of=parse_moment(moment) if at else None)


def completed(source: End, target: End) -> tuple[End, End]:
    """A baseline that names no environment is of the other end's environment."""
    fallback = source.environment or target.environment
    if fallback is None:
        raise InvalidInputError("Two baselines need an environment: write one as baseline:NAME/ENVIRONMENT.")
    return _with_environment(source, fallback), _with_environment(target, fallback)


def end_state(unit: UnitOfWork, project: Project, end: End) -> EndState:
    """What runs at an end. Variables are known now only: they have no history."""
    environment = environment_named(unit, project, end.environment or "")
    if end.baseline is not None:
        baseline = unit.manifests.baseline(project.id, end.baseline)
        if baseline is None:
            names = tuple(b.name for b in unit.manifests.baselines(project.id))
            raise NotFoundError(f"There is no baseline “{end.baseline}”.", names[:5])
        entries = baseline.entries
    else:
        entries = unit.manifests.entries(project.id, as_of=end.as_of)
    here = [entry for entry in entries if entry.environment_id == environment.id and entry.current is not None]
    now = end.baseline is None and end.as_of is None
    return EndState(
        end=_named(end, environment, end.as_of),
        slug=environment.slug,
        stage=None if project.settings.environments_are_refs else environment.stage,
        deployments={entry.sub_module_id: entry.current for entry in here if entry.current},
        variables=unit.environments.variables(environment.id) if now else None,
    )


def _with_environment(end: End, slug: str) -> End:
    return end if end.environment else End(environment=slug, as_of=end.as_of, baseline=end.baseline)


def _named(end: End, environment: Environment, as_of: datetime | None) -> End:
    return End(environment=environment.slug, as_of=as_of, baseline=end.baseline)
