"""Diesel: a folder per migration with `up.sql` and `down.sql`
(https://diesel.rs/guides/getting-started, "Setup Diesel for your project").
"""

import re
from collections.abc import Mapping

from pilab_desktop.drift.migrations.migration import MigrationFile, Tool, split_path
from pilab_desktop.drift.migrations.operation import Wrapping

DIESEL = Tool(name="diesel", wrapping=Wrapping.WHOLE)

_FOLDER = re.compile(r"^(\d[\d-]*)(?:_(.*))?$")


def find(blobs: Mapping[str, str]) -> list[MigrationFile]:
    """Every numbered folder with an `up.sql`. A `metadata.toml` beside it says that no transaction is wanted: it has
    no other use.
    """
    found: list[MigrationFile] = []
    for path, blob in blobs.items():
        folder, file = split_path(path)
        if file != "up.sql":
            continue
        parent, name = split_path(folder)
        numbered = _FOLDER.match(name)
        if numbered is None:
            continue
        version = numbered[1].replace("-", "")
        down = f"{folder}/down.sql"
        found.append(
            MigrationFile(
                tool=DIESEL,
                folder=parent,
                path=path,
                blob=blob,
                version=version,
                order=(version,),
                name=numbered[2] or "",
                down_path=down if down in blobs else None,
                down_blob=blobs.get(down),
                wrapping=Wrapping.NONE if f"{folder}/metadata.toml" in blobs else None,
            )
        )
    return found
