"""What SQL does and how dangerous it is, statement by statement (semantics.md §5)."""

import pytest

from pilab_desktop.drift.migrations.emptiness import on_new_tables
from pilab_desktop.drift.migrations.operation import Wrapping
from pilab_desktop.drift.migrations.sql.judge import judge

CRITICAL, HIGH, MEDIUM, LOW = "CRITICAL", "HIGH", "MEDIUM", "LOW"

POSTGRES = [
    ("DROP TABLE IF EXISTS a, b CASCADE", [("drop_table", CRITICAL, False), ("drop_table", CRITICAL, False)]),
    ("DROP SCHEMA s CASCADE", [("drop_schema", CRITICAL, False)]),
    ('ALTER TABLE "a" DROP "b"', [("drop_column", CRITICAL, False)]),
    ("TRUNCATE a", [("truncate", CRITICAL, False)]),
    ("DELETE FROM a", [("delete_all", CRITICAL, False)]),
    ("DELETE FROM a WHERE true", [("delete_all", CRITICAL, False)]),
    ("DELETE FROM a WHERE b = 1", [("data_change", MEDIUM, False)]),
    ("DELETE FROM a USING b WHERE a.id = b.id", [("data_change", MEDIUM, False)]),
    ("WITH gone AS (DELETE FROM a RETURNING *) SELECT count(*) FROM gone", [("delete_all", CRITICAL, False)]),
    ("UPDATE a SET b = 1", [("data_change", MEDIUM, False)]),
    ("ALTER TABLE a RENAME TO b", [("rename_table", HIGH, False)]),
    ("ALTER TABLE a RENAME b TO c", [("rename_column", HIGH, False)]),
    ("ALTER TABLE a RENAME CONSTRAINT b TO c", [("alter_table", MEDIUM, False)]),
    ("ALTER TABLE a SET SCHEMA s", [("rename_table", HIGH, False)]),
    ("ALTER TABLE a ALTER b TYPE bigint USING b::bigint", [("alter_type", HIGH, True)]),
    ("ALTER TABLE a ALTER COLUMN b SET DATA TYPE text", [("alter_type", HIGH, True)]),
    ("ALTER TABLE a ALTER b SET NOT NULL", [("set_not_null", HIGH, True)]),
    ("ALTER TABLE a ALTER b DROP NOT NULL", [("alter_table", MEDIUM, False)]),
    ("ALTER TABLE a ALTER b DROP DEFAULT", [("drop_default", HIGH, False)]),
    ("ALTER TABLE a DROP CONSTRAINT c", [("drop_constraint", MEDIUM, False)]),
    ("ALTER TABLE a DROP CONSTRAINT a_pkey", [("drop_constraint", HIGH, False)]),
    ("ALTER TABLE a ADD CONSTRAINT c UNIQUE (b)", [("add_unique", HIGH, True)]),
    ("ALTER TABLE a ADD CONSTRAINT c UNIQUE USING INDEX i", [("alter_table", MEDIUM, False)]),
    ("ALTER TABLE a ADD CONSTRAINT c EXCLUDE USING gist (r WITH &&)", [("add_unique", HIGH, True)]),
    ("ALTER TABLE a ADD PRIMARY KEY (b)", [("add_primary_key", HIGH, True)]),
    ("ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES c (d)", [("add_foreign_key", HIGH, True)]),
    ("ALTER TABLE a ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES c NOT VALID", [("add_foreign_key", MEDIUM, False)]),
    ("ALTER TABLE a ADD CHECK (b > 0)", [("add_check", HIGH, True)]),
    ("ALTER TABLE a ADD COLUMN b int", [("add_column", LOW, False)]),
    ("ALTER TABLE a ADD b int NOT NULL DEFAULT 0", [("add_column", LOW, False)]),
    ("ALTER TABLE a ADD COLUMN b int NOT NULL", [("add_not_null_column", HIGH, False)]),
    ("ALTER TABLE a ADD COLUMN b timestamptz DEFAULT now()", [("add_column", LOW, False)]),
    ("ALTER TABLE a ADD COLUMN b timestamptz DEFAULT clock_timestamp()", [("volatile_default", HIGH, True)]),
    ("ALTER TABLE a ADD COLUMN b uuid DEFAULT gen_random_uuid() NOT NULL", [("volatile_default", HIGH, True)]),
    ("ALTER TABLE a ADD COLUMN b bigserial", [("volatile_default", HIGH, True)]),
    ("ALTER TABLE a ADD COLUMN b varchar(10) DEFAULT 'x'::varchar(10)", [("add_column", LOW, False)]),
    ("ALTER TABLE a ADD COLUMN b int REFERENCES c (id)", [("add_foreign_key", HIGH, True)]),
    ("ALTER TABLE a ADD b int, DROP c", [("add_column", LOW, False), ("drop_column", CRITICAL, False)]),
    ("CREATE INDEX ON a (b)", [("create_index", HIGH, True)]),
    ("CREATE UNIQUE INDEX i ON a (b)", [("create_index", HIGH, True), ("add_unique", HIGH, True)]),
    ("CREATE UNIQUE INDEX CONCURRENTLY i ON a (b)", [("create_index_concurrently", LOW, False)]),
    ("DROP INDEX i", [("drop_index", HIGH, True)]),
    ("DROP INDEX CONCURRENTLY IF EXISTS i", [("drop_index", MEDIUM, False)]),
    ("ALTER TYPE t ADD VALUE 'x'", [("alter_enum", HIGH, True)]),
    ("ALTER TYPE t RENAME VALUE 'x' TO 'y'", [("alter_enum", HIGH, True)]),
    ("DROP TYPE t CASCADE", [("drop_other", CRITICAL, False)]),
    ("VACUUM FULL a", [("vacuum_full", HIGH, True)]),
    ("VACUUM (ANALYZE) a", [("other", LOW, False)]),
    ("LOCK TABLE a IN EXCLUSIVE MODE", [("lock_table", HIGH, True)]),
    ("CLUSTER a USING i", [("cluster", HIGH, True)]),
    ("ALTER TABLE a DETACH PARTITION p", [("detach_partition", HIGH, True)]),
    ("CREATE TABLE a (b int DEFAULT 1)", [("create_table", LOW, False)]),
    ("CREATE TABLE a AS SELECT 1", [("create_table", LOW, False)]),
    ("COMMENT ON COLUMN a.b IS 'DROP TABLE x'", [("comment", LOW, False)]),
    ("INSERT INTO a VALUES ('DROP TABLE b; DELETE FROM c')", [("data_change", MEDIUM, False)]),
    ('ALTER TABLE a ADD COLUMN "drop table" text', [("add_column", LOW, False)]),
    ("SET lock_timeout = '5s'", []),
    ("GRANT SELECT ON a TO b", [("grant", MEDIUM, False)]),
    ("CREATE VIEW v AS SELECT 1", [("create_view", LOW, False)]),
    ("CREATE OR REPLACE VIEW v AS SELECT 1", [("create_view", MEDIUM, False)]),
    ("DROP VIEW v", [("drop_view", MEDIUM, False)]),
    ("DROP FUNCTION f()", [("drop_other", MEDIUM, False)]),
    ("DROP OWNED BY someone", [("drop_schema", CRITICAL, False)]),
    ("SELECT setval('s', 1)", [("other", LOW, False)]),
    ("SELECT rebuild_everything()", [("other", MEDIUM, False)]),
    ("SELECT * INTO b FROM a", [("create_table", LOW, False)]),
    ("COPY a TO STDOUT", [("other", LOW, False)]),
    ("CALL p(1)", [("other", MEDIUM, False)]),
    ("MERGE INTO a USING b ON a.id = b.id WHEN MATCHED THEN DELETE", [("data_change", MEDIUM, False)]),
    ("WITH x AS (SELECT 1) INSERT INTO a SELECT * FROM x", [("data_change", MEDIUM, False)]),
    ("REFRESH MATERIALIZED VIEW v", [("other", MEDIUM, False)]),
    ("REINDEX TABLE CONCURRENTLY a", [("reindex", MEDIUM, False)]),
    ("ALTER TYPE t DROP ATTRIBUTE x", [("drop_column", CRITICAL, False)]),
    ("ALTER TYPE t ADD VALUE 'x' AFTER 'y'", [("alter_enum", MEDIUM, False)]),
    ("ALTER SEQUENCE s RESTART", [("other", MEDIUM, False)]),
    ("ALTER SCHEMA s RENAME TO t", [("rename_table", HIGH, False)]),
    ("ALTER TABLE a SET LOGGED", [("alter_table", HIGH, True)]),
    ("ALTER TABLE a ENABLE ROW LEVEL SECURITY", [("alter_table", MEDIUM, False)]),
    ("ALTER TABLE a ADD COLUMN b int CHECK (b > 0)", [("add_check", HIGH, True)]),
    (
        "ALTER TABLE a DROP CONSTRAINT a_pkey, ADD PRIMARY KEY USING INDEX i",
        [("drop_constraint", MEDIUM, False), ("alter_table", MEDIUM, False)],
    ),
    ("CREATE FUNCTION f() RETURNS void AS $$ DROP TABLE a; $$ LANGUAGE sql", [("create_function", LOW, False)]),
]

