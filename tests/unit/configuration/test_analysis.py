"""Configuration drift as a release manager reads it."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilab_desktop.domain.drift import Direction, DriftType, Finding, Findings
from pilab_desktop.drift.configuration import analyse_configuration
from pilab_desktop.drift.images import analyse_images
from pilab_desktop.drift.kubernetes import analyse_kubernetes
from pilab_desktop.drift.pair import AnalysisContext, SnapshotPair

MakePair = Callable[..., SnapshotPair]
MakeContext = Callable[..., AnalysisContext]
SECRET = {"secret": True, "changed": True}


def _paths(found: Findings) -> dict[str | None, tuple[object, object]]:
    return {finding.path: (finding.old_value, finding.new_value) for finding in found.findings}


def test_effective_helm_values_are_compared_and_the_deciding_file_is_shown(
    make_pair: MakePair, make_context: MakeContext
) -> None:
    tree = {
        "chart/Chart.yaml": "name: shop\n",
        "chart/values.yaml": "replicas: 1\nhosts: [a, b]\nlog: {level: info, format: json}\nextra: {x: 1}\n",
        "chart/values-uat.yaml": "replicas: 2\nhosts: [uat]\n",
        "chart/values-prod.yaml": "replicas: 5\nhosts: [prod]\nlog: {level: warn}\nextra: null\n",
        "chart/values-dev.yaml": "replicas: 9\n",
    }
    found = analyse_configuration(make_pair(tree, tree, ("uat", "prod")), make_context())
    assert _paths(found) == {
        "chart/values.yaml:replicas": (5, 2),
        "chart/values.yaml:hosts": (["prod"], ["uat"]),
        "chart/values.yaml:log.level": ("warn", "info"),
        "chart/values.yaml:extra.x": (None, 1),
    }
    level = next(f for f in found.findings if f.path == "chart/values.yaml:log.level")
    assert level.metadata["decided_by"] == {"old": "chart/values-prod.yaml", "new": "chart/values.yaml"}
    assert level.metadata["layers"] == {
        "source": ["chart/values.yaml", "chart/values-uat.yaml"],
        "target": ["chart/values.yaml", "chart/values-prod.yaml"],
    }
    assert level.description == 'log.level: "warn" (chart/values-prod.yaml) → "info" (chart/values.yaml)'
    assert {f.category for f in found.findings} == {"helm_value"}
    assert {f.type for f in found.findings} == {DriftType.CONFIG}


def test_two_refs_compare_each_file_with_itself(make_pair: MakePair, make_context: MakeContext) -> None:
    old = {"app/config.toml": "port = 80\n", ".env": "A=1\nB=2\n", "config/prod.yaml": "x: 1\n"}
    new = {"app/config.toml": "port = 81\n", ".env": "A=1\nC=3\n", "config/prod.yaml": "x: '1'\n"}
    found = analyse_configuration(make_pair(new, old), make_context())
    assert _paths(found) == {
        "app/config.toml:port": (80, 81),
        ".env:B": ("2", None),
        ".env:C": (None, "3"),
        "config/prod.yaml:x": (1, "1"),
    }
    by_path = {f.path: f for f in found.findings}
    assert by_path[".env:B"].direction is Direction.TARGET_ONLY
    assert by_path[".env:B"].facts["only_in_target"] is True
    assert by_path["config/prod.yaml:x"].facts["type_change"] is True
    assert by_path["config/prod.yaml:x"].description == 'x: whole number 1 → text "1"'


def test_a_file_of_one_end_only_is_one_finding(make_pair: MakePair, make_context: MakeContext) -> None:
    found = analyse_configuration(make_pair({"config.yaml": "a: 1\nb: {c: 2, d: 3}\n"}, {}), make_context())
    (finding,) = found.findings
    assert (finding.category, finding.direction, finding.path) == ("config_file", Direction.SOURCE_ONLY, "config.yaml")
    assert finding.metadata["keys"] == ["a", "b.c", "b.d"]
    assert "3 keys" in finding.description


@pytest.mark.parametrize(
    ("text", "key", "name"),
    [
        ("redisUrl: a\n", "redisUrl", "REDIS_URL"),
        ("redis: {url: a}\n", "redis.url", "REDIS_URL"),
        ("env: [{name: CACHE_HOST, value: a}]\n", "env[name=CACHE_HOST].value", "CACHE_HOST"),
        ("LANGFUSE_S3_V4: a\n", "LANGFUSE_S3_V4", "LANGFUSE_S3_V4"),
    ],
)
def test_severity_rules_know_a_leaf_by_the_name_of_a_variable(
    text: str, key: str, name: str, make_pair: MakePair, make_context: MakeContext
) -> None:
    pair = make_pair({"config.yaml": text}, {"config.yaml": text.replace(" a", " b")})
    (finding,) = analyse_configuration(pair, make_context()).findings
    assert finding.path == f"config.yaml:{key}"
    assert name in list(finding.facts["key"])  # type: ignore[arg-type]  # it is a list here


def test_unreadable_files_are_problems_and_the_others_are_compared(
    make_pair: MakePair, make_context: MakeContext
) -> None:
    new = {"config/a.yaml": "a: 1\na: 2\n", "config/b.yaml": "b: 1\n", "config/c.json": b'{"c": "\xff"}'}
    old = {"config/a.yaml": "a: 1\n", "config/b.yaml": "b: 2\n", "config/c.json": "{}"}
    found = analyse_configuration(make_pair(new, old), make_context())
    assert _paths(found) == {"config/b.yaml:b": (2, 1)}
    assert len(found.problems) == 2
    assert "config/a.yaml (source, aaaaaaa)" in found.problems[0].message
    assert "line 2" in found.problems[0].message
    assert {problem.sub_module for problem in found.problems} == {"api"}


def test_a_broken_layer_leaves_its_family_out(make_pair: MakePair, make_context: MakeContext) -> None:
    tree = {"chart/Chart.yaml": "", "chart/values.yaml": "a: 1\n", "chart/values-prod.yaml": "a: [\n"}
    found = analyse_configuration(make_pair(tree, tree, ("uat", "prod")), make_context())
    assert found.findings == ()
    assert "chart/values-prod.yaml" in found.problems[0].message


def test_a_huge_file_is_a_problem(make_pair: MakePair, make_context: MakeContext) -> None:
    huge = "a: " + "x" * (9 * 1024 * 1024)
    found = analyse_configuration(make_pair({"config.yaml": huge}, {"config.yaml": "a: 1"}), make_context())
    assert found.findings == ()
    assert "8 MiB" in found.problems[0].message


def test_equal_contents_are_not_even_read(make_pair: MakePair, make_context: MakeContext) -> None:
    tree = {"config.yaml": "a: [broken", ".env": "A=1", "chart/Chart.yaml": "", "chart/values.yaml": "b: 1"}
    pair = make_pair(tree, dict(tree))
    assert analyse_configuration(pair, make_context()) == Findings()
    assert pair.source.reads == []  # type: ignore[union-attr]  # the tree in memory remembers


def test_nothing_is_said_where_an_end_has_no_files(make_pair: MakePair, make_context: MakeContext) -> None:
    for analyse in (analyse_configuration, analyse_images, analyse_kubernetes):
        assert analyse(make_pair(None, {".env": "A=1"}), make_context()) == Findings()


def test_names_that_are_not_utf_8_do_no_harm(make_pair: MakePair, make_context: MakeContext) -> None:
    path = b"caf\xe9/config.yaml".decode("utf-8", "surrogateescape")
    (finding,) = analyse_configuration(make_pair({path: "a: 1"}, {path: "a: 2"}), make_context()).findings
    assert finding.path == "caf\ufffd/config.yaml:a"


_TREES = st.fixed_dictionaries(
    {},
    optional={
        path: st.dictionaries(
            st.sampled_from(["a", "b", "password", "url", "image"]),
            st.sampled_from(["x", "y", "nginx:1", "postgres://u:pw123456@h/d", ""]),
            max_size=4,
        ).map(json.dumps)
        for path in (
            "config.json",
            "config/dev.json",
            "config/prod.json",
            "chart/values-prod.yaml",
            "chart/values.yaml",
        )
    },
)
_ENDS = st.sampled_from([("dev", "prod"), ("prod", "prod"), ("x", "y")])


@given(_TREES, _ENDS)
def test_an_environment_against_itself_has_no_drift(
    make_pair: MakePair, make_context: MakeContext, tree: dict[str, str], ends: tuple[str, str]
) -> None:
    for analyse in (analyse_configuration, analyse_images, analyse_kubernetes):
        assert analyse(make_pair(tree, tree, (ends[0], ends[0])), make_context()) == Findings()


@given(_TREES, _TREES, _ENDS)
def test_swapping_the_ends_mirrors_the_findings(
    make_pair: MakePair, make_context: MakeContext, new: dict[str, str], old: dict[str, str], ends: tuple[str, str]
) -> None:
    for analyse in (analyse_configuration, analyse_images):
        there = analyse(make_pair(new, old, ends), make_context())
        back = analyse(make_pair(old, new, (ends[1], ends[0])), make_context())
        assert [(f.subject, f.direction, f.old_value, f.new_value) for f in there.findings] == [
            (f.subject, f.direction.mirrored(), f.new_value, f.old_value) for f in back.findings
        ]


@given(_TREES, _TREES, _ENDS)
def test_the_same_trees_give_the_same_findings_in_whatever_order_they_were_listed(
    make_pair: MakePair, make_context: MakeContext, new: dict[str, str], old: dict[str, str], ends: tuple[str, str]
) -> None:
    turned = (dict(reversed(new.items())), dict(reversed(old.items())))
    first = analyse_configuration(make_pair(new, old, ends), make_context())
    assert first == analyse_configuration(make_pair(*turned, ends), make_context())


_SECRETS = st.text("ABCDEFGHJKabcdefghjk0123456789", min_size=12, max_size=24).map(lambda text: f"q{text}Z")


def _trees_with(secret: str, number: int) -> list[tuple[str, str]]:
    """Files that hold a secret, each in another manner."""
    return [
        (".env", f"DB_PASSWORD={secret}\nN={number}\n"),
        (".env", f"DATABASE_URL=postgres://user:{secret}@db/app{number}\n"),
        ("config.yaml", f"stripe:\n  apiKey: {secret}\n  n: {number}\n"),
        ("config.yaml", f"secrets:\n  anything: {secret}\n  n: {number}\n"),
        ("config.yaml", f"env:\n- name: API_TOKEN\n  value: {secret}\n- name: N\n  value: '{number}'\n"),
        ("config.yaml", f"tokens: [{secret}, other{number}]\n"),
        ("config.yaml", f"apiKeys:\n- key: {secret}\n  n: {number}\n"),
        ("config.yaml", f"args: ['--password={secret}', '--n={number}']\n"),
        ("config.yaml", f"inline: |\n  server:\n    password: {secret}\n    n: {number}\n"),
        ("config/app.json", json.dumps({"auth": {"clientSecret": secret}, "n": number})),
        ("config/app.toml", f'connection = "Server=db;Password={secret};N={number}"\n'),
        ("application.properties", f"spring.datasource.password={secret}\nn={number}\n"),
        ("chart/values.yaml", f"db:\n  password: {secret}\n  image: 'nginx:{number}'\n"),
        ("docker-compose.yml", f"services:\n  db:\n    environment: ['PG_PASSWORD={secret}', 'N={number}']\n"),
        ("docker-compose.yml", f"services:\n  db:\n    command: redis --requirepass-token={secret} --n {number}\n"),
        (
            "k8s/s.yaml",
            f"apiVersion: v1\nkind: Secret\nmetadata: {{name: s}}\nstringData: {{any: {secret}-{number}}}\n",
        ),
        (
            "k8s/s.yaml",
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\n  annotations:\n"
            f"    kubectl.kubernetes.io/last-applied-configuration: '{secret}{number}'\ndata: {{x: {secret}}}\n",
        ),
        ("config.yaml", f"password: {secret}\nbroken: [{number}\n"),
        ("config.yaml", f"password: {secret}\npassword: {number}\n"),
    ]


@given(_SECRETS, _SECRETS)
def test_no_secret_leaves(make_pair: MakePair, make_context: MakeContext, first: str, second: str) -> None:
    for (path, new), (_, old) in zip(_trees_with(first, 1), _trees_with(second, 2), strict=True):
        for pair in (make_pair({path: new}, {path: old}), make_pair({path: new}, {}), make_pair({}, {path: old})):
            for analyse in (analyse_configuration, analyse_images, analyse_kubernetes):
                told = repr(analyse(pair, make_context()))
                assert first not in told, path
                assert second not in told, path


def test_secrets_take_part_by_a_keyed_identity(make_pair: MakePair, make_context: MakeContext) -> None:
    pair = make_pair({".env": "API_KEY=one\n"}, {".env": "API_KEY=two\n"})
    (finding,) = analyse_configuration(pair, make_context()).findings
    assert (finding.old_value, finding.new_value) == (SECRET, SECRET)
    assert finding.description == "API_KEY: the secret differs"
    (again,) = analyse_configuration(pair, make_context()).findings
    (other_key,) = analyse_configuration(pair, make_context(key=b"other" * 8)).findings
    assert again.value_identity == finding.value_identity != other_key.value_identity


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("", "x", ("", SECRET)),
        ("${DB_PASSWORD}", "x", ("${DB_PASSWORD}", SECRET)),
        ("true", "false", ("true", "false")),
    ],
)
def test_what_is_no_secret_is_shown_even_under_a_secret_s_name(
    old: str, new: str, shown: tuple[object, object], make_pair: MakePair, make_context: MakeContext
) -> None:
    pair = make_pair({".env": f"DB_PASSWORD={new}\n"}, {".env": f"DB_PASSWORD={old}\n"})
    (finding,) = analyse_configuration(pair, make_context()).findings
    assert (finding.old_value, finding.new_value) == shown


def test_an_image_is_told_once(make_pair: MakePair, make_context: MakeContext) -> None:
    new = {"chart/Chart.yaml": "", "chart/values.yaml": "image: {repository: shop, tag: '2', pullPolicy: Always}\n"}
    old = {"chart/Chart.yaml": "", "chart/values.yaml": "image: {repository: shop, tag: '1', pullPolicy: Never}\n"}
    pair = make_pair(new, old)
    assert _paths(analyse_configuration(pair, make_context())) == {
        "chart/values.yaml:image.pullPolicy": ("Never", "Always")
    }
    assert _paths(analyse_images(pair, make_context())) == {"chart/values.yaml:image": ("shop:1", "shop:2")}


def test_spring_s_profiles_take_effect_by_environment(make_pair: MakePair, make_context: MakeContext) -> None:
    text = "pool: 1\nport: 80\n---\nother: 1\n---\nspring: {config: {activate: {on-profile: prod}}}\npool: 9\n"
    tree = {"src/main/resources/application.yml": text}
    found = analyse_configuration(make_pair(tree, tree, ("uat", "prod")), make_context())
    assert _paths(found) == {"src/main/resources/application.yml:pool": (9, 1)}
    older = {path: text.replace("9", "8") for path, text in tree.items()}
    found = analyse_configuration(make_pair(tree, older), make_context())
    assert _paths(found) == {"src/main/resources/application.yml:profile prod.pool": (8, 9)}
    flat = text.replace("spring: {config: {activate: {on-profile: prod}}}", "spring.profiles: [prod, dr]")
    tree = {"src/main/resources/application.yml": flat}
    found = analyse_configuration(make_pair(tree, tree, ("prod", "uat")), make_context())
    assert _paths(found) == {"src/main/resources/application.yml:pool": (1, 9)}


def test_kubernetes_manifests_are_left_to_their_own_analyser(make_pair: MakePair, make_context: MakeContext) -> None:
    manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: '%s'}\n"
    pair = make_pair({"config/app.yaml": manifest % 1}, {"config/app.yaml": manifest % 2})
    assert analyse_configuration(pair, make_context()).findings == ()
    assert len(analyse_kubernetes(pair, make_context()).findings) == 1


@pytest.mark.parametrize(
    ("new", "old", "opened"),
    [
        ("loadBalancerSourceRanges: [0.0.0.0/0]", "loadBalancerSourceRanges: [10.0.0.0/8]", True),
        (
            "annotations: {a/whitelist-source-range: '10.0.0.0/8, 0.0.0.0/0'}",
            "annotations: {a/whitelist-source-range: 10.0.0.0/8}",
            True,
        ),
        ("annotations: {}", "annotations: {a/whitelist-source-range: 10.0.0.0/8}", True),
        ("service: {type: LoadBalancer}", "service: {type: ClusterIP}", True),
        ("loadBalancerSourceRanges: [10.0.0.0/8]", "loadBalancerSourceRanges: [0.0.0.0/0]", False),
        ("loadBalancerSourceRanges: [10.1.0.0/16]", "loadBalancerSourceRanges: [10.0.0.0/8]", False),
        ("egress: [{cidr: 0.0.0.0/0}]", "egress: [{cidr: 10.0.0.0/8}]", False),
        ("bind: 0.0.0.0", "bind: 127.0.0.1", False),
    ],
)
def test_values_that_let_everybody_in_say_so(
    *, new: str, old: str, opened: bool, make_pair: MakePair, make_context: MakeContext
) -> None:
    chart = "chart/Chart.yaml"
    pair = make_pair(
        {chart: "name: shop\n", "chart/values.yaml": f"{new}\n"},
        {chart: "name: shop\n", "chart/values.yaml": f"{old}\n"},
    )
    found = analyse_configuration(pair, make_context()).findings
    assert found
    assert any(finding.facts["opened"] for finding in found) is opened


def test_the_same_change_below_two_sub_modules_of_a_monorepo_is_the_same_subject(
    make_pair: MakePair, make_context: MakeContext
) -> None:
    found: list[Finding] = []
    for root in ("services/billing", "services/orders"):
        files = {f"{root}/config/.env.{end}": f"SHARED_URL=https://{end}.example.com\n" for end in ("uat", "prod")}
        pair = make_pair(files, files, ("uat", "prod"), root)
        found += analyse_configuration(pair, make_context()).findings
    assert len(found) == 2
    assert len({(finding.subject, finding.value_identity) for finding in found}) == 1
    assert len({finding.path for finding in found}) == 2
