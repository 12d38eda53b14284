"""Database drift of one sub-module (semantics.md §5): find, compare, judge, tell."""

from collections.abc import Iterable, Mapping, Sequence

from pilab_desktop.domain.drift import Findings, Problem
from pilab_desktop.domain.severity import Severity
from pilab_desktop.drift.migrations.code_mentions import Mentions, mentions, taken_away
from pilab_desktop.drift.migrations.discovery import HistoryFiles, histories
from pilab_desktop.drift.migrations.emptiness import on_new_tables
from pilab_desktop.drift.migrations.findings import Judged, finding
from pilab_desktop.drift.migrations.graph import depths
from pilab_desktop.drift.migrations.history import Difference, Migration, State, differences, parents_of
from pilab_desktop.drift.migrations.judging import Judging, dialect_of
from pilab_desktop.drift.migrations.migration import MigrationFile, Role
from pilab_desktop.drift.migrations.operation import Operation, Verdict
from pilab_desktop.drift.migrations.reading import Library
from pilab_desktop.drift.migrations.tools.numbered import PLAIN
from pilab_desktop.drift.migrations.tools.unjudged import unjudged
from pilab_desktop.drift.pair import AnalysisContext, SnapshotPair
from pilab_desktop.ports.git_reader import Snapshot

_RUNS = frozenset({State.NEW, State.OUT_OF_ORDER, State.DUPLICATE})


def analyse_migrations(pair: SnapshotPair, context: AnalysisContext) -> Findings:
    """One finding for every migration that differs between the ends, in the order they would run.

    An end that is None counts as having no migrations. Only files that differ are read, and each blob is judged once:
    its verdict is kept in `context.verdicts`. Raises InvalidInputError for an unknown dialect in the settings and
    CancelledError; what cannot be read becomes a problem.
    """
    found = histories(pair)
    library = Library(context.verdicts)
    judged: list[Judged] = []
    for history in found:
        context.work.cancel.check()
        judged.extend(_history(history, pair, library, context))
    judged = _with_mentions(judged, pair, found, context)
    problems = (*_unread(pair, library), *_unjudged(pair))
    return Findings(findings=tuple(finding(one, pair.sub_module) for one in judged), problems=problems)


def _history(history: HistoryFiles, pair: SnapshotPair, library: Library, context: AnalysisContext) -> list[Judged]:
    source, target = _read(history, pair, library)
    differing = _in_order(differences(source, target), source, target)
    if not differing:
        return []
    _read_downs(differing, pair, library)
    dialect = dialect_of(history, differing, pair, context.settings, library)
    verdicts = Judging(pair, library, context.verdicts, dialect).verdicts(differing, source, target)
    return [
        Judged(
            difference=difference,
            verdict=verdict,
            dialect=dialect,
            folder=history.folder,
            reversible=_reversible(difference.migration, library),
        )
        for difference, verdict in _on_new_tables(differing, verdicts)
    ]


def _read(history: HistoryFiles, pair: SnapshotPair, library: Library) -> tuple[list[Migration], list[Migration]]:
    """Both ends with what their content says. Of a numbered history only the files that differ are read; the rest is
    told by its names."""
    same = {(one.path, one.blob) for one in history.source} & {(one.path, one.blob) for one in history.target}
    ends: list[list[Migration]] = []
    for snapshot, files in ((pair.source, history.source), (pair.target, history.target)):
        unread = [one for one in files if one.tool.is_graph or (one.path, one.blob) not in same]
        if snapshot is not None and unread:
            library.read(snapshot, unread)
        asked = {one.path for one in unread}
        ends.append([_known(one, library) if one.path in asked else Migration(one, None) for one in files])
    return [one for one in ends[0] if _counts(one)], [one for one in ends[1] if _counts(one)]


def _known(one: MigrationFile, library: Library) -> Migration:
    reading = library.of(one)
    return Migration(one, reading)


def _counts(one: Migration) -> bool:
    """A Python file that is no migration is dropped; one that cannot be read stays, to be told of."""
    return one.reading is None or one.reading.recognised


