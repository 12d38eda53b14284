"""Judges every migration of a repository's HEAD as the engine does; a JSON file stands in for the state's cache."""

import gc
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from pilab_desktop.domain.environment import Stage
from pilab_desktop.domain.json import JsonValue
from pilab_desktop.domain.project import ProjectSettings, SubModuleType
from pilab_desktop.drift.migrations import analyse_migrations
from pilab_desktop.drift.pair import AnalysisContext, EnvironmentName, SnapshotPair
from pilab_desktop.integrations.local_git import LocalGit
from pilab_desktop.ports.progress import Work


class Nothing:
    """The snapshot of a repository without files."""

    commit = "0" * 40
    blobs: Mapping[str, str] = {}

    def read(self, path: str) -> bytes:
        raise KeyError(path)

    def read_many(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        return ((path, None) for path in paths)


class FileVerdicts:
    """Verdicts in one JSON file, written only where there is something new."""

    def __init__(self, file: Path, *, use: bool) -> None:
        self._file = file
        self._known: dict[str, JsonValue] = json.loads(file.read_text()) if use and file.exists() else {}

    def get_many(self, kind: str, keys: Sequence[str]) -> Mapping[str, JsonValue]:
        return {key: self._known[f"{kind} {key}"] for key in keys if f"{kind} {key}" in self._known}

    def put_many(self, kind: str, values: Mapping[str, JsonValue]) -> None:
        if values:
            self._known |= {f"{kind} {key}": value for key, value in values.items()}
            self._file.write_text(json.dumps(self._known, default=list))


def main() -> None:
    """`judge_migrations.py REPOSITORY CACHE new|seen`."""
    repository, cache, mode = sys.argv[1:]
    gc.set_threshold(100_000, 20, 100)  # as the program does
    environment = EnvironmentName(slug="any", stage=Stage.PROD)
    reader = LocalGit(Path(cache).parent / "mirrors").open(repository, refresh=False, work=Work())
    pair = SnapshotPair(
        sub_module="bench",
        type=SubModuleType.DATABASE,
        path="",
        source=reader.snapshot(reader.commit_of("HEAD"), path=""),
        target=Nothing(),
        source_environment=environment,
        target_environment=environment,
    )
    verdicts = FileVerdicts(Path(cache), use=mode == "seen")
    context = AnalysisContext(settings=ProjectSettings(), fingerprint_key=b"bench", verdicts=verdicts, work=Work())
    found = analyse_migrations(pair, context)
    reader.close()
    if len(found.findings) != 1000:
        raise SystemExit(f"{len(found.findings)} findings, not 1,000")


if __name__ == "__main__":
    main()
