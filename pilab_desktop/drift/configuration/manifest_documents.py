"""Kubernetes manifests as documents: what they are called, and what of them is not configuration (semantics.md §4)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pilab_desktop.drift.configuration.documents import Value

_GENERATED_METADATA = frozenset(
    {"managedFields", "resourceVersion", "uid", "creationTimestamp", "generation", "selfLink", "deletionTimestamp"}
)
_GENERATED_ANNOTATION = re.compile(
    r"kubectl\.kubernetes\.io/(?:last-applied-configuration|restartedAt)|deployment\.kubernetes\.io/.*"
    r"|pv\.kubernetes\.io/.*|autoscaling\.alpha\.kubernetes\.io/(?:conditions|current-metrics)"
    r"|control-plane\.alpha\.kubernetes\.io/leader|controller-gen\.kubebuilder\.io/version"
    r"|kapp\.k14s\.io/.*|objectset\.rio\.cattle\.io/.*|meta\.helm\.sh/.*"
)


@dataclass(frozen=True, slots=True, order=True)
class ResourceName:
    """By what Kubernetes tells resources apart. The version of the API is no part of it."""

    group: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return "/".join(part for part in (self.kind, self.namespace, self.name) if part)


@dataclass(frozen=True, slots=True)
class Resource:
    """One manifest without what a cluster puts into it. `file` is where it stands."""

    id: ResourceName
    file: str
    body: dict[str, Value]


def is_manifest(document: Value) -> bool:
    """Whether a document is a Kubernetes manifest."""
    return (
        isinstance(document, dict)
        and isinstance(document.get("kind"), str)
        and isinstance(document.get("apiVersion"), str)
        and document.get("apiVersion") != ""
    )


def named_by_file(documents: tuple[Value, ...], file: str) -> tuple[Value, ...]:
    """The documents, a `kustomization.yaml` with the kind that it may leave unsaid."""
    if file.rpartition("/")[2] not in {"kustomization.yaml", "kustomization.yml"}:
        return documents
    unsaid: dict[str, Value] = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}
    return tuple(unsaid | document if isinstance(document, dict) else document for document in documents)


def resources_of(documents: tuple[Value, ...], file: str) -> Iterator[Resource]:
    """The resources that documents hold; a `List` is taken apart."""
    for document in documents:
        if not (isinstance(document, dict) and is_manifest(document)):
            continue
        items = document.get("items")
        if str(document["kind"]).endswith("List") and isinstance(items, list):
            yield from resources_of(tuple(items), file)
            continue
        yield Resource(_name_of(document), file, _configured(document))


def _name_of(document: dict[str, Value]) -> ResourceName:
    group, _, _ = str(document["apiVersion"]).rpartition("/")
    metadata = document.get("metadata")
    inside = metadata if isinstance(metadata, dict) else {}
    name = inside.get("name") or inside.get("generateName") or ""
    return ResourceName(group, str(document["kind"]), str(inside.get("namespace") or ""), str(name))


def _configured(document: dict[str, Value]) -> dict[str, Value]:
    body = {key: value for key, value in document.items() if key != "status"}
    metadata = body.get("metadata")
    if isinstance(metadata, dict):
        kept = {key: value for key, value in metadata.items() if key not in _GENERATED_METADATA}
        annotations = kept.get("annotations")
        if isinstance(annotations, dict):
            kept["annotations"] = {k: v for k, v in annotations.items() if not _GENERATED_ANNOTATION.fullmatch(k)}
            if not kept["annotations"]:
                del kept["annotations"]
        body["metadata"] = kept
    return body
