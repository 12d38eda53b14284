"""A report with one of everything, to be written in every format."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from pilab_desktop.domain.commit import Origin, Relation
from pilab_desktop.domain.drift import (
    CommitCounts,
    Completeness,
    DecisionKind,
    Direction,
    DriftItem,
    DriftReport,
    DriftStatus,
    DriftType,
    End,
    SinceLast,
    SubModuleDrift,
)
from pilab_desktop.domain.severity import Severity
from pilab_desktop.domain.ticket import TicketDrift, TicketState
from pilab_desktop.drift.pair import secret_mark

SHA = "abcdef0123456789abcdef0123456789abcdef01"
MakeItem = Callable[..., DriftItem]


@pytest.fixture(scope="session")
def page_template() -> str:
    """The source of the shipped page."""
    return (Path(__file__).parents[3] / "resources" / "templates" / "report.html.j2").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def make_item() -> MakeItem:
    """Makes an item with what a test does not care about filled in."""

    def make(**fields: object) -> DriftItem:
        given = {
            "id": UUID(int=7),
            "fingerprint": "f00d",
            "subject_key": "5ub",
            "type": DriftType.CONFIG,
            "category": "env_variable",
            "direction": Direction.DIFFERENT,
            "sub_module": "api",
            "path": "LIMIT",
            "severity": Severity.MEDIUM,
            "rule": "config-other",
            "description": "LIMIT differs",
            "old_value": "1",
            "new_value": 1,
            **fields,
        }
        return DriftItem(**given)  # type: ignore[arg-type]  # filled by keyword just above

    return make


@pytest.fixture(scope="session")
def report(make_item: MakeItem) -> DriftReport:
    """A complete report in which something of every kind differs."""
    commit = {"sha": SHA, "short_sha": SHA[:7], "author": "Ada"}
    operation = {"kind": "drop_table", "table": "a", "destructive": True, "locking": True, "statement": "…"}
    code = {"type": DriftType.CODE, "path": None, "old_value": None, "new_value": {"sha": SHA}, "metadata": commit}
    items = (
        make_item(
            **code
            | {
                "category": "missing_in_source",
                "direction": Direction.TARGET_ONLY,
                "severity": Severity.HIGH,
                "rule": "code-lost-by-promotion",
                "description": "hotfix: <b>round</b> | half",
            }
        ),
        make_item(**code | {"category": "code_change", "description": "feat: search", "tickets": ("PAY-1",)}),
        make_item(since_last=SinceLast.NEW),
        make_item(path="TOKEN", description="TOKEN", old_value=None, new_value=secret_mark(changed=True)),
        make_item(path="REPLICAS", description="REPLICAS", expected=True),
        make_item(path="DEBUG", description="DEBUG", decision=DecisionKind.IGNORE),
        make_item(
            type=DriftType.DATABASE,
            category="migration",
            path="db/V2__a.sql",
            severity=Severity.CRITICAL,
            description="db/V2__a.sql",
            old_value=None,
            new_value="DROP TABLE a;",
            metadata={"state": "OUT_OF_ORDER", "operations": [operation], "reversible": False},
        ),
    )
    return DriftReport(
        id=UUID(int=1),
        tenant_id=UUID(int=2),
        project_id=UUID(int=3),
        project="payments",
        title="uat → prod",
        source=End(environment="uat", as_of=datetime(2026, 11, 1, 9, 0, tzinfo=UTC)),
        target=End(environment=None, baseline="2026.10"),
        status=DriftStatus.DETECTED,
        severity=Severity.CRITICAL,
        summary="6 differences to decide.",
        created_at=datetime(2026, 11, 22, 9, 0, tzinfo=UTC),
        sub_modules=(
            SubModuleDrift(
                sub_module="api",
                source_version="2.4.0",
                target_version=None,
                source_commit=SHA,
                relation=Relation.DIVERGED,
                ahead=3,
                behind=1,
                commits=CommitCounts(source_only=2, target_only=1, equivalent_source=1),
            ),
        ),
        completeness=Completeness(
            complete=True,
            origin=Origin.LOCAL_MIRROR,
            commits_read=975,
            commits_expected=975,
            files_read=2183,
            files_expected=2183,
        ),
        items=items,
        tickets=(
            TicketDrift(key="PAY-1", state=TicketState.IN_SOURCE_ONLY, source_only=(SHA,), url="javascript:alert(1)"),
            TicketDrift(key="PAY-2", state=TicketState.SPLIT, source_only=(SHA,), target_only=(SHA,), title="Both"),
        ),
        problems=(),
        ticketless_commits=(SHA,),
        suggestions=("pay-3 looks like PAY-3",),
        digest="d16e57",
    )
