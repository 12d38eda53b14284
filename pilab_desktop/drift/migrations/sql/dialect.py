"""Which database a migration is for, and what that database locks."""

import re
from collections.abc import Iterable

from pilab_desktop.domain.errors import InvalidInputError

DEFAULT_DIALECT = "postgres"

_BY_PATH = {
    "clickhouse": "clickhouse",
    "mysql": "mysql",
    "mariadb": "mysql",
    "postgres": "postgres",
    "postgresql": "postgres",
    "pgsql": "postgres",
    "pg": "postgres",
    "cockroach": "postgres",
    "cockroachdb": "postgres",
    "sqlite": "sqlite",
    "sqlite3": "sqlite",
    "mssql": "tsql",
    "sqlserver": "tsql",
    "oracle": "oracle",
    "snowflake": "snowflake",
    "bigquery": "bigquery",
    "redshift": "redshift",
    "duckdb": "duckdb",
    "spanner": "spanner",
}
_TELLING = frozenset({"clickhouse", "mysql", "mariadb", "postgres", "postgresql", "sqlite", "mssql", "sqlserver"})
VENDORS = frozenset(_BY_PATH) | {"h2", "hsqldb", "derby", "db2", "hana", "firebird", "tidb", "vertica"}
"""Folder names that set one database's migrations apart from another's of the same project."""

_BY_PROVIDER = {
    "postgresql": "postgres",
    "cockroachdb": "postgres",
    "mysql": "mysql",
    "sqlite": "sqlite",
    "sqlserver": "tsql",
}
_PROVIDER = re.compile(r'(?m)^\s*provider\s*=\s*"(\w+)"')
_HINTS = (
    ("clickhouse", re.compile(r"(?i)\bENGINE\s*=?\s*\w*MergeTree|\bON\s+CLUSTER\b|\bLowCardinality\s*\(")),
    (
        "mysql",
        re.compile(r"(?i)\bAUTO_INCREMENT\b|\bENGINE\s*=\s*\w+|`\w+`\s*(?:\(|\.|int|varchar|text)|\bDELIMITER\s"),
    ),
    ("tsql", re.compile(r"(?im)^\s*GO\s*$|\[dbo\]\.|\bNVARCHAR\s*\(|\bIDENTITY\s*\(\s*\d|\bsp_rename\b")),
    ("sqlite", re.compile(r"(?i)\bAUTOINCREMENT\b|\bPRAGMA\s+\w+|\bWITHOUT\s+ROWID\b")),
    (
        "postgres",
        re.compile(r"(?i)\$\w*\$|\bBIGSERIAL\b|\bSERIAL\b|\bJSONB\b|\bTIMESTAMPTZ\b|::\w|\bCONCURRENTLY\b|\bPLPGSQL\b"),
    ),
)


def dialect_of_path(path: str) -> str | None:
    """What a folder on the way to the file says, the innermost first; None where none does."""
    for part in reversed(path.lower().split("/")):
        if part in _BY_PATH:
            return _BY_PATH[part]
        for word in re.split(r"[^a-z0-9]+", part):
            if word in _TELLING:
                return _BY_PATH[word]
    return None


def dialect_of_lock(text: str) -> str | None:
    """What Prisma's `migration_lock.toml` says (https://www.prisma.io/docs/orm/prisma-migrate)."""
    found = _PROVIDER.search(text)
    return _BY_PROVIDER.get(found[1].lower()) if found else None


def hint_of(sql: str) -> str:
    """The dialect whose own words stand in the text; "" where none does."""
    return next((name for name, pattern in _HINTS if pattern.search(sql)), "")


def most_hinted(hints: Iterable[str]) -> str:
    """The dialect that most texts hint at; PostgreSQL, the strictest here, where none does."""
    given = [hint for hint in hints if hint]
    order = [name for name, _ in _HINTS]
    return min(set(given), key=lambda name: (-given.count(name), order.index(name)), default=DEFAULT_DIALECT)


def checked_dialect(name: str) -> str:
    """sqlglot's name of the dialect a project names. Raises InvalidInputError for one it does not know."""
    wanted = name.strip().lower()
    wanted = _BY_PATH.get(wanted, wanted)
    if wanted in _BY_PATH.values():
        return wanted
    from sqlglot.dialects.dialect import Dialect  # noqa: PLC0415 - a fifth of a second, only when a project names one

    if not wanted or Dialect.get(wanted) is None:
        raise InvalidInputError(
            f"“{name}” is no SQL dialect that is known here; set the project's dialect to one such as postgres, mysql, "
            "sqlite, tsql or clickhouse."
        )
    return wanted


def index_locks(dialect: str) -> bool:
    """Whether building an index keeps writers out (PostgreSQL without CONCURRENTLY and its kin; InnoDB builds online,
    https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html)."""
    return dialect in {"postgres", "redshift", "materialize", "tsql", "oracle"}


def has_table_locks(dialect: str) -> bool:
    """Whether a change of the schema can keep other users waiting: not in an embedded file, nor in column stores that
    change metadata only."""
    return dialect not in {"clickhouse", "bigquery", "snowflake", "databricks", "spark", "duckdb"}
