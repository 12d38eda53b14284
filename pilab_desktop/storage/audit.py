"""The append-only log (`ports.storage.Audit`)."""

import platform
from uuid import UUID

from pilab_desktop.domain.ids import new_id
from pilab_desktop.domain.json import JsonObject, JsonValue
from pilab_desktop.storage.tables.people import audit_log
from pilab_desktop.storage.transaction import Transaction


class SqlAudit:
    """What was done in one workspace. The database itself refuses to change or remove a line."""

    def __init__(self, transaction: Transaction, actor: str) -> None:
        self._transaction = transaction
        self._actor = actor

    def log(
        self,
        *,
        action: str,
        entity: str,
        entity_id: UUID,
        project_id: UUID | None = None,
        old: JsonValue = None,
        new: JsonValue = None,
    ) -> None:
        """Add a line, by the unit's actor, from this machine. It lasts if the unit of work is committed."""
        line = {
            "id": new_id(),
            "tenant_id": self._transaction.tenant_id,
            "at": self._transaction.clock.now(),
            "actor": self._actor,
            "machine": platform.node(),
            "action": action,
            "entity": entity,
            "entity_id": entity_id,
            "project_id": project_id,
            "old": old,
            "new": new,
        }
        self._transaction.insert(audit_log, line)

    def list(self, *, project_id: UUID | None = None, limit: int = 200) -> tuple[JsonObject, ...]:
        """Newest first. Ids are texts, `at` is ISO 8601."""
        statement = self._transaction.select(audit_log).order_by(audit_log.c.at.desc(), audit_log.c.id.desc())
        if project_id is not None:
            statement = statement.where(audit_log.c.project_id == project_id)
        return tuple(
            {
                "action": row["action"],
                "entity": row["entity"],
                "entity_id": str(row["entity_id"]),
                "project_id": str(row["project_id"]) if row["project_id"] else None,
                "actor": row["actor"],
                "machine": row["machine"],
                "old": row["old"],
                "new": row["new"],
                "at": row["at"].isoformat(),
            }
            for row in self._transaction.all(statement.limit(limit))
        )
