"""The matrix shows what ran at a moment, whatever was planned, failed or recorded late."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pilab_desktop.domain.environment import Environment
from pilab_desktop.domain.errors import DuplicateError, NotFoundError
from pilab_desktop.domain.ids import new_id
from pilab_desktop.domain.manifest import Baseline, Deployment, DeploymentStatus, ManifestEntry
from pilab_desktop.domain.project import Project, SubModule
from pilab_desktop.storage.store import SqlStore

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Sample(Protocol):
    """What conftest.py's sample holds."""

    @property
    def project(self) -> Project: ...
    @property
    def uat(self) -> Environment: ...
    @property
    def prod(self) -> Environment: ...
    @property
    def api(self) -> SubModule: ...
    @property
    def web(self) -> SubModule: ...


def deployed(
    sample: Sample, minutes: int, *, version: str = "1.0", status: DeploymentStatus = DeploymentStatus.DEPLOYED
) -> Deployment:
    """A deployment of the api to UAT, so many minutes after noon."""
    return Deployment(
        id=new_id(),
        tenant_id=sample.project.tenant_id,
        project_id=sample.project.id,
        environment_id=sample.uat.id,
        sub_module_id=sample.api.id,
        version=version,
        status=status,
        deployed_at=NOON + timedelta(minutes=minutes),
        deployed_by="ci",
        recorded_at=NOON + timedelta(days=1),
    )


def test_a_failed_or_planned_deployment_leaves_what_ran(store: SqlStore, sample: Sample) -> None:
    ran = deployed(sample, -90)
    planned = deployed(sample, -30, version="2.0", status=DeploymentStatus.PENDING)
    failed = deployed(sample, -20, version="2.0", status=DeploymentStatus.FAILED)
    with store.unit_of_work() as work:
        work.manifests.record_many((planned, failed, ran))
        work.commit()
    with store.unit_of_work() as work:
        (cell,) = work.manifests.entries(sample.project.id)
        assert (cell.current, cell.latest) == (ran, failed)
        (then,) = work.manifests.entries(sample.project.id, as_of=planned.deployed_at)
        assert (then.current, then.latest) == (ran, planned)
        assert work.manifests.entries(sample.project.id, as_of=ran.deployed_at - timedelta(microseconds=1)) == ()


def test_a_cell_where_nothing_ever_ran_has_no_version(store: SqlStore, sample: Sample) -> None:
    planned = deployed(sample, -5, status=DeploymentStatus.PENDING)
    with store.unit_of_work() as work:
        work.manifests.record(planned)
        work.commit()
        (cell,) = work.manifests.entries(sample.project.id)
    assert (cell.current, cell.latest) == (None, planned)


def test_history_is_newest_first_and_can_be_narrowed(store: SqlStore, sample: Sample) -> None:
    first, second = deployed(sample, -9), deployed(sample, -8)
    elsewhere = replace(deployed(sample, -7), environment_id=sample.prod.id, sub_module_id=sample.web.id)
    corrected = replace(second, id=new_id(), recorded_at=second.recorded_at + timedelta(1))
    with store.unit_of_work() as work:
        work.manifests.record_many((first, second, elsewhere, corrected))
        work.commit()
        assert work.manifests.history(sample.project.id) == (elsewhere, corrected, second, first)
        assert work.manifests.history(sample.project.id, environment_id=sample.prod.id) == (elsewhere,)
        assert work.manifests.history(sample.project.id, sub_module_id=sample.api.id, limit=1) == (corrected,)


def test_all_of_many_are_recorded_or_none(store: SqlStore, sample: Sample) -> None:
    stray = replace(deployed(sample, 0), environment_id=new_id())
    with store.unit_of_work() as work:
        with pytest.raises(NotFoundError):
            work.manifests.record_many((*(deployed(sample, -n) for n in range(1, 2500)), stray))
        work.commit()
        assert work.manifests.history(sample.project.id) == ()


def test_deleted_environments_and_sub_modules_have_no_cells(store: SqlStore, sample: Sample) -> None:
    with store.unit_of_work() as work:
        work.manifests.record_many(
            (
                deployed(sample, -1),
                replace(deployed(sample, -1), environment_id=sample.prod.id, sub_module_id=sample.web.id),
            )
        )
        work.environments.delete(sample.uat, NOON)
        work.commit()
        assert [cell.environment_id for cell in work.manifests.entries(sample.project.id)] == [sample.prod.id]
        work.projects.delete_sub_module(sample.web)
        work.commit()
        assert work.manifests.entries(sample.project.id) == ()


def test_a_baseline_stays_as_it_was_frozen(store: SqlStore, sample: Sample) -> None:
    ran = deployed(sample, -90)
    failed = deployed(sample, -20, version="2.0", status=DeploymentStatus.FAILED)
    planned = replace(deployed(sample, -3, status=DeploymentStatus.PENDING), sub_module_id=sample.web.id)
    with store.unit_of_work() as work:
        work.manifests.record_many((ran, failed, planned))
        baseline = Baseline(
            id=new_id(),
            tenant_id=sample.project.tenant_id,
            project_id=sample.project.id,
            name="R1",
            created_at=NOON,
            entries=work.manifests.entries(sample.project.id),
        )
        work.manifests.add_baseline(baseline)
        with pytest.raises(DuplicateError):
            work.manifests.add_baseline(replace(baseline, id=new_id(), entries=()))
        work.manifests.record(deployed(sample, -1, version="3.0"))
        work.commit()
    with store.unit_of_work() as work:
        assert work.manifests.baseline(sample.project.id, "R1") == baseline
        assert len(baseline.entries) == 2
        assert work.manifests.baselines(sample.project.id) == (replace(baseline, entries=()),)
        assert work.manifests.baseline(sample.project.id, "R2") is None


events = st.lists(
    st.tuples(
        st.booleans(), st.booleans(), st.integers(-6, 0), st.integers(0, 2), st.sampled_from(list(DeploymentStatus))
    ),
    max_size=14,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(events=events, at=st.integers(-7, 1))
def test_the_matrix_is_what_a_plain_reading_of_the_history_says(
    store: SqlStore, sample: Sample, events: list[tuple[bool, bool, int, int, DeploymentStatus]], at: int
) -> None:
    history = [
        replace(
            deployed(sample, minutes, status=status),
            environment_id=(sample.uat if in_uat else sample.prod).id,
            sub_module_id=(sample.api if of_api else sample.web).id,
            recorded_at=NOON + timedelta(hours=recorded),
        )
        for in_uat, of_api, minutes, recorded, status in events
    ]
    moment = NOON + timedelta(minutes=at)
    with store.unit_of_work() as work:  # undone at the end, so that each example begins anew
        work.manifests.record_many(history)
        found = work.manifests.entries(sample.project.id, as_of=moment)
    assert {(cell.environment_id, cell.sub_module_id): cell for cell in found} == _plainly(history, moment)


def _plainly(history: list[Deployment], moment: datetime) -> dict[tuple[object, object], ManifestEntry]:
    cells: dict[tuple[object, object], ManifestEntry] = {}
    for event in sorted(history, key=lambda event: (event.deployed_at, event.recorded_at, event.id)):
        if event.deployed_at > moment:
            continue
        before = cells.get((event.environment_id, event.sub_module_id))
        kept = before.current if before else None
        cells[event.environment_id, event.sub_module_id] = ManifestEntry(
            environment_id=event.environment_id,
            sub_module_id=event.sub_module_id,
            current=event if event.status.puts_version else kept,
            latest=event,
        )
    return cells
