"""What each tool calls a migration, how it orders them, and what happened to each between two ends."""

import subprocess
import sys
from typing import Any

import pytest

from pilab_desktop.domain.errors import InvalidInputError

TABLE = "CREATE TABLE users (id bigint PRIMARY KEY);\n"
COLUMN = "ALTER TABLE users ADD COLUMN bio text;\n"
DROP = "ALTER TABLE users DROP COLUMN email;\n"


def states(found: dict[str, Any]) -> dict[str, str]:
    return {version: finding.metadata["state"] for version, finding in found.items()}


def kinds(finding: Any) -> list[str]:
    return [operation["kind"] for operation in finding.metadata["operations"]]


class TestFlyway:
    root = "service/src/main/resources/db/migration"

    def test_orders_by_number_with_underscores_as_dots(self, analyse: Any) -> None:
        target = {f"{self.root}/V1__init.sql": TABLE, f"{self.root}/V1.10__bio.sql": COLUMN}
        found = analyse({**target, f"{self.root}/V1_9__late.sql": DROP, f"{self.root}/V1_11__next.sql": DROP}, target)
        assert states(found) == {"1.9": "OUT_OF_ORDER", "1.11": "NEW"}

    def test_one_location_holds_all_its_folders(self, analyse: Any) -> None:
        target = {f"{self.root}/2023/V5__init.sql": TABLE}
        found = analyse({**target, f"{self.root}/2024/V4__late.sql": COLUMN}, target)
        assert states(found) == {"4": "OUT_OF_ORDER"}

    def test_folders_of_different_databases_do_not_collide(self, bench: Any, snapshot: Any) -> None:
        target = {f"{self.root}/postgresql/V1__init.sql": TABLE, f"{self.root}/mysql/V1__init.sql": TABLE}
        source = {
            **target,
            f"{self.root}/postgresql/V2__i.sql": "CREATE INDEX i ON users (id);",
            f"{self.root}/mysql/V2__i.sql": "CREATE INDEX i ON users (id);",
        }
        found = bench.compare(snapshot(source), snapshot(target)).findings
        assert [(f.metadata["state"], f.metadata["dialect"], f.facts["locking"]) for f in found] == [
            ("NEW", "mysql", False),
            ("NEW", "postgres", True),
        ]

    def test_two_files_of_one_version_collide(self, bench: Any, snapshot: Any) -> None:
        target = {f"{self.root}/V1__init.sql": TABLE}
        source = {**target, f"{self.root}/V2__a.sql": COLUMN, f"{self.root}/V2.0__b.sql": DROP}
        found = bench.compare(snapshot(source), snapshot(target)).findings
        assert [finding.metadata["state"] for finding in found] == ["DUPLICATE", "DUPLICATE"]
        assert len({finding.subject for finding in found}) == 2

    def test_edited_after_release(self, analyse: Any) -> None:
        found = analyse({f"{self.root}/V1__init.sql": TABLE + DROP}, {f"{self.root}/V1__init.sql": TABLE})
        assert states(found) == {"1": "EDITED"}
        assert found["1"].direction == "DIFFERENT"
        assert found["1"].facts["cosmetic"] is False

    def test_line_ends_are_no_edit_but_a_comment_is_one(self, analyse: Any) -> None:
        path = f"{self.root}/V1__init.sql"
        assert analyse({path: TABLE.replace("\n", "\r\n")}, {path: TABLE}) == {}
        found = analyse({path: "-- why\n" + TABLE}, {path: TABLE})
        assert states(found) == {"1": "EDITED"}
        assert found["1"].metadata["cosmetic"] is True

    def test_a_changed_repeatable_runs_again(self, analyse: Any) -> None:
        path = f"{self.root}/R__totals.sql"
        found = analyse(
            {path: "CREATE OR REPLACE VIEW v AS SELECT 1;"}, {path: "CREATE OR REPLACE VIEW v AS SELECT 2;"}
        )
        assert states(found) == {"R:totals": "NEW"}
        assert found["R:totals"].direction == "DIFFERENT"
        assert found["R:totals"].facts["highest"] == "MEDIUM"

    def test_an_undo_script_makes_it_reversible(self, analyse: Any) -> None:
        source = {f"{self.root}/V1__a.sql": TABLE, f"{self.root}/U1__a.sql": "DROP TABLE users;"}
        assert analyse(source, {})["1"].metadata["reversible"] is True
        assert analyse({f"{self.root}/V1__a.sql": TABLE}, {})["1"].metadata["reversible"] is False

    def test_a_baseline_does_not_run_where_something_did(self, analyse: Any) -> None:
        target = {f"{self.root}/V1__a.sql": TABLE}
        found = analyse({**target, f"{self.root}/B5__all.sql": "DROP TABLE users;"}, target)
        assert found["5"].facts["destructive"] is False
        assert found["5"].metadata["runs"] is False


