"""Configuration drift of one sub-module: `.env` files, Helm values and other configuration files (semantics.md §4)."""

from pilab_desktop.domain.drift import Direction, DriftType, Finding, Findings
from pilab_desktop.domain.json import JsonValue
from pilab_desktop.drift.configuration.comparison import ABSENT, differences, leaves
from pilab_desktop.drift.configuration.discovery import FileKind
from pilab_desktop.drift.configuration.documents import Format, Value
from pilab_desktop.drift.configuration.image_reference import split_images
from pilab_desktop.drift.configuration.layers import Effective, Files, printable, unchanged
from pilab_desktop.drift.configuration.leaf_findings import Origin, leaf_finding
from pilab_desktop.drift.configuration.manifest_documents import is_manifest, named_by_file
from pilab_desktop.drift.configuration.sensitive import dotted
from pilab_desktop.drift.configuration.units import Unit, units_of
from pilab_desktop.drift.pair import AnalysisContext, SnapshotPair

KINDS = frozenset({FileKind.ENV, FileKind.HELM, FileKind.CONFIG})
_LISTED_KEYS = 200


def analyse_configuration(pair: SnapshotPair, context: AnalysisContext) -> Findings:
    """What differs in the configuration that the ends' files give: one finding for each leaf, or one for a file that
    only one end has. Images and Kubernetes manifests are left to their own analysers.

    Files that cannot be read become problems. Nothing is compared where an end has no files.
    """
    if pair.source is None or pair.target is None:
        return Findings()
    files = Files(pair, context)
    findings: list[Finding] = []
    for unit in units_of(pair, context, KINDS):
        if unchanged(unit, pair):
            continue
        context.work.cancel.check()
        source = files.effective(unit, pair.source, unit.source)
        target = files.effective(unit, pair.target, unit.target)
        if source is not None and target is not None and not _holds_manifests(unit, pair, files):
            findings.extend(_compare(unit, source, target, pair, context))
    return Findings(findings=tuple(findings), problems=tuple(files.problems))


def _compare(
    unit: Unit, source: Effective, target: Effective, pair: SnapshotPair, context: AnalysisContext
) -> list[Finding]:
    if (source.value is ABSENT) != (target.value is ABSENT):
        return [_whole_file(unit, source, target, pair, context)]
    origin = Origin(
        sub_module=pair.sub_module,
        type=DriftType.CONFIG,
        category=unit.kind.value,
        path=unit.path,
        root=pair.path,
        layered=unit.layered,
        source=source,
        target=target,
    )
    found = differences(target.value, source.value)
    _, others = split_images(found, target.value, source.value)
    return [leaf_finding(difference, origin, context) for difference in others]


def _whole_file(
    unit: Unit, source: Effective, target: Effective, pair: SnapshotPair, context: AnalysisContext
) -> Finding:
    """One finding for configuration that only one end has: hundreds of keys would say no more."""
    in_source = target.value is ABSENT
    there = source if in_source else target
    keys = [dotted(steps) for steps, _ in leaves(there.value) if steps]
    value: JsonValue = f"{len(keys)} {'key' if len(keys) == 1 else 'keys'}"
    path = printable(unit.path)
    names = ", ".join(printable(file) for file in there.paths)
    snapshot = pair.source if in_source else pair.target
    assert snapshot is not None
    contents = "\n".join(snapshot.blobs[file] for file in there.paths)
    return Finding(
        type=DriftType.CONFIG,
        category="config_file",
        direction=Direction.SOURCE_ONLY if in_source else Direction.TARGET_ONLY,
        sub_module=pair.sub_module,
        path=path,
        description=f"{names} is only in the {'source' if in_source else 'target'}: {value}",
        old_value=None if in_source else value,
        new_value=value if in_source else None,
        subject=path,
        value_identity=context.secret_identity(path, contents),
        facts={"only_in_target": not in_source, "keys": len(keys)},
        metadata={"keys": keys[:_LISTED_KEYS], "files": [printable(file) for file in there.paths]},
    )


def _holds_manifests(unit: Unit, pair: SnapshotPair, files: Files) -> bool:
    """Whether a file is Kubernetes' rather than the application's."""
    if unit.kind is not FileKind.CONFIG or unit.form not in {Format.YAML, Format.JSON}:
        return False
    documents: list[Value] = []
    for snapshot, paths in ((pair.source, unit.source), (pair.target, unit.target)):
        for path in paths:
            assert snapshot is not None
            documents.extend(named_by_file(files.documents(snapshot, path, unit.form) or (), path))
    return bool(documents) and all(is_manifest(document) for document in documents)
