"""From a repository and two refs to a project that can be analysed (cli.md, `quickstart`)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pilab_desktop.domain.environment import Stage
from pilab_desktop.domain.errors import InvalidInputError
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
from pilab_desktop.services.repository_urls import is_clone_url, name_of, normalised_path


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

        The same repository, refs at the same commits, and paths give the same project again, so that a second run finds
        the first one's reports. Raises the errors of GitSource and GitReader for what cannot be read.
        """
        url = repository if is_clone_url(repository) else str(Path(repository).expanduser().resolve())
        work.step(f"opening {name_of(url)}")
        reader = self._git.open(url, refresh=True, work=work)
        try:
            commits = {ref: reader.commit_of(ref) for ref in (source, target)}
        finally:
            reader.close()
        wanted = [normalised_path(path) for path in paths] or [""]
        name = name_of(url)
        slug = _slug(name, source, target, commits, wanted)
        environments = _environment_slugs(source, target)
        with self._store.unit_of_work() as unit:
            known = unit.projects.by_slug(slug)
        if known is None:
            now = self._clock.now()
            self._projects.create(_description(url, slug, environments, commits, paths=wanted, now=now))
        else:
            self._follow_moved_refs(slug, environments, commits)
        return QuickProject(slug=slug, source=environments[source], target=environments[target])

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


def _slug(name: str, source: str, target: str, commits: dict[str, str], paths: Sequence[str]) -> str:
    """The repository, the refs, and of a moving ref (a branch) the commit it stood at."""
    parts = [name, *(_with_commit(ref, commits[ref]) for ref in (source, target)), *(path for path in paths if path)]
    slug = slug_of("-".join(parts))
    if not slug:
        raise InvalidInputError("No name for a project can be made of this repository and these refs.")
    return slug


def _with_commit(ref: str, commit: str) -> str:
    looks_fixed = re.fullmatch(r"[0-9a-f]{7,40}", ref) or re.search(r"\d+\.\d+", ref)
    return ref if looks_fixed else f"{ref}-{commit[:7]}"
