"""One folder's migrations at both ends, and how the two differ (semantics.md §5)."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pilab_desktop.drift.migrations.graph import ancestors, heads
from pilab_desktop.drift.migrations.migration import Identity, MigrationFile, Role
from pilab_desktop.drift.migrations.reading import Reading


class State(StrEnum):
    """How a migration stands (cli.md, DATABASE items)."""

    NEW = "NEW"
    EDITED = "EDITED"
    MISSING = "MISSING"
    OUT_OF_ORDER = "OUT_OF_ORDER"
    DUPLICATE = "DUPLICATE"


@dataclass(frozen=True, slots=True)
class Migration:
    """A migration and what its content says; `reading` is None where the file could not be read."""

    file: MigrationFile
    reading: Reading | None

    @property
    def version(self) -> str:
        """Its id: the revision that the file names, else the one in its name."""
        return (self.reading.revision if self.reading else None) or self.file.version

    @property
    def digest(self) -> str:
        """Its content by the tool's rule."""
        return self.reading.digest if self.reading else self.file.blob

    @property
    def parents(self) -> tuple[str, ...]:
        """What it stands on, in a history that is a graph."""
        return self.reading.parents if self.reading else ()

    @property
    def replaces(self) -> tuple[str, ...]:
        """What it is a squash of."""
        return self.reading.replaces if self.reading else ()

    @property
    def key(self) -> tuple[str, str]:
        """Version and name: the same file under the tool's rules."""
        return self.version, self.file.name


@dataclass(frozen=True, slots=True)
class Difference:
    """One migration that is not the same at both ends. `note` says more where the state alone would mislead; `runs` is
    False where a promotion will not execute it.
    """

    state: State
    source: Migration | None
    target: Migration | None
    note: str = ""
    cosmetic: bool = False
    runs: bool = True

    @property
    def migration(self) -> Migration:
        """The one to show: the source's where there is one."""
        found = self.source or self.target
        assert found is not None
        return found


@dataclass(frozen=True, slots=True)
class _Matched:
    pairs: list[tuple[Migration, Migration]]
    source_only: list[Migration]
    target_only: list[Migration]


def differences(source: Sequence[Migration], target: Sequence[Migration]) -> list[Difference]:
    """What a promotion of `source` onto `target` changes in this history."""
    matched = _match(source, target)
    found = [difference for pair in matched.pairs if (difference := _edited(*pair)) is not None]
    deployed = {one.version for one in target}
    squashed = {replaced for one in matched.source_only if deployed >= set(one.replaces) for replaced in one.replaces}
    found.extend(Difference(State.MISSING, None, one) for one in matched.target_only if one.version not in squashed)
    weigh = _graph_state if _is_graph(source, target) else _numbered_state
    state_of = weigh(source, target)
    found.extend(_only_in_source(one, state_of(one), target) for one in matched.source_only)
    return found


def _is_graph(source: Sequence[Migration], target: Sequence[Migration]) -> bool:
    return any(one.file.tool.is_graph for one in (*source, *target))


def _match(source: Sequence[Migration], target: Sequence[Migration]) -> _Matched:
    """By version and name, then by version where the tool goes by it, then by content where the tool renumbers."""
    pairs: list[tuple[Migration, Migration]] = []
    left, right = _take_pairs(source, target, lambda one: one.key, pairs)
    if any(one.file.tool.identity is Identity.VERSION for one in left):
        taken = {pair[0].version for pair in pairs}
        free = [one for one in left if one.version not in taken]
        kept = [one for one in left if one.version in taken]
        free, right = _take_pairs(free, right, lambda one: one.version, pairs)
        left = kept + free
    if any(one.file.tool.renumbers for one in left):
        renamed: list[tuple[Migration, Migration]] = []
        running = [one for one in left if one.reading is not None and one.reading.runs]
        _take_pairs(running, right, lambda one: one.digest, renamed)
        left = [one for one in left if all(one is not pair[0] for pair in renamed)]
        right = [one for one in right if all(one is not pair[1] for pair in renamed)]
    return _Matched(pairs, left, right)