class TestGolangMigrate:
    def test_up_is_judged_and_down_makes_it_reversible(self, analyse: Any) -> None:
        source = {
            "db/migrations/0001_init.up.sql": TABLE,
            "db/migrations/0001_init.down.sql": "DROP TABLE users;",
            "db/migrations/0002_bio.up.sql": COLUMN,
            "db/migrations/0002_bio.down.sql": "-- nothing to take back\n",
        }
        found = analyse(source, {})
        assert kinds(found["1"]) == ["create_table"]
        assert found["1"].metadata["reversible"] is True
        assert found["2"].metadata["reversible"] is False
        assert found["1"].metadata["tool"] == "golang-migrate"

    def test_a_changed_down_part_alone_changes_nothing_that_ran(self, analyse: Any) -> None:
        up = {"m/1_a.up.sql": TABLE}
        assert analyse({**up, "m/1_a.down.sql": "DROP TABLE users;"}, {**up, "m/1_a.down.sql": ""}) == {}

    def test_same_number_other_file_is_an_edit(self, analyse: Any) -> None:
        found = analyse({"m/0002_a.up.sql": TABLE}, {"m/0002_b.up.sql": COLUMN})
        assert states(found) == {"2": "EDITED"}


GOOSE = "-- +goose Up\n{up}\n-- +goose Down\n{down}\n"


class TestGoose:
    def test_only_the_up_part_counts(self, analyse: Any) -> None:
        found = analyse({"sql/schema/001_users.sql": GOOSE.format(up=TABLE, down="DROP TABLE users;")}, {})
        assert found["1"].metadata["tool"] == "goose"
        assert kinds(found["1"]) == ["create_table"]
        assert found["1"].metadata["reversible"] is True

    def test_renumbering_by_fix_is_no_difference(self, analyse: Any) -> None:
        script = GOOSE.format(up=TABLE, down="DROP TABLE users;")
        other = GOOSE.format(up=COLUMN, down="")
        target = {"db/20240101120000_users.sql": script, "db/20240202120000_bio.sql": other}
        assert analyse({"db/00001_users.sql": script, "db/00002_bio.sql": other}, target) == {}

    def test_statement_markers_keep_a_function_together(self, analyse: Any) -> None:
        body = (
            "-- +goose StatementBegin\nCREATE FUNCTION f() RETURNS int AS $$ BEGIN DELETE FROM users; RETURN 1; END;"
            " $$ LANGUAGE plpgsql;\n-- +goose StatementEnd"
        )
        found = analyse({"db/migrations/1_f.sql": GOOSE.format(up=body, down="")}, {})
        assert kinds(found["1"]) == ["create_function"]

    def test_concurrent_index_needs_no_transaction(self, analyse: Any) -> None:
        index = "CREATE INDEX CONCURRENTLY i ON users (id);"
        inside = analyse({"db/migrations/1_i.sql": GOOSE.format(up=index, down="")}, {})
        outside = analyse({"db/migrations/1_i.sql": "-- +goose NO TRANSACTION\n" + GOOSE.format(up=index, down="")}, {})
        assert inside["1"].facts["highest"] == "HIGH"
        assert outside["1"].facts["highest"] == "LOW"


