"""Judging migrations, each blob once: verdicts are kept by blob id, dialect and the judge's version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from pilab_desktop.domain.json import JsonValue
from pilab_desktop.domain.severity import Severity
from pilab_desktop.drift.migrations.migration import Language
from pilab_desktop.drift.migrations.operation import Detail, Operation, OperationKind, Verdict, Wrapping

KIND = "migration-verdict"
"""The name under which verdicts are kept."""

JUDGE_VERSION = 1
"""Grows when a verdict on the same text may come out differently, so that stored ones are not used any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is to be judged. `surroundings` names what else the answer hangs on (a Django app's earlier state)."""

    blob: str
    language: Language
    dialect: str
    wrapping: Wrapping = Wrapping.NONE
    app: str = ""
    surroundings: str = ""

    @property
    def key(self) -> str:
        """Under which the verdict is kept."""
        parts = (JUDGE_VERSION, self.language, self.dialect, self.wrapping, self.app, self.surroundings, self.blob)
        return ":".join(str(part) for part in parts)


_KINDS: Mapping[JsonValue, OperationKind] = {kind.value: kind for kind in OperationKind}
_SEVERITIES: Mapping[JsonValue, Severity] = {severity.value: severity for severity in Severity}
_DETAILS: Mapping[JsonValue, Detail] = {detail.value: detail for detail in Detail}


def encoded(verdict: Verdict) -> JsonValue:
    """A verdict as JSON."""
    return [verdict.unparsed, [_encoded_operation(one) for one in verdict.operations]]


def _encoded_operation(one: Operation) -> list[JsonValue]:
    flags = (1 if one.destructive else 0) + (2 if one.locking else 0)
    return [one.kind, one.severity, one.statement, one.table, one.column, one.name, flags, one.detail]


def decoded_verdict(value: JsonValue) -> Verdict | None:
    """A stored verdict; None for what is no such thing, which is then judged anew."""
    match value:
        case [int(unparsed), [*operations]]:
            found = [_decoded_operation(one) for one in operations]
            whole = [one for one in found if one is not None]
            return Verdict(tuple(whole), unparsed) if len(whole) == len(found) else None
        case _:
            return None


def _decoded_operation(value: JsonValue) -> Operation | None:
    # Thousands come at once: unpacking and looking up takes a third of the time of matching a pattern and of asking an
    # enum for its member. What does not fit raises, or is found by the types.
    if not isinstance(value, Sequence) or isinstance(value, str):
        return None
    try:
        kind, severity, statement, table, column, name, flags, detail = value
        found = Operation(
            kind=_KINDS[kind],
            severity=_SEVERITIES[severity],
            statement=cast(str, statement),
            table=cast("str | None", table),
            column=cast("str | None", column),
            name=cast("str | None", name),
            destructive=bool(cast(int, flags) & 1),
            locking=bool(cast(int, flags) & 2),
            detail=_DETAILS[detail],
        )
    except (TypeError, ValueError, KeyError):
        return None
    texts = (statement, table or "", column or "", name or "")
    return found if all(type(text) is str for text in texts) else None


def stored(verdicts: Mapping[str, JsonValue]) -> dict[str, Verdict]:
    """The stored verdicts that can be used."""
    found = {key: decoded_verdict(value) for key, value in verdicts.items()}
    return {key: verdict for key, verdict in found.items() if verdict is not None}
