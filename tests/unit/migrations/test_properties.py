"""What holds whatever the migrations are."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pilab_desktop.drift.migrations.sql.judge import judge

DIALECTS = st.sampled_from(["postgres", "mysql", "sqlite", "tsql", "clickhouse"])
STATEMENTS = st.sampled_from(
    [
        "CREATE TABLE a (id int)",
        "ALTER TABLE a ADD COLUMN b int NOT NULL",
        "ALTER TABLE a DROP COLUMN b",
        "CREATE INDEX i ON a (b)",
        "DELETE FROM a",
        "INSERT INTO a VALUES ('it''s -- no comment')",
        "DO $$ BEGIN DROP TABLE a; END $$",
        "UPDATE a SET b = 1 WHERE c = 2",
        "VACUUM FULL a",
        "nonsense here",
    ]
)
SCRIPTS = st.lists(STATEMENTS, max_size=4).map(lambda parts: "".join(f"{part};\n" for part in parts))
PATHS = st.sampled_from(
    [
        *(f"db/migration/V{number}__a.sql" for number in range(1, 5)),
        *(f"m/{number}_b.up.sql" for number in range(1, 4)),
        *(f"prisma/migrations/2024010{number}000000_c/migration.sql" for number in range(1, 4)),
        *(f"migrations/{number:03}_d.sql" for number in range(1, 4)),
    ]
)
FILES = st.dictionaries(PATHS, SCRIPTS, max_size=6)
COMMENTS = st.text(st.characters(exclude_characters="*/\n\r", exclude_categories=["Cs"]), max_size=20)


@given(files=FILES)
def test_a_thing_against_itself_finds_nothing(new_bench: Any, snapshot: Any, files: dict[str, str]) -> None:
    found = new_bench().compare(snapshot(files), snapshot(files))
    assert (found.findings, found.problems) == ((), ())


@given(source=FILES, target=FILES)
def test_swapping_the_ends_mirrors(
    new_bench: Any, snapshot: Any, source: dict[str, str], target: dict[str, str]
) -> None:
    def sides(left: dict[str, str], right: dict[str, str]) -> tuple[list[str], list[str], list[str]]:
        found = new_bench().compare(snapshot(left), snapshot(right)).findings
        directions = ("SOURCE_ONLY", "TARGET_ONLY", "DIFFERENT")
        only, lacking, both = (sorted(f.path for f in found if f.direction == side) for side in directions)
        return only, lacking, both

    there, back = sides(source, target), sides(target, source)
    assert there == (back[1], back[0], back[2])


@given(source=FILES, target=FILES, order=st.randoms(use_true_random=False))
def test_the_order_of_files_does_not_matter(
    new_bench: Any, snapshot: Any, source: dict[str, str], target: dict[str, str], order: Any
) -> None:
    shuffled = list(source.items())
    order.shuffle(shuffled)
    one = snapshot(source)
    other = snapshot(source)
    other.blobs = {path: one.blobs[path] for path, _ in shuffled}
    assert new_bench().compare(one, snapshot(target)) == new_bench().compare(other, snapshot(target))


@settings(max_examples=300)
@given(text=st.text(max_size=200), dialect=DIALECTS)
def test_any_text_gets_a_verdict(text: str, dialect: str) -> None:
    judge(text, dialect)


WORDS = st.sampled_from(
    [
        "ALTER",
        "TABLE",
        "a",
        "ADD",
        "DROP",
        "COLUMN",
        "b",
        "(",
        ")",
        ",",
        ";",
        "CONSTRAINT",
        "NOT",
        "NULL",
        "DEFAULT",
        "x",
        "'y'",
        "CREATE",
        "INDEX",
        "ON",
        "RENAME",
        "TO",
        "DELETE",
        "FROM",
        "BEGIN",
        "END",
        "WITH",
        "AS",
        "SELECT",
        "DO",
        "$$",
        "CHECK",
        "UNIQUE",
        "PRIMARY",
        "KEY",
        "SET",
        "TYPE",
        '"',
        "`",
        "[",
        "]",
        "MODIFY",
        "CHANGE",
        "TRUNCATE",
        "INSERT",
        "INTO",
        "VALUES",
    ]
)


@settings(max_examples=300)
@given(words=st.lists(WORDS, max_size=25), dialect=DIALECTS)
def test_any_row_of_words_gets_a_verdict(words: list[str], dialect: str) -> None:
    judge(" ".join(words), dialect)


@given(script=SCRIPTS, comment=COMMENTS, dialect=st.sampled_from(["postgres", "sqlite", "clickhouse"]))
def test_a_comment_changes_no_verdict(script: str, comment: str, dialect: str) -> None:
    plain = judge(script, dialect)
    assert judge(f"/* {comment} */\n{script}", dialect) == plain
    assert judge(script.replace("\n", f" -- {comment}\n"), dialect) == plain
