"""What differs between two values, leaf by leaf."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilab_desktop.drift.configuration.comparison import ABSENT, differences, leaves, same, value_at
from pilab_desktop.drift.configuration.documents import Value
from pilab_desktop.drift.configuration.sensitive import dotted

_KEYS = st.sampled_from(["name", "key", "id", "a", "b", "c.d"])


def _scalars() -> st.SearchStrategy[Value]:
    return st.one_of(st.none(), st.booleans(), st.integers(-3, 3), st.sampled_from([0.0, 1.0, "1", "", "a", "b"]))


def _nested(children: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    return st.one_of(st.lists(children, max_size=4), st.dictionaries(_KEYS, children, max_size=4))


VALUES: st.SearchStrategy[Value] = st.recursive(_scalars(), _nested, max_leaves=20)


def _told(old: Value, new: Value) -> dict[str, tuple[object, object]]:
    return {dotted(d.steps): (d.old, d.new) for d in differences(old, new)}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"a": {"b": 1}}, {"a": {"b": 2}}, {"a.b": (1, 2)}),
        ({"a": "1"}, {"a": 1}, {"a": ("1", 1)}),
        ({"a": 1}, {"a": True}, {"a": (1, True)}),
        ({"a": 1}, {"a": 1.0}, {"a": (1, 1.0)}),
        ({"a": None}, {}, {"a": (None, ABSENT)}),
        ({}, {"a": {"b": {"c": 1, "d": []}}}, {"a.b.c": (ABSENT, 1), "a.b.d": (ABSENT, [])}),
        ({"a": [1, 2]}, {"a": [2, 1]}, {"a": ([1, 2], [2, 1])}),
        ({"a": {"b": 1}}, {"a": "x"}, {"a": ({"b": 1}, "x")}),
        ({"a": None}, {"a": {"b": 1}}, {"a.b": (ABSENT, 1)}),
        ({"x": {"a.b/c": 1}}, {"x": {"a.b/c": 2}}, {'x["a.b/c"]': (1, 2)}),
    ],
)
def test_each_leaf_that_differs_is_told_once(
    old: Value, new: Value, expected: dict[str, tuple[object, object]]
) -> None:
    assert _told(old, new) == expected


def test_lists_of_maps_match_by_their_natural_key_not_by_position() -> None:
    old: Value = {"containers": [{"name": "api", "image": "a:1"}, {"name": "db", "image": "d:1"}]}
    new: Value = {"containers": [{"name": "db", "image": "d:1"}, {"name": "api", "image": "a:2"}]}
    assert _told(old, new) == {"containers[name=api].image": ("a:1", "a:2")}


def test_lists_of_maps_without_a_natural_key_match_by_position() -> None:
    old: Value = {"rules": [{"host": "a"}, {"host": "b"}]}
    assert _told(old, {"rules": [{"host": "a"}, {"host": "c"}]}) == {"rules[1].host": ("b", "c")}
    twice: Value = {"rules": [{"name": "x", "v": 1}, {"name": "x", "v": 2}]}
    assert _told(twice, {"rules": [{"name": "x", "v": 1}, {"name": "x", "v": 3}]}) == {"rules[1].v": (2, 3)}


@given(VALUES)
def test_a_value_against_itself_has_no_difference(value: Value) -> None:
    assert list(differences(value, value)) == []


@given(VALUES, VALUES)
def test_there_is_a_difference_exactly_where_values_are_not_the_same(old: Value, new: Value) -> None:
    def ordered(value: Value) -> Value:
        """Lists that are matched by name have no order that counts."""
        if isinstance(value, dict):
            return {key: ordered(child) for key, child in value.items()}
        if isinstance(value, list):
            inner = [ordered(child) for child in value]
            return sorted(inner, key=repr) if inner and all(isinstance(child, dict) for child in inner) else inner
        return value

    found = list(differences(old, new))
    if same(old, new):
        assert found == []
    elif not same(ordered(old), ordered(new)):
        assert found


@given(VALUES, VALUES)
def test_swapping_the_ends_mirrors_every_difference(old: Value, new: Value) -> None:
    there = {(d.steps, repr(d.old), repr(d.new), d.direction) for d in differences(old, new)}
    back = {(d.steps, repr(d.new), repr(d.old), d.direction.mirrored()) for d in differences(new, old)}
    assert there == back


@given(VALUES, VALUES)
def test_a_path_leads_to_the_values_that_were_told(old: Value, new: Value) -> None:
    for d in differences(old, new):
        if d.old is not ABSENT:
            assert same(value_at(old, d.steps), d.old)  # type: ignore[arg-type]  # neither side is ABSENT here
        if d.new is not ABSENT:
            assert same(value_at(new, d.steps), d.new)  # type: ignore[arg-type]  # neither side is ABSENT here


@given(VALUES)
def test_leaves_lead_to_themselves(value: Value) -> None:
    for steps, leaf in leaves(value):
        assert value_at(value, steps) == leaf