def test_dbmate_parts_and_transactions(analyse: Any) -> None:
    text = (
        "-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY i ON users (id);\n-- migrate:down\nDROP INDEX i;\n"
    )
    found = analyse({"db/migrations/20240101000000_i.sql": text}, {})
    finding = found["20240101000000"]
    assert finding.metadata["tool"] == "dbmate"
    assert kinds(finding) == ["create_index_concurrently"]
    assert finding.facts["highest"] == "LOW"
    assert finding.metadata["reversible"] is True


def test_prisma_takes_its_dialect_from_the_lock_file(analyse: Any) -> None:
    files = {
        "packages/db/prisma/migrations/migration_lock.toml": 'provider = "mysql"\n',
        "packages/db/prisma/migrations/20240102030405_add_index/migration.sql": "CREATE INDEX i ON users (id);",
    }
    found = analyse(files, {})
    finding = found["20240102030405"]
    assert (finding.metadata["tool"], finding.metadata["dialect"]) == ("prisma", "mysql")
    assert finding.facts["locking"] is False


def test_diesel_folders(analyse: Any) -> None:
    folder = "migrations/2024-02-27-204628_add_alt_text"
    found = analyse({f"{folder}/up.sql": COLUMN, f"{folder}/down.sql": DROP}, {})
    finding = found["20240227204628"]
    assert (finding.metadata["tool"], finding.metadata["reversible"]) == ("diesel", True)
    assert kinds(finding) == ["add_column"]


class TestPlainFolders:
    def test_numbered_files(self, analyse: Any) -> None:
        target = {"db/migrations/001_init.sql": TABLE, "db/migrations/010_bio.sql": COLUMN}
        found = analyse({**target, "db/migrations/9_late.sql": DROP, "db/migrations/011_next.sql": DROP}, target)
        assert states(found) == {"9": "OUT_OF_ORDER", "11": "NEW"}

    def test_other_sql_is_no_migration(self, analyse: Any) -> None:
        assert analyse({"queries/users.sql": "SELECT 1;", "seeds/01_data.sql": "INSERT INTO a VALUES (1);"}, {}) == {}

    def test_numbers_that_the_target_already_shares_are_no_versions(self, analyse: Any) -> None:
        target = {"migrations/1_a.sql": TABLE, "migrations/1_b.sql": COLUMN}
        found = analyse({**target, "migrations/1_c.sql": COLUMN}, target)
        assert states(found) == {"1": "NEW"}


def test_missing_in_source_would_be_lost(analyse: Any) -> None:
    target = {"db/migration/V1__a.sql": TABLE, "db/migration/V2__hotfix.sql": DROP}
    found = analyse({"db/migration/V1__a.sql": TABLE}, target)
    assert states(found) == {"2": "MISSING"}
    assert (found["2"].direction, found["2"].new_value) == ("TARGET_ONLY", None)
    assert "DROP COLUMN" in found["2"].old_value
    assert found["2"].facts["destructive"] is False


def test_a_moved_folder_is_no_difference(analyse: Any) -> None:
    files = {f"db/migration/V{n}__a.sql": f"CREATE TABLE t{n} (id int);" for n in range(1, 6)}
    moved = {path.replace("db/", "server/db/"): text for path, text in files.items()}
    assert analyse(moved, files) == {}
    found = analyse({**moved, "server/db/migration/V6__b.sql": COLUMN}, files)
    assert states(found) == {"6": "NEW"}


def test_only_files_that_differ_are_read(bench: Any, snapshot: Any) -> None:
    target = {f"db/migration/V{n}__a.sql": f"CREATE TABLE t{n} (id serial);" for n in range(1, 50)}
    source = snapshot({**target, "db/migration/V50__b.sql": "ALTER TABLE t1 ADD COLUMN j jsonb;"})
    before = snapshot(target)
    bench.compare(source, before)
    assert source.reads == ["db/migration/V50__b.sql"]
    assert before.reads == []


