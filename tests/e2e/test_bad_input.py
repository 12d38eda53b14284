"""What a person or a repository can do wrong comes to one sentence and an exit code, and leaves the state as it was."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

Shell = Any  # the fixtures' classes; test modules do not import each other
Repo = Any
NewRepo = Callable[[str], Repo]

CHART = {"chart/Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\n", "chart/values.yaml": "a: 1\n"}


def compared(shell: Shell, repo: Repo, *more: str) -> Any:
    """The report of `new` against `old`."""
    return shell.json("quickstart", str(repo.path), "--source", "new", "--target", "old", "--json", *more)


@pytest.mark.parametrize(
    ("repository", "source", "code", "said"),
    [
        ("shop", "v1.1", 1, "“v1.1.0”"),
        ("shop", "--upload-pack=x", 1, "begins with “-”"),
        ("shop", "v1.0.0..v1.1.0", 1, "no name that git allows"),
        ("shop", "", 1, "no name that git allows"),
        ("nowhere", "a", 1, "There is no folder"),
        ("folder", "a", 1, "is not a git repository"),
        ("empty", "main", 1, "has no commits yet"),
        ("shallow", "main", 1, "is a shallow clone"),
        ("file://{}/shallow", "main", 1, "only a part of its history"),
        ("file://{}/nowhere", "main", 1, "There is no git repository"),
        ("http://127.0.0.1:1/x.git", "a", 1, "use https, ssh or file"),
        ("https://u:hunter2@127.0.0.1:1/x.git", "a", 1, "password"),
        ("https://127.0.0.1:1/x.git", "a", 5, "does not answer"),
        ("ssh://git@127.0.0.1:1/x.git", "a", 5, "does not answer"),
    ],
)
def test_what_cannot_be_compared(  # noqa: PLR0917 - pytest passes them by name
    shell: Shell, repo: Repo, new_repo: NewRepo, repository: str, source: str, code: int, said: str
) -> None:
    (shell.folder / "folder").mkdir()
    new_repo("empty")
    if "shallow" in repository:
        clone = ["git", "clone", "--quiet", "--depth=1", f"file://{repo.path}", str(shell.folder / "shallow")]
        subprocess.run(clone, check=True)
    where = str(repo.path) if repository == "shop" else repository.format(shell.folder)
    sentence = shell.refused("quickstart", where, f"--source={source}", "--target=v1.0.0", "--out=out", code=code)
    assert said in sentence
    assert "hunter2" not in sentence
    assert not (shell.folder / "out").exists()
    assert shell.json("project", "list", "--json") == []


def test_a_url_that_would_run_a_command_runs_nothing(shell: Shell) -> None:
    trap = shell.folder / "ran"
    for command in (("quickstart", "--source=a", "--target=b"), ("notes", "draft")):
        refs = () if command[0] == "quickstart" else ("a", "b")
        shell.refused(*command, f"ext::sh -c 'touch {trap}'", *refs)
        shell.refused(*command, f"ext::sh -c 'touch {trap}'://x", *refs)
    assert not trap.exists()


def test_unrelated_histories_are_compared(shell: Shell, new_repo: NewRepo) -> None:
    repo = new_repo("two")
    repo.commit("feat: one", {"a": "1\n"}, tag="old")
    repo.git("checkout", "--quiet", "--orphan", "other")
    repo.commit("feat: other", {"a": "2\n"}, tag="new")
    module = compared(shell, repo)["sub_modules"][0]
    assert module["relation"] == "DIVERGED"
    assert (module["commits"]["source_only"], module["commits"]["target_only"]) == (1, 1)


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)
)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ("a: [1, 2\nb: {c\n", "could not be read as YAML"),
        ("a: 1\nb: 2\na: 3\n", "stands twice"),
        (BOMB, "aliases"),
        (b'a: "\xff\xfe"\n', "not UTF-8"),
        ("".join(f"key{n}: value of the number {n:030}\n" for n in range(900_000)), "the limit is"),
    ],
    ids=["broken", "duplicate keys", "alias bomb", "not UTF-8", "50 MB"],
)
def test_a_file_that_cannot_be_read_makes_the_report_incomplete(
    shell: Shell, new_repo: NewRepo, values: str | bytes, said: str
) -> None:
    repo = new_repo("chart")
    repo.commit("base", CHART, tag="old")
    repo.commit("change", {"chart/values.yaml": values}, tag="new")
    report = compared(shell, repo)
    assert [said in problem["message"] for problem in report["problems"]] == [True]
    assert report["clean"] is False
    arguments = ("--project", report["project"], "--source", "new", "--target", "old", "--fail-on", "CRITICAL")
    done = shell.run("drift", "analyze", *arguments)
    assert done.returncode == 3
    assert "incomplete" in done.stderr


def test_sql_that_does_not_parse_is_never_low(shell: Shell, new_repo: NewRepo) -> None:
    repo = new_repo("sql")
    repo.commit("base", {"db/migration/V1__a.sql": "CREATE TABLE a (id int);\n"}, tag="old")
    repo.commit("sql", {"db/migration/V2__b.sql": "ALTER TABEL a DRP COLUMN id (((;\n"}, tag="new")
    found = [item for item in compared(shell, repo)["items"] if item["type"] == "DATABASE"]
    assert [item["severity"] for item in found] == ["MEDIUM"]


def test_names_and_messages_that_are_not_utf_8(shell: Shell, new_repo: NewRepo) -> None:
    repo = new_repo("latin")
    repo.commit("base", {"a": "1\n"}, tag="old")
    repo.commit("fix: grün ABC-3".encode("latin-1"), {b"caf\xe9.txt": "x\n"}, tag="new")
    report = compared(shell, repo, "--out", "out")
    assert [ticket["key"] for ticket in report["tickets"]] == ["ABC-3"]
    assert report["items"][0]["metadata"]["files"][0]["path"].startswith("caf")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has names that are not UTF-8")
def test_a_tag_and_a_folder_that_are_not_utf_8(shell: Shell, new_repo: NewRepo) -> None:
    repo = new_repo("caf\udce9")
    repo.commit("base", {"a": "1\n"}, tag="old")
    repo.commit("fix: other", {"a": "2\n"})
    repo.git("tag", "v\udce9")
    done = shell.run("quickstart", str(repo.path), "--source", "v\udce9", "--target", "old", "--json", "--out", "out")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["sub_modules"][0]["source_version"] == "v\udce9"


def test_characters_that_no_encoding_has_and_an_output_that_is_not_utf_8(shell: Shell, new_repo: NewRepo) -> None:
    repo = new_repo("halves")
    repo.commit("base", {"config/app.json": '{"a": 1}\n'}, tag="old")
    repo.commit("feat: → ●", {"config/app.json": '{"a": "\\ud800 \\u0000", "b\\ud800": 2}\n'}, tag="new")
    line = ("quickstart", str(repo.path), "--source", "new", "--target", "old")
    done = shell.run(*line, "--json", "--out", "out", PYTHONIOENCODING="cp1252:strict")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert {"\ud800 \x00", 2} <= {item["new_value"] for item in report["items"] if item["type"] == "CONFIG"}
    assert "feat: → ●" in {item["description"] for item in report["items"]}
    assert json.loads((shell.folder / "out" / "drift.json").read_bytes()) == report
    assert "→" in shell.run(*line, PYTHONIOENCODING="ascii:strict").stdout


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads the peak of memory as Linux tells it")
def test_a_diff_of_two_million_lines_stays_in_bounded_memory(shell: Shell, new_repo: NewRepo) -> None:
    repo = new_repo("long")
    repo.commit("base", {"a": "1\n"}, tag="old")
    repo.commit("feat: long", {"data.txt": "".join(f"{n}\n" for n in range(2_000_000))}, tag="new")
    code = (
        "import re, sys\n"
        "from pathlib import Path\n"
        "from pilab_desktop.__main__ import main\n"
        "try:\n    main()\nfinally:\n"
        "    status = Path('/proc/self/status').read_text()\n"
        "    print(re.search(r'VmHWM:\\s+(\\d+)', status)[1], file=sys.stderr)\n"
    )
    line = ["quickstart", str(repo.path), "--source", "new", "--target", "old", "--json"]
    done = subprocess.run(
        [sys.executable, "-c", code, *line], capture_output=True, text=True, check=True, env=shell.environment()
    )
    assert '"additions": 2000000' in done.stdout
    assert int(done.stderr.splitlines()[-1]) < 250 * 1024, "kilobytes of our own process, not of git"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("nope", "No such command"),
        ("drift analyse", "analyze"),
        ("drift analyze --source uat", "--target"),
        ("drift analyze --source uat --target prod --fail-on nope", "CRITICAL"),
        ("drift export --format pdf", "json"),
        ("drift review latest --decision IGNORE", "--item"),
        ("drift review latest", "--item"),
        ("manifest show --as-of yesterday", "2026-11-22"),
        ("manifest show --as-of 2026-01-01 --baseline b", "not both"),
        ("manifest record --env uat --sub-module api --version 1 --status NOPE", "DEPLOYED"),
        ("env add X --stage NOPE", "PRE_PROD"),
        ("env vars set uat A", "KEY=VALUE"),
        ("env vars set uat A=hunter2 --secret", "command line"),
        ("project create", "name"),
        ("project list --workspace postgresql://u:hunter2@127.0.0.1:1/db", "PGPASSFILE"),
        ("workspace create postgresql://u:hunter2@127.0.0.1:1/db", "PGPASSFILE"),
    ],
)
def test_wrong_usage(shop: Shell, line: str, said: str) -> None:
    sentence = shop.refused(*line.split(), code=2)
    assert said in sentence
    assert "hunter2" not in sentence


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("project show shp", "“shop”"),
        ("env vars list uatt", "“uat”"),
        ("manifest record --env uat --sub-module apy --version 1", "“api”"),
        ("drift analyze --source uat --target baseline:b", "no baseline"),
        ("drift analyze --source uat --target prdo", "“prod”"),
        ("drift show latest", "no drift report yet"),
        ("notes generate --report latest", "no drift report yet"),
        ("notes show", "pilab notes generate"),
        ("env vars import uat nowhere.env", "nowhere.env"),
        ("project import nowhere.yaml", "nowhere.yaml"),
        ("repo link nowhere --sub-module api", "nowhere"),
        ("repo sync --repo nope", "no repository"),
    ],
)
def test_names_that_nothing_bears(shop: Shell, line: str, said: str) -> None:
    assert said in shop.refused(*line.split())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("name: [", "not valid YAML"),
        ("name: A\nname: B\n", "stands twice"),
        ("name: A\nnope: 1\n", "nope"),
        ("- a\n", "mapping"),
        (BOMB, ""),
        (b"name: \xff\n", "UTF-8"),
        ("name: A\nenvironments:\n- name: DEV\n- name: DEV\n", "Two environments"),
    ],
)
def test_a_project_file_is_taken_whole_or_not_at_all(shell: Shell, content: str | bytes, said: str) -> None:
    (shell.folder / "project.yaml").write_bytes(content.encode() if isinstance(content, str) else content)
    assert said in shell.refused("project", "import", "project.yaml")
    assert shell.json("project", "list", "--all", "--json") == []


def test_a_workspace_that_cannot_be_opened(shell: Shell) -> None:
    (shell.folder / "garbage.db").write_text("garbage" * 1000)
    for name, said in (("garbage.db", "not a PiLab Studio workspace"), (".", "folder"), ("nope.db", "no workspace")):
        for command in (("project", "list"), ("workspace", "check"), ("workspace", "upgrade")):
            assert said in shell.refused("--workspace", str(shell.folder / name), *command)
    assert (shell.folder / "garbage.db").read_text() == "garbage" * 1000
    sentence = shell.refused("--workspace", "postgresql://u@127.0.0.1:1/db", "project", "list", code=5)
    assert "does not answer" in sentence


def test_a_workspace_of_a_later_release_is_read_and_not_written(shop: Shell) -> None:
    with closing(sqlite3.connect(shop.data / "workspace.db")) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999_later'")
        database.commit()
    assert [project["slug"] for project in shop.json("project", "list", "--json")] == ["shop"]
    for command in (("project", "create", "Other"), ("workspace", "upgrade"), ("manifest", "baseline", "create", "b")):
        assert "newer release" in shop.refused(*command)


@pytest.mark.slow
def test_a_workspace_that_another_program_writes_to(shop: Shell) -> None:
    before = shop.json("manifest", "show", "--json")
    with closing(sqlite3.connect(shop.data / "workspace.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        said = shop.refused("manifest", "record", "--env", "uat", "--sub-module", "api", "--version", "3")
        assert shop.json("manifest", "show", "--json") == before, "reading goes on"
        other.execute("ROLLBACK")
    assert "in use by another program" in said
    assert shop.json("manifest", "show", "--json") == before


def test_without_git_one_sentence_says_what_to_install(shell: Shell, repo: Repo) -> None:
    arguments = ("quickstart", str(repo.path), "--source", "v1.1.0", "--target", "v1.0.0")
    assert "install it" in shell.refused(*arguments, PATH=str(shell.folder))
    assert shell.run("doctor", PATH=str(shell.folder)).returncode == 1


def test_a_secret_without_a_passphrase_is_not_kept(shop: Shell) -> None:
    said = shop.refused("env", "vars", "set", "uat", "TOKEN", "--secret", stdin="hunter2\n", PILAB_PASSPHRASE="")
    assert "nothing was saved" in said
    assert shop.json("env", "vars", "list", "uat", "--json") == []


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="needs /dev/full")
def test_a_full_disk_leaves_nothing_half_written(shop: Shell) -> None:
    shop.ok("drift", "analyze", "--source", "uat", "--target", "prod")
    assert "no room" in shop.refused("drift", "export", "--out", "/dev/full")
    assert Path("/dev/full").is_char_device()
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "pilab_desktop", "drift", "show", "--json"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env=shop.environment(),
        )
    assert done.returncode == 1
    assert "no room" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="Windows has no limit on the size of files")
def test_a_disk_that_is_full_in_the_middle_keeps_what_was_saved(shop: Shell) -> None:
    def small_files() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (40_960, 40_960))

    (shop.folder / "many.csv").write_text(
        "sub_module,environment,version\n" + "".join(f"api,uat,1.{n}\n" for n in range(3000))
    )
    before = shop.json("manifest", "show", "--json")
    done = subprocess.run(
        [sys.executable, "-m", "pilab_desktop", "manifest", "import", "many.csv"],
        capture_output=True,
        text=True,
        check=False,
        cwd=shop.folder,
        env=shop.environment(),
        preexec_fn=small_files,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "kept" in done.stderr
    assert shop.json("manifest", "show", "--json") == before
    assert shop.json("workspace", "check", "--json")["problems"] == []


def test_where_nothing_can_be_written(shop: Shell) -> None:
    shop.ok("drift", "analyze", "--source", "uat", "--target", "prod")
    (shop.folder / "file").write_text("mine")
    (shop.folder / "folder").mkdir()
    shop.refused("drift", "export", "--out", "file/report.html")
    assert "is a folder" in shop.refused("drift", "export", "--out", "folder")
    assert (shop.folder / "file").read_text() == "mine"
    assert list((shop.folder / "folder").iterdir()) == []


def test_a_link_is_followed_and_stays_a_link(shop: Shell) -> None:
    shop.ok("drift", "analyze", "--source", "uat", "--target", "prod")
    (shop.folder / "real.html").write_text("old")
    (shop.folder / "link.html").symlink_to("real.html")
    shop.ok("drift", "export", "--out", "link.html")
    assert (shop.folder / "link.html").is_symlink()
    assert "<html" in (shop.folder / "real.html").read_text(encoding="utf-8")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such pipes")
def test_a_reader_who_has_seen_enough(shop: Shell) -> None:
    shop.ok("drift", "analyze", "--source", "uat", "--target", "prod")
    shown = shop.start("drift", "export")
    assert shown.stdout is not None
    shown.stdout.close()
    _, said = shown.communicate(timeout=60)
    assert shown.returncode == 0
    assert said == b""


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is no signal there")
def test_ctrl_c_ends_a_running_analysis_and_keeps_the_state(shop: Shell) -> None:
    real = shutil.which("git")
    programs = shop.folder / "bin"
    programs.mkdir()
    started = shop.folder / "started"
    (programs / "git").write_text(
        f'#!/bin/sh\ncase "$*" in *--cherry-mark*) : > "{started}"; exec sleep 60;; esac\nexec "{real}" "$@"\n'
    )
    (programs / "git").chmod(0o755)
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    running = shop.start("drift", "analyze", "--source", "uat", "--target", "prod", PATH=path)
    deadline = time.monotonic() + 30
    while not started.exists() and time.monotonic() < deadline and running.poll() is None:
        os.sched_yield()
    assert started.exists()
    begun = time.monotonic()
    running.send_signal(signal.SIGINT)
    try:
        _, said = running.communicate(timeout=30)
    finally:
        running.kill()
    assert time.monotonic() - begun < 1.5
    assert running.returncode == 130
    assert said.decode().splitlines()[-1] == "Stopped; what was saved before is kept."
    assert shop.json("drift", "list", "--json") == []
    assert shop.json("workspace", "check", "--json")["problems"] == []
