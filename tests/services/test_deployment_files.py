"""Deployments are read from the files that the matrix is exported to and that pipelines write, all or none."""

import json

import pytest

from pilab_desktop.domain.errors import InvalidInputError, NotFoundError
from pilab_desktop.domain.manifest import DeploymentStatus
from pilab_desktop.services.deployment_files import read_deployments
from pilab_desktop.services.manifest import NewDeployment
from pilab_desktop.services.matrix_export import matrix_csv, matrix_document
from tests.services.conftest import NOON, Bench


def filled(bench: Bench) -> None:
    """A formula, a version that runs below a planned one, and one that failed at first."""
    bench.deploy("uat", "api", "=1+1")
    bench.deploy("prod", "web", "1.10", "0123456789abcdef0123456789abcdef01234567")
    for environment, sub_module, status in (
        ("prod", "web", DeploymentStatus.PENDING),
        ("dev", "api", DeploymentStatus.FAILED),
    ):
        told = NewDeployment(environment=environment, sub_module=sub_module, version="2.0", status=status)
        bench.manifest.record(None, told)


@pytest.mark.parametrize("form", ["csv", "json"])
def test_an_exported_matrix_reads_back_and_a_second_time_adds_nothing(plain_shop: Bench, form: str) -> None:
    filled(plain_shop)
    matrix = plain_shop.manifest.matrix(None)
    text = matrix_csv(matrix) if form == "csv" else json.dumps(matrix_document(matrix))
    told = read_deployments(f"matrix.{form}", text.encode())
    assert {(t.environment, t.sub_module, t.version) for t in told} >= {
        ("uat", "api", "=1+1"),
        ("prod", "web", "1.10"),
        ("dev", "api", "2.0"),
    }
    assert plain_shop.manifest.record_all(None, told).value == ()
    assert plain_shop.manifest.matrix(None).entries == matrix.entries


def test_a_list_of_a_pipeline_is_recorded_oldest_first(plain_shop: Bench) -> None:
    text = (
        "sub_module,environment,version,deployed_at\napi,uat,3.0,\napi,uat,2.0,2026-03-01T10:00Z\n"
        "api,uat,1.0,2026-02-01T10:00Z\n"
    )
    recorded = plain_shop.manifest.record_all(None, read_deployments("x.csv", text.encode())).value
    assert [d.version for d in recorded] == ["1.0", "2.0", "3.0"]
    assert recorded[2].deployed_at > NOON


def test_one_that_cannot_be_recorded_leaves_all_out(plain_shop: Bench) -> None:
    text = json.dumps([{"sub_module": name, "environment": "uat", "version": "1"} for name in ("api", "x")])
    with pytest.raises(NotFoundError, match="no sub-module “x”"):
        plain_shop.manifest.record_all(None, read_deployments("x.json", text.encode()))
    assert plain_shop.manifest.matrix(None).entries == {}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"\xff", "not UTF-8"),
        (b"", "is empty"),
        (b"sub_module,environment,colour\n", "line 1: “colour” is unknown"),
        (b"sub_module,environment\n", "“version” is missing"),
        (b"sub_module,environment,version,version\n", "stands twice"),
        (b"sub_module,environment,version\napi,uat\n", "line 2 has 2 cells where the first line has 3"),
        (b"sub_module,environment,version\napi,uat,\n", "line 2: “version” is missing"),
        (b"sub_module,environment,version,status\napi,uat,1,DONE\n", "“DONE” is none of UNKNOWN"),
        (b"sub_module,environment,version,deployed_at\napi,uat,1,soon\n", "line 2: “soon” is no time"),
        (b'sub_module,environment,version\n"api,uat,1\n', "is no CSV"),
        (b"[{]", "is no JSON"),
        (b'{"a": 1}', "no list of entries"),
        (b"[1]", "entry 1 is no object"),
        (b'[{"version": 1.1}]', "“version” must be a text"),
    ],
)
def test_what_cannot_be_understood_is_said_with_its_place(text: bytes, sentence: str) -> None:
    with pytest.raises(InvalidInputError, match=sentence):
        read_deployments("x", text)
