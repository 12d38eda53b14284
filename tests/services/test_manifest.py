"""The manifest says what runs where, now and then, and forgets nothing."""

import dataclasses
from datetime import timedelta

import pytest

from pilab_desktop.domain.errors import DuplicateError, InvalidInputError, NotFoundError
from pilab_desktop.domain.manifest import DeploymentStatus
from pilab_desktop.services.manifest import NewDeployment
from pilab_desktop.services.matrix_export import matrix_csv, matrix_document, matrix_markdown, matrix_rows
from tests.services.conftest import NOON, Bench

SHA = "0123456789abcdef0123456789abcdef01234567"


def record(bench: Bench, version: str, status: DeploymentStatus = DeploymentStatus.DEPLOYED, hours: int = 0) -> None:
    """The API in UAT, some hours after noon."""
    at = NOON + timedelta(hours=hours) if hours else None
    told = NewDeployment(environment="uat", sub_module="api", version=version, status=status, deployed_at=at)
    bench.manifest.record(None, told)


def running(bench: Bench) -> str | None:
    """The API's version in UAT."""
    matrix = bench.manifest.matrix(None)
    return next((e.current.version for e in matrix.entries.values() if e.current), None)


def test_what_is_recorded_runs_and_is_logged(plain_shop: Bench) -> None:
    plain_shop.deploy("UAT", "API", " 1.0 ", SHA)
    (entry,) = plain_shop.manifest.matrix(None).entries.values()
    assert entry.current == entry.latest
    assert entry.current is not None
    assert (entry.current.version, entry.current.commit_sha, entry.current.deployed_by) == ("1.0", SHA, "ann")
    assert plain_shop.audit()[0]["new"] == {
        "environment": "uat",
        "sub_module": "api",
        "version": "1.0",
        "status": "DEPLOYED",
    }


@pytest.mark.parametrize(
    ("change", "error", "sentence"),
    [
        ({"version": " "}, InvalidInputError, "needs a version"),
        ({"deployed_at": NOON + timedelta(days=3)}, InvalidInputError, "cannot lie in the future"),
        ({"environment": "uad"}, NotFoundError, "Did you mean “uat”"),
        ({"sub_module": "apo"}, NotFoundError, "no sub-module “apo”. Did you mean “api”"),
    ],
)
def test_what_cannot_be_is_not_recorded(
    plain_shop: Bench, change: dict[str, object], error: type[Exception], sentence: str
) -> None:
    told = NewDeployment(environment="uat", sub_module="api", version="1.0")
    with pytest.raises(error, match=sentence):
        plain_shop.manifest.record(None, dataclasses.replace(told, **change))  # type: ignore[arg-type]  # they fit
    assert plain_shop.manifest.matrix(None).entries == {}


def test_planned_and_failed_deployments_leave_what_runs(plain_shop: Bench) -> None:
    record(plain_shop, "1.0")
    record(plain_shop, "2.0", DeploymentStatus.FAILED)
    record(plain_shop, "3.0", DeploymentStatus.PENDING)
    assert running(plain_shop) == "1.0"
    assert matrix_rows(plain_shop.manifest.matrix(None))[1][0][2] == "1.0 (3.0 PENDING)"


def test_after_a_roll_back_the_version_before_runs_again(plain_shop: Bench) -> None:
    for version in ("1.0", "2.0", "2.0", "3.0"):
        record(plain_shop, version)
    for version, expected in (("3.0", "2.0"), ("2.0", "1.0"), ("1.0", "1.0")):
        record(plain_shop, version, DeploymentStatus.ROLLED_BACK)
        assert running(plain_shop) == expected


def test_rolling_back_what_does_not_run_moves_nothing(plain_shop: Bench) -> None:
    for version in ("1.0", "2.0"):
        record(plain_shop, version)
    record(plain_shop, "1.0", DeploymentStatus.ROLLED_BACK)
    assert running(plain_shop) == "2.0"


def test_a_roll_back_told_late_looks_at_its_own_time(plain_shop: Bench) -> None:
    plain_shop.clock.said = NOON + timedelta(hours=9)
    for version, hours in (("1.0", 1), ("2.0", 2), ("4.0", 6)):
        record(plain_shop, version, hours=hours)
    record(plain_shop, "2.0", DeploymentStatus.ROLLED_BACK, hours=3)
    assert running(plain_shop) == "4.0"
    then = plain_shop.manifest.matrix(None, as_of=NOON + timedelta(hours=4))
    assert [e.current.version for e in then.entries.values() if e.current] == ["1.0"]


def test_the_matrix_of_a_moment_is_what_ran_then(plain_shop: Bench) -> None:
    record(plain_shop, "1.0")
    then = plain_shop.clock.said
    record(plain_shop, "2.0")
    assert matrix_rows(plain_shop.manifest.matrix(None, as_of=then))[1][0][2] == "1.0"
    assert plain_shop.manifest.matrix(None, as_of=NOON).entries == {}


