"""Projects: create all of it or nothing, list, change, archive, restore, delete (product.md P1, P2, P3)."""

import dataclasses
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from pilab_desktop.domain.change_set import Done
from pilab_desktop.domain.environment import Environment
from pilab_desktop.domain.errors import DuplicateError, InvalidInputError, NotFoundError
from pilab_desktop.domain.ids import new_id
from pilab_desktop.domain.project import Project, ProjectStatus, Repository, RepositoryLink, SubModule, slug_of
from pilab_desktop.domain.project_description import ProjectDescription
from pilab_desktop.ports.clock import Clock
from pilab_desktop.ports.secrets import SecretVault
from pilab_desktop.ports.storage import Store, UnitOfWork
from pilab_desktop.services.creation import create_all
from pilab_desktop.services.lookup import project_named


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectView:
    """A project with its parts, as shown."""

    project: Project
    sub_modules: tuple[SubModule, ...]
    repositories: tuple[Repository, ...]
    links: tuple[RepositoryLink, ...]
    environments: tuple[Environment, ...]


class ProjectService:
    """Use cases around projects."""

    def __init__(self, store: Store, clock: Clock, vault: SecretVault) -> None:
        self._store = store
        self._clock = clock
        self._vault = vault

    def create(self, description: ProjectDescription) -> Done[ProjectView]:
        """Create the project with everything in it, or nothing.

        Raises DuplicateError where the slug is taken, InvalidInputError where the description contradicts itself.
        """
        slug = description.slug or slug_of(description.name)
        if not slug or slug != slug_of(slug):
            raise InvalidInputError(
                f"“{description.slug or description.name}” cannot be a project's slug; it needs letters or digits, "
                f"in lower case, joined by hyphens."
            )
        if not description.name.strip():
            raise InvalidInputError("A project needs a name; nothing was created.")
        now = self._clock.now()
        with self._store.unit_of_work() as unit:
            if unit.projects.by_slug(slug) is not None:
                raise DuplicateError(f"A project with the slug “{slug}” is there already. Choose another name.", "slug")
            project = Project(
                id=new_id(),
                tenant_id=unit.tenant_id,
                name=description.name.strip(),
                slug=slug,
                description=description.description,
                settings=description.settings,
                fingerprint_key=secrets.token_bytes(32),
                created_at=now,
                updated_at=now,
            )
            unit.projects.add(project)
            create_all(unit, project, description, self._vault, now)
            unit.audit.log(
                action="project.created",
                entity="project",
                entity_id=project.id,
                project_id=project.id,
                new={"name": project.name, "slug": project.slug},
            )
            view = _view(unit, project)
            return Done(view, unit.commit())

    def list(
        self, *, statuses: Sequence[ProjectStatus] = (ProjectStatus.ACTIVE,), search: str = ""
    ) -> tuple[Project, ...]:
        """By name."""
        with self._store.unit_of_work() as unit:
            return unit.projects.list(statuses=statuses, search=search)

    def show(self, name: str | None) -> ProjectView:
        """One project with its parts."""
        with self._store.unit_of_work() as unit:
            return _view(unit, project_named(unit, name))

    def update(
        self,
        name: str | None,
        *,
        new_name: str | None = None,
        description: str | None = None,
        ticket_prefixes: tuple[str, ...] | None = None,
        sql_dialect: str | None = None,
    ) -> Done[Project]:
        """Change what is given; the rest stays. The slug stays too: scripts name projects by it."""
        if new_name is not None and not new_name.strip():
            raise InvalidInputError("A project needs a name; nothing was changed.")
        with self._store.unit_of_work() as unit:
            project = project_named(unit, name)
            settings = project.settings
            if ticket_prefixes is not None:
                settings = dataclasses.replace(settings, ticket_prefixes=ticket_prefixes)
            if sql_dialect is not None:
                settings = dataclasses.replace(settings, sql_dialect=sql_dialect or None)
            changed = dataclasses.replace(
                project,
                name=new_name.strip() if new_name is not None else project.name,
                description=description if description is not None else project.description,
                settings=settings,
            )
            return self._save(unit, project, changed, "project.updated")

    def archive(self, name: str | None) -> Done[Project]:
        """Take it out of the lists of active projects; nothing is lost."""
        return self._move(name, ProjectStatus.ARCHIVED, "project.archived")

    def restore(self, name: str) -> Done[Project]:
        """Bring an archived or deleted project back; of several deleted ones that bore the slug, the last.

        Raises DuplicateError where another project bears the slug by now.
        """
        with self._store.unit_of_work() as unit:
            hidden = unit.projects.list(statuses=(ProjectStatus.ARCHIVED, ProjectStatus.DELETED))
            found = [p for p in hidden if name in {p.slug, str(p.id)}]
            if not found:
                raise NotFoundError(
                    f"There is no archived or deleted project “{name}”.", tuple(p.slug for p in hidden[:5])
                )
            newest = max(found, key=lambda project: project.updated_at)
            restored = dataclasses.replace(newest, status=ProjectStatus.ACTIVE)
            return self._save(unit, newest, restored, "project.restored")

    def delete(self, name: str) -> Done[Project]:
        """Take it away; `restore` brings it back."""
        return self._move(name, ProjectStatus.DELETED, "project.deleted")

    def _move(self, name: str | None, status: ProjectStatus, action: str) -> Done[Project]:
        with self._store.unit_of_work() as unit:
            project = project_named(unit, name)
            return self._save(unit, project, dataclasses.replace(project, status=status), action)

    def _save(self, unit: UnitOfWork, before: Project, after: Project, action: str) -> Done[Project]:
        saved = unit.projects.save(dataclasses.replace(after, updated_at=self._clock.now()))
        unit.audit.log(
            action=action,
            entity="project",
            entity_id=saved.id,
            project_id=saved.id,
            old={"name": before.name, "status": before.status.value},
            new={"name": saved.name, "status": saved.status.value},
        )
        return Done(saved, unit.commit())


def _view(unit: UnitOfWork, project: Project) -> ProjectView:
    return ProjectView(
        project=project,
        sub_modules=unit.projects.sub_modules(project.id),
        repositories=unit.projects.repositories(project.id),
        links=unit.projects.links(project.id),
        environments=unit.environments.list(project.id),
    )
