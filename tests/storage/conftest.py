"""Workspaces on both databases: every test that asks for `store` runs on SQLite and on a real Postgres."""

import itertools
import os
import pwd
import shutil
import socket
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pilab_desktop.domain.environment import Environment, Stage
from pilab_desktop.domain.ids import new_id
from pilab_desktop.domain.project import Project, SubModule
from pilab_desktop.storage.open_store import open_store
from pilab_desktop.storage.store import SqlStore

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass
class Ticking:
    """A clock that says noon, then a second later with every question."""

    said: datetime = field(default=NOON)

    def now(self) -> datetime:
        """The next second."""
        self.said += timedelta(seconds=1)
        return self.said


@dataclass(frozen=True)
class Postgres:
    """A running cluster."""

    port: int

    def url(self, database: str) -> str:
        """Its address of a database."""
        return f"postgresql://pilab@127.0.0.1:{self.port}/{database}"

    def execute(self, statement: str) -> None:
        """Run one statement as the superuser, outside of any transaction."""
        import psycopg

        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A cluster of this test session's own."""
    programs = _postgres_programs()
    if programs is None:
        pytest.skip("PostgreSQL's server programs (initdb, pg_ctl) are not on this machine")
    folder = Path(tempfile.mkdtemp(prefix="pilab-postgres-"))
    user = _server_user()
    if user is not None:
        os.chown(folder, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
    data = folder / "data"
    port = _free_port()
    settings = f"-p {port} -h 127.0.0.1 -k {folder} -c fsync=off -c full_page_writes=off -c max_connections=40"
    try:
        _as(user, [programs / "initdb", "-D", data, "-U", "pilab", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"])
        _as(user, [programs / "pg_ctl", "-D", data, "-l", folder / "log", "-o", settings, "-w", "start"])
        yield Postgres(port)
    finally:
        if (data / "postmaster.pid").exists():
            _as(user, [programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"])
        shutil.rmtree(folder, ignore_errors=True)


def _postgres_programs() -> Path | None:
    found = shutil.which("initdb")
    candidates = [Path(found).resolve().parent] if found else []
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in candidates if (folder / "pg_ctl").exists()), None)


def _server_user() -> str | None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _as(user: str | None, command: list[Path | str]) -> None:
    account = pwd.getpwnam(user) if user else None
    subprocess.run(
        command,
        check=True,
        stdout=subprocess.DEVNULL,
        cwd="/",
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
        extra_groups=[] if account else None,
    )


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port: int = asked.getsockname()[1]
        return port


@pytest.fixture
def migrations_dir() -> Path:
    """The migrations that travel with the application."""
    return MIGRATIONS


@pytest.fixture
def clock() -> Ticking:
    """The time, as the tests say it."""
    return Ticking()


_numbers = itertools.count()


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres) -> str:
    """A database with a fresh workspace; copying it is quicker than making another."""
    postgres.execute("CREATE DATABASE template_workspace")
    make(postgres.url("template_workspace")).close()
    return "template_workspace"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a fresh workspace."""
    file = tmp_path_factory.mktemp("template") / "workspace.db"
    store = make(file)
    copy = file.with_name("copy.db")
    store.backup(copy)
    store.close()
    return copy


def make(location: str | Path) -> SqlStore:
    """A fresh workspace "Acme" of Ann's."""
    return open_store(
        location, migrations_dir=MIGRATIONS, actor="ann", clock=Ticking(), create=True, workspace="Acme", wait_seconds=5
    )


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str | Path]:
    """Where a fresh workspace "Acme" lies, with Ann as its first person."""
    if request.param == "sqlite":
        file = tmp_path / "workspace.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), file)
        file.chmod(0o600)
        yield file
        return
    cluster: Postgres = request.getfixturevalue("postgres")
    template: str = request.getfixturevalue("postgres_template")
    name = f"workspace_{next(_numbers)}"
    cluster.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield cluster.url(name)
    cluster.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_location(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str | Path]:
    """Where nothing is yet: no file, or an empty database."""
    if request.param == "sqlite":
        yield tmp_path / "fresh.db"
        return
    cluster: Postgres = request.getfixturevalue("postgres")
    name = f"empty_{next(_numbers)}"
    cluster.execute(f"CREATE DATABASE {name}")
    yield cluster.url(name)
    cluster.execute(f"DROP DATABASE {name} WITH (FORCE)")


OpenStore = Callable[..., SqlStore]


@pytest.fixture
def opened(migrations_dir: Path, clock: Ticking) -> Iterator[OpenStore]:
    """Opens stores as Ann, and closes them after the test."""
    stores: list[SqlStore] = []

    def open_it(
        where: str | Path,
        *,
        create: bool = False,
        fresh: bool = False,
        workspace: str | None = None,
        wait: float = 5,
    ) -> SqlStore:
        store = open_store(
            where,
            migrations_dir=migrations_dir,
            actor="ann",
            clock=clock,
            create=create,
            fresh=fresh,
            workspace=workspace,
            wait_seconds=wait,
        )
        stores.append(store)
        return store

    yield open_it
    for store in stores:
        store.close()


@pytest.fixture
def store(location: str | Path, opened: OpenStore) -> SqlStore:
    """A fresh workspace, opened."""
    return opened(location)


@pytest.fixture
def raw(location: str | Path) -> Callable[[str], list[tuple[object, ...]]]:
    """Runs one statement in the workspace's database, past the application, and commits it."""
    return lambda statement: run_raw(location, statement)


def run_raw(where: str | Path, statement: str) -> list[tuple[object, ...]]:
    """The rows of one statement, committed."""
    if isinstance(where, Path):
        local = sqlite3.connect(where, isolation_level=None)
        try:
            return local.execute(statement).fetchall()
        finally:
            local.close()
    import psycopg

    with psycopg.connect(where, autocommit=True) as shared:
        cursor = shared.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


@dataclass(frozen=True)
class Sample:
    """A project with two environments (UAT promotes to PROD) and two sub-modules, committed."""

    project: Project
    uat: Environment
    prod: Environment
    api: SubModule
    web: SubModule


@pytest.fixture
def sample(store: SqlStore) -> Sample:
    """Made in `store`."""
    return add_sample(store)


@pytest.fixture
def another_sample() -> Callable[[SqlStore], Sample]:
    """Makes the same in any store."""
    return add_sample


def add_sample(store: SqlStore, slug: str = "shop") -> Sample:
    """Make a sample project."""
    tenant = store.workspace.id
    project = Project(
        id=new_id(),
        tenant_id=tenant,
        name="Shop",
        slug=slug,
        fingerprint_key=b"k" * 32,
        created_at=NOON,
        updated_at=NOON,
    )
    prod = Environment(
        id=new_id(),
        tenant_id=tenant,
        project_id=project.id,
        name="Production",
        slug="prod",
        stage=Stage.PROD,
        order=2,
        is_production=True,
    )
    uat = Environment(
        id=new_id(),
        tenant_id=tenant,
        project_id=project.id,
        name="UAT",
        slug="uat",
        stage=Stage.UAT,
        order=1,
        promotes_to=(prod.id,),
    )
    api = SubModule(id=new_id(), tenant_id=tenant, project_id=project.id, name="api")
    web = SubModule(id=new_id(), tenant_id=tenant, project_id=project.id, name="web")
    with store.unit_of_work() as work:
        work.projects.add(project)
        for environment in (prod, uat):
            work.environments.add(environment)
        for sub_module in (web, api):
            work.projects.add_sub_module(sub_module)
        work.commit()
    return Sample(project, uat, prod, api, web)
