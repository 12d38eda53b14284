"""What a promotion would change in the cluster, and what of it is dangerous."""

from collections.abc import Callable

import pytest

from pilab_desktop.domain.drift import Direction, DriftType, Finding
from pilab_desktop.drift.kubernetes import analyse_kubernetes
from pilab_desktop.drift.pair import AnalysisContext, SnapshotPair

MakePair = Callable[..., SnapshotPair]
MakeContext = Callable[..., AnalysisContext]


def _manifest(kind: str, body: str, name: str = "x", api: str = "v1", namespace: str = "") -> str:
    where = f", namespace: {namespace}" if namespace else ""
    return f"apiVersion: {api}\nkind: {kind}\nmetadata: {{name: {name}{where}}}\n{body}\n"


def _found(make_pair: MakePair, make_context: MakeContext, new: str | None, old: str | None) -> list[Finding]:
    trees = [{} if text is None else {"k8s/a.yaml": text} for text in (new, old)]
    return list(analyse_kubernetes(make_pair(*trees), make_context()).findings)


def test_what_a_cluster_puts_in_is_ignored(make_pair: MakePair, make_context: MakeContext) -> None:
    plain = "apiVersion: v1\nkind: Service\nmetadata:\n  name: x\n  annotations: {team: a}\nspec: {clusterIP: None}\n"
    dumped = (
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: x\n  uid: abc\n  resourceVersion: '7'\n  generation: 3\n"
        "  creationTimestamp: null\n  managedFields: [{manager: kubectl}]\n  annotations:\n    team: a\n"
        "    deployment.kubernetes.io/revision: '4'\n    kubectl.kubernetes.io/last-applied-configuration: '{}'\n"
        "spec: {clusterIP: None}\nstatus: {loadBalancer: {}}\n"
    )
    assert _found(make_pair, make_context, plain, dumped) == []


def test_resources_match_by_name_in_whatever_file_and_order(make_pair: MakePair, make_context: MakeContext) -> None:
    one, two = _manifest("Service", "spec: {port: 1}", "one"), _manifest("Service", "spec: {port: 2}", "two")
    pair = make_pair(
        {"k8s/b.yaml": f"{two}---\n{one}", "k8s/list.yaml": "apiVersion: v1\nkind: List\nitems: []\n"},
        {"k8s/a.yaml": f"{one}---\n{two.replace('2', '3')}"},
    )
    (finding,) = analyse_kubernetes(pair, make_context()).findings
    assert finding.path == "k8s/b.yaml:Service/two:spec.port"
    assert (finding.old_value, finding.new_value) == (3, 2)
    assert (finding.type, finding.category) == (DriftType.INFRASTRUCTURE, "kubernetes")


@pytest.mark.parametrize("kind", ["StatefulSet", "PersistentVolumeClaim", "Namespace", "CustomResourceDefinition"])
def test_taking_away_what_keeps_data_is_marked(kind: str, make_pair: MakePair, make_context: MakeContext) -> None:
    (gone,) = _found(make_pair, make_context, None, _manifest(kind, ""))
    assert gone.direction is Direction.TARGET_ONLY
    assert gone.facts["stateful_removed"] is True
    (added,) = _found(make_pair, make_context, _manifest(kind, ""), None)
    assert added.facts["stateful_removed"] is False


def test_an_environment_s_own_resource_is_not_taken_away_by_a_promotion(
    make_pair: MakePair, make_context: MakeContext
) -> None:
    tree = {"overlays/uat/a.yaml": _manifest("Service", "", "s"), "overlays/prod/b.yaml": _manifest("Namespace", "")}
    found = analyse_kubernetes(make_pair(tree, tree, ("uat", "prod")), make_context()).findings
    assert {f.direction for f in found} == {Direction.SOURCE_ONLY, Direction.TARGET_ONLY}
    assert not any(f.facts["stateful_removed"] for f in found)
    before = tree | {"overlays/prod/c.yaml": _manifest("Namespace", "", "lost")}
    found = analyse_kubernetes(make_pair(tree, before, ("uat", "prod")), make_context()).findings
    assert [f.path for f in found if f.facts["stateful_removed"]] == ["overlays/{environment}/c.yaml:Namespace/lost"]


_ROLE = "rules: [{apiGroups: [''], resources: [%s], verbs: [%s]}]"
_BINDING = "roleRef: {kind: ClusterRole, name: %s}\nsubjects: [{kind: User, name: %s}]"


@pytest.mark.parametrize(
    ("kind", "old", "new", "opened"),
    [
        ("ClusterRole", _ROLE % ("pods", "get"), _ROLE % ("pods", "get, list"), True),
        ("ClusterRole", _ROLE % ("pods", "get, list"), _ROLE % ("pods", "get"), False),
        ("Role", _ROLE % ("pods", "get"), _ROLE % ("pods", "'*'"), True),
        ("Role", _ROLE % ("'*'", "'*'"), _ROLE % ("pods", "get"), False),
        ("ClusterRoleBinding", _BINDING % ("view", "ann"), _BINDING % ("cluster-admin", "ann"), True),
        ("Service", "spec: {type: ClusterIP}", "spec: {type: LoadBalancer}", True),
        ("Service", "spec: {type: LoadBalancer}", "spec: {type: ClusterIP}", False),
        ("NetworkPolicy", "spec: {from: [{cidr: 10.0.0.0/8}]}", "spec: {from: [{cidr: 0.0.0.0/0}]}", True),
        ("Pod", "spec: {hostNetwork: false}", "spec: {hostNetwork: true}", True),
        ("Ingress", None, "spec: {}", True),
        ("NetworkPolicy", "spec: {}", None, True),
        ("ClusterRole", None, _ROLE % ("pods", "get"), True),
    ],
)  # fmt: skip
def test_what_opens_is_marked(
    *, kind: str, old: str | None, new: str | None, opened: bool, make_pair: MakePair, make_context: MakeContext
) -> None:
    texts = [None if body is None else _manifest(kind, body) for body in (new, old)]
    found = _found(make_pair, make_context, *texts)
    assert found
    assert any(finding.facts["opened"] for finding in found) is opened


