"""A process that is killed in the middle loses nothing that it had committed, and leaves nothing half done."""

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pilab_desktop.storage import schema
from pilab_desktop.storage.engine import begin_writing, postgres_engine, postgres_url, sqlite_engine
from pilab_desktop.storage.local_file import make_file, revision_of
from pilab_desktop.storage.store import SqlStore

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")

ROOT = Path(__file__).resolve().parents[2]

WRITER = """
import sys
from pathlib import Path
from datetime import UTC, datetime
from pilab_desktop.domain.ids import new_id
from pilab_desktop.domain.project import Project, SubModule
from pilab_desktop.ports.clock import SystemClock
from pilab_desktop.storage.open_store import open_store

where = sys.argv[1]
store = open_store(where, migrations_dir=Path(sys.argv[2]), actor="ann", clock=SystemClock())
number = 0
while True:
    number += 1
    now = datetime.now(UTC)
    project = Project(id=new_id(), tenant_id=store.workspace.id, name=f"P{number}", slug=f"p{number}",
                      fingerprint_key=b"k" * 32, created_at=now, updated_at=now)
    with store.unit_of_work() as work:
        work.projects.add(project)
        for part in range(5):
            work.projects.add_sub_module(SubModule(id=new_id(), tenant_id=store.workspace.id, project_id=project.id,
                                                   name=f"part {part} " + "x" * 5000))
        work.commit()
    print(number, flush=True)
"""

UPGRADER = """
import sys
from pathlib import Path
from pilab_desktop.ports.clock import SystemClock
from pilab_desktop.storage.open_store import open_store

open_store(sys.argv[1], migrations_dir=Path(sys.argv[2]), actor="ann", clock=SystemClock())
"""


@pytest.mark.parametrize("commits", [1, 7, 30])
def test_killed_while_writing(
    location: str | Path, migrations_dir: Path, opened: Callable[..., SqlStore], commits: int
) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(location), str(migrations_dir)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert writer.stdout is not None
    with writer.stdout as said:
        for _ in range(commits):
            promised = int(said.readline())
        writer.kill()
        promised = max([promised, *(int(line) for line in said if line.endswith("\n"))])
    assert writer.wait() == -signal.SIGKILL
    store = opened(location)
    assert store.check() == ()
    with store.unit_of_work() as work:
        projects = work.projects.list()
        assert {f"P{number}" for number in range(1, promised + 1)} <= {project.name for project in projects}
        assert len(projects) <= promised + 1
        assert {len(work.projects.sub_modules(project.id)) for project in projects} == {5}
        assert store.feed_cursor() == 6 * len(projects)


def test_killed_while_upgrading(
    empty_location: str | Path, migrations_dir: Path, tmp_path: Path, opened: Callable[..., SqlStore]
) -> None:
    before = schema.REVISIONS[-2]
    _older(empty_location, migrations_dir, before)
    deadly = tmp_path / "deadly"
    shutil.copytree(migrations_dir, deadly, ignore=shutil.ignore_patterns("__pycache__"))
    last = deadly / "versions" / f"{schema.HEAD}.py"
    last.write_text(last.read_text() + "    import os, signal\n    os.kill(os.getpid(), signal.SIGKILL)\n")
    killed = subprocess.run(
        [sys.executable, "-c", UPGRADER, str(empty_location), str(deadly)], cwd=ROOT, check=False, timeout=60
    )
    assert killed.returncode == -signal.SIGKILL
    if isinstance(empty_location, Path):
        assert revision_of(empty_location) == before
        (kept,) = tmp_path.glob("*.before-*.db")
        assert revision_of(kept) == before
    store = opened(empty_location)
    assert store.check() == ()
    with store.unit_of_work() as work:
        assert work.people.workspace().name == "Old"


def _older(where: str | Path, migrations_dir: Path, revision: str) -> None:
    local = isinstance(where, Path)
    if isinstance(where, Path):
        make_file(where)
        engine = sqlite_engine(where, wait_seconds=5)
    else:
        engine = postgres_engine(postgres_url(where), wait_seconds=5)
    with engine.connect() as connection:
        begin_writing(connection)
        connection.begin()
        schema.upgrade(connection, migrations_dir, place="here", to=revision)
        connection.exec_driver_sql(
            "INSERT INTO tenants (id, created_at, name, slug, version) VALUES "
            + ("(randomblob(16), 0, 'Old', 'old', 1)" if local else "(gen_random_uuid(), now(), 'Old', 'old', 1)")
        )
        connection.commit()
    engine.dispose()


def test_opening_a_workspace_that_is_up_to_date_loads_no_more_than_it_needs(
    tmp_path: Path, migrations_dir: Path, opened: Callable[..., SqlStore]
) -> None:
    opened(tmp_path / "w.db", create=True).close()
    asked = UPGRADER + "print(sorted({'alembic', 'psycopg', 'keyring', 'argon2'} & set(sys.modules)))"
    said = subprocess.run(
        [sys.executable, "-c", asked, str(tmp_path / "w.db"), str(migrations_dir)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    assert said.stdout == "[]\n"
