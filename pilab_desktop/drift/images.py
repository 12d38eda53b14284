"""Image drift: which container images the ends would run (semantics.md §3 Image; product.md D5).

Read from effective Helm values and other configuration, from Compose services and from Kubernetes manifests.
"""

from collections.abc import Iterator

from pilab_desktop.domain.drift import Direction, DriftType, Finding, Findings
from pilab_desktop.domain.json import JsonValue
from pilab_desktop.domain.versions import order
from pilab_desktop.drift.configuration.comparison import ABSENT, MaybeValue, Steps, differences, value_at
from pilab_desktop.drift.configuration.compose import services_of
from pilab_desktop.drift.configuration.discovery import FileKind
from pilab_desktop.drift.configuration.documents import Format, Value
from pilab_desktop.drift.configuration.image_reference import (
    ImageChange,
    ImageReference,
    split_images,
    with_default_tag,
)
from pilab_desktop.drift.configuration.layers import Effective, Files, printable, unchanged
from pilab_desktop.drift.configuration.leaf_findings import below
from pilab_desktop.drift.configuration.manifests import Match, matched_resources
from pilab_desktop.drift.configuration.sensitive import dotted
from pilab_desktop.drift.configuration.units import Unit, units_of
from pilab_desktop.drift.pair import AnalysisContext, SnapshotPair
from pilab_desktop.ports.git_reader import Snapshot

_KINDS = frozenset({FileKind.HELM, FileKind.ENV, FileKind.CONFIG, FileKind.COMPOSE})


def analyse_images(pair: SnapshotPair, context: AnalysisContext) -> Findings:
    """One finding for each image that differs: `repository:tag@digest` as the target and as the source has it.

    An empty tag in Helm values stands for the chart's `appVersion`. Images of files and resources that only one end
    has are part of what is said about these.
    """
    if pair.source is None or pair.target is None:
        return Findings()
    files = Files(pair, context)
    findings: list[Finding] = []
    for unit in units_of(pair, context, _KINDS):
        findings.extend(_of_unit(unit, pair, context, files))
    for match in matched_resources(pair, context, files):
        findings.extend(_of_resource(match, pair, context))
    return Findings(findings=tuple(findings), problems=tuple(files.problems))


def _of_unit(unit: Unit, pair: SnapshotPair, context: AnalysisContext, files: Files) -> Iterator[Finding]:
    assert pair.source is not None
    assert pair.target is not None
    new_tag = _app_version(unit, pair.source, files)
    old_tag = _app_version(unit, pair.target, files)
    if unchanged(unit, pair) and new_tag == old_tag:
        return
    source = files.effective(unit, pair.source, unit.source)
    target = files.effective(unit, pair.target, unit.target)
    if source is None or target is None or source.value is ABSENT or target.value is ABSENT:
        return
    old, new = (
        with_default_tag(services_of(unit, target), old_tag),
        with_default_tag(services_of(unit, source), new_tag),
    )
    changes, _ = split_images(differences(old, new), old, new)
    for change in changes:
        yield _finding(change, unit.path, pair, context, _layers(unit, change, source, target))


def _of_resource(match: Match, pair: SnapshotPair, context: AnalysisContext) -> Iterator[Finding]:
    if match.source is None or match.target is None:
        return
    old, new = match.target.body, match.source.body
    changes, _ = split_images(differences(old, new), old, new)
    for change in changes:
        yield _finding(change, f"{match.path}:{match.id}", pair, context, {}, resource=str(match.id))
    if match.id.kind == "Kustomization":
        for change in _kustomized(old, new):
            yield _finding(change, match.path, pair, context, {})


def _kustomized(old: Value, new: Value) -> Iterator[ImageChange]:
    """The `images` of a kustomization, which replace those of its resources by name."""
    before, after = _images_by_name(old), _images_by_name(new)
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            yield ImageChange(("images", name), before.get(name), after.get(name))


