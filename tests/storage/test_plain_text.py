"""No character and no number is lost on the way to a database and back."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pilab_desktop.domain.ids import new_id
from pilab_desktop.domain.json import JsonValue
from pilab_desktop.storage import plain_text
from pilab_desktop.storage.store import SqlStore

texts = st.text(st.characters() | st.sampled_from("\x00\ud800\udcff\U0010ffff0123456789abcdef="))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**80), 2**80) | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@given(texts)
def test_text_comes_back(text: str) -> None:
    plain = plain_text.plain(text)
    plain.encode()  # refuses a lone surrogate
    assert "\x00" not in plain
    assert plain_text.original(plain) == text


@given(json_values)
def test_json_comes_back(value: JsonValue) -> None:
    dumped = plain_text.dump(value)
    json.loads(dumped.encode(), parse_constant=_refuse)
    assert plain_text.load(dumped) == value


def _refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is not JSON")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=json_values, text=texts)
def test_they_come_back_from_a_database(store: SqlStore, value: JsonValue, text: str) -> None:
    kind = str(new_id())
    store.verdicts.put_many(kind, {text: value})
    found = store.verdicts.get_many(kind, [text])
    assert found == {text: value}
    assert isinstance(found[text], type(value))
