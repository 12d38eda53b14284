"""State as the services see it: one unit of work at a time, frozen values in and out.

Lists are in the order a person expects (environments by `order`, sub-modules by name, reports newest first). A
`save` of a row whose `version` is not the stored one raises ConflictError with both sides; it returns the row with
its new version. A name that is taken raises DuplicateError. Everything is scoped to the unit's workspace.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Protocol
from uuid import UUID

from pilab_desktop.domain.change_set import ChangeSet
from pilab_desktop.domain.drift import Comment, Decision, DriftReport, DriftStatus, ExpectedRule
from pilab_desktop.domain.environment import Environment, Variable
from pilab_desktop.domain.json import JsonObject, JsonValue
from pilab_desktop.domain.manifest import Baseline, Deployment, ManifestEntry
from pilab_desktop.domain.project import Project, ProjectStatus, Repository, RepositoryLink, SubModule
from pilab_desktop.domain.release_note import NoteStatus, ReleaseNote
from pilab_desktop.domain.workspace import User, Workspace


class Projects(Protocol):
    """Projects with their sub-modules, repositories and links."""

    def add(self, project: Project) -> None: ...
    def save(self, project: Project) -> Project: ...
    def get(self, project_id: UUID) -> Project | None: ...
    def by_slug(self, slug: str) -> Project | None:
        """The project that bears the slug and is not deleted."""
        ...

    def list(
        self, *, statuses: Sequence[ProjectStatus] = (ProjectStatus.ACTIVE,), search: str = ""
    ) -> tuple[Project, ...]:
        """By name; `search` looks in name, slug and description, in any case."""
        ...

    def add_sub_module(self, sub_module: SubModule) -> None: ...
    def save_sub_module(self, sub_module: SubModule) -> SubModule: ...
    def delete_sub_module(self, sub_module: SubModule) -> None: ...
    def sub_modules(self, project_id: UUID) -> tuple[SubModule, ...]: ...
    def add_repository(self, repository: Repository) -> None: ...
    def save_repository(self, repository: Repository) -> Repository: ...
    def delete_repository(self, repository: Repository) -> None: ...
    def repositories(self, project_id: UUID) -> tuple[Repository, ...]: ...
    def add_link(self, link: RepositoryLink) -> None: ...
    def delete_link(self, link: RepositoryLink) -> None: ...
    def links(self, project_id: UUID) -> tuple[RepositoryLink, ...]: ...


class Environments(Protocol):
    """Environments, the promotion path and variables. Deleted environments keep their rows and are not listed."""

    def add(self, environment: Environment) -> None: ...
    def save(self, environment: Environment) -> Environment: ...
    def delete(self, environment: Environment, at: datetime) -> None: ...
    def list(self, project_id: UUID) -> tuple[Environment, ...]: ...
    def set_variable(self, variable: Variable) -> Variable:
        """Add it, or replace the one with the same environment and key (whose id is kept)."""
        ...

    def unset_variable(self, environment_id: UUID, key: str) -> bool:
        """Whether there was one."""
        ...

    def variables(self, environment_id: UUID) -> tuple[Variable, ...]:
        """By key."""
        ...


class Manifests(Protocol):
    """Deployments and what they add up to."""

    def record(self, deployment: Deployment) -> None: ...
    def record_many(self, deployments: Sequence[Deployment]) -> None: ...
    def entries(self, project_id: UUID, *, as_of: datetime | None = None) -> tuple[ManifestEntry, ...]:
        """One entry for each (environment, sub-module) that has a deployment at or before `as_of` (now where None)."""
        ...

    def history(
        self,
        project_id: UUID,
        *,
        environment_id: UUID | None = None,
        sub_module_id: UUID | None = None,
        limit: int = 200,
    ) -> tuple[Deployment, ...]:
        """Newest first."""
        ...

    def add_baseline(self, baseline: Baseline) -> None: ...
    def baseline(self, project_id: UUID, name: str) -> Baseline | None: ...
    def baselines(self, project_id: UUID) -> tuple[Baseline, ...]:
        """Newest first, without entries."""
        ...


class DriftReports(Protocol):
    """Reports, decisions, comments and expected differences."""

    def add(self, report: DriftReport) -> None: ...
    def get(self, report_id: UUID) -> DriftReport | None:
        """With its items; their `decision` is the one in force now."""
        ...

    def list(self, project_id: UUID, *, limit: int = 200) -> tuple[DriftReport, ...]:
        """Newest first, without items, tickets and problems."""
        ...

    def latest(self, project_id: UUID, source: str, target: str) -> DriftReport | None:
        """The newest report between two ends (as text, see End), with its items."""
        ...

    def find(self, project_id: UUID, prefix: str) -> tuple[UUID, ...]:
        """Ids of reports whose id begins with (or is) the text."""
        ...

    def set_status(self, report: DriftReport, status: DriftStatus) -> DriftReport: ...
    def decide(self, decision: Decision) -> None:
        """Put a decision in force; earlier ones of the fingerprint are kept as history."""
        ...

    def decisions(self, project_id: UUID) -> Mapping[str, Decision]:
        """Fingerprint to the decision in force."""
        ...

    def add_comment(self, comment: Comment) -> None: ...
    def comments(self, project_id: UUID, fingerprint: str) -> tuple[Comment, ...]: ...
    def add_expected_rule(self, rule: ExpectedRule) -> None: ...
    def revoke_expected_rule(self, rule: ExpectedRule, at: datetime) -> None: ...
    def expected_rules(self, project_id: UUID) -> tuple[ExpectedRule, ...]:
        """Those that are not revoked, oldest first."""
        ...

    def severity_policy(self, project_id: UUID) -> str | None:
        """The project's own policy as YAML, None for the shipped one."""
        ...

    def set_severity_policy(self, project_id: UUID, yaml: str | None) -> None: ...