OTHERS = [
    ("mysql", "ALTER TABLE `a` ADD COLUMN `b` int NOT NULL AUTO_INCREMENT PRIMARY KEY", ["add_primary_key"]),
    ("mysql", "ALTER TABLE a CHANGE COLUMN b c int", ["rename_column", "alter_type"]),
    ("mysql", "ALTER TABLE a CHANGE b b bigint NULL", ["alter_table"]),
    ("mysql", "ALTER TABLE a MODIFY COLUMN b varchar(10) NOT NULL", ["alter_type", "set_not_null"]),
    ("mysql", "ALTER TABLE a DROP PRIMARY KEY, DROP FOREIGN KEY f", ["drop_constraint", "drop_constraint"]),
    ("mysql", "ALTER TABLE a CONVERT TO CHARACTER SET utf8mb4", ["alter_type"]),
    ("mysql", "RENAME TABLE a TO b, c TO d", ["rename_table", "rename_table"]),
    ("mysql", "DELETE a FROM a JOIN b ON a.id = b.id", ["data_change"]),
    ("tsql", "ALTER TABLE [dbo].[a] ALTER COLUMN [b] nvarchar(20) NOT NULL", ["alter_type", "set_not_null"]),
    ("tsql", "ALTER TABLE a DROP COLUMN b\nGO\nDROP TABLE [c]\nGO", ["drop_column", "drop_table"]),
    ("tsql", "ALTER TABLE a DROP COLUMN b\nALTER TABLE a ADD c int", ["drop_column", "add_column"]),
    ("tsql", "EXEC sp_rename 'a', 'b'", ["rename_table"]),
    ("tsql", "EXEC sp_rename 'a.b', 'c', 'COLUMN'", ["rename_column"]),
    ("clickhouse", "ALTER TABLE a ON CLUSTER c DROP COLUMN b SETTINGS alter_sync = 2, x = 1", ["drop_column"]),
    ("clickhouse", "ALTER TABLE a DROP PARTITION '2024'", ["drop_table"]),
    ("clickhouse", "CREATE TABLE a (b String,) ENGINE = MergeTree ORDER BY b", ["create_table"]),
    ("clickhouse", "ALTER TABLE a MODIFY TTL d + INTERVAL 1 DAY", ["delete_all"]),
    ("clickhouse", "ALTER TABLE a CLEAR COLUMN b", ["delete_all"]),
    ("clickhouse", "ALTER TABLE a DELETE WHERE b = 1", ["data_change"]),
    ("clickhouse", "ALTER TABLE a MODIFY COLUMN b UInt64", ["alter_type"]),
    ("clickhouse", "ALTER TABLE a MODIFY COLUMN b CODEC(ZSTD)", ["alter_table"]),
    ("clickhouse", "ALTER TABLE a DROP INDEX i", ["drop_index"]),
    ("clickhouse", "EXCHANGE TABLES a AND b", ["rename_table"]),
    ("mysql", "ALTER TABLE a RENAME INDEX i TO j", ["alter_table"]),
    ("mysql", "ALTER TABLE a RENAME b", ["rename_table"]),
    ("mysql", "ALTER TABLE a TRUNCATE PARTITION p", ["truncate"]),
    (
        "mysql",
        "ALTER TABLE a ADD INDEX i (b), ALGORITHM=INPLACE, LOCK=NONE",
        ["create_index", "alter_table", "alter_table"],
    ),
    ("mysql", "INSERT IGNORE INTO a SET b = 1", ["data_change"]),
    ("mysql", "CREATE OR REPLACE TABLE a (b int)", ["drop_table", "create_table"]),
    ("mysql", "CREATE DEFINER=`root`@`%` TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET NEW.b = 1", ["create_trigger"]),
    ("sqlite", "REPLACE INTO a VALUES (1)", ["data_change"]),
    ("tsql", "ALTER TABLE a WITH NOCHECK ADD CONSTRAINT c CHECK (b > 0)", ["add_check"]),
    ("tsql", "ALTER TABLE a ADD CONSTRAINT d DEFAULT 1 FOR b", ["alter_table"]),
    ("tsql", "ALTER TABLE a ADD b int, c int NOT NULL", ["add_column", "add_not_null_column"]),
    ("tsql", "ALTER TABLE a DROP COLUMN b, c", ["drop_column", "drop_column"]),
    ("oracle", "ALTER TABLE a DROP (b, c)", ["drop_column", "drop_column"]),
    ("oracle", "ALTER TABLE a MODIFY (b varchar2(20) NOT NULL)", ["alter_type", "set_not_null"]),
    ("oracle", "ALTER TABLE a ADD (b number, c number NOT NULL)", ["add_column", "add_not_null_column"]),
]


