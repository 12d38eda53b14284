"""A real workspace (SQLite, a vault behind a passphrase) with all its services, and real git repositories."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import keyring
import keyring.backends.fail
import keyring.core
import pytest

from pilab_desktop.domain.drift import DriftReport
from pilab_desktop.domain.environment import Stage
from pilab_desktop.domain.ids import new_id
from pilab_desktop.domain.json import JsonObject
from pilab_desktop.domain.manifest import Deployment
from pilab_desktop.domain.project_description import (
    EnvironmentDescription,
    ProjectDescription,
    RepositoryDescription,
    SubModuleDescription,
)
from pilab_desktop.integrations.local_git.source import LocalGit
from pilab_desktop.ports.progress import Work
from pilab_desktop.ports.secrets import SecretVault
from pilab_desktop.resources import migrations_path, resource_text
from pilab_desktop.services.drift_reports import Analysed, DriftReportService
from pilab_desktop.services.environments import EnvironmentService
from pilab_desktop.services.manifest import ManifestService, NewDeployment
from pilab_desktop.services.projects import ProjectService
from pilab_desktop.services.quickstart import QuickstartService
from pilab_desktop.services.release_notes import ReleaseNoteService
from pilab_desktop.services.repositories import RepositoryService
from pilab_desktop.services.tickets import TicketService
from pilab_desktop.storage.open_store import open_store
from pilab_desktop.storage.store import SqlStore
from pilab_desktop.storage.vault_key import open_vault

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass
class Ticking:
    """A clock that says noon, and a second later with every question."""

    said: datetime = field(default=NOON)

    def now(self) -> datetime:
        """The next second."""
        self.said += timedelta(seconds=1)
        return self.said


class Repo:
    """A git repository under construction; every commit is a minute after the one before."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._minutes = 0
        path.mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str, stdin: str = "") -> str:
        """Run git there; what it printed."""
        self._minutes += 1
        date = f"{1_700_000_000 + 60 * self._minutes} +0000"
        done = subprocess.run(
            ["git", "-C", str(self.path), *arguments],
            input=stdin.encode(),
            capture_output=True,
            check=True,
            env={**os.environ, "GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date},
        )
        return done.stdout.decode().strip()

    def commit(self, message: str, files: dict[str, str] | None = None) -> str:
        """Write files (or change one by the message) and commit everything; the sha."""
        for name, text in (files or {f"src/{message[:30].replace('/', '-')}.txt": f"{message}\n"}).items():
            file = self.path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        self.git("add", "--all")
        self.git("commit", "--quiet", "-F", "-", stdin=message)
        return self.git("rev-parse", "HEAD")

    def release(self, version: str) -> None:
        """Tag what is checked out."""
        self.git("tag", f"v{version}")


@dataclass(frozen=True)
class Bench:
    """An opened workspace and its services."""

    store: SqlStore
    clock: Ticking
    vault: SecretVault
    git: LocalGit
    projects: ProjectService
    environments: EnvironmentService
    repositories: RepositoryService
    manifest: ManifestService
    drift: DriftReportService
    notes: ReleaseNoteService
    tickets: TicketService
    quickstart: QuickstartService

    def audit(self) -> tuple[JsonObject, ...]:
        """The whole log, newest first."""
        with self.store.unit_of_work() as unit:
            return unit.audit.list()

    def deploy(self, environment: str, sub_module: str, version: str, commit: str | None = None) -> Deployment:
        """Record that a version runs from now on."""
        told = NewDeployment(environment=environment, sub_module=sub_module, version=version, commit_sha=commit)
        return self.manifest.record(None, told).value

    def analyse(self, source: str = "uat", target: str = "prod") -> Analysed:
        """Analyse the only project."""
        return self.drift.analyse(None, source, target, Work()).value

    def report(self, source: str = "uat", target: str = "prod") -> DriftReport:
        """The report of an analysis."""
        return self.analyse(source, target).report


@pytest.fixture(scope="session")
def vault(tmp_path_factory: pytest.TempPathFactory) -> SecretVault:
    """Behind a passphrase: this machine's keyring is left alone. The key is derived once, which is slow on purpose."""
    before = keyring.core._keyring_backend
    keyring.set_keyring(keyring.backends.fail.Keyring())  # type: ignore[no-untyped-call]  # keyring's has no types
    made = open_vault(new_id(), folder=tmp_path_factory.mktemp("keys"), passphrase=lambda: "correct horse")
    made.seal("first use", identity="")
    keyring.core._keyring_backend = before
    return made


@pytest.fixture(scope="session")
def empty_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file to copy: migrating one takes longer than a test."""
    file = tmp_path_factory.mktemp("workspace") / "made.db"
    store = open_store(
        file, migrations_dir=migrations_path(), actor="ann", clock=Ticking(), create=True, workspace="Acme"
    )
    copy = file.with_name("empty.db")
    store.backup(copy)
    store.close()
    return copy


@pytest.fixture(autouse=True)
def _plain_git(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    home = tmp_path / "home"
    home.mkdir()
    settings = {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_AUTHOR_NAME": "Ada Author",
        "GIT_AUTHOR_EMAIL": "ada@example.org",
        "GIT_COMMITTER_NAME": "Carl Committer",
        "GIT_COMMITTER_EMAIL": "carl@example.org",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def bench(tmp_path: Path, empty_workspace: Path, vault: SecretVault) -> Iterator[Bench]:
    """A fresh workspace with every service."""
    file = tmp_path / "workspace.db"
    shutil.copyfile(empty_workspace, file)
    file.chmod(0o600)
    clock = Ticking()
    store = open_store(file, migrations_dir=migrations_path(), actor="ann", clock=clock)
    git = LocalGit(tmp_path / "mirrors")
    projects, manifest = ProjectService(store, clock, vault), ManifestService(store, clock)
    yield Bench(
        store=store,
        clock=clock,
        vault=vault,
        git=git,
        projects=projects,
        environments=EnvironmentService(store, clock, vault),
        repositories=RepositoryService(store, clock, git),
        manifest=manifest,
        drift=DriftReportService(store, clock, git, partial(resource_text, "policies/severity.yaml")),
        notes=ReleaseNoteService(store, clock, lambda name: resource_text(f"templates/{name}.md.j2")),
        tickets=TicketService(store, git),
        quickstart=QuickstartService(store, clock, git, projects=projects, manifest=manifest),
    )
    git.close()
    store.close()


@pytest.fixture
def new_repo(tmp_path: Path) -> Callable[[str], Repo]:
    """Makes an empty repository of the name."""
    return lambda name: Repo(tmp_path / "repositories" / name)


@dataclass(frozen=True)
class Shop:
    """A project with an API and a web shop, each in a repository with a release 1.0 that has a fix on a branch.

    `fix` is on main, `picked` is its cherry-pick on release/1.0, `hotfix` only there, `feature` only on main.
    """

    api: Repo
    web: Repo
    fix: str
    picked: str
    hotfix: str
    feature: str


@pytest.fixture
def shop(bench: Bench, new_repo: Callable[[str], Repo]) -> Shop:
    """In `bench`: 2.0 of the API runs in UAT, 1.0.1 in PROD; the web shop runs as 1.0 in both."""
    api, web = new_repo("api"), new_repo("web")
    api.commit("feat: begin", {"config/app.yaml": "timeout: 5\n", "main.py": "print('hi')\n"})
    api.release("1.0.0")
    fix = api.commit("fix: round the total SHOP-1", {"total.py": "total = round(1)\n"})
    feature = api.commit("feat: gift cards SHOP-2", {"gifts.py": "gifts = 1\n", "config/app.yaml": "timeout: 9\n"})
    api.release("2.0.0")
    api.git("checkout", "--quiet", "-b", "release/1.0", "v1.0.0")
    api.git("cherry-pick", fix)
    picked = api.git("rev-parse", "HEAD")
    hotfix = api.commit("fix: stop the double charge SHOP-9", {"charge.py": "charge = 1\n"})
    api.release("1.0.1")
    api.git("checkout", "--quiet", "main")
    web.commit("feat: begin")
    web.release("1.0.0")
    bench.projects.create(shop_description(api.path, web.path))
    for environment, sub_module, version in (
        ("uat", "api", "2.0.0"),
        ("prod", "api", "1.0.1"),
        ("uat", "web", "1.0.0"),
        ("prod", "web", "1.0.0"),
    ):
        bench.deploy(environment, sub_module, version)
    return Shop(api, web, fix, picked, hotfix, feature)


@pytest.fixture
def plain_shop(bench: Bench) -> Bench:
    """The same project without repositories and deployments."""
    bench.projects.create(shop_description())
    return bench


def shop_description(api: Path | None = None, web: Path | None = None) -> ProjectDescription:
    """DEV promotes to UAT promotes to PROD."""
    return ProjectDescription(
        name="Shop",
        sub_modules=tuple(
            SubModuleDescription(
                name=name, repositories=(RepositoryDescription(url=str(path)),) if path is not None else ()
            )
            for name, path in (("api", api), ("web", web))
        ),
        environments=(
            EnvironmentDescription(name="Dev", stage=Stage.DEV),
            EnvironmentDescription(name="UAT", stage=Stage.UAT),
            EnvironmentDescription(name="Production", slug="prod", stage=Stage.PROD),
        ),
    )
