"""Infrastructure drift: Kubernetes manifests and Compose files (semantics.md §3 Infrastructure, §4)."""

from collections.abc import Iterator
from itertools import pairwise

from pilab_desktop.domain.drift import Direction, DriftType, Finding, Findings
from pilab_desktop.domain.json import JsonObject
from pilab_desktop.drift.configuration.comparison import ABSENT, Difference, Element, MaybeValue, Steps, differences
from pilab_desktop.drift.configuration.compose import services_of
from pilab_desktop.drift.configuration.discovery import FileKind
from pilab_desktop.drift.configuration.exposure import exposes, opens_resource, scales
from pilab_desktop.drift.configuration.image_reference import split_images
from pilab_desktop.drift.configuration.layers import Effective, Files, printable, unchanged
from pilab_desktop.drift.configuration.leaf_findings import Origin, leaf_finding, value_identity
from pilab_desktop.drift.configuration.manifest_documents import Resource
from pilab_desktop.drift.configuration.manifests import Match, matched_resources
from pilab_desktop.drift.configuration.sensitive import dotted
from pilab_desktop.drift.configuration.units import units_of
from pilab_desktop.drift.pair import AnalysisContext, SnapshotPair

_STATEFUL = frozenset(
    {"StatefulSet", "PersistentVolumeClaim", "PersistentVolume", "Namespace", "CustomResourceDefinition"}
)
_FOLDED_KINDS = frozenset({"CustomResourceDefinition"})
_FOLDED_FROM = 40
"""A resource with more leaves that differ is told as one: nobody reads forty lines on one object."""
_LISTED_KEYS = 200


def analyse_kubernetes(pair: SnapshotPair, context: AnalysisContext) -> Findings:
    """What differs between the manifests and the Compose files of both ends; images are left to their own analyser.

    What `data` of a ConfigMap or Secret, and the environment of a container holds is configuration and is typed so.
    Nothing of a Secret's data is shown, whatever its names.
    """
    if pair.source is None or pair.target is None:
        return Findings()
    files = Files(pair, context)
    findings: list[Finding] = []
    for match in matched_resources(pair, context, files):
        context.work.cancel.check()
        if match.source is None or match.target is None:
            findings.append(_one_sided(match, pair, context))
        else:
            findings.extend(_changed(match, match.source, match.target, pair, context))
    findings.extend(_compose(pair, context, files))
    return Findings(findings=tuple(findings), problems=tuple(files.problems))


def _compose(pair: SnapshotPair, context: AnalysisContext, files: Files) -> Iterator[Finding]:
    assert pair.source is not None
    assert pair.target is not None
    for unit in units_of(pair, context, frozenset({FileKind.COMPOSE})):
        if unchanged(unit, pair):
            continue
        source = files.effective(unit, pair.source, unit.source)
        target = files.effective(unit, pair.target, unit.target)
        if source is None or target is None:
            continue
        new, old = services_of(unit, source), services_of(unit, target)
        _, others = split_images(differences(old, new), old, new)
        for difference in others:
            yield _compose_finding(difference, unit.path, (source, target), pair, context, layered=unit.layered)


def _compose_finding(
    difference: Difference,
    path: str,
    ends: tuple[Effective, Effective],
    pair: SnapshotPair,
    context: AnalysisContext,
    *,
    layered: bool,
) -> Finding:
    steps = difference.steps
    is_variable = len(steps) > 3 and steps[0] == "services" and steps[2] == "environment"
    origin = Origin(
        sub_module=pair.sub_module,
        type=DriftType.CONFIG if is_variable else DriftType.INFRASTRUCTURE,
        category="compose",
        path=path,
        root=pair.path,
        layered=layered,
        source=ends[0],
        target=ends[1],
    )
    facts: JsonObject = {
        "stateful_removed": steps[:1] == ("volumes",) and difference.direction is Direction.TARGET_ONLY,
        "opened": exposes(difference),
        "scaling": scales(steps),
    }
    return leaf_finding(difference, origin, context, facts)


def _changed(
    match: Match, source: Resource, target: Resource, pair: SnapshotPair, context: AnalysisContext
) -> list[Finding]:
    _, others = split_images(differences(target.body, source.body), target.body, source.body)
    found = [d for d in others if not _is_told_elsewhere(match, source, target, d.steps)]
    if not found:
        return []
    if match.id.kind in _FOLDED_KINDS or len(found) > _FOLDED_FROM:
        return [_folded(match, source=source, target=target, found=found, sub_module=pair.sub_module, context=context)]
    opened = opens_resource(source, target)
    return [_leaf(match, difference, pair, context, opened=opened) for difference in found]