@pytest.mark.parametrize(("sql", "expected"), POSTGRES, ids=[sql for sql, _ in POSTGRES])
def test_postgres(sql: str, expected: list[tuple[str, str, bool]]) -> None:
    verdict = judge(sql, "postgres")
    assert [(one.kind, one.severity, one.locking) for one in verdict.operations] == expected
    assert verdict.unparsed == 0


@pytest.mark.parametrize(("dialect", "sql", "expected"), OTHERS, ids=[f"{d}: {s}" for d, s, _ in OTHERS])
def test_other_databases(dialect: str, sql: str, expected: list[str]) -> None:
    verdict = judge(sql, dialect)
    assert [one.kind for one in verdict.operations if one.kind != "volatile_default"] == expected
    assert verdict.unparsed == 0


@pytest.mark.parametrize(
    "sql",
    ["CREATE TABEL a (id int)", "ALTER TABLE a FROBNICATE b", "CREATE TABLE a (id int", "SELEC 1", "hello world"],
)
def test_what_cannot_be_read_is_medium_at_least(sql: str) -> None:
    verdict = judge(sql, "postgres")
    assert verdict.unparsed == 1
    assert [one.severity for one in verdict.operations] == [MEDIUM]


def test_danger_shows_in_what_cannot_be_read() -> None:
    verdict = judge("ALTER TABLE a FROBNICATE, DROP COLUMN b", "postgres")
    assert [(one.kind, one.table) for one in verdict.operations] == [("drop_column", "a"), ("unparsed", None)]


