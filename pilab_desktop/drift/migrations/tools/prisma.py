"""Prisma Migrate: `migrations/20240102030405_name/migration.sql`
(https://www.prisma.io/docs/orm/prisma-migrate/understanding-prisma-migrate/migration-histories).
"""

from collections.abc import Mapping

from pilab_desktop.drift.migrations.migration import Content, Identity, MigrationFile, Tool, split_path
from pilab_desktop.drift.migrations.operation import Wrapping

PRISMA = Tool(name="prisma", identity=Identity.NAME, content=Content.BYTES, wrapping=Wrapping.IF_SEVERAL)

LOCK_FILE = "migration_lock.toml"
"""Beside the migrations; its `provider` names the database."""


def find(blobs: Mapping[str, str]) -> list[MigrationFile]:
    """Every folder with a `migration.sql`; they run in the order of their names, and have no down part unless somebody
    wrote a `down.sql` beside it.
    """
    found: list[MigrationFile] = []
    for path, blob in blobs.items():
        folder, file = split_path(path)
        if file != "migration.sql":
            continue
        parent, name = split_path(folder)
        down = f"{folder}/down.sql"
        number, _, words = name.partition("_")
        found.append(
            MigrationFile(
                tool=PRISMA,
                folder=parent,
                path=path,
                blob=blob,
                version=number if number.isdigit() else name,
                order=(name,),
                name=words if number.isdigit() else name,
                down_path=down if down in blobs else None,
                down_blob=blobs.get(down),
            )
        )
    return found
