"""Which migrations there are at both ends, and which of them belong together."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

from pilab_desktop.drift.migrations.migration import MigrationFile, Tool, split_path
from pilab_desktop.drift.migrations.tools import (
    diesel,
    flyway,
    golang_migrate,
    numbered,
    prisma,
    python_files,
)
from pilab_desktop.drift.migrations.updown import decoded
from pilab_desktop.drift.pair import SnapshotPair
from pilab_desktop.ports.git_reader import Snapshot

_SQL_TOOLS = (flyway.find, golang_migrate.find, diesel.find, prisma.find, numbered.find)


@dataclass(frozen=True, slots=True)
class HistoryFiles:
    """One folder's migrations as they stand at both ends."""

    folder: str
    source: tuple[MigrationFile, ...]
    target: tuple[MigrationFile, ...]

    @property
    def differs(self) -> bool:
        """Whether a migration stands at one end only, or with other content."""
        return _contents(self.source) != _contents(self.target)


def _contents(files: tuple[MigrationFile, ...]) -> frozenset[tuple[str, str]]:
    return frozenset((one.path, one.blob) for one in files)


def histories(pair: SnapshotPair) -> list[HistoryFiles]:
    """The histories that differ between the ends, by folder. A folder that was moved is one history still."""
    source, target = _found(pair.source), _found(pair.target)
    if pair.source is not None or pair.target is not None:
        source, target = _with_tools(pair, source, target)
    source, target = _with_locations(source, target)
    left, right = _by_history(source), _by_history(target)
    joined = {key: (left.get(key, []), right.get(key, [])) for key in (*left, *right)}
    for old, new in _moves(left, right):
        joined[new] = (left[new], right[old])
        del joined[old]
    found = [HistoryFiles(key[1], tuple(ends[0]), tuple(ends[1])) for key, ends in sorted(joined.items())]
    return [history for history in found if history.differs]


def _found(snapshot: Snapshot | None) -> list[MigrationFile]:
    if snapshot is None:
        return []
    sql = {path: blob for path, blob in snapshot.blobs.items() if path.endswith(".sql")}
    if any(path.endswith("/up.sql") for path in sql):
        sql |= {path: blob for path, blob in snapshot.blobs.items() if path.endswith("/metadata.toml")}
    code = {path: blob for path, blob in snapshot.blobs.items() if path.endswith(".py")}
    return [one for find in _SQL_TOOLS for one in find(sql)] + python_files.find(code)


_Key = tuple[str, str]


def _by_history(files: list[MigrationFile]) -> dict[_Key, list[MigrationFile]]:
    grouped: dict[_Key, list[MigrationFile]] = defaultdict(list)
    for one in files:
        grouped[one.tool.name, one.folder].append(one)
    return grouped


def _with_tools(
    pair: SnapshotPair, source: list[MigrationFile], target: list[MigrationFile]
) -> tuple[list[MigrationFile], list[MigrationFile]]:
    """Say of every folder of numbered files whose they are, by its first file; drop those that are none's."""
    left, right = _by_history(source), _by_history(target)
    tools = {
        key: numbered.tool_of(_sample(pair, left.get(key, []), right.get(key, [])), key[1])
        for key in dict.fromkeys((*left, *right))
        if key[0] == numbered.PLAIN.name and _contents(tuple(left.get(key, []))) != _contents(tuple(right.get(key, [])))
    }
    return _retooled(source, tools), _retooled(target, tools)


def _retooled(files: list[MigrationFile], tools: Mapping[_Key, Tool | None]) -> list[MigrationFile]:
    kept: list[MigrationFile] = []
    for one in files:
        tool = tools.get((one.tool.name, one.folder)) if one.tool is numbered.PLAIN else one.tool
        if tool is not None:
            kept.append(replace(one, tool=tool))
    return kept


def _sample(pair: SnapshotPair, source: list[MigrationFile], target: list[MigrationFile]) -> str:
    """The first and the last file of the folder at either end: a tool taken up later marks the later ones."""
    texts: list[str] = []
    for snapshot, files in ((pair.source, source), (pair.target, target)):
        if snapshot is None or not files:
            continue
        ordered = sorted(files, key=lambda one: one.order)
        for _, data in snapshot.read_many([one.path for one in dict.fromkeys((ordered[0], ordered[-1]))]):
            texts.append(decoded(data) if data is not None else "")
    return "\n".join(texts)


def _with_locations(
    source: list[MigrationFile], target: list[MigrationFile]
) -> tuple[list[MigrationFile], list[MigrationFile]]:
    """Flyway's locations whose folders repeat each other's versions at the target are histories of their own."""
    deployed: dict[str, list[MigrationFile]] = defaultdict(list)
    for one in target or source:
        if one.tool is flyway.FLYWAY:
            deployed[one.folder].append(one)
    split = {folder for folder, files in deployed.items() if flyway.apart(files)}

    def placed(one: MigrationFile) -> MigrationFile:
        own = one.tool is flyway.FLYWAY and one.folder in split
        return replace(one, folder=split_path(one.path)[0]) if own else one

    return [placed(one) for one in source], [placed(one) for one in target]


def _moves(
    left: Mapping[_Key, list[MigrationFile]], right: Mapping[_Key, list[MigrationFile]]
) -> list[tuple[_Key, _Key]]:
    """Folders that stand under another name at the other end: most of the smaller one's migrations are the same."""
    gone = [key for key in right if key not in left]
    come = [key for key in left if key not in right]
    found: list[tuple[_Key, _Key]] = []
    for old in gone:
        names = {(one.version, one.name) for one in right[old]}
        scored = [
            (len(names & {(one.version, one.name) for one in left[new]}), new) for new in come if new[0] == old[0]
        ]
        shared, best = max(scored, default=(0, old))
        if shared * 2 > min(len(names), len(left.get(best, []))):
            found.append((old, best))
            come.remove(best)
    return found
