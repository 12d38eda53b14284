"""Reading the files of an end and laying them over each other: effective values, and which file decided each."""

from collections.abc import Sequence
from dataclasses import dataclass

from pilab_desktop.domain.drift import Problem
from pilab_desktop.domain.errors import CancelledError, PilabError
from pilab_desktop.drift.configuration.comparison import ABSENT, Element, MaybeValue, Steps
from pilab_desktop.drift.configuration.discovery import FileKind
from pilab_desktop.drift.configuration.documents import Format, Value, load
from pilab_desktop.drift.configuration.merging import merged
from pilab_desktop.drift.configuration.profiles import as_one, may_hold_profiles
from pilab_desktop.drift.configuration.units import Unit
from pilab_desktop.drift.pair import AnalysisContext, SnapshotPair
from pilab_desktop.ports.git_reader import Snapshot


@dataclass(frozen=True, slots=True)
class Layer:
    """One file and what it says."""

    path: str
    value: Value


@dataclass(frozen=True, slots=True)
class Effective:
    """What an end reads: its layers, lowest first, and their result. ABSENT where it has no file."""

    layers: tuple[Layer, ...]
    value: MaybeValue

    def decided_by(self, steps: Steps) -> str | None:
        """The file that had the last word on a leaf, by putting a value there or by taking it away."""
        return next((layer.path for layer in reversed(self.layers) if _speaks_of(layer.value, steps)), None)

    @property
    def paths(self) -> list[str]:
        """The files, lowest first."""
        return [layer.path for layer in self.layers]


class Files:
    """The files of a pair of snapshots, read when asked for and parsed once for each content.

    What cannot be read is collected in `problems`, once for each file and end.
    """

    def __init__(self, pair: SnapshotPair, context: AnalysisContext) -> None:
        self._pair = pair
        self._context = context
        self._parsed: dict[tuple[str, Format], tuple[Value, ...]] = {}
        self._last: tuple[str, bytes] | None = None
        self.problems: list[Problem] = []

    def documents(self, snapshot: Snapshot, path: str, form: Format) -> tuple[Value, ...] | None:
        """The documents of a file; None where it could not be read, which is then a problem."""
        key = (snapshot.blobs[path], form)
        if key in self._parsed:
            return self._parsed[key]
        data = self.content(snapshot, path)
        if data is None:
            return None
        try:
            documents = load(f"{printable(path)} ({self._end(snapshot)})", data, form)
        except PilabError as error:
            self._note(error)
            return None
        self._parsed[key] = documents
        return documents

    def content(self, snapshot: Snapshot, path: str) -> bytes | None:
        """The bytes of a file; None where they could not be read, which is then a problem."""
        self._context.work.cancel.check()
        blob = snapshot.blobs[path]
        if self._last is None or self._last[0] != blob:
            try:
                self._last = (blob, snapshot.read(path))
            except CancelledError:
                raise
            except PilabError as error:
                self._note(error)
                return None
        return self._last[1]

    def _note(self, error: PilabError) -> None:
        problem = Problem(sub_module=self._pair.sub_module, message=error.sentence)
        if problem not in self.problems:
            self.problems.append(problem)

    def effective(self, unit: Unit, snapshot: Snapshot, paths: Sequence[str]) -> Effective | None:
        """The layers of one end laid over each other; None where one of them could not be read."""
        ends = (self._pair.source_environment, self._pair.target_environment)
        own, other = ends if snapshot is self._pair.source else ends[::-1]
        layers: list[Layer] = []
        for path in paths:
            documents = self.documents(snapshot, path, unit.form)
            if documents is None:
                return None
            layers.append(Layer(path, as_one(documents, own, other)))
        value: MaybeValue = ABSENT
        for layer in layers:
            value = layer.value if value is ABSENT else merged(value, layer.value, nulls_delete=_nulls_delete(unit))
        if _nulls_delete(unit) and unit.layered and value is not ABSENT:
            value = _without_nulls(value)
        return Effective(tuple(layers), value)

    def _end(self, snapshot: Snapshot) -> str:
        side = "source" if snapshot is self._pair.source else "target"
        return f"{side}, {snapshot.commit[:7]}"


def unchanged(unit: Unit, pair: SnapshotPair) -> bool:
    """Whether both ends read the same contents in the same order, so that nothing can differ.

    One file may hold what differs by environment: a document for each of Spring's profiles.
    """
    if pair.source is None or pair.target is None:
        return True
    if pair.source_environment != pair.target_environment and may_hold_profiles(unit.path):
        return False
    return [pair.source.blobs[path] for path in unit.source] == [pair.target.blobs[path] for path in unit.target]


def printable(path: str) -> str:
    """The path with undecodable bytes replaced, fit for a report."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _nulls_delete(unit: Unit) -> bool:
    return unit.kind is FileKind.HELM


def _without_nulls(value: Value) -> Value:
    """A key that no layer gives a value is none: a template reads it as it reads a key that is not there."""
    if not isinstance(value, dict):
        return value
    return {key: _without_nulls(child) for key, child in value.items() if child is not None}


def _speaks_of(value: Value, steps: Steps) -> bool:
    for step in steps:
        if isinstance(step, Element) or not isinstance(value, dict):
            return True  # a list, or a scalar over what was a map: it replaced all that was below
        if step not in value:
            return False
        value = value[step]
    return True
