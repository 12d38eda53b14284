"""Two ends in memory: path to content each, compared as a sub-module's snapshots are."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from pilab_desktop.domain.drift import Finding, Findings
from pilab_desktop.domain.environment import Stage
from pilab_desktop.domain.json import JsonValue
from pilab_desktop.domain.project import ProjectSettings, SubModuleType
from pilab_desktop.drift.migrations import analyse_migrations
from pilab_desktop.drift.pair import AnalysisContext, EnvironmentName, SnapshotPair
from pilab_desktop.ports.progress import Work

Files = Mapping[str, str | bytes]


class MemorySnapshot:
    """The files of one commit; `reads` lists every path that was read."""

    def __init__(self, files: Files, *, unreadable: Iterable[str] = ()) -> None:
        content = {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}
        self._content = dict(sorted(content.items()))
        self._unreadable = frozenset(unreadable)
        self.blobs: Mapping[str, str] = {
            path: hashlib.sha1(data, usedforsecurity=False).hexdigest() for path, data in self._content.items()
        }
        self.commit = hashlib.sha1(repr(self.blobs).encode(), usedforsecurity=False).hexdigest()
        self.reads: list[str] = []

    def read(self, path: str) -> bytes:
        self.reads.append(path)
        return self._content[path]

    def read_many(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        for path in paths:
            self.reads.append(path)
            yield path, None if path in self._unreadable else self._content[path]


@dataclass(slots=True)
class MemoryVerdicts:
    """A store of verdicts that only takes what survives JSON."""

    stored: dict[tuple[str, str], str] = field(default_factory=dict)

    def get_many(self, kind: str, keys: Sequence[str]) -> Mapping[str, JsonValue]:
        return {key: json.loads(self.stored[kind, key]) for key in keys if (kind, key) in self.stored}

    def put_many(self, kind: str, values: Mapping[str, JsonValue]) -> None:
        self.stored.update({(kind, key): json.dumps(value) for key, value in values.items()})


@dataclass(frozen=True, slots=True)
class Bench:
    """Runs the analysis on files in memory."""

    verdicts: MemoryVerdicts = field(default_factory=MemoryVerdicts)

    def compare(
        self, source: MemorySnapshot | None, target: MemorySnapshot | None, *, dialect: str | None = None
    ) -> Findings:
        pair = SnapshotPair(
            sub_module="orders",
            type=SubModuleType.BACKEND,
            path="",
            source=source,
            target=target,
            source_environment=EnvironmentName(slug="uat", stage=Stage.UAT),
            target_environment=EnvironmentName(slug="prod", stage=Stage.PROD),
        )
        context = AnalysisContext(
            settings=ProjectSettings(sql_dialect=dialect), fingerprint_key=b"key", verdicts=self.verdicts, work=Work()
        )
        return analyse_migrations(pair, context)


Analyse = Callable[..., dict[str, Finding]]


@pytest.fixture(scope="session")
def snapshot() -> type[MemorySnapshot]:
    """Makes a snapshot of path to content."""
    return MemorySnapshot


@pytest.fixture
def bench() -> Bench:
    """An analysis with a store of its own."""
    return Bench()


@pytest.fixture(scope="session")
def new_bench() -> type[Bench]:
    """Makes benches, for tests that need a fresh one for every example."""
    return Bench


@pytest.fixture(scope="session")
def analyse() -> Analyse:
    """Source files, target files → finding by version; no problems may be told."""

    def run(source: Files, target: Files, *, dialect: str | None = None) -> dict[str, Finding]:
        found = Bench().compare(MemorySnapshot(source), MemorySnapshot(target), dialect=dialect)
        assert found.problems == ()
        by_version = {str(finding.metadata["version"]): finding for finding in found.findings}
        assert len(by_version) == len(found.findings) or any(f.metadata["state"] == "DUPLICATE" for f in found.findings)
        return by_version

    return run
