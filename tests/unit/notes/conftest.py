"""Drift reports to write notes from, built by hand."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from pilab_desktop.domain.commit import Origin, Relation
from pilab_desktop.domain.drift import (
    Completeness,
    DecisionKind,
    Direction,
    DriftItem,
    DriftReport,
    DriftStatus,
    DriftType,
    End,
    Problem,
    SubModuleDrift,
)
from pilab_desktop.domain.json import JsonObject, JsonValue
from pilab_desktop.domain.severity import Severity
from pilab_desktop.domain.ticket import TicketDrift
from pilab_desktop.drift.pair import secret_mark

START = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
TEMPLATES = Path(__file__).parents[3] / "resources" / "templates"


@dataclass(frozen=True, slots=True)
class Reports:
    """Builds items and reports with what a test does not care about filled in."""

    def commit(
        self,
        subject: str,
        *,
        number: int = 1,
        tickets: Sequence[str] = (),
        sub_module: str = "api",
        body: str = "",
        author: str = "Ada Lovelace",
        email: str = "ada@example.org",
        pull_request: JsonValue = None,
        direction: Direction = Direction.SOURCE_ONLY,
        category: str = "code_change",
        decision: DecisionKind | None = None,
        expected: bool = False,
        metadata: JsonObject | None = None,
    ) -> DriftItem:
        sha = f"{number:040x}"
        return self.item(
            type=DriftType.CODE,
            category=category,
            direction=direction,
            sub_module=sub_module,
            description=subject,
            tickets=tuple(tickets),
            decision=decision,
            expected=expected,
            metadata={
                "sha": sha,
                "short_sha": sha[:7],
                "author": author,
                "author_email": email,
                "committed_at": (START + timedelta(minutes=number)).isoformat(),
                "pull_request": pull_request,
                "breaking": False,
                "message": body,
                **(metadata or {}),
            },
        )

    def variable(self, path: str, old: JsonValue, new: JsonValue, **more: object) -> DriftItem:
        return self.item(
            type=DriftType.CONFIG, category="env_variable", path=path, old_value=old, new_value=new, **more
        )

    def secret(self, path: str) -> DriftItem:
        return self.variable(path, secret_mark(changed=True), secret_mark(changed=True))

    def migration(
        self,
        path: str,
        *,
        state: str = "NEW",
        operations: Sequence[Mapping[str, JsonValue]] = (),
        sql: str = "SELECT 1;",
        reversible: bool = False,
        metadata: JsonObject | None = None,
        **more: object,
    ) -> DriftItem:
        facts = {"state": state, "operations": list(operations), "reversible": reversible, **(metadata or {})}
        return self.item(
            type=DriftType.DATABASE, category="migration", path=path, new_value=sql, metadata=facts, **more
        )

    def item(self, **fields: object) -> DriftItem:
        given = {
            "type": DriftType.CODE,
            "category": "code_change",
            "direction": Direction.SOURCE_ONLY,
            "sub_module": "api",
            "path": None,
            "severity": Severity.LOW,
            "rule": "code-other",
            "description": "",
            "old_value": None,
            "new_value": None,
            **fields,
        }
        name = f"{given['type']}{given['path']}{given['description']}"
        return DriftItem(id=UUID(int=1), fingerprint=name, subject_key=name, **given)  # type: ignore[arg-type]  # filled by keyword above

    def report(
        self,
        items: Sequence[DriftItem],
        *,
        tickets: Sequence[TicketDrift] = (),
        problems: Sequence[Problem] = (),
        sub_modules: Sequence[SubModuleDrift] | None = None,
        complete: bool = True,
    ) -> DriftReport:
        modules = sub_modules
        if modules is None:
            modules = [
                SubModuleDrift(
                    sub_module="api", source_version="2.4.0", target_version="2.3.9", relation=Relation.AHEAD, ahead=3
                )
            ]
        return DriftReport(
            id=UUID(int=1),
            tenant_id=UUID(int=2),
            project_id=UUID(int=3),
            project="payments",
            title="uat → prod",
            source=End(environment="uat"),
            target=End(environment="prod"),
            status=DriftStatus.DETECTED,
            severity=Severity.HIGH,
            summary="",
            created_at=START,
            sub_modules=tuple(modules),
            completeness=Completeness(
                complete=complete,
                origin=Origin.LOCAL_MIRROR,
                commits_read=3,
                commits_expected=3,
                files_read=9,
                files_expected=9,
            ),
            items=tuple(items),
            tickets=tuple(tickets),
            problems=tuple(problems),
            digest="",
        )


@pytest.fixture(scope="session")
def reports() -> Reports:
    return Reports()


@pytest.fixture(scope="session")
def template() -> Callable[[str], str]:
    """The source of a shipped template."""

    def read(name: str) -> str:
        return (TEMPLATES / name).read_text(encoding="utf-8")

    return read
