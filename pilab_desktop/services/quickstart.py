"""From a repository and two refs to a project that can be analysed (cli.md, `quickstart`)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pilab_desktop.domain.environment import Stage
from pilab_desktop.domain.errors import DuplicateError, InvalidInputError
from pilab_desktop.domain.project import ProjectSettings, SubModuleType, slug_of
from pilab_desktop.domain.project_description import (
    DeploymentDescription,
    EnvironmentDescription,
    ProjectDescription,
    RepositoryDescription,
    SubModuleDescription,
)
from pilab_desktop.ports.clock import Clock
from pilab_desktop.ports.git_reader import GitSource
from pilab_desktop.ports.progress import Work
from pilab_desktop.ports.storage import Store
from pilab_desktop.services.manifest import ManifestService, NewDeployment
from pilab_desktop.services.projects import ProjectService
from pilab_desktop.services.repository_urls import name_of, normalised_path, normalised_url


@dataclass(frozen=True, slots=True, kw_only=True)
class QuickProject:
    """The project that was made or found, and the slugs of its two environments."""

    slug: str
    source: str
    target: str


class QuickstartService:
    """Makes the project of a quickstart; the analysis is the ordinary one."""

    def __init__(
        self, store: Store, clock: Clock, git: GitSource, *, projects: ProjectService, manifest: ManifestService
    ) -> None:
        self._store = store
        self._clock = clock
        self._git = git
        self._projects = projects
        self._manifest = manifest

    def prepare(self, repository: str, source: str, target: str, paths: Sequence[str], work: Work) -> QuickProject:
        """A project with an environment for each ref.

        The same repository, refs and paths give the same project again, so that a second run finds the first one's
        reports; a ref that has moved since is a new deployment in it. Raises the errors of GitSource and GitReader for
        what cannot be read, and InvalidInputError for a path that is at neither commit: comparing nothing would look
        like being the same.
        """
        url = normalised_url(repository)
        wanted = list(dict.fromkeys(normalised_path(path) for path in paths)) or [""]
        work.step(f"opening {name_of(url)}")
        reader = self._git.open(url, refresh=True, work=work)
        try:
            commits = {ref: reader.commit_of(ref) for ref in (source, target)}
            for path in filter(None, wanted):
                if not any(reader.snapshot(commit, path=path).blobs for commit in commits.values()):
                    raise InvalidInputError(f"There is nothing below “{path}”, neither at {source} nor at {target}.")
        finally:
            reader.close()
        environments = _environment_slugs(source, target)
        slug, known = self._slug(url, (source, target), wanted)
        if not known:
            now = self._clock.now()
            self._projects.create(_description(url, slug, environments, commits, paths=wanted, now=now))
        else:
            self._follow_moved_refs(slug, environments, commits)
        return QuickProject(slug=slug, source=environments[source], target=environments[target])

    def _slug(self, url: str, refs: tuple[str, str], paths: Sequence[str]) -> tuple[str, bool]:
        """The project's slug, and whether it is there. What another project is called already gets a mark of its own:
        two repositories may bear one name, and two refs may come to one slug."""
        slug = slug_of("-".join([name_of(url), *refs, *filter(None, paths)]))
        told_apart = "\0".join([url, *refs, *paths]).encode("utf-8", "surrogatepass")
        mark = hashlib.sha256(told_apart).hexdigest()[:8]
        for candidate in (slug or mark, f"{slug}-{mark}".strip("-")):
            with self._store.unit_of_work() as unit:
                project = unit.projects.by_slug(candidate)
                if project is None:
                    return candidate, False
                held = {repository.url for repository in unit.projects.repositories(project.id)}
                below = {link.path for link in unit.projects.links(project.id)}
                names = {environment.slug: environment.name for environment in unit.environments.list(project.id)}
            if (held, below) == ({url}, set(paths)) and names == {s: r for r, s in _environment_slugs(*refs).items()}:
                return candidate, True
        raise DuplicateError(
            f"The project “{candidate}” was made by quickstart and has been changed since; analyse it with “pilab "
            f"drift analyze --project {candidate}”, or delete it and run quickstart again.",
            "slug",
        )

    def _follow_moved_refs(self, slug: str, environments: dict[str, str], commits: dict[str, str]) -> None:
        """A ref that stands elsewhere than when it was last looked at is a new deployment."""
        matrix = self._manifest.matrix(slug)
        names = {environment.slug: environment.id for environment in matrix.environments}
        for ref, environment in environments.items():
            for sub_module in matrix.sub_modules:
                entry = matrix.entries.get((sub_module.id, names[environment]))
                if entry is None or entry.current is None or entry.current.commit_sha != commits[ref]:
                    told = NewDeployment(
                        environment=environment, sub_module=sub_module.name, version=ref, commit_sha=commits[ref]
                    )
                    self._manifest.record(slug, told)


def _description(
    url: str,
    slug: str,
    environments: dict[str, str],
    commits: dict[str, str],
    *,
    paths: Sequence[str],
    now: datetime,
) -> ProjectDescription:
    name = name_of(url)
    names = {path: path.replace("/", "-") or name for path in paths}
    refs = list(environments)
    return ProjectDescription(
        name=f"{name} {refs[0]} → {refs[-1]}",
        slug=slug,
        description=f"Made by quickstart from {url}.",
        settings=ProjectSettings(environments_are_refs=True),
        sub_modules=tuple(
            SubModuleDescription(
                name=names[path],
                type=SubModuleType.OTHER,
                repositories=(RepositoryDescription(url=url, path=path),),
            )
            for path in paths
        ),
        environments=tuple(
            EnvironmentDescription(name=ref, slug=environment, stage=stage)
            for (ref, environment), stage in zip(environments.items(), (Stage.UAT, Stage.PROD), strict=False)
        ),
        deployments=tuple(
            DeploymentDescription(
                environment=environment,
                sub_module=names[path],
                version=ref,
                commit_sha=commits[ref],
                deployed_at=now,
            )
            for ref, environment in environments.items()
            for path in paths
        ),
    )


def _environment_slugs(source: str, target: str) -> dict[str, str]:
    """Ref to slug, source first. Refs that come to the same slug are told apart by a number."""
    if source == target:
        return {source: slug_of(source) or "ref"}
    slugs = {source: slug_of(source) or "source"}
    slug = slug_of(target) or "target"
    slugs[target] = slug if slug != slugs[source] else f"{slug}-2"
    return slugs
