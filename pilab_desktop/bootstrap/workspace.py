"""An opened workspace and the services on it."""

from functools import cached_property
from typing import TYPE_CHECKING

from pilab_desktop.ports.clock import SystemClock
from pilab_desktop.resources import resource_text

if TYPE_CHECKING:
    from pilab_desktop.domain.errors import StateNewerError
    from pilab_desktop.ports.git_reader import GitSource
    from pilab_desktop.ports.secrets import SecretVault
    from pilab_desktop.ports.storage import Store
    from pilab_desktop.services.drift_reports import DriftReportService
    from pilab_desktop.services.environments import EnvironmentService
    from pilab_desktop.services.manifest import ManifestService
    from pilab_desktop.services.projects import ProjectService
    from pilab_desktop.services.quickstart import QuickstartService
    from pilab_desktop.services.release_notes import ReleaseNoteService
    from pilab_desktop.services.repositories import RepositoryService
    from pilab_desktop.services.tickets import TicketService


class Workspace:
    """The services on one workspace, each built when it is first used (the shell's `OpenedWorkspace`)."""

    def __init__(
        self, store: "Store", git: "GitSource", vault: "SecretVault", *, read_only: "StateNewerError | None" = None
    ) -> None:
        self.store = store
        self._read_only = read_only
        self._git = git
        self._vault = vault
        self._clock = SystemClock()

    @cached_property
    def projects(self) -> "ProjectService":
        """Projects."""
        from pilab_desktop.services.projects import ProjectService

        return ProjectService(self.store, self._clock, self._vault)

    @cached_property
    def environments(self) -> "EnvironmentService":
        """Environments and variables."""
        from pilab_desktop.services.environments import EnvironmentService

        return EnvironmentService(self.store, self._clock, self._vault)

    @cached_property
    def repositories(self) -> "RepositoryService":
        """Repositories."""
        from pilab_desktop.services.repositories import RepositoryService

        return RepositoryService(self.store, self._clock, self._git)

    @cached_property
    def manifest(self) -> "ManifestService":
        """The master manifest."""
        from pilab_desktop.services.manifest import ManifestService

        return ManifestService(self.store, self._clock)

    @cached_property
    def drift_reports(self) -> "DriftReportService":
        """Drift reports."""
        from pilab_desktop.services.drift_reports import DriftReportService

        return DriftReportService(self.store, self._clock, self._git, lambda: resource_text("policies/severity.yaml"))

    @cached_property
    def release_notes(self) -> "ReleaseNoteService":
        """Release notes."""
        from pilab_desktop.services.release_notes import ReleaseNoteService

        return ReleaseNoteService(self.store, self._clock, lambda name: resource_text(f"templates/{name}.md.j2"))

    @cached_property
    def tickets(self) -> "TicketService":
        """Tickets."""
        from pilab_desktop.services.tickets import TicketService

        return TicketService(self.store, self._git)

    @cached_property
    def quickstart(self) -> "QuickstartService":
        """From a repository to a project."""
        from pilab_desktop.services.quickstart import QuickstartService

        return QuickstartService(self.store, self._clock, self._git, projects=self.projects, manifest=self.manifest)

    @property
    def read_only(self) -> "StateNewerError | None":
        """Why nothing can be saved here: a later release made the schema; None where it can."""
        return self._read_only

    def close(self) -> None:
        """Let go of the state."""
        self.store.close()
