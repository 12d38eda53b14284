"""The steps of a deployment, made from what differs."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any  # the shared fixture comes from conftest.py, which tests cannot import

from pilab_desktop.domain.commit import Relation
from pilab_desktop.domain.drift import Direction, DriftReport, DriftType, SubModuleDrift
from pilab_desktop.domain.json import JsonValue
from pilab_desktop.domain.release_note import NoteContent
from pilab_desktop.notes.compose import compose


def _noted(report: DriftReport) -> NoteContent:
    return compose(report, version="1", title=None, date=datetime(2026, 1, 1, tzinfo=UTC))


def _operation(kind: str, *, destructive: bool = False, locking: bool = False) -> Mapping[str, JsonValue]:
    return {"kind": kind, "table": "payments", "destructive": destructive, "locking": locking, "statement": "…"}


def _position(steps: tuple[str, ...], words: str) -> int:
    return next(number for number, step in enumerate(steps) if words in step)


def test_nothing_to_deploy_means_no_steps(reports: Any) -> None:
    same = [SubModuleDrift(sub_module="api", relation=Relation.SAME)]
    assert _noted(reports.report([], sub_modules=same)).instructions == ()


def test_steps_without_an_object_are_left_out(reports: Any) -> None:
    steps = _noted(reports.report([reports.commit("feat: a")])).instructions
    assert steps[0] == "Verify that all prerequisites are met."
    assert "Deploy api 2.4.0 (now 2.3.9)." in steps
    assert steps[-2:] == ("Verify the health checks.", "Run the smoke tests.")
    assert not any("backup" in step or "migration" in step for step in steps)


def test_backup_before_migrations_before_the_roll_out(reports: Any) -> None:
    items = [reports.migration("db/V2__a.sql", operations=[_operation("drop_table", destructive=True)])]
    steps = _noted(reports.report(items)).instructions
    assert _position(steps, "restore it: `db/V2__a.sql` can destroy data") < _position(steps, "Apply the database")
    assert _position(steps, "Apply the database migrations before") < _position(steps, "Deploy api")
    assert any("cannot be undone" in step for step in steps)


def test_what_the_running_code_still_names_goes_after_the_roll_out(reports: Any) -> None:
    late = reports.migration(
        "db/V3__drop.sql",
        operations=[_operation("drop_column", destructive=True)],
        metadata={"still_named_in": ["src/a.py"]},
    )
    steps = _noted(reports.report([late, reports.migration("db/V2__add.sql", reversible=True)])).instructions
    assert _position(steps, "before the roll-out: `db/V2__add.sql`") < _position(steps, "Deploy api")
    assert _position(steps, "Deploy api") < _position(steps, "apply what it still names: `db/V3__drop.sql`")


def test_dangers_are_named(reports: Any) -> None:
    items = [
        reports.migration("db/V4__i.sql", operations=[_operation("create_index", locking=True)]),
        reports.migration("db/V1__b.sql", state="OUT_OF_ORDER"),
        reports.migration("db/V0__e.sql", state="EDITED"),
        reports.commit("hotfix: rounding", direction=Direction.TARGET_ONLY, category="missing_in_source"),
        reports.item(type=DriftType.CONFIG, category="missing_variable", metadata={"name": "REFUND_LIMIT"}),
    ]
    content = _noted(reports.report(items))
    text = "\n".join(content.instructions)
    assert "`db/V4__i.sql` locks tables that are in use" in text
    assert "`db/V1__b.sql` comes before one that was applied" in text
    assert "Stop: `db/V0__e.sql` was changed" in text
    assert "hotfix: rounding" in text
    assert "`REFUND_LIMIT`" in text
    assert [change.path for change in content.database] == ["db/V1__b.sql", "db/V4__i.sql"]


def test_several_dangers_are_told_in_the_plural(reports: Any) -> None:
    items = [
        reports.migration(f"db/V{n}__i.sql", operations=[_operation("create_index", locking=True)], state=state)
        for n, state in ((1, "OUT_OF_ORDER"), (2, "OUT_OF_ORDER"), (3, "NEW"))
    ] + [reports.migration(f"db/V{n}__e.sql", state="EDITED") for n in (8, 9)]
    text = "\n".join(_noted(reports.report(items)).instructions)
    assert "`db/V3__i.sql` lock tables that are in use" in text
    assert "`db/V2__i.sql` come before one that was applied; allow them, or they are skipped" in text
    assert "`db/V9__e.sql` were changed" in text


def test_differences_of_the_environments_are_not_ordered_to_be_copied(reports: Any) -> None:
    url = reports.item(
        type=DriftType.CONFIG,
        category="env_file",
        path=".env.{environment}:SHARED_URL",
        old_value="https://www.example.com",
        new_value="https://uat.example.com",
    )
    steps = _noted(reports.report([url])).instructions
    assert any("1 configuration difference listed above, and set in" in step for step in steps)
    assert not any(step.startswith("Apply 1 configuration") for step in steps)


def test_migrations_are_in_the_order_of_their_numbers_and_called_by_their_worst(reports: Any) -> None:
    items = [
        reports.migration("db/V10__a.sql", operations=[_operation("create_table"), _operation("drop_column")]),
        reports.migration("db/V9__b.sql", operations=[_operation("create_table")]),
    ]
    changes = _noted(reports.report(items)).database
    assert [(change.path, change.kind) for change in changes] == [
        ("db/V9__b.sql", "create_table"),
        ("db/V10__a.sql", "drop_column"),
    ]
    assert changes[0].tables == ("payments",)
