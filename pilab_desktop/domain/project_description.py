"""A whole project as one value: what the wizard gathers, what the YAML file holds, what the sample is made of."""

from dataclasses import dataclass, field
from datetime import datetime

from pilab_desktop.domain.drift import DriftType
from pilab_desktop.domain.environment import Stage
from pilab_desktop.domain.manifest import DeploymentStatus
from pilab_desktop.domain.project import ProjectSettings, SubModuleType


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryDescription:
    """A repository, and the part of it that is the sub-module's ("" for all)."""

    url: str
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubModuleDescription:
    """A sub-module with its repositories."""

    name: str
    type: SubModuleType = SubModuleType.OTHER
    description: str = ""
    repositories: tuple[RepositoryDescription, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableDescription:
    """A variable. A secret that was exported has no value."""

    key: str
    value: str | None
    is_secret: bool = False
    description: str = field(default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentDescription:
    """An environment; its place in the list is its order. `promotes_to` are slugs, None for "the next one"."""

    name: str
    slug: str | None = None
    stage: Stage
    description: str = ""
    cluster_url: str | None = None
    namespace: str | None = None
    promotes_to: tuple[str, ...] | None = None
    variables: tuple[VariableDescription, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentDescription:
    """A deployment, by the names of its environment and sub-module."""

    environment: str
    sub_module: str
    version: str
    commit_sha: str | None = None
    image_tag: str | None = None
    status: DeploymentStatus = DeploymentStatus.DEPLOYED
    deployed_at: datetime
    deployed_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedDescription:
    """An expected difference, see ExpectedRule."""

    reason: str
    type: DriftType | None = None
    category: str | None = None
    path_pattern: str = "*"
    value_pattern: str | None = None
    sub_module: str | None = None
    source_environment: str | None = None
    target_environment: str | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectDescription:
    """A project and all that is in it. `severity_policy` is YAML, None for the shipped one."""

    name: str
    slug: str | None = None
    description: str = ""
    settings: ProjectSettings = field(default_factory=ProjectSettings)
    sub_modules: tuple[SubModuleDescription, ...] = ()
    environments: tuple[EnvironmentDescription, ...] = ()
    deployments: tuple[DeploymentDescription, ...] = ()
    expected: tuple[ExpectedDescription, ...] = ()
    severity_policy: str | None = None
