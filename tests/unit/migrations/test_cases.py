"""How many of the dangers that other linters' own tests expect are found, and how many clean cases are left alone.

The cases are no part of this project: where they are absent the test is skipped. A case that expects a rule of style
(names of types, length of identifiers, timeouts, `IF EXISTS`) says nothing about danger and is left out; so is one that
needs a whole application, a server that is long gone, or a comment that switches that linter off.
"""

import json
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pilab_desktop.domain.severity import Severity
from pilab_desktop.drift.migrations.emptiness import on_new_tables
from pilab_desktop.drift.migrations.operation import Operation, OperationKind, Verdict, Wrapping
from pilab_desktop.drift.migrations.python.alembic_operations import alembic_verdict
from pilab_desktop.drift.migrations.python.django_operations import django_verdict
from pilab_desktop.drift.migrations.sql.judge import judge

CASES = Path(__file__).resolve().parents[4] / "shared" / "data" / "migrations" / "cases.jsonl"

K = OperationKind
RULES: dict[str, frozenset[OperationKind]] = {
    "adding-field-with-default": frozenset({K.VOLATILE_DEFAULT}),
    "adding-foreign-key-constraint": frozenset({K.ADD_FOREIGN_KEY}),
    "adding-not-nullable-field": frozenset({K.SET_NOT_NULL}),
    "adding-required-field": frozenset({K.ADD_NOT_NULL_COLUMN}),
    "adding-serial-primary-key-field": frozenset({K.ADD_PRIMARY_KEY}),
    "ban-alter-domain-with-add-constraint": frozenset({K.ADD_CHECK}),
    "ban-concurrent-index-creation-in-transaction": frozenset({K.CREATE_INDEX_CONCURRENTLY}),
    "ban-drop-column": frozenset({K.DROP_COLUMN}),
    "ban-drop-database": frozenset({K.DROP_DATABASE}),
    "ban-drop-not-null": frozenset({K.ALTER_TABLE}),
    "ban-drop-table": frozenset({K.DROP_TABLE}),
    "ban-truncate-cascade": frozenset({K.TRUNCATE}),
    "changing-column-type": frozenset({K.ALTER_TYPE}),
    "constraint-missing-not-valid": frozenset({K.ADD_FOREIGN_KEY, K.ADD_CHECK}),
    "disallowed-unique-constraint": frozenset({K.ADD_UNIQUE}),
    "prefer-repack": frozenset({K.VACUUM_FULL, K.CLUSTER}),
    "renaming-column": frozenset({K.RENAME_COLUMN}),
    "renaming-table": frozenset({K.RENAME_TABLE}),
    "require-concurrent-index-creation": frozenset({K.CREATE_INDEX}),
    "require-concurrent-index-deletion": frozenset({K.DROP_INDEX}),
    "require-concurrent-partition-detach": frozenset({K.DETACH_PARTITION}),
    "require-concurrent-reindex": frozenset({K.REINDEX}),
    "require-enum-value-ordering": frozenset({K.ALTER_ENUM}),
    "AG001": frozenset({K.ADD_NOT_NULL_COLUMN}),
    "AG002": frozenset({K.CREATE_INDEX}),
    "AG003": frozenset({K.CREATE_INDEX_CONCURRENTLY}),
    "AG004": frozenset({K.RENAME_TABLE, K.RENAME_COLUMN}),
    "AG006": frozenset({K.ALTER_TYPE}),
    "AG007": frozenset({K.SET_NOT_NULL}),
    "AG008": frozenset({K.ADD_FOREIGN_KEY, K.ADD_CHECK}),
    "SM003": frozenset({K.DROP_TABLE}),
    "SM009": frozenset({K.ADD_UNIQUE}),
    "SM021": frozenset({K.ADD_UNIQUE}),
    "SM022": frozenset({K.ADD_NOT_NULL_COLUMN}),
    "SM030": frozenset({K.DROP_INDEX}),
    "SM033": frozenset({K.ADD_NOT_NULL_COLUMN}),
}
ANY_KIND = frozenset(OperationKind)
GENERAL = {"BACKWARD_INCOMPATIBLE", "ADD_UNIQUE", "WARNING", "UNSAFE"}
WHOLE = {"backward compatibility (error) / lock (warning)", "all"}
OLD_SERVERS = {"11"}
NEEDS_THE_WHOLE_APP = "django-migration (expectation is for the whole app"
BELOW_A_LATER_SERVER = "below_pg19"


