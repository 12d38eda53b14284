"""Variables of two environments: what differs, and nothing of a secret."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilab_desktop.domain.drift import Direction
from pilab_desktop.domain.environment import Stage, Variable
from pilab_desktop.drift.pair import AnalysisContext
from pilab_desktop.drift.variables import analyse_variables, equal_secrets

MakeContext = Callable[..., AnalysisContext]
MARK = {"secret": True, "changed": True}


def _variable(key: str, value: str = "", *, secret: bool = False) -> Variable:
    return Variable(
        id=uuid4(),
        tenant_id=uuid4(),
        project_id=uuid4(),
        environment_id=uuid4(),
        key=key,
        value=None if secret else value,
        is_secret=secret,
        is_empty=not value,
        fingerprint=value.encode() if secret else None,
        updated_at=datetime.now(UTC),
    )


def _secret(key: str, fingerprint: str = "") -> Variable:
    return _variable(key, fingerprint, secret=True)


@pytest.mark.parametrize(
    ("old", "new", "direction", "shown", "says"),
    [
        (_variable("A", "1"), _variable("A", "2"), Direction.DIFFERENT, ("1", "2"), "“1” → “2”"),
        (None, _variable("A", "2"), Direction.SOURCE_ONLY, (None, "2"), "only in the source"),
        (_variable("A", "1"), None, Direction.TARGET_ONLY, ("1", None), "only in the target"),
        (_secret("A", "x"), _secret("A", "y"), Direction.DIFFERENT, (MARK, MARK), "the secret differs"),
        (_secret("A", "x"), _secret("A"), Direction.DIFFERENT, (MARK, MARK), "empty in the source"),
        (_secret("A", "x"), _variable("A", "x"), Direction.DIFFERENT, (MARK, "x"), "plain in the source"),
        (_secret("A", "x"), None, Direction.TARGET_ONLY, (MARK, None), "a secret, only in the target"),
        (_variable("A", "1"), _variable("A", ""), Direction.DIFFERENT, ("1", ""), "empty in the source"),
    ],
)
def test_each_state_is_told(
    *,
    old: Variable | None,
    new: Variable | None,
    direction: Direction,
    shown: tuple[object, object],
    says: str,
    make_context: MakeContext,
) -> None:
    source, target = (() if end is None else (end,) for end in (new, old))
    (finding,) = analyse_variables(source, target, make_context()).findings
    assert (finding.category, finding.path, finding.sub_module) == ("env_variable", "A", "")
    assert finding.direction is direction
    assert (finding.old_value, finding.new_value) == shown
    assert says in finding.description


@pytest.mark.parametrize("variable", [_variable("A", "1"), _variable("A"), _secret("A", "x"), _secret("A")])
def test_the_same_is_no_drift(variable: Variable, make_context: MakeContext) -> None:
    assert analyse_variables((variable,), (variable,), make_context()).findings == ()


def test_a_plain_value_that_should_have_been_a_secret_is_hidden(make_context: MakeContext) -> None:
    old, new = _variable("DATABASE_URL", "postgres://u:hunter2@h/d"), _variable("DATABASE_URL", "postgres://h/d")
    (finding,) = analyse_variables((new,), (old,), make_context()).findings
    assert (finding.old_value, finding.new_value) == (MARK, "postgres://h/d")
    assert "hunter2" not in repr(finding)


@pytest.mark.parametrize(
    ("source", "target", "shared"),
    [
        (Stage.DEV, Stage.PROD, True),
        (Stage.PROD, Stage.SIT, True),
        (Stage.UAT, Stage.PROD, False),
        (Stage.DEV, Stage.SIT, False),
        (None, Stage.PROD, False),
    ],
)
def test_production_sharing_a_secret_with_development_is_told(
    source: Stage | None, target: Stage, shared: bool, make_context: MakeContext
) -> None:
    ours = (_secret("KEY", "same"), _secret("OTHER", "a"), _secret("EMPTY"), _variable("PLAIN", "p"))
    theirs = (_secret("KEY", "same"), _secret("OTHER", "b"), _secret("EMPTY"), _variable("PLAIN", "p"))
    found = equal_secrets(ours, theirs, source, target, make_context()).findings
    assert [finding.path for finding in found] == (["KEY"] if shared else [])
    assert all(f.facts["shared_secret"] and f.category == "shared_secret" for f in found)


_VARIABLES = st.dictionaries(
    st.sampled_from(["A", "B", "API_KEY", "URL"]), st.tuples(st.booleans(), st.sampled_from(["", "x-one", "y-two"]))
).map(lambda found: tuple(_variable(key, value, secret=secret) for key, (secret, value) in found.items()))


@given(_VARIABLES, _VARIABLES)
def test_swapping_mirrors_and_order_does_not_matter(
    make_context: MakeContext, source: tuple[Variable, ...], target: tuple[Variable, ...]
) -> None:
    context = make_context()
    there = analyse_variables(source, target, context).findings
    assert there == analyse_variables(source[::-1], target[::-1], context).findings
    back = analyse_variables(target, source, context).findings
    assert [(f.subject, f.direction, f.old_value, f.new_value) for f in there] == [
        (f.subject, f.direction.mirrored(), f.new_value, f.old_value) for f in back
    ]
    assert analyse_variables(source, source, context).findings == ()
