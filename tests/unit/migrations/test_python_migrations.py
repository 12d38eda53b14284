"""Alembic and Django, read by their syntax only."""

from typing import Any, ClassVar

ALEMBIC = '''"""{revision}"""
from alembic import op
import sqlalchemy as sa

revision: str = "{revision}"
down_revision = {down}


def upgrade() -> None:
{up}


def downgrade() -> None:
    {undo}
'''


def revision(name: str, down: str | tuple[str, ...] | None, up: str = "    pass", undo: str = "pass") -> str:
    return ALEMBIC.format(revision=name, down=repr(down), up=up, undo=undo)


def states(found: dict[str, Any]) -> dict[str, str]:
    return {version: finding.metadata["state"] for version, finding in found.items()}


def kinds(finding: Any) -> list[str]:
    return [operation["kind"] for operation in finding.metadata["operations"]]


class TestAlembic:
    base: ClassVar = {"alembic/versions/a1.py": revision("a1", None), "alembic/versions/b2.py": revision("b2", "a1")}

    def test_operations_of_upgrade(self, analyse: Any) -> None:
        up = """    op.drop_column("users", "legacy")
    with op.batch_alter_table("orders") as batch_op:
        batch_op.create_index("ix", ["a"])
    op.execute("DELETE FROM audit")
    op.alter_column("users", "name", new_column_name="full_name", nullable=False)"""
        source = {**self.base, "alembic/versions/c3.py": revision("c3", "b2", up, 'op.drop_table("everything")')}
        finding = analyse(source, self.base)["c3"]
        assert kinds(finding) == ["drop_column", "create_index", "delete_all", "rename_column", "set_not_null"]
        assert finding.metadata["tables"] == ["users", "orders", "audit"]
        assert finding.metadata["reversible"] is True
        assert (finding.metadata["tool"], finding.facts["highest"]) == ("alembic", "CRITICAL")

    def test_nothing_is_executed(self, analyse: Any) -> None:
        up = '    raise SystemExit("executed")'
        assert states(analyse({"alembic/versions/a1.py": revision("a1", None, up)}, {})) == {"a1": "NEW"}

    def test_sql_put_together_at_run_time_is_unparsed_and_still_looked_at(self, analyse: Any) -> None:
        up = '    op.execute(f"ALTER TABLE {name} DROP COLUMN old")\n    op.execute(SQL)'
        finding = analyse({"alembic/versions/a1.py": revision("a1", None, up)}, {})["a1"]
        assert finding.metadata["unparsed"] == 2
        assert "drop_column" in kinds(finding)

    def test_constants_and_functions_of_the_module_are_followed(self, analyse: Any) -> None:
        up = """    _drop()
    op.execute(SQL)

TABLE = "users"
SQL = "TRUNCATE audit"

def _drop():
    op.drop_table(TABLE)"""
        finding = analyse({"alembic/versions/a1.py": revision("a1", None, up)}, {})["a1"]
        assert kinds(finding) == ["drop_table", "truncate"]
        assert finding.metadata["tables"] == ["users", "audit"]

    def test_several_heads(self, analyse: Any) -> None:
        source = {
            **self.base,
            "alembic/versions/c3.py": revision("c3", "b2"),
            "alembic/versions/d4.py": revision("d4", "b2"),
        }
        assert states(analyse(source, self.base)) == {"c3": "DUPLICATE", "d4": "DUPLICATE"}

    def test_a_merge_joins_heads_again(self, analyse: Any) -> None:
        source = {
            **self.base,
            "alembic/versions/c3.py": revision("c3", "b2"),
            "alembic/versions/d4.py": revision("d4", "b2"),
            "alembic/versions/e5.py": revision("e5", ("c3", "d4")),
        }
        found = analyse(source, self.base)
        assert states(found) == {"c3": "NEW", "d4": "NEW", "e5": "NEW"}
        assert list(found) == ["c3", "d4", "e5"]

    def test_one_put_below_what_was_deployed_comes_too_late(self, analyse: Any) -> None:
        source = {
            "alembic/versions/a1.py": revision("a1", None),
            "alembic/versions/x9.py": revision("x9", "a1"),
            "alembic/versions/b2.py": revision("b2", "x9"),
        }
        assert states(analyse(source, self.base)) == {"x9": "OUT_OF_ORDER", "b2": "EDITED"}

    def test_a_renamed_file_is_the_same_revision(self, analyse: Any) -> None:
        source = {path.replace("b2.py", "2024_b2_words.py"): text for path, text in self.base.items()}
        assert analyse(source, self.base) == {}

    def test_a_comment_is_a_cosmetic_edit(self, analyse: Any) -> None:
        source = {**self.base, "alembic/versions/b2.py": revision("b2", "a1") + "# the end\n"}
        found = analyse(source, self.base)
        assert states(found) == {"b2": "EDITED"}
        assert found["b2"].metadata["cosmetic"] is True

    def test_other_python_is_no_migration(self, analyse: Any) -> None:
        assert analyse({"lib/versions/compare.py": "def compare(): ...\n", "x/migrations/util.py": "A = 1\n"}, {}) == {}