def test_text_that_no_tokeniser_reads() -> None:
    verdict = judge("ALTER TABLE a DROP COLUMN b; INSERT INTO a VALUES ('never closed", "postgres")
    assert "drop_column" in [one.kind for one in verdict.operations]


class TestBlocks:
    def test_statements_in_a_do_block_run(self) -> None:
        block = """DO $$ BEGIN
            IF EXISTS (SELECT 1 FROM pg_class) THEN ALTER TABLE a DROP COLUMN b; ELSE TRUNCATE c; END IF;
            EXECUTE 'DROP TABLE d';
        END $$;"""
        verdict = judge(block, "postgres")
        assert [one.kind for one in verdict.operations] == ["other", "drop_column", "truncate", "drop_table"]
        assert verdict.unparsed == 0

    def test_sql_put_together_at_run_time_is_unparsed(self) -> None:
        verdict = judge("DO $$ BEGIN EXECUTE format('DROP TABLE %I', name); END $$", "postgres")
        assert verdict.unparsed == 1
        assert "drop_table" in [one.kind for one in verdict.operations]

    def test_a_trigger_body_stays_together(self) -> None:
        sql = "CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM b; UPDATE c SET d = 1; END; DROP TABLE e;"
        assert [one.kind for one in judge(sql, "sqlite").operations] == ["create_trigger", "drop_table"]

    def test_delimiters(self) -> None:
        sql = "DELIMITER //\nCREATE PROCEDURE p() BEGIN DELETE FROM a; END//\nDELIMITER ;\nDROP TABLE b;"
        assert [one.kind for one in judge(sql, "mysql").operations] == ["create_function", "drop_table"]

    def test_data_of_a_copy_is_not_read_as_sql(self) -> None:
        sql = "COPY a (b) FROM stdin;\nDROP TABLE x;\n'\n\\.\n\nTRUNCATE c;\n"
        assert [one.kind for one in judge(sql, "postgres").operations] == ["data_change", "truncate"]


