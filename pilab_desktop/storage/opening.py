"""What somebody asks for who opens a workspace."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from pilab_desktop.domain.workspace import Workspace
from pilab_desktop.ports.clock import Clock
from pilab_desktop.storage.workspaces import enter


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """See `open_store`."""

    migrations_dir: Path
    actor: str
    clock: Clock
    create: bool
    fresh: bool
    workspace: str | None
    wait_seconds: float

    def enter(self, connection: Connection, *, place: str, read_only: bool) -> Workspace:
        """The workspace of the database that is meant."""
        return enter(
            connection,
            self.workspace,
            create=self.create and not read_only,
            fresh=self.fresh,
            place=place,
            actor=self.actor,
            clock=self.clock,
        )
