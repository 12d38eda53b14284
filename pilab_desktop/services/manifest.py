"""The master manifest: the matrix now and then, recording deployments, baselines (product.md M1, M2, M4, M5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from pilab_desktop.domain.change_set import Done
from pilab_desktop.domain.environment import Environment
from pilab_desktop.domain.errors import DuplicateError, InvalidInputError, NotFoundError
from pilab_desktop.domain.ids import new_id
from pilab_desktop.domain.manifest import Baseline, Deployment, DeploymentStatus, ManifestEntry
from pilab_desktop.domain.project import Project, SubModule
from pilab_desktop.ports.clock import Clock
from pilab_desktop.ports.storage import Store, UnitOfWork
from pilab_desktop.services.lookup import environment_named, project_named, sub_module_named


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Sub-modules down, environments across. `entries` is keyed by (sub-module id, environment id)."""

    project: Project
    as_of: datetime | None
    baseline: str | None
    sub_modules: tuple[SubModule, ...]
    environments: tuple[Environment, ...]
    entries: Mapping[tuple[UUID, UUID], ManifestEntry]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDeployment:
    """A deployment as a person or a pipeline tells it."""

    environment: str
    sub_module: str
    version: str
    commit_sha: str | None = None
    image_tag: str | None = None
    status: DeploymentStatus = DeploymentStatus.DEPLOYED
    deployed_at: datetime | None = None
    deployed_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CellChange:
    """One cell that differs between two manifests; None where nothing ran."""

    sub_module: str
    environment: str
    before: str | None
    after: str | None


