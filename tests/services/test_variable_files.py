"""Variables come from the files people have, as they are written there, or not at all."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pilab_desktop.domain.environment import Variable
from pilab_desktop.domain.errors import InvalidInputError
from pilab_desktop.domain.ids import new_id
from pilab_desktop.services.variable_files import read_variables, write_variables

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def variable(key: str, value: str | None, *, is_secret: bool = False) -> Variable:
    """One of some environment."""
    return Variable(
        id=new_id(),
        tenant_id=new_id(),
        project_id=new_id(),
        environment_id=new_id(),
        key=key,
        value=value,
        is_secret=is_secret,
        updated_at=NOW,
    )


def read(name: str, text: str) -> dict[str, str | None]:
    """Key to value."""
    return {told.key: told.value for told in read_variables(name, text.encode())}


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (".env", "A=1.10\nexport B='x y'\n# c\nC=\nD\n", {"A": "1.10", "B": "x y", "C": "", "D": ""}),
        (".env", "E=${HOME}\n", {"E": "${HOME}"}),
        (".env.production", "\ufeffA=1", {"A": "1"}),
        ("a.yaml", "A: 1.10\nB: yes\nC:\nD: 0o17\n", {"A": "1.10", "B": "yes", "C": "", "D": "0o17"}),
        ("a.yaml", "E: 'null'\nF: 2026-01-01\nG: ~", {"E": "null", "F": "2026-01-01", "G": ""}),
        ("a.JSON", '{"A": 1.10, "B": true, "C": null, "D": 1e3}', {"A": "1.10", "B": "true", "C": "", "D": "1e3"}),
        ("a.properties", "a.b = c\\u00e9\nd: e", {"a.b": "cé", "d": "e"}),
        ("cm.yml", "apiVersion: v1\nkind: ConfigMap\ndata: {A: x}", {"A": "x"}),
        ("cm.yml", "apiVersion: v1\nkind: ConfigMap", {}),
        ("s.yml", "apiVersion: v1\nkind: Secret\ndata: {A: aGk=}\nstringData: {B: plain}", {"A": "hi", "B": "plain"}),
        ("s.yml", "apiVersion: v1\nkind: Secret\ndata:\n  A: |\n    aGVs\n    bG8=\n", {"A": "hello"}),
    ],
)
def test_each_kind_of_file_is_read_as_it_is_written(name: str, text: str, expected: dict[str, str]) -> None:
    assert read(name, text) == expected


def test_what_is_or_sounds_like_a_secret_is_one() -> None:
    manifest = "apiVersion: v1\nkind: Secret\nstringData: {COLOUR: red}"
    assert [told.is_secret for told in read_variables("s.yaml", manifest.encode())] == [True]
    env = b"DB_PASSWORD=x\nURL=https://a:b@example.org/\nCOLOUR=red\nMY_COLOUR=blue\n"
    told = {one.key: one.is_secret for one in read_variables(".env", env, secret_patterns=("MY_*",))}
    assert told == {"DB_PASSWORD": True, "URL": True, "COLOUR": False, "MY_COLOUR": True}


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        (".env", b"\xff\xfe", "not UTF-8"),
        (".env", b"A=1\nhunter2 hunter2\n", r"Line 2 of .env is no KEY=value"),
        ("a.json", b'{"A": hunter2}', r"not valid JSON \(line 1"),
        ("a.json", b"[" * 100_000, "nested too deeply|not valid JSON"),
        ("a.json", b"[]", "not a mapping"),
        ("a.json", b'{"A": {"B": "hunter2"}}', "“A” in a.json is not a single value"),
        ("a.yaml", b"A: {B: hunter2", "not valid YAML"),
        ("a.yaml", b"A: hunter2\nA: hunter2", "“A” stands twice"),
        ("a.yaml", b"A: 1\n---\nB: 2", "several YAML documents"),
        ("a.yaml", b"", "not a mapping"),
        ("a.properties", b"a=\\uZZZZ", "not a valid properties file"),
        ("s.yaml", b"apiVersion: v1\nkind: Secret\ndata: {A: hunter2}", "“A” in s.yaml is not base64"),
        ("s.yaml", b"apiVersion: v1\nkind: Secret\ndata: [hunter2]", "no mapping where variables should be"),
    ],
)
def test_what_cannot_be_read_is_said_without_its_content(name: str, content: bytes, sentence: str) -> None:
    with pytest.raises(InvalidInputError, match=sentence) as raised:
        read_variables(name, content)
    assert "hunter2" not in raised.value.sentence


VALUES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], include_characters="\n\t"), max_size=20)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.from_regex(r"[A-Za-z_][A-Za-z0-9_.]{0,8}", fullmatch=True), VALUES, max_size=4))
def test_what_is_written_reads_back(values: dict[str, str]) -> None:
    text = write_variables([variable(key, value) for key, value in values.items()])
    assert read(".env", text) == values


def test_a_secret_is_written_by_name_only() -> None:
    text = write_variables([variable("TOKEN", None, is_secret=True), variable("A", "b c"), variable("N", None)])
    assert text == '# TOKEN is a secret; its value stays in the workspace\nA="b c"\nN=""\n'
