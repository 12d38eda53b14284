"""What is compared with what: for each family of files, the layers that each end reads (semantics.md §4)."""

from collections import defaultdict
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace

from pilab_desktop.drift.configuration.discovery import (
    SLOT,
    Convention,
    FileKind,
    Place,
    bases_of,
    layer_order,
)
from pilab_desktop.drift.configuration.documents import Format
from pilab_desktop.drift.configuration.environments import EnvironmentWords, chosen
from pilab_desktop.drift.pair import AnalysisContext, SnapshotPair
from pilab_desktop.ports.git_reader import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One comparison: the files that each end reads one over the other, lowest first. An end without any has none.

    `path` names the family; where a file is compared with itself it is that file's. `chart` is the folder of the
    Helm chart whose values these are.
    """

    path: str
    kind: FileKind
    form: Format
    source: tuple[str, ...]
    target: tuple[str, ...]
    layered: bool
    chart: str | None = None


def units_of(pair: SnapshotPair, context: AnalysisContext, kinds: frozenset[FileKind]) -> tuple[Unit, ...]:
    """The comparisons of the wanted kinds, by path. Both snapshots must be there.

    Where an end's environment has a variant in a family, each end's base files and variant are laid over each other
    and the results compared; variants for other environments are left out. Elsewhere each file is compared with
    itself.
    """
    if pair.source is None or pair.target is None:
        return ()
    paths = dict.fromkeys(sorted(pair.source.blobs.keys() | pair.target.blobs.keys()))
    words = EnvironmentWords.of((pair.source_environment, pair.target_environment))
    convention = Convention(paths, pair.path, words, context.settings.config_files)
    places = {path: place for path in paths if (place := convention.place(path)) is not None and place.kind in kinds}
    families: defaultdict[tuple[str, FileKind], list[Place]] = defaultdict(list)
    for place in places.values():
        families[place.family, place.kind].append(place)
    units: list[Unit] = []
    taken: set[str] = set()
    for (family, kind), members in families.items():
        unit, bases = _layered(family, kind, members, paths, pair)
        if unit is not None:
            units.append(_in_chart(unit, family, convention))
            taken.update(bases, (member.path for member in members))
    units.extend(
        _in_chart(_alone(place, pair.source, pair.target), place.path, convention)
        for place in places.values()
        if place.path not in taken
    )
    return tuple(sorted(units, key=lambda unit: (unit.path, unit.kind)))


def _layered(
    family: str, kind: FileKind, members: Sequence[Place], paths: Container[str], pair: SnapshotPair
) -> tuple[Unit | None, list[str]]:
    assert pair.source is not None
    assert pair.target is not None
    tokens = {member.token for member in members if member.token is not None}
    for_source = chosen(tokens, pair.source_environment)
    for_target = chosen(tokens, pair.target_environment)
    if for_source is None and for_target is None:
        return None, []
    bases = list(bases_of(family, paths)) if kind is not FileKind.MANIFEST else []
    own = [member.path for member in members if member.token is None]
    bases += sorted(own, key=lambda path: (path != family, layer_order(path)))

    def layers(snapshot: Snapshot, token: str | None) -> tuple[str, ...]:
        variants = sorted((m.path for m in members if token and m.token == token), key=layer_order)
        return tuple(path for path in [*bases, *variants] if path in snapshot.blobs)

    variants = [member for member in members if member.token in {for_source, for_target} and member.token]
    unit = Unit(
        path=family if SLOT in family or bases else variants[0].pattern,
        kind=kind,
        form=members[0].form,
        source=layers(pair.source, for_source),
        target=layers(pair.target, for_target),
        layered=True,
    )
    return unit, bases


def _alone(place: Place, source: Snapshot, target: Snapshot) -> Unit:
    return Unit(
        path=place.path,
        kind=place.kind,
        form=place.form,
        source=(place.path,) if place.path in source.blobs else (),
        target=(place.path,) if place.path in target.blobs else (),
        layered=False,
    )


def _in_chart(unit: Unit, path: str, convention: Convention) -> Unit:
    folder = path.rpartition("/")[0]
    is_chart = unit.kind is FileKind.HELM and folder in convention.charts
    return replace(unit, chart=folder) if is_chart else unit