class ManifestService:
    """Use cases around the manifest."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def matrix(self, project_name: str | None, *, as_of: datetime | None = None, baseline: str | None = None) -> Matrix:
        """The manifest now, as of a moment, or as a baseline froze it."""
        with self._store.unit_of_work() as unit:
            project = project_named(unit, project_name)
            if baseline is not None:
                entries = _baseline(unit, project, baseline).entries
            else:
                entries = unit.manifests.entries(project.id, as_of=as_of)
            return Matrix(
                project=project,
                as_of=as_of,
                baseline=baseline,
                sub_modules=unit.projects.sub_modules(project.id),
                environments=unit.environments.list(project.id),
                entries={(entry.sub_module_id, entry.environment_id): entry for entry in entries},
            )

    def record(self, project_name: str | None, told: NewDeployment) -> Done[Deployment]:
        """Record one deployment.

        A roll-back of the version that runs also records that the version before it runs again.
        """
        if not told.version.strip():
            raise InvalidInputError("A deployment needs a version; nothing was recorded.")
        now = self._clock.now()
        if told.deployed_at is not None and told.deployed_at > now + timedelta(days=1):
            raise InvalidInputError("A deployment cannot lie in the future; record it as PENDING without a time.")
        with self._store.unit_of_work() as unit:
            project = project_named(unit, project_name)
            environment = environment_named(unit, project, told.environment)
            sub_module = sub_module_named(unit, project, told.sub_module)
            deployment = Deployment(
                id=new_id(),
                tenant_id=project.tenant_id,
                project_id=project.id,
                environment_id=environment.id,
                sub_module_id=sub_module.id,
                version=told.version.strip(),
                commit_sha=told.commit_sha,
                image_tag=told.image_tag,
                status=told.status,
                deployed_at=told.deployed_at or now,
                deployed_by=told.deployed_by or unit.actor,
                recorded_at=now,
            )
            unit.manifests.record(deployment)
            if deployment.status is DeploymentStatus.ROLLED_BACK:
                _run_again(unit, deployment)
            unit.audit.log(
                action="deployment.recorded",
                entity="deployment",
                entity_id=deployment.id,
                project_id=project.id,
                new={
                    "environment": environment.slug,
                    "sub_module": sub_module.name,
                    "version": deployment.version,
                    "status": deployment.status.value,
                },
            )
            return Done(deployment, unit.commit())

    def create_baseline(self, project_name: str | None, name: str, description: str = "") -> Done[Baseline]:
        """Freeze the manifest as it is now."""
        if not name.strip():
            raise InvalidInputError("A baseline needs a name.")
        with self._store.unit_of_work() as unit:
            project = project_named(unit, project_name)
            if unit.manifests.baseline(project.id, name) is not None:
                raise DuplicateError(f"There is a baseline “{name}” already; a baseline is never changed.", "name")
            baseline = Baseline(
                id=new_id(),
                tenant_id=project.tenant_id,
                project_id=project.id,
                name=name,
                description=description,
                created_at=self._clock.now(),
                entries=unit.manifests.entries(project.id),
            )
            unit.manifests.add_baseline(baseline)
            unit.audit.log(
                action="baseline.created",
                entity="baseline",
                entity_id=baseline.id,
                project_id=project.id,
                new={"name": name, "entries": len(baseline.entries)},
            )
            return Done(baseline, unit.commit())

    def baselines(self, project_name: str | None) -> tuple[Baseline, ...]:
        """Newest first, without their entries."""
        with self._store.unit_of_work() as unit:
            return unit.manifests.baselines(project_named(unit, project_name).id)

    def compare(self, project_name: str | None, before: str, after: str | None = None) -> tuple[CellChange, ...]:
        """What moved from one baseline to another, or to now."""
        old = self.matrix(project_name, baseline=before)
        new = self.matrix(project_name, baseline=after)
        changes = []
        for sub_module in new.sub_modules:
            for environment in new.environments:
                key = (sub_module.id, environment.id)
                was, is_ = _running(old.entries.get(key)), _running(new.entries.get(key))
                if was != is_:
                    changes.append(
                        CellChange(sub_module=sub_module.name, environment=environment.slug, before=was, after=is_)
                    )
        return tuple(changes)

    def restore(self, project_name: str | None, name: str, environment_name: str) -> Done[tuple[Deployment, ...]]:
        """Plan an environment back to a baseline: a PENDING deployment for each sub-module that has moved since."""
        with self._store.unit_of_work() as unit:
            project = project_named(unit, project_name)
            environment = environment_named(unit, project, environment_name)
            frozen = _baseline(unit, project, name)
            now = self._clock.now()
            running = {
                entry.sub_module_id: _running(entry)
                for entry in unit.manifests.entries(project.id)
                if entry.environment_id == environment.id
            }
            planned = tuple(
                Deployment(
                    id=new_id(),
                    tenant_id=project.tenant_id,
                    project_id=project.id,
                    environment_id=environment.id,
                    sub_module_id=entry.sub_module_id,
                    version=entry.current.version,
                    commit_sha=entry.current.commit_sha,
                    image_tag=entry.current.image_tag,
                    status=DeploymentStatus.PENDING,
                    deployed_at=now,
                    deployed_by=unit.actor,
                    recorded_at=now,
                )
                for entry in frozen.entries
                if entry.environment_id == environment.id
                and entry.current is not None
                and running.get(entry.sub_module_id) != entry.current.version
            )
            unit.manifests.record_many(planned)
            return Done(planned, unit.commit())


def _run_again(unit: UnitOfWork, rolled_back: Deployment) -> None:
    """After a roll-back the last version before it that is another one runs again."""
    history = unit.manifests.history(
        rolled_back.project_id,
        environment_id=rolled_back.environment_id,
        sub_module_id=rolled_back.sub_module_id,
    )
    earlier = [d for d in history if d.status.puts_version and d.id != rolled_back.id]
    if not earlier or earlier[0].version != rolled_back.version:
        return
    before = next((d for d in earlier if d.version != rolled_back.version), None)
    if before is None:
        return
    unit.manifests.record(
        Deployment(
            id=new_id(),
            tenant_id=before.tenant_id,
            project_id=before.project_id,
            environment_id=before.environment_id,
            sub_module_id=before.sub_module_id,
            version=before.version,
            commit_sha=before.commit_sha,
            image_tag=before.image_tag,
            status=DeploymentStatus.DEPLOYED,
            # A microsecond after: the roll-back came first, and the order of events must say so.
            deployed_at=rolled_back.deployed_at + timedelta(microseconds=1),
            deployed_by=rolled_back.deployed_by,
            recorded_at=rolled_back.recorded_at,
        )
    )


def _baseline(unit: UnitOfWork, project: Project, name: str) -> Baseline:
    found = unit.manifests.baseline(project.id, name)
    if found is None:
        names = tuple(baseline.name for baseline in unit.manifests.baselines(project.id))
        raise NotFoundError(f"There is no baseline “{name}”.", names[:5])
    return found


def _running(entry: ManifestEntry | None) -> str | None:
    return entry.current.version if entry and entry.current else None
