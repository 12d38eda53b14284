"""Numbered SQL files: goose, dbmate, sql-migrate, Play evolutions, sqlx and folders without any tool.

The names are alike; which tool it is, the markers in the files say:
https://pressly.github.io/goose/documentation/annotations, https://github.com/amacneil/dbmate#creating-migrations,
https://github.com/rubenv/sql-migrate#writing-migrations, https://www.playframework.com/documentation/latest/Evolutions.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from pilab_desktop.drift.migrations.migration import Identity, MigrationFile, Tool, split_path
from pilab_desktop.drift.migrations.operation import Wrapping

GOOSE = Tool(name="goose", wrapping=Wrapping.WHOLE, renumbers=True)
DBMATE = Tool(name="dbmate", wrapping=Wrapping.WHOLE)
SQL_MIGRATE = Tool(name="sql-migrate", identity=Identity.NAME, wrapping=Wrapping.WHOLE)
EVOLUTIONS = Tool(name="play-evolutions", wrapping=Wrapping.WHOLE)
PLAIN = Tool(name="sql", identity=Identity.NAME)

_NUMBERED = re.compile(r"^(\d+)(?:[_\-. ](.*))?\.sql$")
_TAKEN = re.compile(r"^(?:[VBU]\d[\d._]*__.*|R__.*|.*\.(?:up|down)|up|down|migration)\.sql$")
_FOLDER_OF_MIGRATIONS = re.compile(
    r"(?i)(?:^|/)(?:[\w.-]*migrat[\w.-]*|evolutions|upgrades?|db[_-]?(?:changes|updates|patches)|drizzle|schema[_-]?changes)"
    r"(?:/|$)"
)
_FOLDER_OF_ALL = re.compile(r"(?i)(?:^|/)migrations?$")
_MARKERS = (
    (GOOSE, re.compile(r"(?im)^\s*--\s*\+goose\s+Up\b")),
    (DBMATE, re.compile(r"(?im)^\s*--\s*migrate:up\b")),
    (SQL_MIGRATE, re.compile(r"(?im)^\s*--\s*\+migrate\s+Up\b")),
    (EVOLUTIONS, re.compile(r"(?im)^\s*(?:#|--)\s*---?\s*!Ups\b")),
)


def find(blobs: Mapping[str, str]) -> list[MigrationFile]:
    """Every numbered SQL file, and every other one in a folder of the very name `migrations`. The tool is `PLAIN`
    until `tool_of` has seen one file of the folder.
    """
    found: list[MigrationFile] = []
    for path, blob in blobs.items():
        folder, file = split_path(path)
        if _TAKEN.match(file):
            continue
        numbered = _NUMBERED.match(file)
        if numbered is None and not _FOLDER_OF_ALL.search(folder):
            continue
        stem = file.removesuffix(".sql")
        found.append(
            MigrationFile(
                tool=PLAIN,
                folder=folder,
                path=path,
                blob=blob,
                version=str(int(numbered[1])) if numbered else stem,
                order=(0, int(numbered[1]), stem) if numbered else (1, 0, stem),
                name=(numbered[2] or "") if numbered else stem,
            )
        )
    return found


def tool_of(text: str, folder: str) -> Tool | None:
    """Whose file it is; None where neither its markers nor its folder speak of migrations."""
    for tool, marker in _MARKERS:
        if marker.search(text):
            return tool
    return PLAIN if _FOLDER_OF_MIGRATIONS.search(folder) else None


def of_tool(migration: MigrationFile, tool: Tool) -> MigrationFile:
    """The same file as one of this tool."""
    return replace(migration, tool=tool)
