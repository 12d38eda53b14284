"""The master manifest: the matrix now and then, recording deployments, baselines (product.md M1, M2, M4, M5)."""

import re
from collections.abc import Mapping, Sequence
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

_WHOLE_HISTORY = 1_000_000


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
        now = self._clock.now()
        _check(told, now)
        with self._store.unit_of_work() as unit:
            project = project_named(unit, project_name)
            deployment = _resolved(unit, project, told, now)
            _record(unit, project, deployment)
            return Done(deployment, unit.commit())

    def record_all(self, project_name: str | None, told: Sequence[NewDeployment]) -> Done[tuple[Deployment, ...]]:
        """Record deployments in the order given, all or none.

        One that is recorded already (same cell, version, status and time) is left out, so that a file can be read
        again. Gives those that were recorded.
        """
        now = self._clock.now()
        for one in told:
            _check(one, now)
        with self._store.unit_of_work() as unit:
            project = project_named(unit, project_name)
            known = {_identity(deployment) for deployment in unit.manifests.history(project.id, limit=_WHOLE_HISTORY)}
            recorded = []
            for one in told:
                deployment = _resolved(unit, project, one, now)
                if _identity(deployment) not in known:
                    _record(unit, project, deployment)
                    known.add(_identity(deployment))
                    recorded.append(deployment)
            return Done(tuple(recorded), unit.commit())

    def create_baseline(self, project_name: str | None, name: str, description: str = "") -> Done[Baseline]:
        """Freeze the manifest as it is now."""
        name = name.strip()
        if not name or "/" in name:
            raise InvalidInputError("A baseline needs a name without “/”, so that it can be written as baseline:NAME.")
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
                if _content(was) != _content(is_):
                    told_before, told_after = _told_apart(was, is_)
                    changes.append(
                        CellChange(
                            sub_module=sub_module.name,
                            environment=environment.slug,
                            before=told_before,
                            after=told_after,
                        )
                    )
        return tuple(changes)

    def restore(self, project_name: str | None, name: str, environment_name: str) -> Done[tuple[Deployment, ...]]:
        """Plan an environment back to a baseline: a PENDING deployment for each sub-module that has moved since.

        What is planned already is not planned again.
        """
        with self._store.unit_of_work() as unit:
            project = project_named(unit, project_name)
            environment = environment_named(unit, project, environment_name)
            frozen = _baseline(unit, project, name)
            now = self._clock.now()
            present = {sub_module.id for sub_module in unit.projects.sub_modules(project.id)}
            cells = {
                entry.sub_module_id: entry
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
                and entry.sub_module_id in present
                and entry.current is not None
                and not _is_or_becomes(cells.get(entry.sub_module_id), entry.current)
            )
            unit.manifests.record_many(planned)
            unit.audit.log(
                action="baseline.restore_planned",
                entity="baseline",
                entity_id=frozen.id,
                project_id=project.id,
                new={"environment": environment.slug, "deployments": len(planned)},
            )
            return Done(planned, unit.commit())


def _check(told: NewDeployment, now: datetime) -> None:
    if not told.version.strip():
        raise InvalidInputError("A deployment needs a version; nothing was recorded.")
    if told.commit_sha is not None and not re.fullmatch(r"[0-9a-fA-F]{4,64}", told.commit_sha):
        raise InvalidInputError(f"“{told.commit_sha}” is no commit's sha; nothing was recorded.")
    if told.deployed_at is not None and told.deployed_at > now + timedelta(days=1):
        raise InvalidInputError("A deployment cannot lie in the future; record it as PENDING without a time.")


def _resolved(unit: UnitOfWork, project: Project, told: NewDeployment, now: datetime) -> Deployment:
    """What was told, with names looked up. Raises NotFoundError for an unknown one."""
    return Deployment(
        id=new_id(),
        tenant_id=project.tenant_id,
        project_id=project.id,
        environment_id=environment_named(unit, project, told.environment).id,
        sub_module_id=sub_module_named(unit, project, told.sub_module).id,
        version=told.version.strip(),
        commit_sha=told.commit_sha,
        image_tag=told.image_tag,
        status=told.status,
        deployed_at=told.deployed_at or now,
        deployed_by=told.deployed_by or unit.actor,
        recorded_at=now,
    )


def _record(unit: UnitOfWork, project: Project, deployment: Deployment) -> None:
    unit.manifests.record(deployment)
    if deployment.status is DeploymentStatus.ROLLED_BACK:
        _run_again(unit, deployment)
    unit.audit.log(
        action="deployment.recorded",
        entity="deployment",
        entity_id=deployment.id,
        project_id=deployment.project_id,
        new={
            "environment": environment_named(unit, project, str(deployment.environment_id)).slug,
            "sub_module": sub_module_named(unit, project, str(deployment.sub_module_id)).name,
            "version": deployment.version,
            "status": deployment.status.value,
        },
    )


def _identity(deployment: Deployment) -> tuple[UUID, UUID, str, DeploymentStatus, datetime]:
    """What makes it the same event, whoever tells of it."""
    return (
        deployment.environment_id,
        deployment.sub_module_id,
        deployment.version,
        deployment.status,
        deployment.deployed_at,
    )


def _run_again(unit: UnitOfWork, rolled_back: Deployment) -> None:
    """After a roll-back of the version that ran, the one below it runs again; one rolled back before stays away."""
    history = unit.manifests.history(
        rolled_back.project_id,
        environment_id=rolled_back.environment_id,
        sub_module_id=rolled_back.sub_module_id,
        limit=_WHOLE_HISTORY,
    )
    standing: list[Deployment] = []
    for event in reversed(history):
        if event.id == rolled_back.id or event.deployed_at > rolled_back.deployed_at:
            continue
        if event.status.puts_version:
            standing[-1:] = [*(top for top in standing[-1:] if top.version != event.version), event]
        elif event.status is DeploymentStatus.ROLLED_BACK and standing and standing[-1].version == event.version:
            standing.pop()
    if len(standing) < 2 or standing[-1].version != rolled_back.version:
        return
    before = standing[-2]
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


def _running(entry: ManifestEntry | None) -> Deployment | None:
    return entry.current if entry else None


def _content(deployment: Deployment | None) -> tuple[str | None, ...]:
    """What has to be the same for a cell not to have moved: a version like “main” stands for many commits."""
    return (deployment.version, deployment.commit_sha, deployment.image_tag) if deployment else ()


def _told_apart(before: Deployment | None, after: Deployment | None) -> tuple[str | None, str | None]:
    """Both versions, with commit and image where the versions alone would read the same."""
    same = before is not None and after is not None and before.version == after.version
    return _told(before, whole=same), _told(after, whole=same)


def _told(deployment: Deployment | None, *, whole: bool) -> str | None:
    if deployment is None or not whole:
        return deployment.version if deployment else None
    commit = (deployment.commit_sha or "")[:7]
    return " ".join(part for part in (deployment.version, commit, deployment.image_tag) if part)


def _is_or_becomes(entry: ManifestEntry | None, wanted: Deployment) -> bool:
    if entry is None:
        return False
    if entry.latest.status is DeploymentStatus.PENDING:
        return _content(entry.latest) == _content(wanted)
    return _content(entry.current) == _content(wanted)
