"""Versions are ordered as their scheme says, never as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilab_desktop.domain.versions import order


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("1.9.0", "1.10.0"),
        ("2.5.0-rc1", "2.5.0"),
        ("1.0.0-rc2", "1.0.0-rc10"),
        ("1.0.0-rc.2", "1.0.0-rc.10"),
        ("1.0.0-alpha", "1.0.0-alpha.1"),
        ("1.0.0-alpha.1", "1.0.0-alpha.beta"),
        ("v2.3.9", "2.4.0"),
        ("2026.9.30", "2026.11.2"),
        ("1.0a1", "1.0b1"),
        ("2.3.0.RELEASE", "2.3.1.RELEASE"),
        ("1.0-SNAPSHOT", "1.0"),
        ("20260930", "20261122"),
    ],
)
def test_older_lies_below_newer(older: str, newer: str) -> None:
    assert order(older, newer) == -1
    assert order(newer, older) == 1


@pytest.mark.parametrize(
    ("one", "other"), [("1.0.0+build.1", "1.0.0+build.2"), ("1.2", "1.2.0"), ("1.0.0.Final", "1.0")]
)
def test_what_does_not_order_is_the_same(one: str, other: str) -> None:
    assert order(one, other) == 0


@pytest.mark.parametrize("text", ["nightly", "main-abc1234", "", "latest"])
def test_what_is_no_version_is_not_ordered(text: str) -> None:
    assert order(text, "1.0.0") is None


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30)), min_size=2, max_size=2))
def test_numbers_order_as_numbers(versions: list[tuple[int, int, int]]) -> None:
    one, other = versions
    texts = [".".join(map(str, version)) for version in versions]
    assert order(*texts) == (one > other) - (one < other)


@given(st.text(max_size=20), st.text(max_size=20))
def test_any_two_texts_mirror(one: str, other: str) -> None:
    forth, back = order(one, other), order(other, one)
    assert (forth is None and back is None) or (forth is not None and back == -forth)
