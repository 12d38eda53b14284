"""Commands as a person or a pipeline uses them."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, insert

from pilab_desktop.domain.ids import new_id
from pilab_desktop.resources import migrations_path
from pilab_desktop.storage.schema import HEAD, upgrade
from pilab_desktop.storage.tables.people import tenants

Shell = Any  # the fixtures' classes; test modules do not import each other
Repo = Any

NOUNS = ("project", "env", "repo", "manifest", "drift", "notes", "ticket", "workspace", "audit")
VERBS = ("demo", "quickstart", "doctor")


def test_help_loads_nothing_heavy(shell: Shell) -> None:
    code = (
        "import sys\n"
        "from pilab_desktop.bootstrap import LocalProgram\n"
        "from pilab_desktop.cli.app import run\n"
        "for words in sys.argv[1:]:\n"
        "    assert run([*words.split(), '--help'], LocalProgram()) == 0\n"
        "heavy = {'PySide6', 'sqlglot', 'openai', 'sqlalchemy', 'alembic', 'rich', 'git'}\n"
        "print('LOADED', sorted(heavy & set(sys.modules)))\n"
    )
    deeper = ("env vars", "manifest baseline", "drift analyze", "notes generate", "manifest import")
    lines = ["", *NOUNS, *VERBS, *deeper]
    done = subprocess.run(
        [sys.executable, "-c", code, *lines],
        capture_output=True,
        text=True,
        check=False,
        env=shell.environment(),
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Usage: pilab") == len(lines)
    assert done.stdout.splitlines()[-1] == "LOADED []"


@pytest.mark.parametrize("noun", NOUNS)
def test_a_noun_alone_explains_itself(shell: Shell, noun: str) -> None:
    done = shell.run(noun)
    assert done.returncode == 2
    assert done.stderr.startswith(f"Usage: pilab {noun} ")


def test_the_gate(shop: Shell) -> None:
    analyze = ("drift", "analyze", "--source", "uat", "--target", "prod")
    done = shop.run(*analyze, "--fail-on", "CRITICAL", "--json")
    assert done.returncode == 3, "a column is dropped"
    assert "CRITICAL" in done.stderr.splitlines()[-1]
    for item in shop.json(*analyze, "--json")["items"]:
        if item["severity"] == "CRITICAL":
            decided = ("--item", item["id"], "--decision", "IGNORE", "--reason", "planned")
            shop.ok("drift", "review", "latest", *decided)
    assert shop.run(*analyze, "--fail-on", "CRITICAL").returncode == 0
    assert shop.run(*analyze, "--fail-on", "high").returncode == 3


def test_an_incomplete_report_meets_no_gate(shop: Shell) -> None:
    shop.ok("env", "vars", "set", "uat", "LOG=debug")  # variables have no history, so a baseline has none of them
    shop.ok("manifest", "baseline", "create", "b")
    done = shop.run("drift", "analyze", "--source", "uat", "--target", "baseline:b", "--fail-on", "CRITICAL")
    assert done.returncode == 3
    assert "incomplete" in done.stderr.splitlines()[-1]


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_a_manifest_travels_as_a_file(shop: Shell, kind: str) -> None:
    record = ("manifest", "record", "--env", "prod", "--sub-module", "api")
    shop.ok(*record, "--version", "1.1.0", "--status", "FAILED")
    shop.ok("manifest", "show", "--format", kind, "--out", f"m.{kind}")
    assert shop.json("manifest", "import", f"m.{kind}", "--json")["recorded"] == 0, "all of it is there"
    other = str(shop.folder / "other.db")
    shop.ok("workspace", "create", other)
    shop.ok("--workspace", other, "project", "create", "Shop", "--sub-module", "api", "--env", "UAT", "--env", "PROD")
    shop.ok("--workspace", other, "manifest", "import", f"m.{kind}")
    assert shop.ok("--workspace", other, "manifest", "show", "--format", "csv") == shop.ok(
        "manifest", "show", "--format", "csv"
    )
    if kind == "json":
        entries = [shop.json(*at, "manifest", "show", "--json")["entries"] for at in ((), ("--workspace", other))]
        assert entries[0] == entries[1]


def test_a_manifest_is_imported_whole_or_not_at_all(shop: Shell) -> None:
    before = shop.json("manifest", "show", "--json")
    header = "sub_module,environment,version,deployed_at\n"
    for lines, said in (
        ("api,uat,2.0.0,\napi,nowhere,2.0.0,\n", "nowhere"),
        ("api,uat,2.0.0,\napi,uat,,\n", "line 3"),
        ("api,uat,2.0.0,yesterday\n", "line 2"),
        ("api,uat\n", "line 2"),
    ):
        (shop.folder / "m.csv").write_text(header + lines)
        assert said in shop.refused("manifest", "import", "m.csv")
    (shop.folder / "m.csv").write_text("a,b\n1,2\n")
    assert "unknown" in shop.refused("manifest", "import", "m.csv")
    (shop.folder / "m.json").write_text('{"entries": [1]}')
    assert "entry 1" in shop.refused("manifest", "import", "m.json")
    assert shop.json("manifest", "show", "--json") == before


def test_an_older_workspace_is_upgraded_and_its_copy_kept(shell: Shell) -> None:
    file = shell.folder / "old.db"
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        upgrade(connection, migrations_path(), place=str(file), to="0003_environments")
        connection.execute(
            insert(tenants).values(id=new_id(), name="W", slug="w", version=1, created_at=datetime.now(UTC))
        )
    engine.dispose()
    done = shell.json("--workspace", str(file), "workspace", "upgrade", "--json")
    assert (done["before"], done["after"]) == ("0003_environments", HEAD)
    assert Path(done["copy"]).is_file()
    assert "up to date" in shell.ok("--workspace", str(file), "workspace", "upgrade")


def test_a_backup_is_put_back(shop: Shell) -> None:
    shop.ok("workspace", "backup", "copy.db")
    shop.ok("project", "delete", "shop")
    said = shop.ok("workspace", "restore", "copy.db", "--overwrite")
    assert "kept as" in said
    assert [project["slug"] for project in shop.json("project", "list", "--json")] == ["shop"]


def test_a_project_travels_as_a_file_without_its_secrets(shop: Shell) -> None:
    shop.ok("env", "vars", "set", "uat", "DB_PASSWORD", "--secret", stdin="hunter2-of-uat\n")
    shop.ok("env", "vars", "set", "uat", "LOG=debug")
    shop.ok("project", "export", "--out", "shop.yaml")
    assert "hunter2" not in (shop.folder / "shop.yaml").read_text(encoding="utf-8")
    other = ("--workspace", str(shop.folder / "other.db"))
    shop.ok("workspace", "create", other[1])
    shop.ok(*other, "project", "import", "shop.yaml")
    assert shop.ok(*other, "project", "export") == (shop.folder / "shop.yaml").read_text(encoding="utf-8")


def test_the_audit_log_names_what_was_done(shop: Shell) -> None:
    shop.ok("manifest", "baseline", "create", "b")
    lines = shop.json("audit", "list", "--json")
    assert lines[0]["action"] == "baseline.created"
    assert shop.json("audit", "list", "--project", "shop", "--limit", "1", "--json") == lines[:1]
