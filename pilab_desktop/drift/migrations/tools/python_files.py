"""Alembic and Django: which Python files may be migrations. Their ids and order stand in the files."""

import re
from collections.abc import Mapping

from pilab_desktop.drift.migrations.migration import Language, MigrationFile, Tool, split_path

ALEMBIC = Tool(name="alembic", language=Language.ALEMBIC, is_graph=True)
DJANGO = Tool(name="django", language=Language.DJANGO, is_graph=True)

_ALEMBIC_FOLDER = re.compile(r"^(.*?(?:^|/)versions)(?:/|$)")
_DJANGO_FOLDER = re.compile(r"(?:^|/)migrations$")


def find(blobs: Mapping[str, str]) -> list[MigrationFile]:
    """Every module below a folder `versions` (Alembic) or in a folder `migrations` (Django, or Alembic with a folder of
    its own choice). What is none of them after all has no `revision` and no class `Migration`.
    """
    found: list[MigrationFile] = []
    for path, blob in blobs.items():
        folder, file = split_path(path)
        if not file.endswith(".py") or file in {"__init__.py", "env.py"}:
            continue
        versions = _ALEMBIC_FOLDER.match(folder)
        if versions is None and not _DJANGO_FOLDER.search(folder):
            continue
        stem = file.removesuffix(".py")
        found.append(
            MigrationFile(
                tool=DJANGO if versions is None else ALEMBIC,
                folder=folder if versions is None else versions[1],
                path=path,
                blob=blob,
                version=stem,
                order=(stem,),
                name=stem,
            )
        )
    return found