class ReleaseNotes(Protocol):
    """Stored release notes and the workspace's own templates."""

    def add(self, note: ReleaseNote) -> None: ...
    def get(self, note_id: UUID) -> ReleaseNote | None: ...
    def find(self, project_id: UUID, prefix: str) -> tuple[UUID, ...]: ...
    def list(self, project_id: UUID) -> tuple[ReleaseNote, ...]:
        """Newest first."""
        ...

    def set_status(self, note: ReleaseNote, status: NoteStatus, at: datetime) -> ReleaseNote: ...
    def template(self, name: str) -> str | None: ...
    def set_template(self, name: str, source: str) -> None: ...


class People(Protocol):
    """The workspace and its users."""

    def workspace(self) -> Workspace: ...
    def users(self) -> tuple[User, ...]: ...
    def add_user(self, user: User) -> None: ...


class Audit(Protocol):
    """The append-only log (product.md W4). Values are redacted before they come here."""

    def log(
        self,
        *,
        action: str,
        entity: str,
        entity_id: UUID,
        project_id: UUID | None = None,
        old: JsonValue = None,
        new: JsonValue = None,
    ) -> None: ...
    def list(self, *, project_id: UUID | None = None, limit: int = 200) -> tuple[JsonObject, ...]:
        """Newest first, each with action, entity, entity_id, project_id, actor, machine, old, new, at."""
        ...


class UnitOfWork(Protocol):
    """One transaction on one workspace. Leaving the block without `commit` undoes it."""

    tenant_id: UUID
    actor: str
    projects: Projects
    environments: Environments
    manifests: Manifests
    drift_reports: DriftReports
    release_notes: ReleaseNotes
    people: People
    audit: Audit

    def __enter__(self) -> "UnitOfWork": ...
    def __exit__(self, *exception: object) -> None: ...
    def commit(self) -> ChangeSet:
        """Make it last, and say what was touched (also written to the change feed in the same transaction)."""
        ...


class BlobVerdicts(Protocol):
    """What was concluded about a blob once holds for ever: a cache keyed by conclusion and blob id. Losing it
    loses time only.
    """

    def get_many(self, kind: str, keys: Sequence[str]) -> Mapping[str, JsonValue]:
        """The stored conclusions among the keys."""
        ...

    def put_many(self, kind: str, values: Mapping[str, JsonValue]) -> None: ...


class Store(Protocol):
    """A workspace's state, opened. Thread-safe: each unit of work has its own connection."""

    verdicts: BlobVerdicts

    def unit_of_work(self) -> UnitOfWork: ...
    def check(self) -> tuple[str, ...]:
        """What is wrong with the database, in sentences; empty where nothing is."""
        ...

    def backup(self, to: Path) -> None:
        """A copy of a local workspace as of now, while others may be writing. Raises StateError for a shared one."""
        ...

    def exclusive(self, name: str, *, wait_seconds: float) -> AbstractContextManager[None]:
        """Only one process at a time holds a name; raises StateError when waiting was in vain."""
        ...

    def close(self) -> None: ...
