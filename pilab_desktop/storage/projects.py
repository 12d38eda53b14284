"""Projects with their sub-modules, repositories and links (`ports.storage.Projects`)."""

from collections.abc import Sequence
from uuid import UUID

from pilab_desktop.domain.project import Project, ProjectStatus, Repository, RepositoryLink, SubModule
from pilab_desktop.storage.shape import Shape
from pilab_desktop.storage.tables.projects import projects, repositories, repository_links, sub_modules
from pilab_desktop.storage.transaction import Taken, Transaction

_PROJECT = Shape(Project, projects)
_SUB_MODULE = Shape(SubModule, sub_modules)
_REPOSITORY = Shape(Repository, repositories)
_LINK = Shape(RepositoryLink, repository_links)


class SqlProjects:
    """The projects of one workspace. Nothing that is deleted is listed."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, project: Project) -> None:
        """Raises DuplicateError for a slug that another living project bears."""
        self._transaction.insert(projects, _PROJECT.values(project), taken=_slug_taken(project))
        self._transaction.touched("project", project.id, project.id)

    def save(self, project: Project) -> Project:
        """Raises ConflictError, DuplicateError."""
        saved = self._transaction.save(_PROJECT, project, f"project “{project.name}”", taken=_slug_taken(project))
        self._transaction.touched("project", project.id, project.id)
        return saved

    def get(self, project_id: UUID) -> Project | None:
        """Whatever its status."""
        row = self._transaction.first(
            self._transaction.select(projects, _PROJECT.columns).where(projects.c.id == project_id)
        )
        return _PROJECT.of(row) if row else None

    def by_slug(self, slug: str) -> Project | None:
        """The project that bears the slug and is not deleted."""
        row = self._transaction.first(
            self._transaction.select(projects, _PROJECT.columns).where(
                projects.c.slug == slug, projects.c.status != ProjectStatus.DELETED
            )
        )
        return _PROJECT.of(row) if row else None

    def list(
        self, *, statuses: Sequence[ProjectStatus] = (ProjectStatus.ACTIVE,), search: str = ""
    ) -> tuple[Project, ...]:
        """By name; `search` looks in name, slug and description, in any case.

        Sorted and searched here: SQLite knows upper and lower case of ASCII only, Postgres sorts by its own locale.
        """
        rows = self._transaction.all(
            self._transaction.select(projects, _PROJECT.columns).where(projects.c.status.in_(statuses))
        )
        wanted = search.casefold()
        found = (_PROJECT.of(row) for row in rows)
        matching = [
            project
            for project in found
            if any(wanted in text.casefold() for text in (project.name, project.slug, project.description))
        ]
        return tuple(sorted(matching, key=lambda project: (project.name.casefold(), project.slug)))

    def add_sub_module(self, sub_module: SubModule) -> None:
        """Raises DuplicateError for a name that the project has."""
        self._transaction.insert(sub_modules, _SUB_MODULE.values(sub_module), taken=_name_taken(sub_module))
        self._transaction.touched("sub_module", sub_module.id, sub_module.project_id)

    def save_sub_module(self, sub_module: SubModule) -> SubModule:
        """Raises ConflictError, DuplicateError."""
        saved = self._transaction.save(
            _SUB_MODULE, sub_module, f"sub-module “{sub_module.name}”", taken=_name_taken(sub_module)
        )
        self._transaction.touched("sub_module", sub_module.id, sub_module.project_id)
        return saved

    def delete_sub_module(self, sub_module: SubModule) -> None:
        """Its links go with it; its deployments stay in the history. Raises ConflictError."""
        now = self._transaction.clock.now()
        self._transaction.change(_SUB_MODULE, sub_module, {"deleted_at": now}, f"sub-module “{sub_module.name}”")
        self._transaction.run(
            self._transaction.update(repository_links)
            .where(repository_links.c.sub_module_id == sub_module.id, repository_links.c.deleted_at.is_(None))
            .values(deleted_at=now, version=repository_links.c.version + 1)
        )
        self._transaction.touched("sub_module", sub_module.id, sub_module.project_id)

    def sub_modules(self, project_id: UUID) -> tuple[SubModule, ...]:
        """By name."""
        rows = self._transaction.all(
            self._transaction.select(sub_modules, _SUB_MODULE.columns).where(
                sub_modules.c.project_id == project_id, sub_modules.c.deleted_at.is_(None)
            )
        )
        return tuple(sorted((_SUB_MODULE.of(row) for row in rows), key=lambda found: (found.name.casefold(), found.id)))

    def add_repository(self, repository: Repository) -> None:
        """Raises DuplicateError for an address that the project has."""
        self._transaction.insert(repositories, _REPOSITORY.values(repository), taken=_url_taken(repository))
        self._transaction.touched("repository", repository.id, repository.project_id)

    def save_repository(self, repository: Repository) -> Repository:
        """Raises ConflictError, DuplicateError."""
        saved = self._transaction.save(
            _REPOSITORY, repository, f"repository “{repository.name}”", taken=_url_taken(repository)
        )
        self._transaction.touched("repository", repository.id, repository.project_id)
        return saved

    def delete_repository(self, repository: Repository) -> None:
        """Its links go with it. Raises ConflictError."""
        now = self._transaction.clock.now()
        self._transaction.change(_REPOSITORY, repository, {"deleted_at": now}, f"repository “{repository.name}”")
        self._transaction.run(
            self._transaction.update(repository_links)
            .where(repository_links.c.repository_id == repository.id, repository_links.c.deleted_at.is_(None))
            .values(deleted_at=now, version=repository_links.c.version + 1)
        )
        self._transaction.touched("repository", repository.id, repository.project_id)

    def repositories(self, project_id: UUID) -> tuple[Repository, ...]:
        """By name."""
        rows = self._transaction.all(
            self._transaction.select(repositories, _REPOSITORY.columns).where(
                repositories.c.project_id == project_id, repositories.c.deleted_at.is_(None)
            )
        )
        return tuple(sorted((_REPOSITORY.of(row) for row in rows), key=lambda found: (found.name.casefold(), found.id)))

    def add_link(self, link: RepositoryLink) -> None:
        """Raises DuplicateError for a link that is there already."""
        taken = Taken("path", "That repository and path are this sub-module's already; nothing was added.")
        self._transaction.insert(repository_links, _LINK.values(link), taken=taken)
        self._transaction.touched("repository_link", link.id, link.project_id)

    def delete_link(self, link: RepositoryLink) -> None:
        """Raises ConflictError."""
        self._transaction.change(_LINK, link, {"deleted_at": self._transaction.clock.now()}, "the link to a repository")
        self._transaction.touched("repository_link", link.id, link.project_id)

    def links(self, project_id: UUID) -> tuple[RepositoryLink, ...]:
        """In the order they were made."""
        rows = self._transaction.all(
            self._transaction.select(repository_links, _LINK.columns)
            .where(repository_links.c.project_id == project_id, repository_links.c.deleted_at.is_(None))
            .order_by(repository_links.c.created_at, repository_links.c.id)
        )
        return tuple(_LINK.of(row) for row in rows)


def _slug_taken(project: Project) -> Taken:
    return Taken("slug", f"There is a project “{project.slug}” already; choose another name. Nothing was saved.")


def _name_taken(sub_module: SubModule) -> Taken:
    return Taken(
        "name", f"The project has a sub-module “{sub_module.name}” already; choose another name. Nothing was saved."
    )


def _url_taken(repository: Repository) -> Taken:
    return Taken("url", f"The project has the repository {repository.url} already. Nothing was saved.")
