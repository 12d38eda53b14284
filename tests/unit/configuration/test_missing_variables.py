"""Variables that new code needs and the target does not have."""

from collections.abc import Callable

import pytest

from pilab_desktop.drift.missing_variables import missing_variables
from pilab_desktop.drift.pair import AnalysisContext, SnapshotPair

MakePair = Callable[..., SnapshotPair]
MakeContext = Callable[..., AnalysisContext]
KNOWN = frozenset({"PRESENT"})


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("app.py", "os.environ['NEW_NAME']"),
        ("app.py", 'os.environ.get("NEW_NAME", "x")'),
        ("app.py", "os.getenv('NEW_NAME')"),
        ("app.ts", "process.env.NEW_NAME!"),
        ("app.js", "process.env['NEW_NAME']"),
        ("app.vue", "import.meta.env.NEW_NAME"),
        ("App.java", 'System.getenv("NEW_NAME")'),
        ("App.kt", 'System.getenv("NEW_NAME")'),
        ("app.rb", "ENV['NEW_NAME']"),
        ("app.rb", "ENV.fetch('NEW_NAME')"),
        ("main.go", 'os.Getenv("NEW_NAME")'),
        ("main.go", 'os.LookupEnv("NEW_NAME")'),
        ("main.rs", 'std::env::var("NEW_NAME")'),
        ("App.cs", 'Environment.GetEnvironmentVariable("NEW_NAME")'),
        ("app.php", "getenv('NEW_NAME')"),
    ],
)
def test_every_way_of_reading_is_known(path: str, line: str, make_pair: MakePair, make_context: MakeContext) -> None:
    pair = make_pair({path: f"a = {line}\n"}, {path: "a = 1\n"})
    (finding,) = missing_variables(pair, KNOWN, make_context()).findings
    assert finding.category == "missing_variable"
    assert finding.path == f"{path}:NEW_NAME"
    assert finding.facts["missing_variable"] is True
    assert finding.metadata["files"] == [path]


@pytest.mark.parametrize(
    ("source", "target"),
    [
        pytest.param({"a.py": "os.environ['PRESENT']"}, {}, id="the target has it"),
        pytest.param({"a.py": "os.environ['OLD']  # new"}, {"a.py": "os.environ['OLD']"}, id="was read before"),
        pytest.param({"b.py": "os.environ['OLD']"}, {"a.py": "os.environ['OLD']"}, id="the file moved"),
        pytest.param(
            {"a.py": "os.environ['OLD']", "b.py": "os.environ['OLD']"},
            {"a.py": "os.environ['OLD']"},
            id="read elsewhere",
        ),
        pytest.param({"tests/a.py": "os.environ['X']"}, {}, id="only tests read it"),
        pytest.param({"a.test.ts": "process.env.X"}, {}, id="only a test file reads it"),
        pytest.param({"a.md": "os.environ['X']"}, {}, id="no code"),
        pytest.param({"a.py": "os.environ['HOME']"}, {}, id="the system sets it"),
        pytest.param({"a.py": "os.environ['X']", ".env": "X=1"}, {".env": ""}, id="it ships with the source's .env"),
        pytest.param({"a.py": "environment['X']; myenviron.thing('Y')"}, {}, id="something else"),
    ],
)
def test_what_is_not_missing_is_not_told(
    source: dict[str, str], target: dict[str, str], make_pair: MakePair, make_context: MakeContext
) -> None:
    assert missing_variables(make_pair(source, target), KNOWN, make_context()).findings == ()


def test_without_any_known_variables_nothing_can_be_missing(make_pair: MakePair, make_context: MakeContext) -> None:
    pair = make_pair({"a.py": "os.environ['X']"}, {})
    assert missing_variables(pair, None, make_context()).findings == ()


def test_what_was_read_once_is_remembered(make_pair: MakePair, make_context: MakeContext) -> None:
    context = make_context()
    first = make_pair({"a.py": "os.environ['X']"}, {"a.py": "1"})
    again = make_pair({"a.py": "os.environ['X']"}, {"a.py": "1"})
    found = missing_variables(first, KNOWN, context)
    assert len(found.findings) == 1
    assert missing_variables(again, KNOWN, context) == found
    assert again.source.reads == []  # type: ignore[union-attr]  # the tree in memory remembers


def test_values_that_templates_start_to_need(make_pair: MakePair, make_context: MakeContext) -> None:
    chart = {
        "chart/Chart.yaml": "name: x\n",
        "chart/values.yaml": "given: 1\n",
        "chart/values-prod.yaml": "for: {prod: 1}\n",
        "chart/values-uat.yaml": "only: {uat: 1}\n",
    }
    old = chart | {"chart/templates/a.yaml": "x: {{ .Values.known }}"}
    new = chart | {
        "chart/templates/a.yaml": "x: {{ .Values.known }} {{ .Values.given }} {{ .Values.for.prod | quote }}\n"
        "y: {{ .Values.only.uat }} {{ $.Values.new.one }} {{ .Values.soft | default 1 }}\n"
        "{{- if .Values.tested }}{{ .Values.tested.inside }}{{ end }}{{/* .Values.comment */}}\n"
    }
    found = missing_variables(make_pair(new, old, ("uat", "prod")), None, make_context()).findings
    assert [finding.subject for finding in found] == [".Values.new.one", ".Values.only.uat"]
