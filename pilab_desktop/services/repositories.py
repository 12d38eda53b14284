"""Repositories: link, unlink, test, bring up to date (product.md P3, P4)."""

import dataclasses
from dataclasses import dataclass
from uuid import UUID

from pilab_desktop.domain.change_set import Done
from pilab_desktop.domain.errors import DuplicateError, NotFoundError, PilabError
from pilab_desktop.domain.project import Repository, RepositoryLink, SubModule
from pilab_desktop.ports.clock import Clock
from pilab_desktop.ports.git_reader import GitSource
from pilab_desktop.ports.progress import Work
from pilab_desktop.ports.storage import Store, UnitOfWork
from pilab_desktop.services.creation import new_link, new_repository
from pilab_desktop.services.lookup import project_named, sub_module_named
from pilab_desktop.services.repository_urls import normalised_path, normalised_url


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedRepository:
    """A repository with one of the sub-modules it serves."""

    repository: Repository
    sub_module: SubModule
    link: RepositoryLink


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryHealth:
    """What a test or a sync of one repository came to; `problem` is None where it is well."""

    repository: Repository
    branches: int = 0
    tags: int = 0
    problem: str | None = None


class RepositoryService:
    """Use cases around repositories."""

    def __init__(self, store: Store, clock: Clock, git: GitSource) -> None:
        self._store = store
        self._clock = clock
        self._git = git

    def list(self, project_name: str | None) -> tuple[LinkedRepository, ...]:
        """Every link of a project, by sub-module."""
        with self._store.unit_of_work() as unit:
            return _linked(unit, project_named(unit, project_name).id)

    def link(
        self, project_name: str | None, sub_module_name: str, url: str, path: str, work: Work
    ) -> Done[LinkedRepository]:
        """Link a repository to a sub-module, once it was read: what cannot be read is not saved."""
        url = normalised_url(url)
        path = normalised_path(path)
        with self._store.unit_of_work() as unit:
            project = project_named(unit, project_name)
            sub_module_named(unit, project, sub_module_name)
        self._git.open(url, refresh=False, work=work).close()
        with self._store.unit_of_work() as unit:
            project = project_named(unit, project_name)
            sub_module = sub_module_named(unit, project, sub_module_name)
            known = {repository.url: repository for repository in unit.projects.repositories(project.id)}
            repository = known.get(url)
            if repository is None:
                repository = new_repository(project, url)
                unit.projects.add_repository(repository)
            link = new_link(sub_module, repository, path)
            same = [
                other
                for other in unit.projects.links(project.id)
                if (other.sub_module_id, other.repository_id, other.path) == (sub_module.id, repository.id, path)
            ]
            if same:
                raise DuplicateError(f"{sub_module.name} has this repository already.", "url")
            unit.projects.add_link(link)
            unit.audit.log(
                action="repository.linked",
                entity="repository",
                entity_id=repository.id,
                project_id=project.id,
                new={"url": url, "path": path, "sub_module": sub_module.name},
            )
            return Done(LinkedRepository(repository=repository, sub_module=sub_module, link=link), unit.commit())

    def unlink(self, project_name: str | None, sub_module_name: str, url: str) -> Done[int]:
        """Take a repository from a sub-module; one that serves no other goes as well. Gives how many links went."""
        with self._store.unit_of_work() as unit:
            project = project_named(unit, project_name)
            sub_module = sub_module_named(unit, project, sub_module_name)
            wanted = {url, normalised_url(url)}
            linked = _linked(unit, project.id)
            going = [
                item
                for item in linked
                if item.sub_module.id == sub_module.id and wanted & {item.repository.url, item.repository.name}
            ]
            if not going:
                names = tuple(item.repository.name for item in linked if item.sub_module.id == sub_module.id)
                raise NotFoundError(f"{sub_module.name} has no repository “{url}”.", names)
            for item in going:
                unit.projects.delete_link(item.link)
            kept = {item.repository.id for item in linked if item not in going}
            gone: dict[UUID, Repository] = {item.repository.id: item.repository for item in going}
            for repository in gone.values():
                if repository.id not in kept:
                    unit.projects.delete_repository(repository)
                unit.audit.log(
                    action="repository.unlinked",
                    entity="repository",
                    entity_id=repository.id,
                    project_id=project.id,
                    old={"url": repository.url, "sub_module": sub_module.name},
                )
            return Done(len(going), unit.commit())

    def test(self, project_name: str | None, work: Work) -> tuple[RepositoryHealth, ...]:
        """Read every repository as it is here; a clone URL that has no mirror yet is mirrored."""
        return tuple(self._read(repository, refresh=False, work=work) for repository in self._all(project_name))

    def sync(self, project_name: str | None, work: Work, only: str | None = None) -> tuple[RepositoryHealth, ...]:
        """Bring the mirrors up to date. One that fails does not stop the others."""
        repositories = [r for r in self._all(project_name) if only in {None, r.name, r.url, str(r.id)}]
        if only is not None and not repositories:
            raise NotFoundError(f"There is no repository “{only}”.", tuple(r.name for r in self._all(project_name)))
        results = []
        for repository in repositories:
            work.step(f"{repository.name}: fetching")
            health = self._read(repository, refresh=True, work=work)
            if health.problem is None:
                health = dataclasses.replace(health, repository=self._mark_synced(repository))
            results.append(health)
        return tuple(results)

    def _read(self, repository: Repository, *, refresh: bool, work: Work) -> RepositoryHealth:
        work.cancel.check()
        try:
            reader = self._git.open(repository.url, refresh=refresh, work=work)
            try:
                branches, tags = len(reader.branches()), len(reader.tags())
            finally:
                reader.close()
        except PilabError as error:
            work.cancel.check()
            return RepositoryHealth(repository=repository, problem=error.sentence)
        return RepositoryHealth(repository=repository, branches=branches, tags=tags)

    def _all(self, project_name: str | None) -> tuple[Repository, ...]:
        with self._store.unit_of_work() as unit:
            return unit.projects.repositories(project_named(unit, project_name).id)

    def _mark_synced(self, repository: Repository) -> Repository:
        with self._store.unit_of_work() as unit:
            stored = {r.id: r for r in unit.projects.repositories(repository.project_id)}.get(repository.id)
            if stored is None:
                return repository
            saved = unit.projects.save_repository(dataclasses.replace(stored, last_sync_at=self._clock.now()))
            unit.commit()
            return saved


def _linked(unit: UnitOfWork, project_id: UUID) -> tuple[LinkedRepository, ...]:
    repositories = {repository.id: repository for repository in unit.projects.repositories(project_id)}
    sub_modules = {sub_module.id: sub_module for sub_module in unit.projects.sub_modules(project_id)}
    linked = (
        LinkedRepository(
            repository=repositories[link.repository_id], sub_module=sub_modules[link.sub_module_id], link=link
        )
        for link in unit.projects.links(project_id)
    )
    return tuple(sorted(linked, key=lambda item: (item.sub_module.name, item.repository.name, item.link.path)))
