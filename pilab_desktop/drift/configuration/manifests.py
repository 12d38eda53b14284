"""The Kubernetes resources of two trees, matched with each other (semantics.md §4)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from pilab_desktop.drift.configuration.discovery import FileKind
from pilab_desktop.drift.configuration.documents import Format
from pilab_desktop.drift.configuration.layers import Files, unchanged
from pilab_desktop.drift.configuration.manifest_documents import (
    Resource,
    ResourceName,
    named_by_file,
    resources_of,
)
from pilab_desktop.drift.configuration.units import Unit, units_of
from pilab_desktop.drift.pair import AnalysisContext, SnapshotPair
from pilab_desktop.ports.git_reader import Snapshot

KINDS = frozenset({FileKind.MANIFEST, FileKind.CONFIG})


@dataclass(frozen=True, slots=True)
class Match:
    """One resource at both ends, None where an end has none. `path` is the file's, or its family's.

    `after` is what the target would have once the source's commit is rolled out there: the source's resource, but
    where environments have files of their own, the one that the source's commit has in the target's files.
    """

    path: str
    source: Resource | None
    target: Resource | None
    after: Resource | None

    @property
    def id(self) -> ResourceName:
        """What it is called; in the source where both have it."""
        resource = self.source or self.target
        assert resource is not None
        return resource.id


@dataclass(frozen=True, slots=True)
class _Placed:
    """A resource, the comparison it was found in, and what it would be in the target after the roll-out."""

    path: str
    resource: Resource
    after: Resource | None


def matched_resources(pair: SnapshotPair, context: AnalysisContext, files: Files) -> tuple[Match, ...]:
    """Every resource in the files that differ, matched by group, kind, namespace and name: first within the same file
    (or its variants), then anywhere (it moved), then within the file whatever its namespace (each environment may
    have its own). By path and name.
    """
    source: list[_Placed] = []
    target: list[_Placed] = []
    if pair.source is None or pair.target is None:
        return ()
    for unit in units_of(pair, context, KINDS):
        if unit.form is not Format.YAML or unchanged(unit, pair):
            continue
        source.extend(_placed(unit, pair.source, unit.source, pair, files))
        target.extend(_placed(unit, pair.target, unit.target, pair, files))
    matches: list[Match] = []
    for key in (_same_place, _anywhere, _whatever_namespace):
        source, target = _take_matches(source, target, key, matches)
    matches.extend(Match(placed.path, placed.resource, None, placed.after) for placed in source)
    matches.extend(Match(placed.path, None, placed.resource, placed.after) for placed in target)
    return tuple(sorted(matches, key=lambda match: (match.path, match.id)))


def _placed(
    unit: Unit, snapshot: Snapshot, paths: Iterable[str], pair: SnapshotPair, files: Files
) -> Iterator[_Placed]:
    assert pair.source is not None
    resources = list(_resources(unit, snapshot, paths, files))
    if unit.layered:
        own = [path for path in unit.target if path in pair.source.blobs]
        after = {resource.id: resource for resource in _resources(unit, pair.source, own, files)}
    else:
        after = {resource.id: resource for resource in resources} if snapshot is pair.source else {}
    for resource in resources:
        yield _Placed(unit.path, resource, after.get(resource.id))


def _resources(unit: Unit, snapshot: Snapshot, paths: Iterable[str], files: Files) -> Iterator[Resource]:
    for path in paths:
        if _may_hold_manifests(snapshot, path, unit, files):
            documents = named_by_file(files.documents(snapshot, path, unit.form) or (), path)
            yield from resources_of(documents, path)


def _may_hold_manifests(snapshot: Snapshot, path: str, unit: Unit, files: Files) -> bool:
    """Whether a YAML file that nothing else is known of is worth reading. One with template expressions is written by
    some other tool before Kubernetes sees it, so its source says nothing."""
    if unit.kind is FileKind.CONFIG or path.rpartition("/")[2].startswith("kustomization."):
        return True
    data = files.content(snapshot, path)
    return data is not None and b"apiVersion:" in data and b"kind:" in data and b"{{" not in data and b"{%" not in data


_Key = TypeVar("_Key")


def _same_place(placed: _Placed) -> tuple[str, ResourceName]:
    return placed.path, placed.resource.id


def _anywhere(placed: _Placed) -> ResourceName | None:
    return placed.resource.id if placed.resource.id.name else None


def _whatever_namespace(placed: _Placed) -> tuple[str, str, str, str]:
    name = placed.resource.id
    # A namespace is its own name: the one of UAT is matched with the one of PROD where a file holds one of each.
    return placed.path, name.group, name.kind, "" if name.kind == "Namespace" else name.name


def _take_matches(
    source: list[_Placed], target: list[_Placed], key: Callable[[_Placed], _Key | None], matches: list[Match]
) -> tuple[list[_Placed], list[_Placed]]:
    """Match what has the same key, in the order of the files; returns what is left at each end."""
    waiting: defaultdict[_Key, list[_Placed]] = defaultdict(list)
    for placed in target:
        if (found := key(placed)) is not None:
            waiting[found].append(placed)
    left: list[_Placed] = []
    taken: set[int] = set()
    for placed in source:
        found = key(placed)
        if found is None or not waiting[found]:
            left.append(placed)
            continue
        other = waiting[found].pop(0)
        taken.add(id(other))
        matches.append(Match(placed.path, placed.resource, other.resource, placed.after))
    return left, [placed for placed in target if id(placed) not in taken]
