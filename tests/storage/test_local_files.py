"""What can be wrong with a workspace's file, in one sentence each, and copies of it that can be trusted."""

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import pytest
from sqlalchemy import Engine, event

from pilab_desktop.domain.errors import InvalidInputError, StateError, StateNewerError
from pilab_desktop.domain.ids import new_id
from pilab_desktop.domain.project import Project, SubModule
from pilab_desktop.storage.local_file import restore_backup
from pilab_desktop.storage.store import SqlStore

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
OpenStore = Callable[..., SqlStore]


class Sample(Protocol):
    """What conftest.py's sample holds."""

    @property
    def project(self) -> Project: ...
    @property
    def api(self) -> SubModule: ...


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the tests here put their workspace."""
    return tmp_path / "my workspace ü#1?.db"


@pytest.fixture
def local(file: Path, opened: OpenStore) -> SqlStore:
    """A workspace in a file."""
    return opened(file, create=True, wait=0.2)


def spoil(file: Path, statement: str) -> None:
    """Change a workspace past the application."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute(statement)


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_only_its_owner_may_read_it(file: Path, local: SqlStore, another_sample: Callable[[SqlStore], Sample]) -> None:
    another_sample(local)
    beside = [path for path in file.parent.iterdir() if path.is_file()]
    assert len(beside) >= 3  # the log lies beside it while it is open
    assert {stat.S_IMODE(path.stat().st_mode) for path in beside} == {0o600}


def test_it_is_written_ahead_and_fully_synchronised(file: Path, local: SqlStore) -> None:
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        tables = connection.execute("SELECT name, strict FROM pragma_table_list WHERE schema = 'main'").fetchall()
    assert [name for name, strict in tables if not strict and not name.startswith("sqlite_")] == ["alembic_version"]


def test_garbage_is_left_as_it_was(file: Path, opened: OpenStore) -> None:
    garbage = b"this is no database, it is a letter to my aunt\n" * 200
    file.write_bytes(garbage)
    for create in (False, True):
        with pytest.raises(StateError, match="not a PiLab Studio workspace"):
            opened(file, create=create)
    assert file.read_bytes() == garbage


def test_another_programs_database_is_left_as_it_was(file: Path, opened: OpenStore) -> None:
    spoil(file, "CREATE TABLE bookmarks (url TEXT)")
    before = file.read_bytes()
    for create in (False, True):
        with pytest.raises(StateError, match="not a PiLab Studio workspace"):
            opened(file, create=create)
    assert file.read_bytes() == before


def test_a_damaged_file_says_so(file: Path, local: SqlStore, another_sample: Callable[[SqlStore], Sample]) -> None:
    another_sample(local)
    local.close()
    with file.open("r+b") as damaged:
        damaged.seek(4096)
        damaged.write(b"\xff" * (file.stat().st_size - 4096))
    (said,) = local.check()
    assert "is damaged" in said


def test_damage_that_sqlite_can_name_is_listed(file: Path, local: SqlStore) -> None:
    local.close()
    spoil(file, "PRAGMA foreign_keys = OFF")
    spoil(
        file,
        "INSERT INTO feed_counters (tenant_id, last) VALUES (x'00000000000000000000000000000000', 0)",
    )
    (said,) = local.check()
    assert said == "A row of feed_counters points to a row of tenants that is not there."


def test_a_folder_a_missing_folder_and_a_missing_file(tmp_path: Path, opened: OpenStore) -> None:
    with pytest.raises(StateError, match="is a folder"):
        opened(tmp_path, create=True)
    with pytest.raises(StateError, match=r"The folder .* is not there"):
        opened(tmp_path / "none" / "w.db", create=True)
    with pytest.raises(StateError, match="There is no workspace at"):
        opened(tmp_path / "none.db")
    assert list(tmp_path.iterdir()) == []


def test_a_locked_workspace_says_so_and_goes_on_afterwards(
    file: Path, local: SqlStore, another_sample: Callable[[SqlStore], Sample]
) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with local.unit_of_work() as work:
            assert work.projects.list() == ()
        with pytest.raises(StateError, match="in use by another program"):
            another_sample(local)
    sample = another_sample(local)
    with local.unit_of_work() as work:
        assert work.projects.list() == (sample.project,)


@pytest.fixture
def full_disk() -> Iterator[Callable[[], None]]:
    """Connections made after the call can make no database larger than it is."""

    def limit(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")

    listening = False

    def begin() -> None:
        nonlocal listening
        event.listen(Engine, "connect", limit)
        listening = True

    yield begin
    if listening:
        event.remove(Engine, "connect", limit)


def test_a_full_disk_keeps_what_was_saved(
    file: Path,
    local: SqlStore,
    opened: OpenStore,
    full_disk: Callable[[], None],
    another_sample: Callable[[SqlStore], Sample],
) -> None:
    sample = another_sample(local)
    full_disk()
    full = opened(file)
    with pytest.raises(StateError, match="is full"), full.unit_of_work() as work:
        work.projects.save(replace(sample.project, description="x" * 1_000_000))
    with full.unit_of_work() as work:
        assert work.projects.list() == (sample.project,)
    assert full.check() == ()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="nothing is refused to root")
