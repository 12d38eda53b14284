"""The master manifest: deployments, the entries they add up to, and baselines."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class DeploymentStatus(StrEnum):
    """How a deployment stands."""

    UNKNOWN = "UNKNOWN"
    PENDING = "PENDING"
    DEPLOYING = "DEPLOYING"
    DEPLOYED = "DEPLOYED"
    FAILED = "FAILED"
    ROLLED_BACK = "ROLLED_BACK"

    @property
    def puts_version(self) -> bool:
        """Whether the version runs there: planned, failed and running deployments leave what was there before."""
        return self in {DeploymentStatus.DEPLOYED, DeploymentStatus.UNKNOWN}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """One event that put a version of a sub-module into an environment. It is never changed, only followed by
    others.
    """

    id: UUID
    tenant_id: UUID
    project_id: UUID
    environment_id: UUID
    sub_module_id: UUID
    version: str
    commit_sha: str | None = None
    image_tag: str | None = None
    status: DeploymentStatus = DeploymentStatus.DEPLOYED
    deployed_at: datetime
    deployed_by: str = ""
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestEntry:
    """One cell of the matrix: what an environment has of a sub-module, at a moment.

    `current` is the deployment whose version runs there, None where nothing does; `latest` is the last event,
    which may be a planned, running or failed one.
    """

    environment_id: UUID
    sub_module_id: UUID
    current: Deployment | None
    latest: Deployment


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """A frozen manifest. Its entries are copies of deployments and do not change when later ones are recorded."""

    id: UUID
    tenant_id: UUID
    project_id: UUID
    name: str
    description: str = ""
    created_at: datetime
    entries: tuple[ManifestEntry, ...] = ()
