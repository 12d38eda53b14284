"""golang-migrate, and whatever else writes `12_name.up.sql` and `12_name.down.sql`
(https://github.com/golang-migrate/migrate/blob/master/MIGRATIONS.md).
"""

import re
from collections.abc import Mapping

from pilab_desktop.drift.migrations.migration import MigrationFile, Tool, split_path
from pilab_desktop.drift.migrations.operation import Wrapping

GOLANG_MIGRATE = Tool(name="golang-migrate", wrapping=Wrapping.IF_SEVERAL)

_UP = re.compile(r"^(\d+)[_-]?(.*)\.up\.sql$")


def find(blobs: Mapping[str, str]) -> list[MigrationFile]:
    """Every up file, with the down file beside it."""
    found: list[MigrationFile] = []
    for path, blob in blobs.items():
        folder, file = split_path(path)
        up = _UP.match(file)
        if up is None:
            continue
        down = f"{path.removesuffix('.up.sql')}.down.sql"
        found.append(
            MigrationFile(
                tool=GOLANG_MIGRATE,
                folder=folder,
                path=path,
                blob=blob,
                version=str(int(up[1])),
                order=(int(up[1]),),
                name=up[2],
                down_path=down if down in blobs else None,
                down_blob=blobs.get(down),
            )
        )
    return found
