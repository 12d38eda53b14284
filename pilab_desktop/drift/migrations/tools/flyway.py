"""Flyway (https://documentation.red-gate.com/flyway/flyway-concepts/migrations): V1_2__name.sql and its kin."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from pilab_desktop.drift.migrations.migration import Content, MigrationFile, Order, Role, Tool, split_path
from pilab_desktop.drift.migrations.operation import Wrapping
from pilab_desktop.drift.migrations.sql.dialect import VENDORS

FLYWAY = Tool(name="flyway", content=Content.LINES, wrapping=Wrapping.IF_SEVERAL)

_VERSIONED = re.compile(r"^([VB])(\d[\d._]*?)__(.*)\.sql$")
_UNDO = re.compile(r"^U(\d[\d._]*?)__.*\.sql$")
_REPEATABLE = re.compile(r"^R__(.+)\.sql$")
_ROOT = re.compile(r"^(.*?(?:^|/)db/migrations?|.*?(?:^|/)migrations?)(?:/|$)")


def numeric_order(version: str) -> Order:
    """Flyway's order: parts by number, `_` the same as `.`, missing parts zero ("1" is "1.0")."""
    parts = [int(part) for part in re.split(r"[._]", version) if part]
    while parts and parts[-1] == 0:
        parts.pop()
    return tuple(parts)


def find(blobs: Mapping[str, str]) -> list[MigrationFile]:
    """The migrations among these files, undo scripts kept as the down part of what they undo."""
    found: list[MigrationFile] = []
    undo: dict[tuple[str, Order], str] = {}
    for path in blobs:
        folder, file = split_path(path)
        if taken_back := _UNDO.match(file):
            undo[folder, numeric_order(taken_back[1])] = path
        elif (migration := _migration(path, folder, file, blobs[path])) is not None:
            found.append(migration)
    return _in_histories([_with_undo(migration, undo, blobs) for migration in found])


def _migration(path: str, folder: str, file: str, blob: str) -> MigrationFile | None:
    if versioned := _VERSIONED.match(file):
        order = numeric_order(versioned[2])
        return MigrationFile(
            tool=FLYWAY,
            folder=folder,
            path=path,
            blob=blob,
            version=".".join(str(part) for part in order) or "0",
            order=order,
            name=versioned[3],
            role=Role.VERSIONED if versioned[1] == "V" else Role.BASELINE,
        )
    if repeatable := _REPEATABLE.match(file):
        name = repeatable[1]
        return MigrationFile(
            tool=FLYWAY,
            folder=folder,
            path=path,
            blob=blob,
            version=f"R:{name}",
            order=(),
            name=name,
            role=Role.REPEATABLE,
        )
    return None


def _with_undo(
    migration: MigrationFile, undo: Mapping[tuple[str, Order], str], blobs: Mapping[str, str]
) -> MigrationFile:
    folder = split_path(migration.path)[0]
    path = undo.get((folder, migration.order)) if migration.role is Role.VERSIONED else None
    return migration if path is None else replace(migration, down_path=path, down_blob=blobs[path])


def _in_histories(found: list[MigrationFile]) -> list[MigrationFile]:
    """Flyway reads a location with all its folders as one history. Folders below `db/migration` belong together, but
    for folders of one database each.
    """
    folders = {migration.folder: history_of(migration.folder) for migration in found}
    return [replace(one, folder=folders[one.folder]) for one in found]


def history_of(folder: str) -> str:
    """The location a folder is part of: up to `db/migration` and a folder of one database below it; else itself."""
    root = _ROOT.match(folder)
    if root is None:
        return folder
    below = folder[root.end(1) :].strip("/").split("/")
    vendor = next((index for index, part in enumerate(below) if part.lower() in VENDORS), None)
    return root[1] if vendor is None else "/".join([root[1], *below[: vendor + 1]])


def apart(migrations: list[MigrationFile]) -> bool:
    """Whether the folders of one location repeat each other's versions, so that each is a history of its own."""
    folders: dict[str, set[str]] = defaultdict(set)
    for migration in migrations:
        if migration.role is Role.VERSIONED:
            folders[migration.version].add(split_path(migration.path)[0])
    return any(len(places) > 1 for places in folders.values())