class TestTogether:
    def test_a_default_that_is_set_again_was_not_dropped(self) -> None:
        sql = "ALTER TABLE a ALTER b DROP DEFAULT; ALTER TABLE a ALTER b SET DEFAULT 2"
        assert [one.severity for one in judge(sql, "postgres").operations] == [MEDIUM, MEDIUM]

    def test_not_null_after_a_validated_check(self) -> None:
        check = "ALTER TABLE a ADD CONSTRAINT c CHECK (b IS NOT NULL) NOT VALID;"
        validated = f"{check} ALTER TABLE a VALIDATE CONSTRAINT c; ALTER TABLE a ALTER b SET NOT NULL"
        assert judge(validated, "postgres").operations[-1].locking is False
        assert judge(f"{check} ALTER TABLE a ALTER b SET NOT NULL", "postgres").operations[-1].locking is True

    def test_validating_in_the_same_transaction_keeps_the_lock(self) -> None:
        add = "ALTER TABLE a ADD CONSTRAINT c FOREIGN KEY (b) REFERENCES d NOT VALID;"
        validate = "ALTER TABLE a VALIDATE CONSTRAINT c;"
        assert judge(f"{add}{validate}", "postgres").operations[0].locking is False
        assert judge(f"{add}{validate}", "postgres", wrapping=Wrapping.WHOLE).operations[0].locking is True
        assert judge(f"BEGIN;{add}COMMIT;BEGIN;{validate}COMMIT;", "postgres").operations[0].locking is False

    def test_a_concurrent_index_cannot_be_built_in_a_transaction(self) -> None:
        sql = "CREATE INDEX CONCURRENTLY i ON a (b);"
        assert judge(f"BEGIN; {sql} COMMIT;", "postgres").operations[0].severity == HIGH
        assert judge(f"BEGIN; COMMIT; {sql}", "postgres").operations[0].severity == LOW
        assert judge(sql, "postgres", wrapping=Wrapping.IF_SEVERAL).operations[0].severity == LOW
        assert judge(f"{sql} SELECT 1", "postgres", wrapping=Wrapping.IF_SEVERAL).operations[0].severity == HIGH

    def test_sqlite_rebuilds_tables(self) -> None:
        sql = """CREATE TABLE "new_a" ("id" INTEGER NOT NULL PRIMARY KEY, "b" TEXT NOT NULL, "c" TEXT NOT NULL);
            INSERT INTO "new_a" ("id", "b", "c") SELECT "id", "b", 'x' FROM "a";
            DROP TABLE "a";
            ALTER TABLE "new_a" RENAME TO "a";"""
        operations = judge(sql, "sqlite").operations
        assert not any(one.destructive for one in operations)
        assert [(one.kind, one.column) for one in operations if one.severity == HIGH] == [("add_not_null_column", "c")]
        assert any(one.destructive for one in judge(sql, "postgres").operations)


class TestEmptyTables:
    def test_order_matters(self) -> None:
        sql = "DROP TABLE a; CREATE TABLE a (b int); CREATE INDEX i ON a (b);"
        weighed = on_new_tables([judge(sql, "postgres").operations])[0]
        assert [(one.destructive, one.locking) for one in weighed] == [(True, False), (False, False), (False, True)]

    def test_a_new_table_under_another_name_is_still_new(self) -> None:
        sql = "CREATE TABLE a (b int); ALTER TABLE a RENAME TO c; ALTER TABLE c DROP COLUMN b;"
        assert not any(one.destructive for one in on_new_tables([judge(sql, "postgres").operations])[0])
