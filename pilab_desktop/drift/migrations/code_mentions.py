"""What the target's running code still names of what source's migrations take away (semantics.md §5, last rule)."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pilab_desktop.drift.migrations.operation import Operation, OperationKind, table_key
from pilab_desktop.ports.git_reader import Snapshot
from pilab_desktop.ports.storage import BlobVerdicts

MAX_FILES = 2_000
"""More files than this are not searched; the item says so."""

MAX_NAMED = 10
"""How many files an item names."""

_KIND = "migration-code-mentions"
_VERSION = 1
_CODE = frozenset(
    {
        "py",
        "rb",
        "php",
        "java",
        "kt",
        "kts",
        "scala",
        "groovy",
        "go",
        "rs",
        "ts",
        "tsx",
        "js",
        "jsx",
        "mjs",
        "cjs",
        "cs",
    }
    | {"fs", "vb", "c", "cc", "cpp", "h", "hpp", "swift", "ex", "exs", "erl", "clj", "dart", "lua", "pl", "pm", "sql"}
    | {"graphql", "gql", "prisma", "hbs", "erb", "vue", "svelte"}
)
_NOT_RUNNING = re.compile(
    r"(?i)(?:^|/)(?:[\w.-]*migrat[\w.-]*|versions|(?:[\w-]+[_-])?tests?|__tests__|spec|node_modules|vendor|docs?)/"
)
_TEST_FILE = re.compile(r"(?i)(?:^|/)(?:test_[^/]*|[^/]*(?:_test|\.test|\.spec|_spec)\.\w+)$")


@dataclass(frozen=True, slots=True)
class Mentions:
    """`paths` are at most `MAX_NAMED`; `searched` of `files` code files were read."""

    paths: tuple[str, ...]
    searched: int
    files: int


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What code would have to name. A short common word alone proves nothing; then the table has to be there too."""

    words: tuple[str, ...]
    table_words: tuple[str, ...]


def taken_away(operations: Iterable[Operation]) -> tuple[Operation, ...]:
    """The operations after which code that still says the old name fails."""
    kinds = {
        OperationKind.DROP_COLUMN,
        OperationKind.RENAME_COLUMN,
        OperationKind.DROP_TABLE,
        OperationKind.RENAME_TABLE,
        OperationKind.DROP_CONSTRAINT,
    }
    return tuple(one for one in operations if one.kind in kinds and _wanted(one) is not None)


def _wanted(one: Operation) -> _Wanted | None:
    if one.kind is OperationKind.DROP_CONSTRAINT:
        return _Wanted((one.name.lower(),), ()) if one.name else None
    table = (table_key(one.table) or "").rpartition(".")[2]
    if one.kind in {OperationKind.DROP_TABLE, OperationKind.RENAME_TABLE}:
        return _Wanted(_spellings(table), ()) if len(table) > 3 else None
    if not one.column:
        return None
    telling = "_" in one.column or len(one.column) >= 10
    return _Wanted(_spellings(one.column), () if telling or not table else _table_words(table))


def _spellings(name: str) -> tuple[str, ...]:
    """As in SQL, and as code in camel case names it; case does not count."""
    return tuple(dict.fromkeys((name.lower(), name.replace("_", "").lower())))


def _table_words(table: str) -> tuple[str, ...]:
    singular = table.removesuffix("ies") + "y" if table.endswith("ies") else table.removesuffix("s")
    return tuple(dict.fromkeys((*_spellings(table), *_spellings(singular))))


def code_files(snapshot: Snapshot, migration_paths: frozenset[str]) -> tuple[str, ...]:
    """The code that runs: neither migrations nor tests nor what others wrote."""
    return tuple(
        path
        for path in snapshot.blobs
        if path.rpartition(".")[2].lower() in _CODE
        and path not in migration_paths
        and not _NOT_RUNNING.search(path)
        and not _TEST_FILE.search(path)
    )


def mentions(
    snapshot: Snapshot,
    operations: Sequence[Operation],
    *,
    migration_paths: frozenset[str],
    verdicts: BlobVerdicts,
) -> Mapping[Operation, Mentions]:
    """For each operation that takes a name away, the files of the snapshot that still say it as a whole word."""
    wanted = {one: want for one in operations if (want := _wanted(one)) is not None}
    files = code_files(snapshot, migration_paths)
    if not wanted or not files:
        return {}
    searched = files[:MAX_FILES]
    words = sorted({word for want in wanted.values() for word in (*want.words, *want.table_words)})
    found = _named(snapshot, searched, words, verdicts)
    result: dict[Operation, Mentions] = {}
    for one, want in wanted.items():
        named = [path for path in searched if _says(found.get(path, frozenset()), want)]
        if named:
            result[one] = Mentions(tuple(named[:MAX_NAMED]), len(searched), len(files))
    return result


def _says(said: frozenset[str], want: _Wanted) -> bool:
    if said.isdisjoint(want.words):
        return False
    return not want.table_words or not said.isdisjoint(want.table_words)


def _named(
    snapshot: Snapshot, paths: Sequence[str], words: Sequence[str], verdicts: BlobVerdicts
) -> Mapping[str, frozenset[str]]:
    """Path to the words it says, remembered by blob id and list of words."""
    asked = hashlib.sha256("\0".join(words).encode()).hexdigest()[:32]
    keys = {path: f"{_VERSION}:{asked}:{snapshot.blobs[path]}" for path in paths}
    stored = verdicts.get_many(_KIND, list(dict.fromkeys(keys.values())))
    found = {
        path: frozenset(str(word) for word in known)
        for path, key in keys.items()
        if isinstance(known := stored.get(key), list)
    }
    pattern = re.compile(
        rb"(?<![\w])(?:" + b"|".join(re.escape(word.encode()) for word in words) + rb")(?![\w])", re.IGNORECASE
    )
    fresh: dict[str, list[str]] = {}
    for path, data in snapshot.read_many([path for path in paths if path not in found]):
        said = sorted({match.decode().lower() for match in pattern.findall(data or b"")})
        fresh[keys[path]] = said
        found[path] = frozenset(said)
    if fresh:
        verdicts.put_many(_KIND, dict(fresh))
    return found