@dataclass(frozen=True, slots=True)
class Case:
    """One case of the file."""

    name: str
    dialect: str
    sql: str
    app: str
    rule: str | None
    expected: tuple[str, ...]
    in_transaction: bool

    @property
    def kinds(self) -> frozenset[OperationKind] | None:
        """The kinds that the case is about; None where it is not about danger."""
        if self.expected in {("SAFE",), ()}:
            return ANY_KIND if self.rule in WHOLE or self.rule is None else RULES.get(self.rule)
        return next((ANY_KIND if rule in GENERAL else RULES.get(rule) for rule in self.expected), None)

    @property
    def clean(self) -> bool:
        return self.expected in {("SAFE",), ()}


def read_cases() -> Iterator[Case]:
    for line in CASES.read_text().splitlines():
        row = json.loads(line)
        silenced = "alembic-guard: ignore" in row["sql"]
        app_wide = row["kind"].startswith(NEEDS_THE_WHOLE_APP) and bool(row["expected_rules"])
        if row["expected_rules"] is None or silenced or row.get("pg_version") in OLD_SERVERS or app_wide:
            continue
        if BELOW_A_LATER_SERVER in row["id"]:
            continue
        yield Case(
            name=f"{row['origin']} {row['id']}",
            dialect={"postgresql": "postgres"}.get(row["dialect"], row["dialect"]),
            sql=row["sql"],
            app=row.get("app") or "testapp",
            rule=row.get("checked_rule"),
            expected=tuple(row["expected_rules"]),
            in_transaction=bool(row.get("assume_in_transaction")),
        )


def verdict_of(case: Case) -> Verdict:
    if case.dialect == "alembic":
        body = [
            line.strip() if not line.startswith(" " * 12) else f"    {line.strip()}" for line in case.sql.splitlines()
        ]
        return alembic_verdict("def upgrade():\n" + textwrap.indent("\n".join(body), "    "), "postgres")
    if case.dialect == "django":
        return django_verdict(case.sql, (), case.app, "postgres")
    return judge(case.sql, case.dialect, wrapping=Wrapping.WHOLE if case.in_transaction else Wrapping.NONE)


def is_dangerous(operation: Operation) -> bool:
    return operation.destructive or operation.locking or operation.severity.at_least(Severity.HIGH)


def is_flagged(case: Case, kinds: frozenset[OperationKind]) -> bool:
    (operations,) = on_new_tables([verdict_of(case).operations])
    return any(is_dangerous(operation) and operation.kind in kinds for operation in operations)


@pytest.mark.skipif(not CASES.exists(), reason="the cases of other linters are not on this machine")
def test_dangers_are_found_and_clean_cases_left_alone() -> None:
    judged = [(case, kinds) for case in read_cases() if (kinds := case.kinds) is not None]
    dangerous = [(case, kinds) for case, kinds in judged if not case.clean]
    clean = [(case, kinds) for case, kinds in judged if case.clean]
    missed = [case.name for case, kinds in dangerous if not is_flagged(case, kinds)]
    raised = [case.name for case, kinds in clean if is_flagged(case, kinds)]
    print(f"found {len(dangerous) - len(missed)} of {len(dangerous)}; missed: {missed}")  # noqa: T201 - the counts asked for
    print(f"flagged {len(raised)} of {len(clean)} clean ones: {raised}")  # noqa: T201 - the counts asked for
    assert len(dangerous) > 50
    assert len(clean) > 50
    assert len(missed) <= 0.05 * len(dangerous)
    assert len(raised) <= 0.05 * len(clean)