DJANGO = """from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [{dependencies}]
    replaces = [{replaces}]
    operations = [{operations}]
"""


def migration(operations: str, *after: str, replaces: tuple[str, ...] = ()) -> str:
    return DJANGO.format(
        operations=operations,
        dependencies=", ".join(f'("shop", "{name}")' for name in after),
        replaces=", ".join(f'("shop", "{name}")' for name in replaces),
    )


CREATE = (
    'migrations.CreateModel(name="Order", fields=[("id", models.BigAutoField(primary_key=True)), '
    '("note", models.CharField(max_length=10, null=True)), ("code", models.CharField(max_length=10))])'
)


class TestDjango:
    base: ClassVar = {"shop/migrations/0001_initial.py": migration(CREATE), "shop/migrations/__init__.py": ""}

    def next(self, analyse: Any, operations: str) -> Any:
        source = {**self.base, "shop/migrations/0002_next.py": migration(operations, "0001_initial")}
        return analyse(source, self.base)["0002_next"]

    def test_what_the_running_code_cannot_live_with(self, analyse: Any) -> None:
        finding = self.next(
            analyse,
            'migrations.RemoveField("order", "code"), '
            'migrations.AddField("order", "state", models.CharField(max_length=3, default="new")), '
            'migrations.RenameModel("Order", "Purchase"), migrations.DeleteModel("Purchase")',
        )
        assert kinds(finding) == ["drop_column", "add_not_null_column", "rename_table", "drop_table"]
        assert finding.metadata["tables"] == ["shop_order", "shop_purchase"]

    def test_additions_are_low(self, analyse: Any) -> None:
        finding = self.next(analyse, 'migrations.AddField("order", "hint", models.TextField(null=True))')
        assert finding.facts["highest"] == "LOW"

    def test_an_altered_field_is_compared_with_what_it_was(self, analyse: Any) -> None:
        field = 'migrations.AlterField("order", "note", models.CharField(max_length={size}{null}))'
        assert kinds(self.next(analyse, field.format(size=10, null=""))) == ["set_not_null"]
        assert kinds(self.next(analyse, field.format(size=20, null=", null=True"))) == ["alter_type"]
        assert kinds(self.next(analyse, field.format(size=10, null=", null=True, help_text='x'"))) == ["alter_table"]

    def test_state_and_database_apart(self, analyse: Any) -> None:
        finding = self.next(
            analyse,
            'migrations.SeparateDatabaseAndState(database_operations=[migrations.RunSQL("TRUNCATE shop_order", '
            'migrations.RunSQL.noop)], state_operations=[migrations.DeleteModel("Order")])',
        )
        assert kinds(finding) == ["truncate"]

    def test_sql_in_lists(self, analyse: Any) -> None:
        finding = self.next(analyse, 'migrations.RunSQL(["LOCK TABLE a", ("DELETE FROM b WHERE x = %s", [1])])')
        assert kinds(finding) == ["lock_table", "data_change"]
        assert finding.metadata["reversible"] is False

    def test_operations_of_the_projects_own_are_unparsed(self, analyse: Any) -> None:
        finding = self.next(analyse, 'custom.RebuildEverything("order")')
        assert (finding.facts["unparsed"], finding.facts["highest"]) == (True, "MEDIUM")

    def test_code_that_can_be_taken_back(self, analyse: Any) -> None:
        assert self.next(analyse, "migrations.RunPython(forwards)").metadata["reversible"] is False
        assert self.next(analyse, "migrations.RunPython(forwards, backwards)").metadata["reversible"] is True

    def test_a_squash_of_what_ran_does_not_run(self, analyse: Any) -> None:
        target = {**self.base, "shop/migrations/0002_next.py": migration("", "0001_initial")}
        squash = migration(CREATE, replaces=("0001_initial", "0002_next"))
        found = analyse({"shop/migrations/0001_squashed.py": squash}, target)
        assert states(found) == {"0001_squashed": "NEW"}
        assert found["0001_squashed"].metadata["runs"] is False

    def test_two_leaves(self, analyse: Any) -> None:
        source = {
            **self.base,
            "shop/migrations/0002_a.py": migration("", "0001_initial"),
            "shop/migrations/0002_b.py": migration("", "0001_initial"),
        }
        assert states(analyse(source, self.base)) == {"0002_a": "DUPLICATE", "0002_b": "DUPLICATE"}

    def test_concurrent_index_in_a_transaction(self, analyse: Any) -> None:
        operation = 'AddIndexConcurrently("order", models.Index(fields=["code"], name="i"))'
        assert self.next(analyse, operation).facts["highest"] == "HIGH"
        outside = migration(operation, "0001_initial").replace("    operations", "    atomic = False\n    operations")
        source = {**self.base, "shop/migrations/0002_next.py": outside}
        assert analyse(source, self.base)["0002_next"].facts["highest"] == "LOW"
