"""What is measured: each row names ours, the yardstick, and the bar."""

import random
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.bench.repositories import made, real
from tests.bench.timing import Result, Skipped, command, seconds, side_by_side

PILAB: list[str | Path] = [sys.executable, "-m", "pilab_desktop"]


def startup() -> Result | Skipped:
    """The shell's help against an interpreter that does nothing."""
    mine, other, ratio = side_by_side(command([*PILAB, "--help"]), command([sys.executable, "-c", "pass"]), rounds=11)
    return Result("help", "pilab --help", mine, "python -c pass", other, ratio, 8.0)


def comparison() -> Result | Skipped:
    """The both-sided comparison with tickets, JSON written, against plain git over the same range."""
    with tempfile.TemporaryDirectory() as folder:
        kargo = real("kargo")
        path, source, target = (kargo, "v1.10.0", "v1.9.10") if kargo else (made(Path(folder), commits=900), "v2", "v1")
        git: list[str | Path] = [
            "git",
            "-C",
            path,
            "log",
            "--cherry-mark",
            "--left-right",
            "--numstat",
            f"{source}...{target}",
        ]
        mine, other, ratio = side_by_side(
            command([*PILAB, "repo", "compare", path, source, target, "--json"]), command(git), rounds=7
        )
        where = "kargo" if kargo else "a made repository"
        return Result("compare", f"pilab repo compare on {where}", mine, "git log --cherry-mark", other, ratio, 1.5)


def notes() -> Result | Skipped:
    """Release notes of about 1,000 commits against git-cliff."""
    cliff = shutil.which("git-cliff")
    if cliff is None:
        return Skipped("notes", "git-cliff is not installed (uv sync --group bench)")
    with tempfile.TemporaryDirectory() as folder:
        vite = real("vite")
        path, source, target = (vite, "v5.0.0", "v4.0.0") if vite else (made(Path(folder), commits=1000), "v2", "v1")
        mine, other, ratio = side_by_side(
            command([*PILAB, "notes", "draft", path, source, target]),
            command([cliff, f"{target}..{source}"], cwd=path),
            rounds=5,
        )
        where = "vite" if vite else "a made repository"
        return Result("notes", f"pilab notes draft on {where}", mine, "git-cliff", other, ratio, 0.25)


def repeated() -> Result | Skipped:
    """An analysis again with nothing changed against the first, in one process."""
    from pilab_desktop.bootstrap import LocalProgram
    from pilab_desktop.ports.progress import Work

    with tempfile.TemporaryDirectory() as folder:
        kargo = real("kargo")
        path, source, target = (kargo, "v1.10.0", "v1.9.10") if kargo else (made(Path(folder), commits=900), "v2", "v1")
        workspace = LocalProgram().create_workspace(str(Path(folder) / "workspace.db"), "Bench")
        try:
            project = workspace.quickstart.prepare(str(path), source, target, [], Work())

            def analyse() -> None:
                workspace.drift_reports.analyse(project.slug, project.source, project.target, Work())

            first = seconds(analyse)
            again = sorted(seconds(analyse) for _ in range(5))[2]
        finally:
            workspace.close()
        return Result("repeated", "an analysis with nothing changed", again, "the first", first, again / first, 0.1)


def migrations_new() -> Result | Skipped:
    """1,000 SQL migrations never seen against squawk."""
    return _migrations("migrations-new", seen=False, bar=5.0)


def migrations_seen() -> Result | Skipped:
    """1,000 SQL migrations judged before against squawk."""
    return _migrations("migrations-seen", seen=True, bar=0.5)


def _migrations(name: str, *, seen: bool, bar: float) -> Result | Skipped:
    squawk = shutil.which("squawk")
    if squawk is None:
        return Skipped(name, "squawk is not installed (uv sync --group bench)")
    with tempfile.TemporaryDirectory() as folder:
        repository = Path(folder) / "repository"
        files = _write_migrations(repository / "db" / "migration")
        for arguments in (["init", "-q"], ["add", "."], [*_COMMITTER, "commit", "-q", "-m", "feat: migrations"]):
            command(["git", "-C", repository, *arguments])()
        script = Path(__file__).with_name("judge_migrations.py")
        cache = Path(folder) / "verdicts.json"
        ours: list[str | Path] = [sys.executable, script, repository, cache, "seen" if seen else "new"]
        theirs: list[str | Path] = [squawk, *files]
        mine, other, ratio = side_by_side(command(ours), command(theirs, allowed=(0, 1)), rounds=5)
        what = "1,000 migrations seen before" if seen else "1,000 migrations never seen"
        return Result(name, what, mine, "squawk", other, ratio, bar)


_COMMITTER = ("-c", "user.name=Bench", "-c", "user.email=bench@example.org")


def _write_migrations(folder: Path) -> Sequence[Path]:
    folder.mkdir(parents=True)
    chosen = random.Random(7)
    templates = (
        "CREATE TABLE t{n} (id bigint PRIMARY KEY, name text NOT NULL, made timestamptz DEFAULT now());\n",
        "ALTER TABLE t{m} ADD COLUMN c{n} integer;\n",
        "ALTER TABLE t{m} DROP COLUMN c{k};\n",
        "CREATE INDEX CONCURRENTLY i{n} ON t{m} (name);\n",
        "ALTER TABLE t{m} ADD CONSTRAINT f{n} FOREIGN KEY (other) REFERENCES t{k} (id) NOT VALID;\n",
        "UPDATE t{m} SET name = upper(name) WHERE id > {n};\nCOMMENT ON TABLE t{m} IS 'number {n}';\n",
    )
    files = []
    for n in range(1, 1001):
        text = "".join(
            chosen.choice(templates).format(n=n, m=chosen.randrange(1, n + 1), k=chosen.randrange(1, n + 1))
            for _ in range(chosen.randrange(4, 25))
        )
        file = folder / f"V{n}__change_{n}.sql"
        file.write_text(text)
        files.append(file)
    return files


ROWS: Mapping[str, Callable[[], Result | Skipped]] = {
    "help": startup,
    "compare": comparison,
    "notes": notes,
    "repeated": repeated,
    "migrations-new": migrations_new,
    "migrations-seen": migrations_seen,
}
