"""What the sample hands over: plain values, named by slug and name, for a service to record in a workspace."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pilab_desktop.domain.commit import Relation
from pilab_desktop.domain.drift import CommitCounts, DriftType
from pilab_desktop.domain.environment import Stage
from pilab_desktop.domain.manifest import DeploymentStatus
from pilab_desktop.domain.project import SubModuleType
from pilab_desktop.domain.ticket import TicketState


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleRepository:
    """A git repository that was made. `url` is what a project stores of it."""

    name: str
    path: Path
    url: str
    default_branch: str = "main"


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleSubModule:
    """A sub-module, the repository (by name) and the folder in it ("" for all) that hold its code."""

    name: str
    type: SubModuleType
    repository: str
    path: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleEnvironment:
    """An environment; `promotes_to` is the slug of the next one on the way to production."""

    name: str
    slug: str
    stage: Stage
    order: int
    is_production: bool
    promotes_to: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleDeployment:
    """One event of the deployment history: `environment` by slug, `sub_module` by name."""

    environment: str
    sub_module: str
    version: str
    commit_sha: str | None
    image_tag: str | None
    status: DeploymentStatus
    deployed_at: datetime
    deployed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleVariable:
    """One variable of an environment. The secrets are made up, and treated as though they were not."""

    environment: str
    key: str
    value: str = field(repr=False)
    is_secret: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleExpectedDifference:
    """A difference between environments that is meant to be, as a person would say it once (semantics.md §4)."""

    path_pattern: str
    reason: str
    type: DriftType | None = None
    sub_module: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleFact:
    """What the story intends of one sub-module between two environments, counted as cli.md counts."""

    source: str
    target: str
    sub_module: str
    relation: Relation
    counts: CommitCounts


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleTicket:
    """Where a ticket stands from UAT to PROD by the story. `half_shipped` names the sub-modules that have it."""

    key: str
    state: TicketState
    half_shipped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The product "Payments": repositories on this machine, and all that a workspace records about them.

    `facts` and `tickets` are true by construction; `made_for` is the day that every moment counts back from.
    """

    folder: Path
    made_for: datetime
    project: str
    description: str
    repositories: tuple[SampleRepository, ...]
    sub_modules: tuple[SampleSubModule, ...]
    environments: tuple[SampleEnvironment, ...]
    deployments: tuple[SampleDeployment, ...]
    variables: tuple[SampleVariable, ...]
    ticket_url: str
    ticket_prefixes: tuple[str, ...]
    tag_patterns: tuple[str, ...]
    expected_differences: tuple[SampleExpectedDifference, ...]
    facts: tuple[SampleFact, ...]
    tickets: tuple[SampleTicket, ...]