def _take_pairs(
    source: Iterable[Migration],
    target: Iterable[Migration],
    key: Callable[[Migration], object],
    pairs: list[tuple[Migration, Migration]],
) -> tuple[list[Migration], list[Migration]]:
    """Put those of one key together, first with first; return what is left of both."""
    waiting: dict[object, list[Migration]] = defaultdict(list)
    for one in target:
        waiting[key(one)].append(one)
    left: list[Migration] = []
    for one in source:
        same = waiting[key(one)]
        if same:
            pairs.append((one, same.pop(0)))
        else:
            left.append(one)
    return left, [one for rest in waiting.values() for one in rest]


def _edited(source: Migration, target: Migration) -> Difference | None:
    if source.file.role is Role.REPEATABLE:
        if source.digest == target.digest:
            return None
        return Difference(State.NEW, source, target, note="It is repeatable and changed, so it runs again.")
    renamed = source.file.tool.name == "flyway" and source.file.name != target.file.name
    if source.digest == target.digest and not renamed:
        return None
    if source.digest == target.digest:
        return Difference(State.EDITED, source, target, note="Its description changed.", cosmetic=True)
    cosmetic = (
        source.reading is not None
        and target.reading is not None
        and source.reading.bare_digest == target.reading.bare_digest
    )
    note = "Only comments, layout or letter case changed." if cosmetic else ""
    return Difference(State.EDITED, source, target, note=note, cosmetic=cosmetic)


def _only_in_source(one: Migration, state: State, target: Sequence[Migration]) -> Difference:
    deployed = {other.version for other in target}
    if one.replaces and deployed >= set(one.replaces):
        note = f"It squashes {len(one.replaces)} that the target already has, so nothing of it runs."
        return Difference(State.NEW, one, None, note=note, runs=False)
    if one.file.role is Role.BASELINE and target:
        note = "It is a baseline: it runs on an empty database only."
        return Difference(State.NEW, one, None, note=note, runs=False)
    return Difference(state, one, None)


def _numbered_state(source: Sequence[Migration], target: Sequence[Migration]) -> Callable[[Migration], State]:
    """Two files of one version collide; one that sorts before what the target has comes too late. Where a folder's
    deployed files already share versions, its numbers are no versions and nothing collides.
    """
    counts = Counter(one.version for one in source if one.file.role is Role.VERSIONED)
    shared = any(
        count > 1 for count in Counter(one.version for one in target if one.file.role is Role.VERSIONED).values()
    )
    latest = max((one.file.order for one in target if one.file.role is Role.VERSIONED), default=None)

    def state_of(one: Migration) -> State:
        if one.file.role is not Role.VERSIONED:
            return State.NEW
        if counts[one.version] > 1 and not shared:
            return State.DUPLICATE
        if latest is not None and one.file.order < latest:
            return State.OUT_OF_ORDER
        return State.NEW

    return state_of


def parents_of(migrations: Iterable[Migration]) -> Mapping[str, tuple[str, ...]]:
    """The graph of a history."""
    return {one.version: one.parents for one in migrations}


def _graph_state(source: Sequence[Migration], target: Sequence[Migration]) -> Callable[[Migration], State]:
    """A new head beside others is one too many; one that something deployed stands on comes too late."""
    graph = parents_of(source)
    ends = heads(graph)
    crowded = len(ends) > max(1, len(heads(parents_of(target))))
    deployed = {one.version for one in target}
    below = ancestors(graph, deployed)
    counts = Counter(one.version for one in source)

    def state_of(one: Migration) -> State:
        if counts[one.version] > 1 or (crowded and one.version in ends):
            return State.DUPLICATE
        return State.OUT_OF_ORDER if one.version in below else State.NEW

    return state_of