def test_a_file_that_may_not_be_written_says_so(
    file: Path, local: SqlStore, opened: OpenStore, another_sample: Callable[[SqlStore], Sample]
) -> None:
    local.close()
    file.chmod(0o400)
    with pytest.raises(StateError, match="cannot be written"):
        another_sample(opened(file))


def test_a_backup_taken_while_others_write_is_whole(
    file: Path, local: SqlStore, opened: OpenStore, another_sample: Callable[[SqlStore], Sample]
) -> None:
    sample = another_sample(local)
    stop = threading.Event()
    written: list[int] = []

    def write() -> None:
        while not stop.is_set():
            with local.unit_of_work() as work:
                for side in "ab":
                    part = replace(sample.api, id=new_id(), name=f"{side}{len(written)}", description="x" * 3000)
                    work.projects.add_sub_module(part)
                work.commit()
            written.append(1)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            before = len(written)
            local.backup(file.with_name(f"backup-{number}.db"))
            copied = opened(file.with_name(f"backup-{number}.db"))
            assert copied.check() == ()
            with copied.unit_of_work() as work:
                parts = len(work.projects.sub_modules(sample.project.id)) - 2
            assert parts % 2 == 0
            assert parts // 2 >= before
    finally:
        stop.set()
        writer.join()


def test_a_backup_overwrites_nothing(file: Path, local: SqlStore) -> None:
    there = file.with_name("there.db")
    there.write_text("precious")
    with pytest.raises(InvalidInputError, match="is there already"):
        local.backup(there)
    assert there.read_text() == "precious"
    with pytest.raises(StateError, match="The folder"):
        local.backup(file.parent / "none" / "b.db")


def test_a_backup_is_put_back_and_the_replaced_file_kept(
    file: Path, local: SqlStore, opened: OpenStore, another_sample: Callable[[SqlStore], Sample]
) -> None:
    backup = file.with_name("backup.db")
    local.backup(backup)
    sample = another_sample(local)
    with pytest.raises(InvalidInputError, match="is there already"):
        restore_backup(backup, file, now=NOW)
    with pytest.raises(StateError, match="in use"):  # by `local`
        restore_backup(backup, file, now=NOW, overwrite=True, wait_seconds=0.2)
    local.close()
    kept = restore_backup(backup, file, now=NOW, overwrite=True)
    assert kept is not None
    assert restore_backup(backup, file, now=NOW, overwrite=True) not in {None, kept}  # each under a name of its own
    with opened(file).unit_of_work() as work:
        assert work.projects.list() == ()
    with opened(kept).unit_of_work() as work:
        assert work.projects.list() == (sample.project,)
    assert restore_backup(backup, file.with_name("new.db"), now=NOW) is None
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_damaged_workspace_is_replaced_and_kept_with_its_log(file: Path, local: SqlStore, opened: OpenStore) -> None:
    backup = file.with_name("backup.db")
    local.backup(backup)
    local.close()
    file.write_bytes(b"garbage" * 1000)
    file.with_name(file.name + "-wal").write_bytes(b"log")
    kept = restore_backup(backup, file, now=NOW, overwrite=True)
    assert kept is not None
    assert kept.read_bytes() == b"garbage" * 1000
    assert kept.with_name(kept.name + "-wal").read_bytes() == b"log"
    assert opened(file).check() == ()


def test_what_is_no_sound_backup_replaces_nothing(
    file: Path, local: SqlStore, opened: OpenStore, another_sample: Callable[[SqlStore], Sample]
) -> None:
    sample = another_sample(local)
    local.close()
    garbage, later, stray, missing = (file.with_name(f"{name}.db") for name in ("garbage", "later", "stray", "none"))
    garbage.write_bytes(b"no database" * 500)
    for copy in (later, stray):
        local.backup(copy)
    spoil(later, "UPDATE alembic_version SET version_num = '0099_colour'")
    spoil(stray, "INSERT INTO feed_counters (tenant_id, last) VALUES (x'00', 0)")
    for backup, error in (
        (garbage, StateError),
        (later, StateNewerError),
        (stray, StateError),
        (missing, StateError),
    ):
        with pytest.raises(error):
            restore_backup(backup, file, now=NOW, overwrite=True)
    with opened(file).unit_of_work() as work:
        assert work.projects.list() == (sample.project,)
    assert not [path for path in file.parent.iterdir() if "restored" in path.name or "replaced" in path.name]


def test_two_processes_that_create_at_once_make_one_workspace(file: Path, migrations_dir: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from pilab_desktop.ports.clock import SystemClock\n"
        "from pilab_desktop.storage.open_store import open_store\n"
        "store = open_store(sys.argv[1], migrations_dir=Path(sys.argv[2]), actor='ann', clock=SystemClock(),\n"
        "                   create=True)\n"
        "print(store.workspace.id)"
    )
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-c", script, str(file), str(migrations_dir)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) for _ in range(3)]
    said = {process.communicate(timeout=60)[0] for process in both}
    assert len(said) == 1
    assert [process.returncode for process in both] == [0, 0, 0]