def test_what_was_judged_once_is_neither_read_nor_judged_again(bench: Any, snapshot: Any) -> None:
    files = {"db/migration/V1__a.sql": TABLE + DROP, "db/migration/V2__b.sql": COLUMN}
    first = bench.compare(snapshot(files), snapshot({}))
    again = snapshot(files)
    assert bench.compare(again, snapshot({})) == first
    assert again.reads == []


def test_a_damaged_store_costs_time_only(bench: Any, snapshot: Any) -> None:
    files = {"db/migration/V1__a.sql": TABLE + DROP}
    first = bench.compare(snapshot(files), snapshot({}))
    bench.verdicts.stored = dict.fromkeys(bench.verdicts.stored, '["nonsense", 1]')
    assert bench.compare(snapshot(files), snapshot({})) == first


def test_tools_that_are_not_judged_are_told_of(bench: Any, snapshot: Any) -> None:
    source = {
        "db/migrate/20240101000000_add_users.rb": "class AddUsers; end",
        "db/changelog/db.changelog-master.xml": "<databaseChangeLog/>",
        "migrations/20240101000000-users.js": "exports.up = 1",
    }
    problems = bench.compare(snapshot(source), snapshot({})).problems
    assert [problem.message.partition(" found")[0].partition(" of ")[2] for problem in problems] == [
        "Knex, TypeORM or Sequelize",
        "Liquibase",
        "Rails",
    ]
    assert bench.compare(snapshot(source), snapshot(source)).problems == ()


def test_a_file_that_cannot_be_read_is_told_of_and_never_low(bench: Any, snapshot: Any) -> None:
    path = "db/migration/V1__huge.sql"
    found = bench.compare(snapshot({path: TABLE}, unreadable=[path]), snapshot({}))
    assert path in found.problems[0].message
    assert found.findings[0].facts["highest"] == "MEDIUM"


def test_long_texts_are_cut_in_the_item_and_judged_whole(analyse: Any) -> None:
    text = "INSERT INTO a VALUES (1);\n" * 2_000 + DROP
    finding = analyse({"db/migration/V1__a.sql": text}, {})["1"]
    assert len(finding.new_value) < 21_000
    assert "cut here" in finding.new_value
    assert finding.facts["destructive"] is True


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_byte_order_marks(bench: Any, snapshot: Any, encoding: str) -> None:
    found = bench.compare(snapshot({"db/migration/V1__a.sql": DROP.encode(encoding)}), snapshot({}))
    assert found.findings[0].facts["kinds"] == ["drop_column"]


def test_an_end_without_files_has_no_migrations(bench: Any, snapshot: Any) -> None:
    files = snapshot({"db/migration/V1__a.sql": TABLE})
    assert [f.metadata["state"] for f in bench.compare(files, None).findings] == ["NEW"]
    assert [f.metadata["state"] for f in bench.compare(None, files).findings] == ["MISSING"]


def test_tables_of_the_same_set_are_empty(analyse: Any) -> None:
    source = {
        "db/migration/V1__a.sql": "CREATE TABLE tmp (id int, old text);",
        "db/migration/V2__b.sql": "CREATE INDEX i ON public.tmp (id); ALTER TABLE TMP DROP COLUMN old; DROP TABLE tmp;",
    }
    found = analyse(source, {})
    assert found["2"].facts["destructive"] is False
    assert found["2"].facts["locking"] is False
    alone = analyse(source, {"db/migration/V1__a.sql": source["db/migration/V1__a.sql"]})
    assert alone["2"].facts["destructive"] is True


def test_the_parser_is_not_loaded_before_something_must_be_judged() -> None:
    code = "import sys, pilab_desktop.drift.migrations; sys.exit('sqlglot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_projects_dialect_rules(analyse: Any, bench: Any, snapshot: Any) -> None:
    files = {"db/migration/V1__a.sql": "CREATE INDEX i ON users (id);"}
    assert analyse(files, {}, dialect="MySQL")["1"].metadata["dialect"] == "mysql"
    with pytest.raises(InvalidInputError, match="klingon"):
        bench.compare(snapshot(files), snapshot({}), dialect="klingon")
