"""What a file says, whatever its format, and what is said of one that cannot be read."""

import pytest

from pilab_desktop.drift.configuration.documents import Format, UnreadableError, Value, load


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: on\nb: no\nc: y\nd: yes\n", {"a": "on", "b": "no", "c": "y", "d": "yes"}),
        ('a: "1"\nb: 1\nc: 1.0\nd: true\n', {"a": "1", "b": 1, "c": 1.0, "d": True}),
        ("a: 017\nb: 0o17\nc: 0x1F\nd: 1e3\n", {"a": "017", "b": 15, "c": 31, "d": 1000.0}),
        ("a: 2020-01-01\nb: 12:30:45\n", {"a": "2020-01-01", "b": "12:30:45"}),
        ("a: .nan\nb: -.inf\nc: .inf\n", {"a": ".nan", "b": "-.inf", "c": ".inf"}),
        ("a: ~\nb:\nc: null\n", {"a": None, "b": None, "c": None}),
        ("base: &b {x: 1, y: 2}\nuse:\n  <<: *b\n  y: 3\n", {"base": {"x": 1, "y": 2}, "use": {"x": 1, "y": 3}}),
        ("a: &a {x: 1}\nb: &b {x: 2, y: 2}\nc: {<<: [*a, *b]}\n",
         {"a": {"x": 1}, "b": {"x": 2, "y": 2}, "c": {"x": 1, "y": 2}}),
        ("key: !Ref Bucket\nother: !vault |\n  abc\n", {"key": {"!Ref": "Bucket"}, "other": {"!vault": "abc\n"}}),
        ("1: one\nnull: none\n", {"1": "one", "null": "none"}),
        ("a: 123456789012345678901234567890\nb: on\nc: !Ref x\nd: 017\ne: .nan\nf: 2020-01-01\n",
         {"a": 123456789012345678901234567890, "b": "on", "c": {"!Ref": "x"}, "d": "017", "e": ".nan",
          "f": "2020-01-01"}),
    ],
)  # fmt: skip
def test_yaml_is_read_as_version_1_2_with_its_types(text: str, expected: Value) -> None:
    (document,) = load("values.yaml", text.encode(), Format.YAML)
    assert document == expected
    assert repr(document) == repr(expected)  # 1, 1.0 and True are equal to Python, not to the reader


def test_a_stream_gives_its_documents_without_the_empty_ones() -> None:
    assert load("a.yaml", b"---\na: 1\n---\n---\nb: 2\n", Format.YAML) == ({"a": 1}, {"b": 2})
    assert load("a.yaml", b"# nothing\n", Format.YAML) == ()


@pytest.mark.parametrize(
    ("form", "text", "expected"),
    [
        (Format.ENV, "# c\nA=1\nexport B='x y'\nC=\nD\nE=$A\n", {"A": "1", "B": "x y", "C": "", "D": None, "E": "$A"}),
        (Format.PROPERTIES, "a.b=1\n! c\nd : x\\\n  y\n", {"a.b": "1", "d": "xy"}),
        (Format.TOML, "a = 1\n[b]\nc = [1, 2]\nd = 1979-05-27\n", {"a": 1, "b": {"c": [1, 2], "d": "1979-05-27"}}),
        (Format.JSON, '\ufeff{"a": [1, null], "b": NaN}', {"a": [1, None], "b": ".nan"}),
        (Format.JSON, '{// c\n"u": "http://x", /* y */ "l": [1,],}', {"u": "http://x", "l": [1]}),
    ],
)
def test_other_formats_come_down_to_the_same_values(form: Format, text: str, expected: Value) -> None:
    assert load("config", text.encode(), form) == (expected,)


@pytest.mark.parametrize(
    ("form", "text", "says"),
    [
        (Format.YAML, "a: 1\nb: 2\na: 3\n", ("line 3", "“a” stands twice")),
        (Format.YAML, "a:\n  x: 1\n  x: 2\n", ("line 3", "“x” stands twice")),
        (Format.YAML, "a: {{ .Values.x }}\n", ("line 1", "template")),
        (Format.YAML, "a: b\n c: d: e\n", ("line 2", "syntax")),
        (Format.JSON, '{"a": 1, "a": 2}', ("“a” stands twice",)),
        (Format.JSON, '{\n"a": }', ("line 2", "syntax")),
        (Format.TOML, "a = 1\na = 2\n", ("twice", "line 2")),
        (Format.ENV, "A=1\nA=2\n", ("line 2", "“A” stands twice")),
        (Format.ENV, "A=1\nno assignment here\n", ("line 2", "NAME=value")),
        (Format.PROPERTIES, "a=1\n\na=2\n", ("line 3", "“a” stands twice")),
    ],
)
def test_a_broken_file_is_named_with_its_line(form: Format, text: str, says: tuple[str, ...]) -> None:
    with pytest.raises(UnreadableError) as raised:
        load("config/app", text.encode(), form)
    assert raised.value.sentence.startswith("config/app could not be read as")
    for part in says:
        assert part in raised.value.sentence


def test_bytes_that_are_no_text_are_named_with_their_line() -> None:
    with pytest.raises(UnreadableError, match="line 2: bytes that are not UTF-8"):
        load("a.yaml", b"a: 1\nb: \xff\n", Format.YAML)


def _billion_laughs() -> str:
    lines = ['a: &a ["lol","lol","lol","lol","lol","lol","lol","lol","lol"]']
    for before, name in zip("abcdefgh", "bcdefghi", strict=True):
        lines.append(f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]")
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("form", "text"),
    [
        pytest.param(Format.YAML, _billion_laughs(), id="billion laughs"),
        pytest.param(
            Format.YAML,
            "x: &a {" + ",".join(f"k{i}: 1" for i in range(1000)) + "}\ny:\n" + "- *a\n" * 5000,
            id="one large anchor used often",
        ),
        pytest.param(Format.YAML, "a: &a [*a]\n", id="an anchor within itself"),
        pytest.param(Format.YAML, "[" * 5000 + "]" * 5000, id="deep list"),
        pytest.param(Format.YAML, "{a: " * 100_000, id="very deep map"),
        pytest.param(Format.YAML, "n: 123456789012345678901234567890\nx: " + "[" * 250_000, id="deep behind a number"),
        pytest.param(Format.JSON, "[" * 100_000, id="deep JSON"),
        pytest.param(Format.TOML, "a = " + "[" * 5000, id="deep TOML"),
    ],
)
def test_a_bomb_is_a_problem_and_no_harm(form: Format, text: str) -> None:
    with pytest.raises(UnreadableError) as raised:
        load("bomb", text.encode(), form)
    assert "could not be read" in raised.value.sentence


def test_a_complaint_never_quotes_a_value() -> None:
    for form, text in (
        (Format.YAML, "password: hunter2hunter2\npassword: hunter3hunter3\n"),
        (Format.YAML, "password: 'hunter2hunter2\n"),
        (Format.JSON, '{"password": "hunter2hunter2", }}'),
        (Format.TOML, "password = hunter2hunter2\n"),
        (Format.ENV, "PASSWORD=hunter2hunter2\nhunter2hunter2 hunter2hunter2\n"),
    ):
        with pytest.raises(UnreadableError) as raised:
            load("config", text.encode(), form)
        assert "hunter" not in raised.value.sentence
