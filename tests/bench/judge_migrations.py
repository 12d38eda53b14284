"""Judges every migration of a folder as the engine does; a JSON file stands in for the state's cache."""

import gc
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha1
from pathlib import Path

from pilab_desktop.domain.environment import Stage
from pilab_desktop.domain.json import JsonValue
from pilab_desktop.domain.project import ProjectSettings, SubModuleType
from pilab_desktop.drift.migrations import analyse_migrations
from pilab_desktop.drift.pair import AnalysisContext, EnvironmentName, SnapshotPair
from pilab_desktop.ports.progress import Work


class Folder:
    """A folder as a snapshot."""

    def __init__(self, root: Path, *, empty: bool) -> None:
        self.commit = "0" * 40
        self._root = root
        files = [] if empty else sorted(path for path in root.rglob("*") if path.is_file())
        self._contents = {str(path.relative_to(root)): path.read_bytes() for path in files}
        self.blobs: Mapping[str, str] = {
            path: sha1(content, usedforsecurity=False).hexdigest() for path, content in self._contents.items()
        }

    def read(self, path: str) -> bytes:
        return self._contents[path]

    def read_many(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        for path in paths:
            yield path, self._contents.get(path)


class FileVerdicts:
    """Verdicts in one JSON file."""

    def __init__(self, file: Path, *, use: bool) -> None:
        self._file = file
        self._known: dict[str, JsonValue] = json.loads(file.read_text()) if use and file.exists() else {}

    def get_many(self, kind: str, keys: Sequence[str]) -> Mapping[str, JsonValue]:
        return {key: self._known[f"{kind} {key}"] for key in keys if f"{kind} {key}" in self._known}

    def put_many(self, kind: str, values: Mapping[str, JsonValue]) -> None:
        self._known |= {f"{kind} {key}": value for key, value in values.items()}
        self._file.write_text(json.dumps(self._known, default=list))


def main() -> None:
    """`judge_migrations.py FOLDER CACHE new|seen`."""
    folder, cache, mode = sys.argv[1:]
    gc.set_threshold(100_000, 20, 100)  # as the program does
    environment = EnvironmentName(slug="any", stage=Stage.PROD)
    pair = SnapshotPair(
        sub_module="bench",
        type=SubModuleType.DATABASE,
        path="",
        source=Folder(Path(folder), empty=False),
        target=Folder(Path(folder), empty=True),
        source_environment=environment,
        target_environment=environment,
    )
    verdicts = FileVerdicts(Path(cache), use=mode == "seen")
    context = AnalysisContext(settings=ProjectSettings(), fingerprint_key=b"bench", verdicts=verdicts, work=Work())
    found = analyse_migrations(pair, context)
    if len(found.findings) != 1000:
        raise SystemExit(f"{len(found.findings)} findings, not 1,000")


if __name__ == "__main__":
    main()
