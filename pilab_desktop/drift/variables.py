"""Drift of the variables that environments hold (semantics.md §4, Variables; product.md E4).

Secrets take part by their keyed fingerprint. Of two secrets nothing appears but whether they are the same, differ, are
empty or missing.
"""

from collections.abc import Mapping

from pilab_desktop.domain.drift import Direction, DriftType, Finding, Findings
from pilab_desktop.domain.environment import Stage, Variable
from pilab_desktop.domain.json import JsonValue
from pilab_desktop.domain.redaction import is_secret_name, looks_secret
from pilab_desktop.drift.pair import AnalysisContext, secret_mark

_DEVELOPMENT = frozenset({Stage.DEV, Stage.SIT})
_PRODUCTION = frozenset({Stage.PROD, Stage.DR})


def analyse_variables(source: tuple[Variable, ...], target: tuple[Variable, ...], context: AnalysisContext) -> Findings:
    """One finding for each key whose variable differs or stands at one end only, by key."""
    ours, theirs = _by_key(source), _by_key(target)
    return Findings(
        findings=tuple(
            _finding(key, theirs.get(key), ours.get(key), context)
            for key in sorted(ours.keys() | theirs.keys())
            if _state(key, ours.get(key), context) != _state(key, theirs.get(key), context)
        )
    )


def equal_secrets(
    source: tuple[Variable, ...],
    target: tuple[Variable, ...],
    source_stage: Stage | None,
    target_stage: Stage | None,
    context: AnalysisContext,
) -> Findings:
    """The secrets that production shares with development: whoever reads them there, reads production's (§3).

    Nothing unless one end is production (or its standby) and the other development or integration.
    """
    stages = {source_stage, target_stage}
    if not (stages & _PRODUCTION and stages & _DEVELOPMENT):
        return Findings()
    ours, theirs = _by_key(source), _by_key(target)
    return Findings(
        findings=tuple(
            _shared(key, ours[key], context)
            for key in sorted(ours.keys() & theirs.keys())
            if _is_full_secret(ours[key])
            and _is_full_secret(theirs[key])
            and ours[key].fingerprint == theirs[key].fingerprint
        )
    )


def _by_key(variables: tuple[Variable, ...]) -> Mapping[str, Variable]:
    return {variable.key: variable for variable in variables}


def _is_full_secret(variable: Variable) -> bool:
    return variable.is_secret and not variable.is_empty and variable.fingerprint is not None


def _state(key: str, variable: Variable | None, context: AnalysisContext) -> str:
    """What is compared: a digest that says the kind and the content and shows neither."""
    if variable is None:
        return "missing"
    if variable.is_secret:
        content = "empty" if variable.is_empty or variable.fingerprint is None else variable.fingerprint.hex()
        return context.secret_identity(key, f"secret\n{content}")
    return context.secret_identity(key, f"plain\n{variable.value or ''}")


def _finding(key: str, old: Variable | None, new: Variable | None, context: AnalysisContext) -> Finding:
    direction = Direction.SOURCE_ONLY if old is None else Direction.TARGET_ONLY if new is None else Direction.DIFFERENT
    return Finding(
        type=DriftType.CONFIG,
        category="env_variable",
        direction=direction,
        sub_module="",
        path=key,
        description=f"{key}: {_description(old, new)}",
        old_value=_shown(old),
        new_value=_shown(new),
        subject=key,
        value_identity=f"{_state(key, old, context)}:{_state(key, new, context)}",
        facts={
            "key": key.upper(),
            "only_in_target": direction is Direction.TARGET_ONLY,
            "secret": _is_hidden(old) or _is_hidden(new),
        },
    )


def _shared(key: str, variable: Variable, context: AnalysisContext) -> Finding:
    return Finding(
        type=DriftType.CONFIG,
        category="shared_secret",
        direction=Direction.DIFFERENT,
        sub_module="",
        path=key,
        description=f"{key}: production and development hold the same secret",
        old_value=secret_mark(changed=False),
        new_value=secret_mark(changed=False),
        subject=key,
        value_identity=_state(key, variable, context),
        facts={"key": key.upper(), "only_in_target": False, "secret": True, "shared_secret": True},
    )


def _is_hidden(variable: Variable | None) -> bool:
    """A secret, or a plain value that someone should have marked as one."""
    if variable is None:
        return False
    if variable.is_secret:
        return True
    value = variable.value or ""
    return bool(value) and (looks_secret(value) or is_secret_name(variable.key))


def _shown(variable: Variable | None) -> JsonValue:
    if variable is None:
        return None
    return secret_mark(changed=True) if _is_hidden(variable) else variable.value or ""


def _description(old: Variable | None, new: Variable | None) -> str:
    if old is None or new is None:
        there, end = (new, "source") if old is None else (old, "target")
        kind = "a secret" if _is_hidden(there) else "set"
        empty = " and empty" if there is not None and _is_empty(there) else ""
        return f"{kind}{empty}, only in the {end}"
    if old.is_secret != new.is_secret:
        return (
            "a secret in the source, plain in the target"
            if new.is_secret
            else ("plain in the source, a secret in the target")
        )
    if _is_empty(old) != _is_empty(new):
        return f"empty in the {'target' if _is_empty(old) else 'source'}"
    return "the secret differs" if _is_hidden(old) or _is_hidden(new) else f"{_told(old)} → {_told(new)}"


def _is_empty(variable: Variable) -> bool:
    return variable.is_empty if variable.is_secret else not variable.value


def _told(variable: Variable) -> str:
    value = variable.value or ""
    return f"“{value}”" if len(value) <= 60 else f"“{value[:59]}…”"