def _images_by_name(value: Value) -> dict[str, ImageReference]:
    images = value_at(value, ("images",))
    return {
        str(image["name"]): ImageReference(
            repository=str(image.get("newName") or image["name"]),
            tag=str(image.get("newTag") or ""),
            digest=str(image.get("digest") or ""),
        )
        for image in (images if isinstance(images, list) else [])
        if isinstance(image, dict) and "name" in image
    }


def _app_version(unit: Unit, snapshot: Snapshot, files: Files) -> str:
    """The chart's `appVersion`; "" where there is none."""
    if unit.chart is None:
        return ""
    path = f"{unit.chart}/Chart.yaml" if unit.chart else "Chart.yaml"
    documents = files.documents(snapshot, path, Format.YAML) if path in snapshot.blobs else None
    found: MaybeValue = value_at(documents[0], ("appVersion",)) if documents else ABSENT
    return str(found) if isinstance(found, str | int | float) else ""


def _finding(
    change: ImageChange,
    where: str,
    pair: SnapshotPair,
    context: AnalysisContext,
    metadata: dict[str, JsonValue],
    *,
    resource: str = "",
) -> Finding:
    old, new = change.old, change.new
    key = dotted(change.steps)
    path = f"{printable(where)}:{key}"
    subject = below(pair.path, path)
    direction = Direction.SOURCE_ONLY if old is None else Direction.TARGET_ONLY if new is None else Direction.DIFFERENT
    return Finding(
        type=DriftType.IMAGE,
        category="image",
        direction=direction,
        sub_module=pair.sub_module,
        path=path,
        description=_description(f"{resource} {key}" if resource else key, old, new),
        old_value=str(old) if old else None,
        new_value=str(new) if new else None,
        subject=subject,
        value_identity=context.secret_identity(subject, f"{old}\n{new}"),
        facts={
            "only_in_target": new is None,
            "same_tag_other_digest": _same_tag_other_digest(old, new),
            "moved_back": _moved_back(old, new),
            "floating": new is not None and new.floating,
        },
        metadata={"key": key, **metadata},
    )


def _description(name: str, old: ImageReference | None, new: ImageReference | None) -> str:
    if old is None:
        return f"{name}: {new}, only in the source"
    if new is None:
        return f"{name}: {old}, only in the target"
    said = ", the same tag with other contents" if _same_tag_other_digest(old, new) else ""
    said += ", an older version" if _moved_back(old, new) else ""
    said += ", which changes by itself" if new.floating else ""
    return f"{name}: {old} → {new}{said}"


def _same_tag_other_digest(old: ImageReference | None, new: ImageReference | None) -> bool:
    if old is None or new is None or old.repository != new.repository or old.tag != new.tag:
        return False
    return bool(old.digest and new.digest) and old.digest != new.digest


def _moved_back(old: ImageReference | None, new: ImageReference | None) -> bool:
    if old is None or new is None or old.repository != new.repository or not (old.tag and new.tag):
        return False
    # `16` after `16.4` is a less exact name of what may be the same, not an older version.
    return order(new.tag, old.tag) == -1 and not old.tag.startswith((f"{new.tag}.", f"{new.tag}-"))


def _layers(unit: Unit, change: ImageChange, source: Effective, target: Effective) -> dict[str, JsonValue]:
    if not unit.layered:
        return {}
    steps = _deciding_leaf(change, source, target)
    new, old = source.decided_by(steps), target.decided_by(steps)
    return {
        "decided_by": {"old": printable(old) if old else None, "new": printable(new) if new else None},
        "layers": {
            "source": [printable(path) for path in source.paths],
            "target": [printable(path) for path in target.paths],
        },
    }


def _deciding_leaf(change: ImageChange, source: Effective, target: Effective) -> Steps:
    """The part of an image's map that differs, or the image itself where it is one text."""
    parts = ((*change.steps, field) for field in ("tag", "digest", "repository", "registry"))
    return next(
        (steps for steps in parts if value_at(source.value, steps) != value_at(target.value, steps)), change.steps
    )