def test_room_is_told_from_the_rest(make_pair: MakePair, make_context: MakeContext) -> None:
    containers = "{containers: [{name: a, resources: {limits: {cpu: %s}}}]}"
    body = f"spec:\n  replicas: %s\n  paused: %s\n  template: {{spec: {containers}}}"
    found = _found(
        make_pair,
        make_context,
        _manifest("Deployment", body % (2, "true", 2), api="apps/v1"),
        _manifest("Deployment", body % (1, "false", 1), api="apps/v1"),
    )
    assert {f.metadata["key"]: f.facts["scaling"] for f in found} == {
        "spec.replicas": True,
        "spec.paused": False,
        "spec.template.spec.containers[name=a].resources.limits.cpu": True,
    }


def test_settings_inside_manifests_are_configuration(make_pair: MakePair, make_context: MakeContext) -> None:
    pod = "spec: {containers: [{name: a, env: [{name: CACHE_URL, value: %s}]}]}"
    (finding,) = _found(make_pair, make_context, _manifest("Pod", pod % "a"), _manifest("Pod", pod % "b"))
    assert (finding.type, finding.category) == (DriftType.CONFIG, "kubernetes_config")
    assert finding.facts["name"] == "CACHE_URL"
    (finding,) = _found(
        make_pair, make_context, _manifest("ConfigMap", "data: {A: '1'}"), _manifest("ConfigMap", "data: {A: '2'}")
    )
    assert (finding.type, finding.old_value, finding.new_value) == (DriftType.CONFIG, "2", "1")


def test_nothing_of_a_secret_s_data_is_shown(make_pair: MakePair, make_context: MakeContext) -> None:
    old, new = _manifest("Secret", "data: {host: aaaaaaaa}"), _manifest("Secret", "data: {host: bbbbbbbb}")
    (finding,) = _found(make_pair, make_context, new, old)
    assert finding.old_value == finding.new_value == {"secret": True, "changed": True}
    assert "aaaaaaaa" not in repr(finding)


def test_a_definition_with_many_changes_is_one_finding(make_pair: MakePair, make_context: MakeContext) -> None:
    texts = [
        _manifest("CustomResourceDefinition", "spec: {" + ", ".join(f"f{i}: {v}" for i in range(5)) + "}")
        for v in (1, 2)
    ]
    (finding,) = _found(make_pair, make_context, *texts)
    assert finding.description == "CustomResourceDefinition/x: 5 values differ"
    assert len(finding.metadata["keys"]) == 5  # type: ignore[arg-type]  # it is a list here


def test_templates_and_workflows_are_no_manifests(make_pair: MakePair, make_context: MakeContext) -> None:
    text = _manifest("Service", "spec: {a: %s}")
    templated = _manifest("Service", "spec: {{ .Values.x }}\n# %s")
    new, old = (
        {
            "chart/Chart.yaml": "",
            "chart/templates/a.yaml": text % n,
            ".github/x.yaml": text % n,
            "other/templated.yaml": templated % n,
            "mkdocs.yaml": f"site: {n}",
        }
        for n in (1, 2)
    )
    found = analyse_kubernetes(make_pair(new, old), make_context())
    assert (found.findings, found.problems) == ((), ())


def test_compose_services_compare_by_name(make_pair: MakePair, make_context: MakeContext) -> None:
    old = "services:\n  db:\n    environment: [DB_PASSWORD=aaaaaaaa, MODE=a]\n    deploy: {replicas: 1}\n"
    old += "volumes: {data: {}}\n"
    new = "services:\n  db:\n    environment: {DB_PASSWORD: bbbbbbbb, MODE: b}\n    deploy: {replicas: 2}\n"
    pair = make_pair({"docker-compose.yml": new}, {"docker-compose.yml": old})
    found = {f.metadata["key"]: f for f in analyse_kubernetes(pair, make_context()).findings}
    password = found["services.db.environment.DB_PASSWORD"]
    assert password.type is DriftType.CONFIG
    assert password.new_value == {"secret": True, "changed": True}
    assert found["services.db.environment.MODE"].old_value == "a"
    assert found["services.db.deploy.replicas"].facts["scaling"] is True
    assert found["volumes.data"].facts["stateful_removed"] is True
    assert len(found) == 4


def test_a_leaf_names_the_resource_it_belongs_to(make_pair: MakePair, make_context: MakeContext) -> None:
    new, old = (
        "---\n".join(_manifest("Service", f"spec: {{port: {port}}}", name) for name in ("front", "back"))
        for port in (2, 1)
    )
    told = {finding.description for finding in _found(make_pair, make_context, new, old)}
    assert told == {"Service/back spec.port: 1 → 2", "Service/front spec.port: 1 → 2"}