def test_a_baseline_stays_as_it_was(plain_shop: Bench) -> None:
    record(plain_shop, "1.0")
    plain_shop.manifest.create_baseline(None, " R1 ", "the first")
    record(plain_shop, "2.0")
    frozen = plain_shop.manifest.matrix(None, baseline="R1")
    assert [e.current.version for e in frozen.entries.values() if e.current] == ["1.0"]
    assert [(b.name, b.description) for b in plain_shop.manifest.baselines(None)] == [("R1", "the first")]
    with pytest.raises(DuplicateError, match="“R1” already"):
        plain_shop.manifest.create_baseline(None, "R1")
    with pytest.raises(NotFoundError, match=r"no baseline “R2”. Did you mean “R1”"):
        plain_shop.manifest.matrix(None, baseline="R2")
    for name in (" ", "release/1"):
        with pytest.raises(InvalidInputError, match="baseline:NAME"):
            plain_shop.manifest.create_baseline(None, name)


def test_what_moved_since_a_baseline_is_told(plain_shop: Bench) -> None:
    plain_shop.deploy("uat", "api", "1.0")
    plain_shop.deploy("uat", "web", "main", SHA)
    plain_shop.deploy("dev", "web", "main", SHA)
    plain_shop.manifest.create_baseline(None, "R1")
    assert plain_shop.manifest.compare(None, "R1") == ()
    plain_shop.deploy("uat", "api", "2.0")
    plain_shop.deploy("uat", "web", "main", SHA[::-1])
    plain_shop.deploy("prod", "api", "1.0")
    told = {(c.sub_module, c.environment): (c.before, c.after) for c in plain_shop.manifest.compare(None, "R1")}
    assert told == {
        ("api", "uat"): ("1.0", "2.0"),
        ("api", "prod"): (None, "1.0"),
        ("web", "uat"): ("main 0123456", "main 7654321"),
    }
    plain_shop.manifest.create_baseline(None, "R2")
    assert len(plain_shop.manifest.compare(None, "R1", "R2")) == 3


def test_a_baseline_is_restored_as_a_plan(plain_shop: Bench) -> None:
    plain_shop.deploy("uat", "api", "1.0", SHA)
    plain_shop.deploy("uat", "web", "1.0")
    plain_shop.manifest.create_baseline(None, "R1")
    plain_shop.deploy("uat", "api", "2.0")
    (planned,) = plain_shop.manifest.restore(None, "R1", "uat").value
    assert (planned.version, planned.commit_sha, planned.status) == ("1.0", SHA, DeploymentStatus.PENDING)
    assert running(plain_shop) == "2.0"
    assert plain_shop.manifest.restore(None, "R1", "uat").value == ()
    assert plain_shop.manifest.restore(None, "R1", "prod").value == ()


def test_a_spreadsheet_runs_nothing_of_an_export(plain_shop: Bench) -> None:
    for version, by in (("=1+1", "@ann"), ("-2", "+44"), ("1.0", "=cmd|' /C calc'!A0")):
        told = NewDeployment(environment="uat", sub_module="api", version=version, deployed_by=by)
        plain_shop.manifest.record(None, told)
        cells = matrix_csv(plain_shop.manifest.matrix(None)).splitlines()[1].split(",")
        assert not [cell for cell in cells if cell[:1] in {"=", "+", "-", "@"}]


def test_the_matrix_reads_as_a_table_and_as_a_document(plain_shop: Bench) -> None:
    plain_shop.deploy("uat", "api", "a|b", SHA)
    record(plain_shop, "9", DeploymentStatus.UNKNOWN)
    plain_shop.deploy("prod", "web", SHA[:8], SHA)
    plain_shop.deploy("dev", "web", "1.0", SHA)
    told = NewDeployment(environment="dev", sub_module="api", version="x|y", status=DeploymentStatus.FAILED)
    plain_shop.manifest.record(None, told)
    matrix = plain_shop.manifest.matrix(None)
    header, rows = matrix_rows(matrix)
    assert header == ("Sub-module", "Dev", "UAT", "Production ●")
    assert rows == [("api", "— (x|y FAILED)", "9 (UNKNOWN)", "—"), ("web", "1.0 0123456", "—", "01234567")]
    table = matrix_markdown(matrix).splitlines()
    assert {line.count("|") for line in table} == {5}
    document = matrix_document(matrix)
    assert document["schema"] == "pilab.manifest/1"
    entries = document["entries"]
    assert isinstance(entries, list)
    assert [(e["environment"], e["version"], e["status"]) for e in entries if isinstance(e, dict)] == [
        ("dev", None, "FAILED"),
        ("uat", "9", "UNKNOWN"),
        ("dev", "1.0", "DEPLOYED"),
        ("prod", "01234567", "DEPLOYED"),
    ]
    assert matrix_csv(matrix).count("\n") == 5
