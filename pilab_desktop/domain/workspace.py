"""A workspace and its people."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class UserRole(StrEnum):
    """A user's role in the workspace."""

    SUPER_ADMIN = "SUPER_ADMIN"
    ADMIN = "ADMIN"
    USER = "USER"


class ProjectRole(StrEnum):
    """A user's role in one project."""

    OWNER = "OWNER"
    ADMIN = "ADMIN"
    CONTRIBUTOR = "CONTRIBUTOR"
    VIEWER = "VIEWER"

    def covers(self, needed: "ProjectRole") -> bool:
        """Whether this role may do what `needed` may do."""
        order = list(ProjectRole)
        return order.index(self) <= order.index(needed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """A tenant: the company or department that shares this state."""

    id: UUID
    name: str
    slug: str
    created_at: datetime
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person. `password_hash` is Argon2id in its own encoded form, or None where the database signs people in."""

    id: UUID
    tenant_id: UUID
    email: str
    first_name: str
    last_name: str
    role: UserRole
    password_hash: str | None = None
    is_active: bool = True
    last_login_at: datetime | None = None
    created_at: datetime
    version: int = 1

    @property
    def name(self) -> str:
        """First and last name as shown."""
        return f"{self.first_name} {self.last_name}".strip()
