"""Deployments and what they add up to (`ports.storage.Manifests`)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, select, union

from pilab_desktop.domain.manifest import Baseline, Deployment, DeploymentStatus, ManifestEntry
from pilab_desktop.storage.shape import Shape
from pilab_desktop.storage.tables.manifest import baseline_entries, baselines, deployments
from pilab_desktop.storage.tables.projects import environments, sub_modules
from pilab_desktop.storage.transaction import Taken, Transaction

_DEPLOYMENT = Shape(Deployment, deployments)
_BASELINE = Shape(Baseline, baselines)
_PUT = [status for status in DeploymentStatus if status.puts_version]


class SqlManifests:
    """The deployments of one workspace."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def record(self, deployment: Deployment) -> None:
        """Raises NotFoundError where environment or sub-module are not in the project."""
        self.record_many((deployment,))

    def record_many(self, deployments: Sequence[Deployment]) -> None:
        """All or none. Raises NotFoundError as `record` does."""
        self._transaction.insert_many(_DEPLOYMENT.table, [_DEPLOYMENT.values(deployment) for deployment in deployments])
        for deployment in deployments:
            self._transaction.touched("deployment", deployment.id, deployment.project_id)

    def entries(self, project_id: UUID, *, as_of: datetime | None = None) -> tuple[ManifestEntry, ...]:
        """One entry for each (environment, sub-module) that has a deployment at or before `as_of` (now where None).

        Cells of deleted environments and sub-modules are left out.
        """
        moment = as_of or self._transaction.clock.now()
        cells = (
            self._transaction.select(
                environments, [_newest(moment).label("latest"), _newest(moment, running=True).label("current")]
            )
            .where(
                environments.c.project_id == project_id,
                environments.c.deleted_at.is_(None),
                sub_modules.c.tenant_id == environments.c.tenant_id,
                sub_modules.c.project_id == environments.c.project_id,
                sub_modules.c.deleted_at.is_(None),
            )
            .cte("cells")
        )
        rows = self._transaction.all(
            self._transaction.select(deployments, _DEPLOYMENT.columns).where(
                deployments.c.project_id == project_id,
                deployments.c.id.in_(union(select(cells.c.latest), select(cells.c.current))),
            )
        )
        return _entries([_DEPLOYMENT.of(row) for row in rows])

    def history(
        self,
        project_id: UUID,
        *,
        environment_id: UUID | None = None,
        sub_module_id: UUID | None = None,
        limit: int = 200,
    ) -> tuple[Deployment, ...]:
        """Newest first."""
        wanted = [deployments.c.project_id == project_id]
        if environment_id is not None:
            wanted.append(deployments.c.environment_id == environment_id)
        if sub_module_id is not None:
            wanted.append(deployments.c.sub_module_id == sub_module_id)
        rows = self._transaction.all(
            self._transaction.select(deployments, _DEPLOYMENT.columns)
            .where(*wanted)
            .order_by(deployments.c.deployed_at.desc(), deployments.c.recorded_at.desc(), deployments.c.id.desc())
            .limit(limit)
        )
        return tuple(_DEPLOYMENT.of(row) for row in rows)

    def add_baseline(self, baseline: Baseline) -> None:
        """With its entries. Raises DuplicateError for a name that the project has."""
        taken = Taken(
            "name", f"The project has a baseline “{baseline.name}” already; choose another name. Nothing was saved."
        )
        self._transaction.insert(baselines, _BASELINE.values(baseline), taken=taken)
        rows = [row for position, entry in enumerate(baseline.entries) for row in _frozen(baseline, position, entry)]
        self._transaction.insert_many(baseline_entries, rows)
        self._transaction.touched("baseline", baseline.id, baseline.project_id)

    def baseline(self, project_id: UUID, name: str) -> Baseline | None:
        """With its entries, in the order they were given."""
        row = self._transaction.first(
            self._transaction.select(baselines, _BASELINE.columns).where(
                baselines.c.project_id == project_id, baselines.c.name == name
            )
        )
        if row is None:
            return None
        frozen = self._transaction.all(
            self._transaction.select(baseline_entries)
            .where(baseline_entries.c.project_id == project_id, baseline_entries.c.baseline_id == row["id"])
            .order_by(baseline_entries.c.position)
        )
        latest: dict[int, Deployment] = {}
        current: dict[int, Deployment] = {}
        for entry in frozen:
            deployment = Deployment(**{name: entry[name] for name in _COPIED}, id=entry["deployment_id"])
            if entry["is_latest"]:
                latest[entry["position"]] = deployment
            if entry["is_current"]:
                current[entry["position"]] = deployment
        entries = tuple(_entry(latest[position], current.get(position)) for position in sorted(latest))
        return _BASELINE.of(row, entries=entries)

    def baselines(self, project_id: UUID) -> tuple[Baseline, ...]:
        """Newest first, without entries."""
        rows = self._transaction.all(
            self._transaction.select(baselines, _BASELINE.columns)
            .where(baselines.c.project_id == project_id)
            .order_by(baselines.c.created_at.desc(), baselines.c.id.desc())
        )
        return tuple(_BASELINE.of(row) for row in rows)


def _newest(moment: datetime, *, running: bool = False) -> ScalarSelect[UUID]:
    """The id of a cell's newest deployment, one descent of `ix_deployments_cell`.

    Not limited to the workspace by itself: the environment is, and foreign keys bind the deployment to it.
    """
    wanted: list[ColumnElement[bool]] = [
        deployments.c.project_id == environments.c.project_id,
        deployments.c.environment_id == environments.c.id,
        deployments.c.sub_module_id == sub_modules.c.id,
        deployments.c.deployed_at <= moment,
    ]
    if running:
        wanted.append(deployments.c.status.in_(_PUT))
    return (
        select(deployments.c.id)
        .where(*wanted)
        .order_by(deployments.c.deployed_at.desc(), deployments.c.recorded_at.desc(), deployments.c.id.desc())
        .limit(1)
        .correlate(environments, sub_modules)
        .scalar_subquery()
    )


def _entries(found: Sequence[Deployment]) -> tuple[ManifestEntry, ...]:
    # Sorted here: asked to sort, SQLite would walk the whole project along the index instead of fetching by key.
    newest_first = sorted(found, key=lambda event: (event.deployed_at, event.recorded_at, event.id), reverse=True)
    cells: dict[tuple[UUID, UUID], list[Deployment]] = {}
    for deployment in newest_first:
        cells.setdefault((deployment.environment_id, deployment.sub_module_id), []).append(deployment)
    return tuple(
        _entry(cell[0], next((deployment for deployment in cell if deployment.status.puts_version), None))
        for cell in (cells[key] for key in sorted(cells))
    )


def _entry(latest: Deployment, current: Deployment | None) -> ManifestEntry:
    return ManifestEntry(
        environment_id=latest.environment_id, sub_module_id=latest.sub_module_id, current=current, latest=latest
    )


_COPIED = Shape(Deployment, baseline_entries).names


def _frozen(baseline: Baseline, position: int, entry: ManifestEntry) -> list[dict[str, object]]:
    copies = {deployment.id: deployment for deployment in (entry.latest, entry.current) if deployment}
    return [
        {
            **{name: getattr(deployment, name) for name in _COPIED},
            "baseline_id": baseline.id,
            "deployment_id": deployment.id,
            "position": position,
            "is_latest": deployment.id == entry.latest.id,
            "is_current": entry.current is not None and deployment.id == entry.current.id,
        }
        for deployment in copies.values()
    ]
