"""A column that goes while the target's running code still names it (semantics.md §5, last rule)."""

from typing import Any

DROP = {"db/migration/V2__drop.sql": "ALTER TABLE users DROP COLUMN full_name;"}
BASE = {"db/migration/V1__init.sql": "CREATE TABLE users (full_name text, name text);"}


def test_code_that_still_names_a_dropped_column(analyse: Any) -> None:
    target = {
        **BASE,
        "src/User.java": "String fullName;",
        "src/other.py": "full_names = 1",
        "src/q.py": "SELECT full_name",
    }
    found = analyse({**BASE, **DROP}, target)["2"]
    assert found.metadata["still_named_in"] == ["src/User.java", "src/q.py"]
    assert "users.full_name" in found.description
    assert "order of migration and roll-out" in found.description


def test_only_the_targets_code_counts(analyse: Any) -> None:
    source = {**BASE, **DROP, "src/q.py": "SELECT full_name"}
    assert "still_named_in" not in analyse(source, BASE)["2"].metadata


def test_migrations_and_tests_are_not_running_code(analyse: Any) -> None:
    target = {**BASE, "tests/test_q.py": "full_name", "docs/a.md": "full_name", "web/user.spec.ts": "full_name"}
    assert "still_named_in" not in analyse({**BASE, **DROP}, target)["2"].metadata


def test_a_common_word_alone_proves_nothing(analyse: Any) -> None:
    drop = {"db/migration/V2__drop.sql": "ALTER TABLE users DROP COLUMN name;"}
    target = {**BASE, "src/shop.py": "product.name", "src/user.py": "class User:\n    name: str"}
    assert analyse({**BASE, **drop}, target)["2"].metadata["still_named_in"] == ["src/user.py"]


def test_a_constraint_that_code_names_is_relied_on(analyse: Any) -> None:
    drop = {"db/migration/V2__drop.sql": "ALTER TABLE users DROP CONSTRAINT users_email_uq;"}
    target = {**BASE, "src/q.py": "INSERT INTO users VALUES (1) ON CONFLICT ON CONSTRAINT users_email_uq DO NOTHING"}
    assert analyse({**BASE, **drop}, target)["2"].facts["highest"] == "HIGH"
    assert analyse({**BASE, **drop}, BASE)["2"].facts["highest"] == "MEDIUM"


def test_code_is_searched_once(bench: Any, snapshot: Any) -> None:
    target = {**BASE, "src/q.py": "SELECT full_name"}
    first = bench.compare(snapshot({**BASE, **DROP}), snapshot(target))
    again = snapshot(target)
    assert bench.compare(snapshot({**BASE, **DROP}), again) == first
    assert again.reads == []


def test_code_is_not_searched_where_nothing_goes(bench: Any, snapshot: Any) -> None:
    target = snapshot({**BASE, "src/q.py": "SELECT full_name"})
    bench.compare(snapshot({**BASE, "db/migration/V2__a.sql": "ALTER TABLE users ADD COLUMN c jsonb;"}), target)
    assert target.reads == []
