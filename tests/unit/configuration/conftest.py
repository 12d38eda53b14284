"""Trees in memory, and the pair of them that an analyser is given."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import pytest

from pilab_desktop.domain.environment import Stage
from pilab_desktop.domain.errors import NotFoundError, RepositoryError
from pilab_desktop.domain.json import JsonValue
from pilab_desktop.domain.project import ProjectSettings, SubModuleType
from pilab_desktop.drift.pair import AnalysisContext, EnvironmentName, SnapshotPair
from pilab_desktop.ports.git_reader import MAX_BLOB_BYTES
from pilab_desktop.ports.progress import Work

Tree = Mapping[str, str | bytes]
MakePair = Callable[..., SnapshotPair]
MakeContext = Callable[..., AnalysisContext]


class TreeSnapshot:
    """A tree that was never in git, with blob ids as git would give them: equal contents, equal ids."""

    def __init__(self, files: Tree, commit: str) -> None:
        self._files = {p: f.encode() if isinstance(f, str) else f for p, f in files.items()}
        self._blobs = {p: hashlib.sha1(self._files[p], usedforsecurity=False).hexdigest() for p in sorted(self._files)}
        self._commit = commit
        self.reads: list[str] = []

    @property
    def commit(self) -> str:
        return self._commit

    @property
    def blobs(self) -> Mapping[str, str]:
        return self._blobs

    def read(self, path: str) -> bytes:
        self.reads.append(path)
        if path not in self._files:
            raise NotFoundError(f"{path} is not in {self._commit}.")
        if len(self._files[path]) > MAX_BLOB_BYTES:
            raise RepositoryError(f"{path} is larger than 8 MiB, so it was not read.")
        return self._files[path]

    def read_many(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        for path in paths:
            try:
                yield path, self.read(path)
            except (NotFoundError, RepositoryError):
                yield path, None


class Memory:
    """Verdicts that are remembered for the length of a test."""

    def __init__(self) -> None:
        self.stored: dict[tuple[str, str], JsonValue] = {}

    def get_many(self, kind: str, keys: Sequence[str]) -> Mapping[str, JsonValue]:
        return {key: self.stored[kind, key] for key in keys if (kind, key) in self.stored}

    def put_many(self, kind: str, values: Mapping[str, JsonValue]) -> None:
        self.stored.update({(kind, key): value for key, value in values.items()})


STAGES = {
    "dev": Stage.DEV,
    "sit": Stage.SIT,
    "uat": Stage.UAT,
    "pre-prod": Stage.PRE_PROD,
    "prod": Stage.PROD,
    "customer-a": Stage.PROD,
}


@pytest.fixture(scope="session")
def make_pair() -> MakePair:
    """`make_pair(source_files, target_files, source="uat", target="prod", path="")`; any other slug is a bare ref."""

    def make(
        source: Tree | None, target: Tree | None, ends: tuple[str, str] = ("ref-a", "ref-b"), path: str = ""
    ) -> SnapshotPair:
        names = [EnvironmentName(slug=slug, stage=STAGES.get(slug)) for slug in ends]
        return SnapshotPair(
            sub_module="api",
            type=SubModuleType.BACKEND,
            path=path,
            source=None if source is None else TreeSnapshot(source, "a" * 40),
            target=None if target is None else TreeSnapshot(target, "b" * 40),
            source_environment=names[0],
            target_environment=names[1],
        )

    return make


@pytest.fixture(scope="session")
def make_context() -> MakeContext:
    """A context of its own memory; `config_files` are the project's."""

    def make(*config_files: str, key: bytes = b"k" * 32) -> AnalysisContext:
        return AnalysisContext(
            settings=ProjectSettings(config_files=config_files),
            fingerprint_key=key,
            verdicts=Memory(),
            work=Work(),
        )

    return make
