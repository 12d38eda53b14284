"""What lets more of the world in, and what only makes room: the questions that severity asks of infrastructure
(semantics.md §3)."""

import re
from collections.abc import Iterator
from itertools import product

from pilab_desktop.drift.configuration.comparison import Difference, Steps
from pilab_desktop.drift.configuration.documents import Value
from pilab_desktop.drift.configuration.manifest_documents import Resource

_EVERYWHERE = frozenset({"0.0.0.0/0", "::/0"})
_BETWEEN_RANGES = re.compile(r"[\s,;]+")
_FENCE = re.compile(r"(?:white|allow)-?list-?source-?range$|^(?:loadBalancer)?SourceRanges$", re.IGNORECASE)
"""Names under which only the listed ranges come in: without the name everybody does."""
_WAYS_IN = frozenset({"Ingress", "HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute", "Gateway", "IngressRoute", "Route"})
_ROLES = frozenset({"Role", "ClusterRole"})
_BINDINGS = frozenset({"RoleBinding", "ClusterRoleBinding"})
_PRIVILEGES = frozenset(
    {"privileged", "allowPrivilegeEscalation", "hostNetwork", "hostPID", "hostIPC", "privileged_mode"}
)
_SIZES = frozenset(
    {"replicas", "replicaCount", "minReplicas", "maxReplicas", "parallelism", "mem_limit", "cpus", "scale"}
)


def exposes(difference: Difference) -> bool:
    """Whether the source opens with this leaf what the target keeps shut."""
    new, old = difference.new, difference.old
    name = difference.steps[-1] if difference.steps else ""
    if name in _PRIVILEGES:
        return new is True
    if name == "type" and isinstance(new, str):
        return new in {"LoadBalancer", "NodePort"} and old != "LoadBalancer"
    if any(isinstance(step, str) and step.lower() == "egress" for step in difference.steps):
        return False
    before, after = frozenset(_ranges(old)), frozenset(_ranges(new))
    if not after and isinstance(name, str) and _FENCE.search(name):
        return bool(before) and not before & _EVERYWHERE
    return bool(after & _EVERYWHERE - before)


def scales(steps: Steps) -> bool:
    """Whether a leaf says how many or how large: replicas, requests, limits."""
    names = [step for step in steps if isinstance(step, str)]
    below_resources = any(
        name in {"requests", "limits", "reservations"} and "resources" in names[:index]
        for index, name in enumerate(names)
    )
    return below_resources or bool(names and names[-1] in _SIZES)


def opens_resource(source: Resource | None, target: Resource | None) -> bool:
    """Whether a resource lets in, or permits, what the target's did not (or there was none)."""
    if source is None:
        return target is not None and target.id.kind == "NetworkPolicy"
    kind = source.id.kind
    if kind in _WAYS_IN:
        return target is None
    if kind in _ROLES:
        had = _permissions(target)
        return not all(_covered(permission, had) for permission in _permissions(source))
    if kind in _BINDINGS:
        return not _subjects(source) <= _subjects(target)
    if target is None and kind == "Service":
        return _at(source.body, "spec", "type") in {"LoadBalancer", "NodePort"}
    return False


def _permissions(resource: Resource | None) -> frozenset[tuple[str, ...]]:
    """Every (group, resource, verb, name) a role allows, one by one."""
    rules = resource.body.get("rules") if resource else None
    allowed: set[tuple[str, ...]] = set()
    for rule in rules if isinstance(rules, list) else []:
        if isinstance(rule, dict):
            parts = [_list(rule.get(part)) for part in ("apiGroups", "resources", "nonResourceURLs", "verbs")]
            allowed.update(product(*(part or [""] for part in parts), _list(rule.get("resourceNames")) or [""]))
    return frozenset(allowed)


def _covered(permission: tuple[str, ...], had: frozenset[tuple[str, ...]]) -> bool:
    """Whether it was allowed before, by itself or under a wildcard; no resource name means every one."""
    *parts, name = permission
    return permission in had or any(
        all(there in {part, "*"} for part, there in zip(parts, others, strict=True)) and other in {name, ""}
        for *others, other in had
    )


def _subjects(resource: Resource | None) -> frozenset[tuple[str, ...]]:
    """Every (role, subject) that a binding ties."""
    if resource is None:
        return frozenset()
    role = str(_at(resource.body, "roleRef", "name"))
    subjects = resource.body.get("subjects")
    return frozenset(
        (role, str(subject.get("kind")), str(subject.get("namespace")), str(subject.get("name")))
        for subject in (subjects if isinstance(subjects, list) else [])
        if isinstance(subject, dict)
    )


def _at(value: Value, *keys: str) -> Value:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _list(value: Value) -> list[str]:
    return [str(element) for element in value] if isinstance(value, list) else []


def _ranges(value: object) -> Iterator[str]:
    """Every text in it; annotations join ranges by commas."""
    if isinstance(value, str):
        yield from (text for text in _BETWEEN_RANGES.split(value) if text)
    elif isinstance(value, list):
        for element in value:
            yield from _ranges(element)
    elif isinstance(value, dict):
        for element in value.values():
            yield from _ranges(element)
