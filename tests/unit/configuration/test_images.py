"""Which images a promotion would change, and how."""

from collections.abc import Callable

import pytest

from pilab_desktop.domain.drift import DriftType, Finding
from pilab_desktop.drift.configuration.image_reference import ImageReference, parsed
from pilab_desktop.drift.images import analyse_images
from pilab_desktop.drift.kubernetes import analyse_kubernetes
from pilab_desktop.drift.pair import AnalysisContext, SnapshotPair

MakePair = Callable[..., SnapshotPair]
MakeContext = Callable[..., AnalysisContext]
A, B = f"sha256:{'a' * 64}", f"sha256:{'b' * 64}"
DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  template:
    spec:
      initContainers: [{name: migrate, image: "shop/migrate:%s"}]
      containers: [{name: api, image: "shop/api:%s"}]
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nginx", ImageReference("nginx")),
        ("nginx:1.25", ImageReference("nginx", "1.25")),
        ("ghcr.io/a/b:v1", ImageReference("ghcr.io/a/b", "v1")),
        ("host:5000/a/b", ImageReference("host:5000/a/b")),
        (f"a/b:1@{A}", ImageReference("a/b", "1", A)),
        ("/img/hero.png", None),
        ("hero.png", None),
        ("not an image", None),
        ("https://example.com/a", None),
    ],
)
def test_references_are_read(text: str, expected: ImageReference | None) -> None:
    assert parsed(text) == expected


def _only(make_pair: MakePair, make_context: MakeContext, old: str, new: str) -> Finding:
    pair = make_pair({"chart/values.yaml": f"image: '{new}'\n"}, {"chart/values.yaml": f"image: '{old}'\n"})
    (finding,) = analyse_images(pair, make_context()).findings
    return finding


@pytest.mark.parametrize(
    ("old", "new", "facts"),
    [
        ("a:1", "a:2", ()),
        (f"a:1@{A}", f"a:1@{B}", ("same_tag_other_digest",)),
        ("a:10", "a:9", ("moved_back",)),
        ("a:1.10.0", "a:1.9.0", ("moved_back",)),
        ("a:1.0.0", "a:1.0.0-rc.1", ("moved_back",)),
        ("a:1.9.0", "a:1.10.0", ()),
        ("a:16.4", "a:16", ()),
        ("a:2", "b:1", ()),
        ("a:1", "a:latest", ("floating",)),
        ("a:1", "a", ("floating",)),
        ("a:1", f"a@{A}", ()),
    ],
)
def test_what_severity_asks_of_an_image(
    old: str, new: str, facts: tuple[str, ...], make_pair: MakePair, make_context: MakeContext
) -> None:
    finding = _only(make_pair, make_context, old, new)
    assert (finding.type, finding.category) == (DriftType.IMAGE, "image")
    assert (finding.old_value, finding.new_value) == (old, new)
    asked = ("same_tag_other_digest", "moved_back", "floating")
    assert {name for name in asked if finding.facts[name]} == set(facts)


def test_effective_helm_values_name_the_image(make_pair: MakePair, make_context: MakeContext) -> None:
    tree = {
        "chart/Chart.yaml": "name: x\nappVersion: 3.0.0\n",
        "chart/values.yaml": "image: {registry: ghcr.io, repository: shop/api, tag: 1.0.0}\n",
        "chart/values-uat.yaml": "image: {tag: 1.1.0}\n",
    }
    (finding,) = analyse_images(make_pair(tree, tree, ("uat", "prod")), make_context()).findings
    assert finding.path == "chart/values.yaml:image"
    assert (finding.old_value, finding.new_value) == ("ghcr.io/shop/api:1.0.0", "ghcr.io/shop/api:1.1.0")
    assert finding.metadata["decided_by"] == {"old": "chart/values.yaml", "new": "chart/values-uat.yaml"}


def test_an_empty_tag_stands_for_the_chart_s_app_version(make_pair: MakePair, make_context: MakeContext) -> None:
    values = {"chart/values.yaml": "image: {repository: shop/api, tag: ''}\n"}
    pair = make_pair(
        values | {"chart/Chart.yaml": "appVersion: '2.0'\n"}, values | {"chart/Chart.yaml": "appVersion: '1.0'\n"}
    )
    (finding,) = analyse_images(pair, make_context()).findings
    assert (finding.old_value, finding.new_value) == ("shop/api:1.0", "shop/api:2.0")


def test_images_of_manifests_and_compose_services(make_pair: MakePair, make_context: MakeContext) -> None:
    compose = "x-base: &b {image: 'shop/web:%s'}\nservices:\n  web: {<<: *b, ports: ['80:80']}\n"
    pair = make_pair(
        {"k8s/api.yaml": DEPLOYMENT % (2, 2), "compose.yaml": compose % 2},
        {"k8s/api.yaml": DEPLOYMENT % (1, 2), "compose.yaml": compose % 1},
    )
    assert {f.path: (f.old_value, f.new_value) for f in analyse_images(pair, make_context()).findings} == {
        "compose.yaml:services.web.image": ("shop/web:1", "shop/web:2"),
        "k8s/api.yaml:Deployment/api:spec.template.spec.initContainers[name=migrate].image": (
            "shop/migrate:1",
            "shop/migrate:2",
        ),
    }
    assert analyse_kubernetes(pair, make_context()).findings == ()


def test_a_kustomization_s_images(make_pair: MakePair, make_context: MakeContext) -> None:
    text = "resources: [a.yaml]\nimages:\n- name: shop/api\n  newTag: '%s'\n"
    tree = {"overlays/uat/kustomization.yaml": text % 2, "overlays/prod/kustomization.yaml": text % 1}
    pair = make_pair(tree, tree, ("uat", "prod"))
    (finding,) = analyse_images(pair, make_context()).findings
    assert (finding.old_value, finding.new_value) == ("shop/api:1", "shop/api:2")
    assert analyse_kubernetes(pair, make_context()).findings == ()
