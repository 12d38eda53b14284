"""Where a ticket's commits are, per environment (product.md D9; cli.md, `ticket status`)."""

from collections.abc import Sequence
from dataclasses import dataclass

from pilab_desktop.domain.environment import Environment
from pilab_desktop.domain.errors import CancelledError, InvalidInputError, PilabError
from pilab_desktop.domain.manifest import ManifestEntry
from pilab_desktop.domain.project import Project, ProjectSettings, Repository, RepositoryLink, SubModule
from pilab_desktop.drift.resolve import resolve
from pilab_desktop.drift.ticket_keys import TicketKeys, prefix_of
from pilab_desktop.ports.git_reader import GitReader, GitSource
from pilab_desktop.ports.progress import Work
from pilab_desktop.ports.storage import Store
from pilab_desktop.services.lookup import project_named
from pilab_desktop.services.readers import Readers


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketCommit:
    """One commit of a ticket, and the slugs of the environments that have it."""

    sha: str
    subject: str
    sub_module: str
    environments: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketStatus:
    """A ticket's commits among what runs somewhere; none at all where `commits` is empty."""

    key: str
    commits: tuple[TicketCommit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketAnswer:
    """The tickets asked for, the environments in their order, and what could not be looked at."""

    environments: tuple[str, ...]
    tickets: tuple[TicketStatus, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    link: RepositoryLink
    sub_module: SubModule
    repository: Repository


class TicketService:
    """Use cases around tickets."""

    def __init__(self, store: Store, git: GitSource) -> None:
        self._store = store
        self._git = git

    def status(self, project_name: str | None, keys: Sequence[str], work: Work) -> TicketAnswer:
        """For each key its commits in what runs, and in which environments. Commits that run nowhere are not seen."""
        if not keys:
            raise InvalidInputError("Name at least one ticket, like ABC-1.")
        wanted = tuple(dict.fromkeys(key.upper() for key in keys))
        with self._store.unit_of_work() as unit:
            project = project_named(unit, project_name)
            environments = unit.environments.list(project.id)
            entries = unit.manifests.entries(project.id)
            sub_modules = {sub_module.id: sub_module for sub_module in unit.projects.sub_modules(project.id)}
            repositories = {repository.id: repository for repository in unit.projects.repositories(project.id)}
            places = [
                _Place(link, sub_modules[link.sub_module_id], repositories[link.repository_id])
                for link in unit.projects.links(project.id)
            ]
        found: dict[tuple[str, str, str], tuple[str, list[str]]] = {}
        problems: list[str] = []
        with Readers(self._git, work, refresh=False) as readers:
            for place in places:
                work.step(f"{place.sub_module.name}: looking for tickets")
                try:
                    reader = readers.open(place.repository)
                    running = _running(place, reader, project, environments, entries)
                    problems += running.problems
                    _look(place, reader, running.tips, wanted, found)
                except CancelledError:
                    raise
                except PilabError as error:
                    problems.append(f"{place.sub_module.name}: {error.sentence}")
        order = [environment.slug for environment in environments]
        return TicketAnswer(
            environments=tuple(order),
            tickets=tuple(TicketStatus(key=key, commits=_commits(key, found, order)) for key in wanted),
            problems=tuple(dict.fromkeys(problems)),
        )


@dataclass(frozen=True, slots=True)
class _Running:
    tips: dict[str, str]
    problems: list[str]


def _running(
    place: _Place,
    reader: GitReader,
    project: Project,
    environments: Sequence[Environment],
    entries: Sequence[ManifestEntry],
) -> _Running:
    """Environment slug to the commit of the sub-module that runs there."""
    slugs = {environment.id: environment.slug for environment in environments}
    running = _Running({}, [])
    for entry in entries:
        if entry.sub_module_id != place.sub_module.id or entry.environment_id not in slugs:
            continue
        resolution = resolve(entry.current, place.sub_module.name, reader, project.settings)
        if resolution.commit:
            running.tips[slugs[entry.environment_id]] = resolution.commit
        elif resolution.problem:
            running.problems.append(f"{slugs[entry.environment_id]}: {resolution.problem}")
    return running


def _look(
    place: _Place,
    reader: GitReader,
    tips: dict[str, str],
    wanted: Sequence[str],
    found: dict[tuple[str, str, str], tuple[str, list[str]]],
) -> None:
    keys = TicketKeys(ProjectSettings(ticket_prefixes=tuple({prefix_of(key) for key in wanted})))
    for slug, tip in tips.items():
        for sha, message in reader.mentions(tip, wanted, path=place.link.path).items():
            for key in set(keys.in_text(message)) & set(wanted):
                subject = message.partition("\n")[0]
                found.setdefault((key, place.sub_module.name, sha), (subject, []))[1].append(slug)


def _commits(
    key: str, found: dict[tuple[str, str, str], tuple[str, list[str]]], order: Sequence[str]
) -> tuple[TicketCommit, ...]:
    return tuple(
        TicketCommit(
            sha=sha,
            subject=subject,
            sub_module=sub_module,
            environments=tuple(slug for slug in order if slug in slugs),
        )
        for (ticket, sub_module, sha), (subject, slugs) in found.items()
        if ticket == key
    )
