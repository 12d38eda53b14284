"""The program on this machine: how to open what lies in its folders."""

import glob
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from pilab_desktop.bootstrap.folders import actor, data_folder, own_workspace, passphrase, sample_passphrase
from pilab_desktop.bootstrap.workspace import Workspace
from pilab_desktop.cli.session import Upgraded
from pilab_desktop.domain.commit import Detail
from pilab_desktop.domain.errors import DuplicateError, StateError
from pilab_desktop.ports.clock import SystemClock
from pilab_desktop.ports.progress import Work
from pilab_desktop.resources import migrations_path, resource_text

if TYPE_CHECKING:
    from pilab_desktop.integrations.local_git import LocalGit


class LocalProgram:
    """The program on this machine: its folders, and how to open what lies in them (the shell's `Program`)."""

    def open_workspace(self, location: str | None) -> Workspace:
        """The workspace at a path or URL; None is the user's own, made where it is missing."""
        if location is None:
            own = own_workspace()
            own.parent.mkdir(parents=True, exist_ok=True)
            return self._open(str(own), create=not own.exists(), name=None)
        return self._open(location, create=False, name=None)

    def create_workspace(self, location: str, name: str) -> Workspace:
        """A new one. Raises DuplicateError where there is one already."""
        from pilab_desktop.storage.open_store import is_shared

        if not is_shared(location) and Path(location).expanduser().exists():
            raise DuplicateError(f"{location} is there already; it was left as it is. Name another file.", "location")
        return self._open(location, create=True, fresh=True, name=name)

    def restore_workspace(self, backup: Path, location: str | None, *, overwrite: bool) -> Path | None:
        """Put a backup in place of a local workspace; gives where the replaced one was kept."""
        from pilab_desktop.storage.local_file import restore_backup
        from pilab_desktop.storage.open_store import is_shared

        place = location or str(own_workspace())
        if is_shared(place):
            raise StateError("A shared workspace is restored by its database's own tools; nothing was changed.")
        to = Path(place).expanduser()
        to.parent.mkdir(parents=True, exist_ok=True)
        return restore_backup(backup, to, now=SystemClock().now(), overwrite=overwrite)

    def upgrade_workspace(self, location: str | None) -> Upgraded:
        """Bring a workspace's schema up to date, which opening does. Raises StateNewerError where it is a later one."""
        from pilab_desktop.storage.local_file import revision_of
        from pilab_desktop.storage.open_store import is_shared
        from pilab_desktop.storage.schema import HEAD

        file = None if is_shared(location or "") else Path(location or own_workspace()).expanduser()
        there = file is not None and file.is_file()
        before = revision_of(file) if file is not None and there else None
        copies = set(_copies(file))
        workspace = self.open_workspace(location)
        try:
            if workspace.read_only is not None:
                raise workspace.read_only
        finally:
            workspace.close()
        kept = [copy for copy in _copies(file) if copy not in copies]
        return Upgraded(
            location=self.workspace_location(location), before=before, after=HEAD, copy=kept[0] if kept else None
        )

    def workspace_location(self, location: str | None) -> str:
        """Where that workspace lies, without any password."""
        from pilab_desktop.storage.open_store import shown_location

        return shown_location(location or str(own_workspace()))

    def git(self) -> "LocalGit":
        """Repositories on this machine, without a workspace."""
        from pilab_desktop.integrations.local_git import LocalGit

        return LocalGit(data_folder() / "mirrors")

    def git_begun(self, repository: str, refs: tuple[str, str], path: str, detail: Detail) -> "LocalGit":
        """The same, already reading a comparison while the rest of the program is still being loaded."""
        git = self.git()
        git.begin(repository, refs, paths=(path,), detail=detail)
        return git

    def build_sample(self, folder: Path, work: Work) -> tuple[Workspace, Path]:
        """The sample's repositories and its workspace in a folder, and the workspace's file.

        What is there already is used as it is. The file bears the day its history counts back from: another day's
        repositories have other commits.
        """
        from pilab_desktop.integrations.sample.build import build_sample
        from pilab_desktop.integrations.sample.description import describe

        work.step("making the sample's repositories")
        sample = build_sample(folder / "repositories", work=work, now=SystemClock().now())
        file = folder / f"workspace-{sample.made_for:%Y-%m-%d}.db"
        known = file.exists()
        workspace = self._open(str(file), create=not known, name="Sample", ask=sample_passphrase, keys=folder)
        if not workspace.projects.list():
            work.step("recording the sample's project")
            workspace.projects.create(describe(sample))
        return workspace, file

    def resource_text(self, name: str) -> str:
        """A file that travels with the program."""
        return resource_text(name)

    def diagnose(self, location: str | None) -> list[tuple[str, str, str]]:
        """Part, state (OK, WARNING, FAILURE) and sentence, for each thing a doctor looks at."""
        from pilab_desktop.bootstrap.doctor import diagnose

        return diagnose(location, open_workspace=self.open_workspace)

    def _open(
        self,
        location: str,
        *,
        create: bool,
        name: str | None,
        fresh: bool = False,
        ask: Callable[[], str | None] | None = None,
        keys: Path | None = None,
    ) -> Workspace:
        from pilab_desktop.storage.open_store import open_store
        from pilab_desktop.storage.vault_key import open_vault

        store = open_store(
            location,
            migrations_dir=migrations_path(),
            actor=actor(),
            clock=SystemClock(),
            create=create,
            fresh=fresh,
            workspace=name,
        )
        vault = open_vault(store.workspace.id, folder=keys or data_folder() / "keys", passphrase=ask or passphrase)
        return Workspace(store, self.git(), vault, read_only=store.read_only)


def _copies(file: Path | None) -> list[Path]:
    """The copies that upgrades of a local file left beside it."""
    return sorted(file.parent.glob(f"{glob.escape(file.stem)}.before-*{file.suffix}")) if file is not None else []
