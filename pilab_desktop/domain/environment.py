"""Environments, the promotion path and variables."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Stage(StrEnum):
    """What an environment is for, from the developer's to the customer's."""

    DEV = "DEV"
    SIT = "SIT"
    UAT = "UAT"
    PERF = "PERF"
    SEC = "SEC"
    PRE_PROD = "PRE_PROD"
    PROD = "PROD"
    DR = "DR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """A place where versions run. `order` sorts columns; `promotes_to` are the ids of the next environments."""

    id: UUID
    tenant_id: UUID
    project_id: UUID
    name: str
    slug: str
    stage: Stage
    order: int
    description: str = ""
    cluster_url: str | None = None
    namespace: str | None = None
    is_production: bool = False
    promotes_to: tuple[UUID, ...] = ()
    deleted_at: datetime | None = None
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One variable of an environment.

    A plain one has `value`. A secret has no value here: `sealed` is its ciphertext and `fingerprint` a keyed digest by
    which two secrets of the same name can be compared without revealing either (security.md, Secrets).
    """

    id: UUID
    tenant_id: UUID
    project_id: UUID
    environment_id: UUID
    key: str
    value: str | None = None
    is_secret: bool = False
    is_empty: bool = False
    sealed: bytes | None = field(default=None, repr=False)
    fingerprint: bytes | None = field(default=None, repr=False)
    description: str = ""
    updated_at: datetime
    version: int = 1