def _in_order(found: list[Difference], source: Sequence[Migration], target: Sequence[Migration]) -> list[Difference]:
    graph = {**parents_of(target), **parents_of(source)} if any(one.file.tool.is_graph for one in source) else {}
    depth = depths(graph)

    def position(difference: Difference) -> tuple[bool, int, tuple[tuple[bool, int, str], ...], str]:
        one = difference.migration
        order = tuple(
            (isinstance(part, str), part if isinstance(part, int) else 0, str(part)) for part in one.file.order
        )
        return one.file.role is Role.REPEATABLE, depth.get(one.version, 0), order, one.file.path

    return sorted(found, key=position)


def _on_new_tables(differing: Sequence[Difference], verdicts: Sequence[Verdict]) -> list[tuple[Difference, Verdict]]:
    """Weigh the operations of what runs with the tables that the same set creates."""
    running = [index for index, one in enumerate(differing) if one.state in _RUNS and one.runs]
    weighed = dict(zip(running, on_new_tables([verdicts[index].operations for index in running]), strict=True))
    return [
        (one, Verdict(weighed.get(index, verdicts[index].operations), verdicts[index].unparsed))
        for index, one in enumerate(differing)
    ]


def _down(one: MigrationFile) -> MigrationFile | None:
    if one.down_path is None or one.down_blob is None:
        return None
    return MigrationFile(
        tool=PLAIN,
        folder=one.folder,
        path=one.down_path,
        blob=one.down_blob,
        version=one.version,
        order=(),
        name=one.name,
    )


def _read_downs(differing: Iterable[Difference], pair: SnapshotPair, library: Library) -> None:
    ends: dict[bool, list[MigrationFile]] = {True: [], False: []}
    for one in differing:
        down = _down(one.migration.file)
        if down is not None:
            ends[one.source is not None].append(down)
    for snapshot, files in ((pair.source, ends[True]), (pair.target, ends[False])):
        if snapshot is not None and files:
            library.read(snapshot, files)


def _reversible(one: Migration, library: Library) -> bool:
    down = _down(one.file)
    reading = library.of(down) if down is not None else None
    if reading is not None:
        return reading.runs
    return one.reading is not None and one.reading.has_down


def _with_mentions(
    judged: list[Judged], pair: SnapshotPair, found: Sequence[HistoryFiles], context: AnalysisContext
) -> list[Judged]:
    """Look for what is taken away in the target's code, where anything is."""
    gone = {
        operation
        for one in judged
        if one.runs
        for operation in taken_away(one.verdict.operations)
        if operation.destructive or operation.severity.at_least(Severity.MEDIUM)
    }
    if not gone or pair.target is None:
        return judged
    context.work.step(f"{pair.sub_module}: looking for what migrations take away")
    paths = frozenset(one.path for history in found for one in (*history.source, *history.target))
    ordered = sorted(gone, key=lambda one: (one.kind, one.table or "", one.column or "", one.name or "", one.statement))
    said = mentions(pair.target, ordered, migration_paths=paths, verdicts=context.verdicts)
    return [one.mentioned(_of(one.verdict.operations, said)) if one.runs else one for one in judged]


def _of(operations: Iterable[Operation], said: Mapping[Operation, Mentions]) -> Mapping[Operation, Mentions]:
    return {one: said[one] for one in operations if one in said}


def _unread(pair: SnapshotPair, library: Library) -> tuple[Problem, ...]:
    return tuple(
        Problem(
            sub_module=pair.sub_module,
            message=f"The migration {path} could not be read (too large, or missing from the repository), so it "
            "was not judged; read it by hand.",
        )
        for path in sorted(library.unreadable)
    )


def _unjudged(pair: SnapshotPair) -> tuple[Problem, ...]:
    """Migrations of tools that nobody here reads, where they differ."""
    source = _blobs(pair.source)
    target = _blobs(pair.target)
    changed = {path: "" for path in (*source, *target) if source.get(path) != target.get(path)}
    return tuple(
        Problem(
            sub_module=pair.sub_module,
            message=f"{len(paths)} changed migration file{'s' if len(paths) != 1 else ''} of {tool} found (first: "
            f"{paths[0]}); these are not judged, so look at them by hand.",
        )
        for tool, paths in sorted(unjudged(dict(sorted(changed.items()))).items())
    )


def _blobs(snapshot: Snapshot | None) -> Mapping[str, str]:
    return snapshot.blobs if snapshot is not None else {}
