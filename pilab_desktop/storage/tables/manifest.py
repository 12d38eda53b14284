"""The history of deployments and the baselines taken of it.

The matrix asks, for each of its cells, for the newest deployment at or before a moment. `ix_deployments_cell` answers
that with one descent of the tree for a cell, however long the history is; a window function would read all of it
(performance.md).
"""

from sqlalchemy import Index, Integer, PrimaryKeyConstraint, UniqueConstraint

from pilab_desktop.domain.manifest import DeploymentStatus
from pilab_desktop.storage.columns import AnyText, Choice, Flag, Json, Key, Moment, may, need
from pilab_desktop.storage.tables.metadata import (
    Entity,
    OfProject,
    of_project,
    project_reference,
    referred_in_project,
    table,
)


class DeploymentFacts(OfProject):
    """What a deployment says of itself."""

    environment_id = need(Key())
    sub_module_id = need(Key())
    version = need(AnyText())
    commit_sha = may(AnyText())
    image_tag = may(AnyText())
    status = need(Choice(DeploymentStatus))
    deployed_at = need(Moment())
    deployed_by = need(AnyText())
    recorded_at = need(Moment())


class DeploymentColumns(DeploymentFacts):
    """One event. It is never changed, only followed by others."""

    id = need(Key())
    details = need(Json(), default="{}")


deployments = table(
    "deployments",
    DeploymentColumns,
    PrimaryKeyConstraint("tenant_id", "project_id", "id"),
    of_project(),
    project_reference("environment_id", "environments"),
    project_reference("sub_module_id", "sub_modules"),
    Index(
        "ix_deployments_cell",
        "project_id",
        "environment_id",
        "sub_module_id",
        "deployed_at",
        "recorded_at",
        "id",
        "status",
    ),
    Index("ix_deployments_history", "project_id", "deployed_at", "recorded_at", "id"),
)


class BaselineColumns(OfProject, Entity):
    """A frozen manifest."""

    name = need(AnyText())
    description = need(AnyText())


baselines = table(
    "baselines",
    BaselineColumns,
    of_project(),
    referred_in_project(),
    UniqueConstraint("tenant_id", "project_id", "name"),
)


class BaselineEntryColumns(DeploymentFacts):
    """One deployment of a frozen manifest, copied. It is its cell's last event, its running version, or both."""

    baseline_id = need(Key())
    deployment_id = need(Key())
    position = need(Integer())
    is_current = need(Flag())
    is_latest = need(Flag())


baseline_entries = table(
    "baseline_entries",
    BaselineEntryColumns,
    PrimaryKeyConstraint("tenant_id", "project_id", "baseline_id", "deployment_id"),
    of_project(),
    project_reference("baseline_id", "baselines"),
    project_reference("environment_id", "environments"),
    project_reference("sub_module_id", "sub_modules"),
)
