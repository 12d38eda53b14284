"""What a command gets: the workspace that was named, opened when it is first asked for, and a way to tell progress."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import typer

from pilab_desktop.ports.progress import CancelToken, Work

if TYPE_CHECKING:
    from pilab_desktop.domain.commit import Detail
    from pilab_desktop.ports.git_reader import GitSource
    from pilab_desktop.ports.storage import Store
    from pilab_desktop.services.drift_reports import DriftReportService
    from pilab_desktop.services.environments import EnvironmentService
    from pilab_desktop.services.manifest import ManifestService
    from pilab_desktop.services.projects import ProjectService
    from pilab_desktop.services.quickstart import QuickstartService
    from pilab_desktop.services.release_notes import ReleaseNoteService
    from pilab_desktop.services.repositories import RepositoryService
    from pilab_desktop.services.tickets import TicketService


class OpenedWorkspace(Protocol):
    """A workspace and the services on it, each built when it is first used."""

    @property
    def store(self) -> "Store": ...
    @property
    def projects(self) -> "ProjectService": ...
    @property
    def environments(self) -> "EnvironmentService": ...
    @property
    def repositories(self) -> "RepositoryService": ...
    @property
    def manifest(self) -> "ManifestService": ...
    @property
    def drift_reports(self) -> "DriftReportService": ...
    @property
    def release_notes(self) -> "ReleaseNoteService": ...
    @property
    def tickets(self) -> "TicketService": ...
    @property
    def quickstart(self) -> "QuickstartService": ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgraded:
    """What an upgrade did. `before` is the schema that was found, None where that is not known or there was none yet;
    `copy` is where a local file was kept as it was."""

    location: str
    before: str | None
    after: str
    copy: Path | None


class Program(Protocol):
    """What the composition root offers the shell."""

    def open_workspace(self, location: str | None) -> OpenedWorkspace:
        """The workspace at a path or URL; None is the user's own, made where it is missing."""
        ...

    def create_workspace(self, location: str, name: str) -> OpenedWorkspace:
        """A new one. Raises DuplicateError where there is one already."""
        ...

    def restore_workspace(self, backup: Path, location: str | None, *, overwrite: bool) -> Path | None:
        """Put a backup in place of a local workspace; gives where the replaced one was kept."""
        ...

    def upgrade_workspace(self, location: str | None) -> "Upgraded":
        """Bring a workspace's schema up to date. Raises StateNewerError where a later release made it."""
        ...

    def workspace_location(self, location: str | None) -> str:
        """Where that workspace lies, without any password."""
        ...

    def git(self) -> "GitSource":
        """Repositories on this machine, without a workspace."""
        ...

    def git_begun(self, repository: str, refs: tuple[str, str], path: str, detail: "Detail") -> "GitSource":
        """The same, already reading a comparison while the rest of the program is still being loaded."""
        ...

    def build_sample(self, folder: Path, work: Work) -> tuple[OpenedWorkspace, Path]:
        """The sample's repositories and its workspace in a folder, and the workspace's file."""
        ...

    def resource_text(self, name: str) -> str:
        """A file that travels with the program."""
        ...

    def diagnose(self, location: str | None) -> "list[tuple[str, str, str]]":
        """Part, state (OK, WARNING, FAILURE) and sentence, for each thing a doctor looks at."""
        ...


class Session:
    """One run of the shell."""

    def __init__(
        self, program: Program, *, location: str | None, debug: bool, work: Callable[[CancelToken], Work]
    ) -> None:
        self.program = program
        self.location = location
        self.debug = debug
        self.cancel = CancelToken()
        self.work = work(self.cancel)
        self._closing = ExitStack()
        self._workspace: OpenedWorkspace | None = None

    @property
    def workspace(self) -> OpenedWorkspace:
        """The named workspace; opened once, closed at the end."""
        if self._workspace is None:
            self._workspace = self.use(self.program.open_workspace(self.location))
        return self._workspace

    def use(self, workspace: OpenedWorkspace) -> OpenedWorkspace:
        """See to it that a workspace is closed at the end."""
        self._closing.callback(workspace.close)
        return workspace

    def close(self) -> None:
        """Close what was opened."""
        self._closing.close()


def session_of(context: typer.Context) -> Session:
    """The run that a command belongs to."""
    session = context.find_object(Session)
    assert session is not None
    return session
