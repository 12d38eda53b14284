"""The workbook opens with what the matrix shows, and nothing in it runs."""

import io
import re
import zipfile
from datetime import UTC, datetime
from uuid import UUID

from pilab_desktop.domain.environment import Environment, Stage
from pilab_desktop.domain.manifest import Deployment, ManifestEntry
from pilab_desktop.domain.project import Project, SubModule
from pilab_desktop.services.manifest import Matrix
from pilab_desktop.services.matrix_workbook import matrix_workbook

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ONE = UUID(int=1)


def matrix(version: str) -> Matrix:
    project = Project(
        id=ONE, tenant_id=ONE, name="Shop", slug="shop", fingerprint_key=b"", created_at=NOW, updated_at=NOW
    )
    sub_module = SubModule(id=ONE, tenant_id=ONE, project_id=ONE, name="api")
    environment = Environment(
        id=ONE, tenant_id=ONE, project_id=ONE, name="PROD", slug="prod", stage=Stage.PROD, order=1
    )
    event = Deployment(
        id=ONE,
        tenant_id=ONE,
        project_id=ONE,
        environment_id=ONE,
        sub_module_id=ONE,
        version=version,
        deployed_at=NOW,
        deployed_by="ada",
        recorded_at=NOW,
    )
    entry = ManifestEntry(environment_id=ONE, sub_module_id=ONE, current=event, latest=event)
    return Matrix(
        project=project,
        as_of=None,
        baseline=None,
        sub_modules=(sub_module,),
        environments=(environment,),
        entries={(ONE, ONE): entry},
    )


def test_the_workbook_holds_the_matrix_and_its_deployments() -> None:
    parts = zipfile.ZipFile(io.BytesIO(matrix_workbook(matrix("2.4.1"))))
    texts = re.findall(r"<t[^>]*>([^<]*)</t>", parts.read("xl/sharedStrings.xml").decode())
    assert {"Sub-module", "PROD", "api", "2.4.1", "deployed_by", "ada"} <= set(texts)
    assert {"xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"} <= set(parts.namelist())


def test_no_cell_is_a_formula() -> None:
    parts = zipfile.ZipFile(io.BytesIO(matrix_workbook(matrix('=HYPERLINK("https://example.org")'))))
    sheets = "".join(parts.read(name).decode() for name in parts.namelist() if "worksheets/sheet" in name)
    assert "<f>" not in sheets
    assert "hyperlink" not in sheets.lower()
