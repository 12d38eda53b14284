"""Drift reports, their items and their review (semantics.md §3, §6)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pilab_desktop.domain.commit import Origin, Relation
from pilab_desktop.domain.json import JsonObject, JsonValue
from pilab_desktop.domain.severity import Severity
from pilab_desktop.domain.ticket import TicketDrift


class DriftType(StrEnum):
    """What kind of thing differs."""

    CODE = "CODE"
    CONFIG = "CONFIG"
    DATABASE = "DATABASE"
    INFRASTRUCTURE = "INFRASTRUCTURE"
    IMAGE = "IMAGE"
    DEPENDENCY = "DEPENDENCY"


class Direction(StrEnum):
    """Which end has it."""

    SOURCE_ONLY = "SOURCE_ONLY"
    TARGET_ONLY = "TARGET_ONLY"
    DIFFERENT = "DIFFERENT"

    def mirrored(self) -> "Direction":
        """The direction with source and target swapped."""
        return {
            Direction.SOURCE_ONLY: Direction.TARGET_ONLY,
            Direction.TARGET_ONLY: Direction.SOURCE_ONLY,
        }.get(self, self)


class DriftStatus(StrEnum):
    """Where a report stands in its review."""

    DETECTED = "DETECTED"
    ANALYZING = "ANALYZING"
    REVIEWED = "REVIEWED"
    APPROVED = "APPROVED"
    RESOLVED = "RESOLVED"
    IGNORED = "IGNORED"


class DecisionKind(StrEnum):
    """What a person decided about an item."""

    ACCEPT_EXPECTED = "ACCEPT_EXPECTED"
    NEEDS_ACTION = "NEEDS_ACTION"
    IGNORE = "IGNORE"


class SinceLast(StrEnum):
    """How an item stands to the last report of the same pair."""

    NEW = "NEW"
    STILL_THERE = "STILL_THERE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One difference as an analyser sees it, not yet graded.

    `subject` is what differs, without its values (a key, a migration's id, a commit's sha): the same subject with other
    values is the same thing changed again. `value_identity` is the identity of both values; where a value is
    secret it is a keyed fingerprint. Both feed the item's fingerprint and are never shown. `facts` are what
    severity rules ask for: plain JSON values by name. `old_value` is the target's, `new_value` the source's.
    """

    type: DriftType
    category: str
    direction: Direction
    sub_module: str
    path: str | None
    description: str
    old_value: JsonValue
    new_value: JsonValue
    subject: str
    value_identity: str
    tickets: tuple[str, ...] = ()
    facts: JsonObject = field(default_factory=dict)
    metadata: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What could not be analysed, in one sentence. A report with problems is never shown as clean."""

    sub_module: str | None
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What one analyser has to say."""

    findings: tuple[Finding, ...] = ()
    problems: tuple[Problem, ...] = ()

    def __add__(self, other: "Findings") -> "Findings":
        return Findings(findings=self.findings + other.findings, problems=self.problems + other.problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a person decided about a fingerprint; it carries over to every later report that finds it."""

    id: UUID
    tenant_id: UUID
    project_id: UUID
    fingerprint: str
    kind: DecisionKind
    reason: str
    decided_by: str
    decided_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A remark on an item, by fingerprint."""

    id: UUID
    tenant_id: UUID
    project_id: UUID
    fingerprint: str
    text: str
    author: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedRule:
    """A difference that is accepted once and remembered (semantics.md §4, Expected differences).

    None means "any". `path_pattern` and `value_pattern` are shell patterns (`*`, `?`); the value pattern must match the
    source's value as text. A secret value matches no value pattern.
    """

    id: UUID
    tenant_id: UUID
    project_id: UUID
    source_environment: str | None = None
    target_environment: str | None = None
    type: DriftType | None = None
    category: str | None = None
    sub_module: str | None = None
    path_pattern: str = "*"
    value_pattern: str | None = None
    reason: str
    author: str
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftItem:
    """A finding of a report, graded. `rule` names the severity rule that decided. `decision` is the one in force."""

    id: UUID
    fingerprint: str
    subject_key: str
    type: DriftType
    category: str
    direction: Direction
    sub_module: str
    path: str | None
    severity: Severity
    rule: str
    description: str
    old_value: JsonValue
    new_value: JsonValue
    tickets: tuple[str, ...] = ()
    expected: bool = False
    expected_rule_id: UUID | None = None
    decision: DecisionKind | None = None
    since_last: SinceLast | None = None
    root_cause: str | None = None
    metadata: JsonObject = field(default_factory=dict)

    @property
    def decided(self) -> bool:
        """Whether it no longer counts: expected, accepted or ignored. NEEDS_ACTION still counts."""
        return self.expected or self.decision in {DecisionKind.ACCEPT_EXPECTED, DecisionKind.IGNORE}


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """One end as it was asked for: an environment now, as of a time, or a baseline."""

    environment: str | None
    as_of: datetime | None = None
    baseline: str | None = None

    def __str__(self) -> str:
        if self.baseline is not None:
            return f"baseline:{self.baseline}"
        return f"{self.environment}@{self.as_of.isoformat()}" if self.as_of else str(self.environment)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitCounts:
    """Counts as git gives them (cli.md, the drift report)."""

    source_only: int = 0
    target_only: int = 0
    equivalent_source: int = 0
    equivalent_target: int = 0
    cancelled_source: int = 0
    cancelled_target: int = 0
    merges_source: int = 0
    merges_target: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SubModuleDrift:
    """One sub-module of one repository in a report: how it was resolved, and the counts."""

    sub_module: str
    repository: str | None = None
    path: str = ""
    source_version: str | None = None
    target_version: str | None = None
    source_commit: str | None = None
    target_commit: str | None = None
    relation: Relation
    ahead: int = 0
    behind: int = 0
    commits: CommitCounts = field(default_factory=CommitCounts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    """How much of what there is was read (semantics.md §2, Completeness)."""

    complete: bool
    origin: Origin
    commits_read: int
    commits_expected: int
    files_read: int
    files_expected: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftReport:
    """What differs between two ends. All but `status` and the items' decisions is frozen once it is stored.

    `digest` is the identity of everything that went into the analysis: equal digests mean equal reports.
    `gone` are the fingerprints of the last report of the pair that this one no longer finds.
    """

    id: UUID
    tenant_id: UUID
    project_id: UUID
    project: str
    title: str
    source: End
    target: End
    status: DriftStatus
    severity: Severity
    summary: str
    created_at: datetime
    sub_modules: tuple[SubModuleDrift, ...]
    completeness: Completeness
    items: tuple[DriftItem, ...]
    tickets: tuple[TicketDrift, ...]
    problems: tuple[Problem, ...]
    ticketless_commits: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    digest: str
    previous_report_id: UUID | None = None
    gone: tuple[str, ...] = ()
    version: int = 1

    @property
    def clean(self) -> bool:
        """Nothing undecided, nothing unread, nothing unanswered."""
        return self.completeness.complete and not self.problems and all(item.decided for item in self.items)


def counts_of(items: tuple[DriftItem, ...]) -> Mapping[DriftType, Mapping[Severity, int]]:
    """Undecided items by type and severity, every type and severity present."""
    counts = {drift_type: dict.fromkeys(Severity, 0) for drift_type in DriftType}
    for item in items:
        if not item.decided:
            counts[item.type][item.severity] += 1
    return counts
