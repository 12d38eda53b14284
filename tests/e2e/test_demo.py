"""`pilab demo` on a machine without a screen: it shows what its story was made to show, and keeps its secrets."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pilab_desktop.integrations.sample.build import build_sample
from pilab_desktop.integrations.sample.model import Sample
from pilab_desktop.ports.progress import Work

Demo = Any  # the fixture's class; test modules do not import each other


@pytest.fixture(scope="module")
def story(demo: Demo) -> Sample:
    """The sample that the demo made, with what its story intends."""
    return build_sample(demo.folder / "repositories", work=Work(), now=datetime.now(UTC))


@pytest.fixture(scope="module")
def report(demo: Demo) -> Any:
    return json.loads((demo.folder / "results" / "drift.json").read_text(encoding="utf-8"))


def test_it_says_where_the_results_lie(demo: Demo) -> None:
    for name in ("drift.html", "release-notes.html"):
        assert str(demo.folder / "results" / name) in demo.printed
        assert (demo.folder / "results" / name).stat().st_size > 1000
    assert demo.workspace in demo.printed


def test_the_report_counts_what_the_story_intends(report: Any, story: Sample) -> None:
    found = {module["sub_module"]: module for module in report["sub_modules"]}
    assert story.facts
    for fact in story.facts:
        module = found[fact.sub_module]
        assert module["relation"] == fact.relation
        assert {name: getattr(fact.counts, name) for name in module["commits"]} == module["commits"], fact.sub_module


def test_the_report_places_the_tickets_of_the_story(report: Any, story: Sample) -> None:
    found = {ticket["key"]: ticket for ticket in report["tickets"]}
    assert story.tickets
    for ticket in story.tickets:
        assert found[ticket.key]["state"] == ticket.state, ticket.key
        assert tuple(found[ticket.key]["half_shipped"]) == ticket.half_shipped, ticket.key


def test_it_can_be_run_again(demo: Demo, report: Any) -> None:
    demo.shell.ok("demo", "--dir", "sample", "--no-window")
    again = json.loads((demo.folder / "results" / "drift.json").read_text(encoding="utf-8"))
    assert again["id"] == report["id"]


def test_no_secret_leaves_the_vault(demo: Demo, story: Sample) -> None:
    secrets = {variable.value for variable in story.variables if variable.is_secret and len(variable.value) > 5}
    assert secrets
    run = demo.shell
    outputs = [demo.printed]
    for line in (
        "project export",
        "env vars list uat --json",
        "env vars list prod",
        "env vars export prod",
        "env vars compare uat prod --json",
        "drift show --json",
        "drift export --format md",
        "notes show",
        "audit list --json",
        "doctor --json",
        "--debug project show --json",
    ):
        done = run.run("--workspace", demo.workspace, *line.split())
        outputs += [done.stdout, done.stderr]
    everything = "\n".join(outputs).encode()
    repositories = demo.folder / "repositories"
    files = [file for file in _files(run.folder) if not file.is_relative_to(repositories)]
    assert any(file.suffix == ".db" for file in files)
    for secret in secrets:
        assert secret.encode() not in everything
        assert [file.name for file in files if secret.encode() in file.read_bytes()] == []


def _files(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file()]
