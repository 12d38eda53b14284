"""What `--json` prints has the shape that other programs rely on (cli.md); the words stand here as the contract has
them, not as the code does."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

Shell = Any  # the fixtures' classes; test modules do not import each other
Repo = Any
Demo = Any
Check = Callable[[Any], object]

SEVERITIES = ("CRITICAL", "HIGH", "MEDIUM", "LOW", "INFO")
TYPES = ("CODE", "CONFIG", "DATABASE", "INFRASTRUCTURE", "IMAGE", "DEPENDENCY")


def text(value: Any) -> None:
    assert isinstance(value, str)


def maybe(check: Check) -> Check:
    return lambda value: value is None or check(value)


def moment(value: Any) -> None:
    assert datetime.fromisoformat(value).tzinfo is not None, value


def identity(value: Any) -> None:
    assert str(UUID(value)) == value


def sha(value: Any) -> None:
    assert re.fullmatch(r"[0-9a-f]{40}", value), value


def count(value: Any) -> None:
    assert type(value) is int
    assert value >= 0


def truth(value: Any) -> None:
    assert type(value) is bool


def anything(value: Any) -> None:
    json.dumps(value)


def one_of(*words: str) -> Check:
    def check(value: Any) -> None:
        assert value in words, value

    return check


def every(check: Check) -> Check:
    def all_of(value: Any) -> None:
        assert isinstance(value, list)
        for part in value:
            check(part)

    return all_of


def record(**parts: Check) -> Check:
    """An object that has at least these parts."""

    def check(value: Any) -> None:
        assert isinstance(value, dict)
        assert set(parts) <= set(value), set(parts) - set(value)
        for name, part in parts.items():
            try:
                part(value[name])
            except (AssertionError, TypeError, ValueError) as error:
                raise AssertionError(f"{name}: {error}") from error

    return check


end = record(environment=maybe(text), as_of=maybe(moment), baseline=maybe(text))
sub_module = record(
    sub_module=text,
    source_version=maybe(text),
    target_version=maybe(text),
    source_commit=maybe(sha),
    target_commit=maybe(sha),
    relation=one_of("SAME", "AHEAD", "BEHIND", "DIVERGED", "ONLY_IN_SOURCE", "ONLY_IN_TARGET", "UNRESOLVED"),
    ahead=count,
    behind=count,
    commits=record(
        source_only=count,
        target_only=count,
        equivalent_source=count,
        equivalent_target=count,
        cancelled_source=count,
        cancelled_target=count,
        merges_source=count,
        merges_target=count,
    ),
)
item = record(
    id=identity,
    fingerprint=text,
    type=one_of(*TYPES),
    category=text,
    direction=one_of("SOURCE_ONLY", "TARGET_ONLY", "DIFFERENT"),
    sub_module=text,
    path=maybe(text),
    severity=one_of(*SEVERITIES),
    rule=text,
    description=text,
    old_value=anything,
    new_value=anything,
    tickets=every(text),
    expected=truth,
    decision=maybe(one_of("ACCEPT_EXPECTED", "NEEDS_ACTION", "IGNORE")),
    metadata=record(),
)
code_metadata = record(
    sha=sha,
    short_sha=text,
    author=text,
    author_email=text,
    authored_at=moment,
    committed_at=moment,
    files=every(record(path=text, added=maybe(count), deleted=maybe(count), status=text)),
    additions=count,
    deletions=count,
    category=text,
    breaking=truth,
    pull_request=anything,
    equivalent_to=anything,
    reverts=anything,
)
database_metadata = record(
    tool=text,
    version=maybe(text),
    operations=every(
        record(
            kind=text, table=maybe(text), column=maybe(text), destructive=truth, locking=truth, statement=maybe(text)
        )
    ),
    reversible=maybe(truth),
    state=one_of("NEW", "EDITED", "MISSING", "OUT_OF_ORDER", "DUPLICATE"),
)
report_shape = record(
    schema=one_of("pilab.drift-report/1"),
    id=identity,
    project=text,
    status=one_of("DETECTED", "ANALYZING", "REVIEWED", "APPROVED", "RESOLVED", "IGNORED"),
    severity=one_of(*SEVERITIES),
    created_at=moment,
    summary=text,
    source=end,
    target=end,
    counts=record(**dict.fromkeys(TYPES, record(**dict.fromkeys(SEVERITIES, count)))),
    sub_modules=every(sub_module),
    completeness=record(
        complete=truth,
        origin=one_of("LOCAL_MIRROR", "HOST_API"),
        commits_read=count,
        commits_expected=count,
        files_read=count,
        files_expected=count,
    ),
    items=every(item),
    tickets=every(
        record(
            key=text,
            state=one_of("IN_SOURCE_ONLY", "IN_BOTH", "IN_TARGET_ONLY", "SPLIT"),
            commits=record(source_only=every(sha), both=every(sha), target_only=every(sha)),
        )
    ),
    problems=every(record(sub_module=maybe(text), message=text)),
)
note_shape = record(
    schema=one_of("pilab.release-notes/1"),
    version=text,
    title=text,
    date=moment,
    project=text,
    source=text,
    target=text,
    summary=text,
    sections=every(
        record(
            category=text,
            title=text,
            entries=every(
                record(
                    title=text,
                    description=text,
                    tickets=every(text),
                    commits=every(sha),
                    authors=every(text),
                    breaking=truth,
                    sub_module=maybe(text),
                )
            ),
        )
    ),
    configuration=every(record(path=maybe(text), old_value=anything, new_value=anything, severity=one_of(*SEVERITIES))),
    database=every(record(path=maybe(text), kind=text, tables=every(text), reversible=maybe(truth), sql=maybe(text))),
    instructions=every(text),
    contributors=every(text),
)


def check_report(report: Any) -> None:
    """The shape, and what has to agree inside one report."""
    report_shape(report)
    for found in report["items"]:
        assert found["type"] != "CODE" or code_metadata(found["metadata"]) is None
        if found["type"] == "DATABASE" and "operations" in found["metadata"]:
            database_metadata(found["metadata"])
    undecided = [
        found for found in report["items"] if not found["expected"] and found["decision"] in {None, "NEEDS_ACTION"}
    ]
    for kind in TYPES:
        for severity in SEVERITIES:
            here = [f for f in undecided if (f["type"], f["severity"]) == (kind, severity)]
            assert report["counts"][kind][severity] == len(here)
    for module in report["sub_modules"]:
        commits = module["commits"]
        shown = [f for f in report["items"] if f["type"] == "CODE" and f["sub_module"] == module["sub_module"]]
        for side in ("source", "target"):
            direction = f"{side.upper()}_ONLY"
            left = commits[f"{side}_only"] - commits[f"cancelled_{side}"]
            assert len([f for f in shown if f["direction"] == direction]) == left
    assert len({found["fingerprint"] for found in report["items"]}) == len(report["items"])


def test_the_report_of_a_quickstart(shell: Shell, repo: Repo) -> None:
    arguments = ("quickstart", str(repo.path), "--source", "v1.1.0", "--target", "v1.0.0", "--out", "out", "--json")
    report = shell.json(*arguments)
    check_report(report)
    assert report["sub_modules"][0]["source_commit"] == repo.git("rev-parse", "v1.1.0")
    assert {found["type"] for found in report["items"]} >= {"CODE", "CONFIG", "DATABASE"}
    assert json.loads((shell.folder / "out" / "drift.json").read_text(encoding="utf-8")) == report
    assert sorted(file.name for file in (shell.folder / "out").iterdir()) == [
        "drift.html",
        "drift.json",
        "release-notes.html",
        "release-notes.md",
    ]
    assert shell.json(*arguments)["id"] == report["id"], "nothing changed, so the first answer stands"


def test_the_report_of_an_analysis_is_the_same_however_it_is_asked_for(shop: Shell) -> None:
    report = shop.json("drift", "analyze", "--source", "uat", "--target", "prod", "--json")
    check_report(report)
    assert shop.json("drift", "show", "--json") == report
    assert shop.json("drift", "show", report["id"][:13], "--json") == report
    assert shop.json("drift", "export", report["id"], "--format", "json") == report
    listed = shop.json("drift", "list", "--json")
    assert [line["id"] for line in listed] == [report["id"]]


def test_an_incomplete_report_has_the_same_shape(shop: Shell) -> None:
    shop.ok("manifest", "record", "--env", "uat", "--sub-module", "api", "--version", "9.9.9")
    report = shop.json("drift", "analyze", "--source", "uat", "--target", "prod", "--json")
    check_report(report)
    assert report["problems"]
    assert [found["category"] for found in report["items"]] == ["unresolved_version"]


def test_the_report_and_the_notes_of_the_demo(demo: Demo) -> None:
    report = json.loads((demo.folder / "results" / "drift.json").read_text(encoding="utf-8"))
    check_report(report)
    check_report(demo.shell.json("--workspace", demo.workspace, "drift", "show", report["id"], "--json"))
    note = demo.shell.json("--workspace", demo.workspace, "notes", "show", "--json")
    note_shape(note)
    assert note["sections"]


def test_notes_in_every_way_to_get_them(shop: Shell, repo: Repo) -> None:
    shop.ok("drift", "analyze", "--source", "uat", "--target", "prod")
    note = shop.json("notes", "generate", "--report", "latest", "--format", "json")
    note_shape(note)
    assert shop.json("notes", "show", "--json") == note
    assert shop.json("notes", "show", "--format", "json") == note
    note_shape(shop.json("notes", "draft", str(repo.path), "v1.1.0", "v1.0.0", "--format", "json"))


@pytest.mark.parametrize(
    "command",
    [
        "project list",
        "project show",
        "env list",
        "env vars list uat",
        "env vars compare uat prod",
        "repo list",
        "repo test",
        "repo sync",
        "manifest show",
        "manifest show --format json",
        "manifest baseline list",
        "drift list",
        "notes list",
        "ticket status SHOP-1",
        "workspace check",
        "workspace upgrade",
        "audit list",
        "doctor",
    ],
)
def test_stdout_is_one_json_document_and_nothing_else(shop: Shell, command: str) -> None:
    asked = command.split() if "--format" in command else [*command.split(), "--json"]
    assert shop.json(*asked) is not None


def test_progress_goes_to_stderr_only(shop: Shell) -> None:
    done = shop.run("drift", "analyze", "--source", "uat", "--target", "prod", "--json")
    json.loads(done.stdout)
    assert done.stdout.count("\n") == 1
    assert "reading the manifest" in done.stderr


def test_a_file_that_is_written_is_whole(shop: Shell, tmp_path: Path) -> None:
    shop.ok("manifest", "show", "--format", "json", "--out", "matrix.json")
    assert json.loads((tmp_path / "matrix.json").read_text(encoding="utf-8")) == shop.json("manifest", "show", "--json")
    assert not list(tmp_path.glob(".*.partial"))