def _is_told_elsewhere(match: Match, source: Resource, target: Resource, steps: Steps) -> bool:
    """Each environment's own namespace is no drift; what a kustomization says of images belongs to these."""
    if steps == ("metadata", "namespace"):
        return source.id.namespace != target.id.namespace
    return match.id.kind == "Kustomization" and steps[:1] == ("images",)


def _leaf(
    match: Match, difference: Difference, pair: SnapshotPair, context: AnalysisContext, *, opened: bool
) -> Finding:
    steps = difference.steps
    is_setting = _is_setting(match, steps)
    origin = Origin(
        sub_module=pair.sub_module,
        type=DriftType.CONFIG if is_setting else DriftType.INFRASTRUCTURE,
        category="kubernetes_config" if is_setting else "kubernetes",
        path=f"{match.path}:{match.id}",
        root=pair.path,
        resource=str(match.id),
        all_secret=match.id.kind == "Secret" and steps[0] in {"data", "stringData"},
    )
    facts: JsonObject = {
        "resource": match.id.kind,
        "opened": exposes(difference) or (opened and not is_setting and steps[0] in {"rules", "roleRef", "subjects"}),
        "scaling": scales(steps),
        "stateful_removed": _replaces(match, steps),
    }
    return leaf_finding(difference, origin, context, facts)


def _folded(
    match: Match,
    *,
    source: Resource,
    target: Resource,
    found: list[Difference],
    sub_module: str,
    context: AnalysisContext,
) -> Finding:
    path = f"{printable(match.path)}:{match.id}"
    return Finding(
        type=DriftType.INFRASTRUCTURE,
        category="kubernetes",
        direction=Direction.DIFFERENT,
        sub_module=sub_module,
        path=path,
        description=f"{match.id}: {len(found)} {'value differs' if len(found) == 1 else 'values differ'}",
        old_value=None,
        new_value=None,
        subject=path,
        value_identity=value_identity(path, target.body, source.body, context),
        facts={
            "resource": match.id.kind,
            "opened": opens_resource(source, target) or any(map(exposes, found)),
            "scaling": any(scales(difference.steps) for difference in found),
            "stateful_removed": any(_replaces(match, difference.steps) for difference in found),
        },
        metadata={"keys": [dotted(difference.steps) for difference in found[:_LISTED_KEYS]]},
    )


def _one_sided(match: Match, pair: SnapshotPair, context: AnalysisContext) -> Finding:
    in_source = match.source is not None
    path = f"{printable(match.path)}:{match.id}"
    body: tuple[MaybeValue, MaybeValue] = (
        match.target.body if match.target else ABSENT,
        match.source.body if match.source else ABSENT,
    )
    return Finding(
        type=DriftType.INFRASTRUCTURE,
        category="kubernetes",
        direction=Direction.SOURCE_ONLY if in_source else Direction.TARGET_ONLY,
        sub_module=pair.sub_module,
        path=path,
        description=f"{match.id} is only in the {'source' if in_source else 'target'}",
        old_value=None if in_source else str(match.id),
        new_value=str(match.id) if in_source else None,
        subject=path,
        value_identity=value_identity(path, *body, context),
        facts={
            "resource": match.id.kind,
            "only_in_target": not in_source,
            "stateful_removed": not in_source and match.id.kind in _STATEFUL and match.after is None,
            "opened": opens_resource(match.after, match.target),
        },
    )


def _is_setting(match: Match, steps: Steps) -> bool:
    if match.id.kind in {"ConfigMap", "Secret"}:
        return steps[0] in {"data", "stringData", "binaryData"}
    return any(step == "env" and isinstance(after, Element) and steps[-1] == "value" for step, after in pairwise(steps))


def _replaces(match: Match, steps: Steps) -> bool:
    """Whether a change cannot be made in place, so that the resource and what it keeps are replaced."""
    immutable = {
        "StatefulSet": {("spec", "serviceName"), ("spec", "selector"), ("spec", "volumeClaimTemplates")},
        "PersistentVolumeClaim": {("spec", "storageClassName"), ("spec", "volumeName"), ("spec", "accessModes")},
    }
    return steps[:2] in immutable.get(match.id.kind, set())
