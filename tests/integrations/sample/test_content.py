"""What lies in the sample's files and records: each idea of the report has something to find."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from pilab_desktop.domain.manifest import DeploymentStatus
from pilab_desktop.integrations.sample import Sample

Git = Callable[..., str]
MIGRATIONS = "src/main/resources/db/migration"
VERSIONS = "services/ledger/migrations/versions"


@pytest.fixture
def api(sample: Sample) -> Path:
    return sample.folder / "payments-api"


def files(git: Git, repository: Path, ref: str, folder: str) -> dict[str, str]:
    """Name to blob id of the files of a folder at a ref."""
    rows = (line.split() for line in git(repository, "ls-tree", ref, f"{folder}/").splitlines())
    return {path.rpartition("/")[2]: blob for _, _, blob, path in rows}


def test_flyway_has_new_edited_out_of_order_and_repeatable_migrations(api: Path, git: Git) -> None:
    uat, prod = files(git, api, "v2.4.0-rc.2", MIGRATIONS), files(git, api, "v2.3.2", MIGRATIONS)
    new = {int(re.findall(r"V(\d+)__", name)[0]) for name in uat.keys() - prod.keys()}
    assert new == {6, 8, 9, 10, 11, 12}
    assert "V7__create_settlement.sql" in prod
    assert {name for name in prod if uat.get(name) != prod[name]} == {
        "V5__create_webhook.sql",
        "R__payment_summary.sql",
    }


def test_a_column_is_dropped_that_production_still_reads(api: Path, git: Git) -> None:
    reader = "src/main/java/com/kestrelpay/payments/PaymentRepository.java"
    assert "DROP COLUMN gateway_raw" in git(api, "show", f"v2.4.0-rc.2:{MIGRATIONS}/V8__drop_gateway_raw.sql")
    assert "gateway_raw" in git(api, "show", f"v2.3.2:{reader}")
    assert "gateway_raw" not in git(api, "show", f"v2.4.0-rc.2:{reader}")


def test_code_begins_to_read_a_variable_that_production_lacks(sample: Sample, api: Path, git: Git) -> None:
    assert "FRAUD_SCORE_URL" in git(api, "grep", "getenv", "v2.4.0-rc.2", "--", "*.java")
    assert "FRAUD_SCORE_URL" not in git(api, "grep", "getenv", "v2.3.2", "--", "*.java")
    assert "FRAUD_SCORE_URL" not in git(api, "show", "v2.3.2:.env.prod")
    having = {variable.environment for variable in sample.variables if variable.key == "FRAUD_SCORE_URL"}
    assert having == {"dev", "sit", "uat"}


def test_a_setting_made_on_production_alone_would_be_lost(api: Path, git: Git) -> None:
    assert "DB_POOL_SIZE=40" in git(api, "show", "v2.3.2:.env.prod")
    assert "DB_POOL_SIZE=20" in git(api, "show", "v2.4.0-rc.2:.env.prod")


def test_one_commit_is_longer_than_500_lines(api: Path, git: Git) -> None:
    counts = [
        int(line.split()[0])
        for line in git(api, "log", "--numstat", "--format=", "v2.3.2..v2.4.0-rc.2").splitlines()
        if line
    ]
    assert max(counts) > 500


def test_alembic_adds_a_not_null_column_locks_and_gets_two_heads_in_sit(sample: Sample, git: Git) -> None:
    platform = sample.folder / "payments-platform"
    new = git(platform, "diff", "ledger-v1.4.0", "ledger-v1.5.0", "--", VERSIONS)
    assert "nullable=False" in new
    assert "op.create_index(" in new
    texts = [
        git(platform, "show", f"ledger-v1.6.0-rc.1:{VERSIONS}/{name}")
        for name in files(git, platform, "ledger-v1.6.0-rc.1", VERSIONS)
    ]
    revisions = {re.findall(r'^revision = "(\w+)"', text, re.MULTILINE)[0] for text in texts}
    parents = {name for text in texts for name in re.findall(r'^down_revision = "(\w+)"', text, re.MULTILINE)}
    assert len(revisions - parents) == 2
    for text in texts:
        compile(text, "migration", "exec")


def test_the_chart_shows_image_and_infrastructure_drift(sample: Sample, git: Git) -> None:
    deploy = sample.folder / "payments-deploy"
    change = git(deploy, "diff", "-U0", "v0.13.0", "v0.14.0", "--", "charts")
    assert re.search(r"^-\s+digest: sha256:[0-9a-f]{64}$", change, re.MULTILINE)
    assert re.search(r"^\+\s+digest: sha256:[0-9a-f]{64}$", change, re.MULTILINE)
    assert "+    tag: latest" in change
    assert "+          endpoint" not in change
    assert "deleted file" in change
    assert ".Values.fraud.endpoint" in change
    assert "fraud" not in git(deploy, "show", "v0.14.0:charts/payments/values-prod.yaml")
    replicas = [
        git(deploy, "show", f"v0.14.0:charts/payments/values-{name}.yaml").count("replicas: 6")
        for name in ("uat", "prod")
    ]
    assert replicas == [0, 1]


def test_every_way_a_deployment_can_end_is_there(sample: Sample) -> None:
    assert {deployment.status for deployment in sample.deployments} >= {
        DeploymentStatus.DEPLOYED,
        DeploymentStatus.FAILED,
        DeploymentStatus.ROLLED_BACK,
        DeploymentStatus.PENDING,
    }
    assert [each.slug for each in sample.environments] == ["dev", "sit", "uat", "pre-prod", "prod"]
    assert [each.promotes_to for each in sample.environments] == ["sit", "uat", "pre-prod", "prod", None]
    pre_prod = {each.sub_module for each in sample.deployments if each.environment == "pre-prod"}
    assert "web" not in pre_prod


def test_secrets_are_equal_different_empty_and_missing(sample: Sample) -> None:
    values = {(each.environment, each.key): each for each in sample.variables}
    assert values["dev", "WEBHOOK_SIGNING_SECRET"].value == values["prod", "WEBHOOK_SIGNING_SECRET"].value
    assert values["uat", "DATABASE_URL"].value != values["prod", "DATABASE_URL"].value
    assert values["uat", "STATEMENT_TOKEN"].value == values["prod", "STATEMENT_TOKEN"].value
    assert values["uat", "LEGACY_EXPORT_TOKEN"].value == ""
    assert ("uat", "SMTP_PASSWORD") not in values
    assert not values["uat", "SENTRY_DSN"].is_secret
    assert values["prod", "SENTRY_DSN"].is_secret


def test_no_secret_shows_in_a_printed_sample(sample: Sample) -> None:
    secrets = [each.value for each in sample.variables if each.is_secret and each.value]
    assert secrets
    assert not [value for value in secrets if value in repr(sample)]


def test_tickets_stand_where_the_story_puts_them(sample: Sample, api: Path, git: Git) -> None:
    assert {each.key for each in sample.tickets if each.state == "SPLIT"} == {"PAY-133"}
    for ref in ("v2.4.0-rc.2", "v2.3.2"):
        assert git(api, "log", "--oneline", "--grep=PAY-133", f"v2.3.0..{ref}")
    messages = git(api, "log", "--format=%B", "v2.3.0..v2.4.0-rc.2")
    for text in ("pay-137", "PAYY-138", "UTF-8", "SHA-256", "CVE-2025-48976", "XSS", "BREAKING CHANGE"):
        assert text in messages
