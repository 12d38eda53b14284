"""How a difference is told: the finding of a migration."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pilab_desktop.domain.drift import Direction, DriftType, Finding
from pilab_desktop.domain.json import JsonObject, JsonValue
from pilab_desktop.domain.severity import Severity, highest
from pilab_desktop.drift.migrations.code_mentions import MAX_NAMED, Mentions
from pilab_desktop.drift.migrations.history import Difference, Migration, State
from pilab_desktop.drift.migrations.migration import Identity
from pilab_desktop.drift.migrations.operation import Operation, OperationKind, Verdict, tables_of
from pilab_desktop.drift.migrations.reading import MAX_TEXT_CHARACTERS

MAX_OPERATIONS = 500
"""How many operations an item lists, the worst first beyond that number; all of them are weighed."""

_DIRECTIONS = {State.MISSING: Direction.TARGET_ONLY, State.EDITED: Direction.DIFFERENT}
_PHRASES = {
    State.NEW: "is new",
    State.EDITED: "was edited after the target ran it",
    State.MISSING: "ran in the target and is missing in the source",
    State.OUT_OF_ORDER: "is new, but comes before one that the target already has",
    State.DUPLICATE: "collides with another of the same place in the order",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A difference with all that was found out about it."""

    difference: Difference
    verdict: Verdict
    dialect: str
    folder: str
    reversible: bool
    mentions: Mapping[Operation, Mentions] = field(default_factory=dict)

    @property
    def runs(self) -> bool:
        """Whether a promotion would execute it."""
        return self.difference.runs and self.difference.state not in {State.MISSING, State.EDITED}

    def mentioned(self, mentions: Mapping[Operation, Mentions]) -> "Judged":
        """The same, with the code that still names what is taken away. A constraint that code names is relied on."""
        operations = tuple(
            replace(one, severity=Severity.HIGH)
            if one in mentions
            and one.kind is OperationKind.DROP_CONSTRAINT
            and not one.severity.at_least(Severity.HIGH)
            else one
            for one in self.verdict.operations
        )
        return replace(self, mentions=mentions, verdict=Verdict(operations, self.verdict.unparsed))


def finding(judged: Judged, sub_module: str) -> Finding:
    """The finding of one migration (cli.md, DATABASE items)."""
    difference = judged.difference
    one = difference.migration
    return Finding(
        type=DriftType.DATABASE,
        category="migration",
        direction=_direction(difference),
        sub_module=sub_module,
        path=one.file.path,
        description=_description(judged),
        old_value=_text(difference.target),
        new_value=_text(difference.source),
        subject=_subject(judged),
        value_identity=f"{_identity(difference.target)}..{_identity(difference.source)}",
        facts=_facts(judged),
        metadata=_metadata(judged),
    )


def _direction(difference: Difference) -> Direction:
    if difference.source is not None and difference.target is not None:
        return Direction.DIFFERENT
    return _DIRECTIONS.get(difference.state, Direction.SOURCE_ONLY)


def _subject(judged: Judged) -> str:
    one = judged.difference.migration
    named = one.file.tool.identity is Identity.NAME or judged.difference.state is State.DUPLICATE
    parts = (one.file.tool.name, judged.folder, one.version, *((one.file.name,) if named else ()))
    return ":".join(parts)


def _identity(one: Migration | None) -> str:
    return one.file.blob if one is not None else ""


def _text(one: Migration | None) -> str | None:
    if one is None:
        return None
    if one.reading is None:
        return "(could not be read)"
    text = one.reading.text.strip("\n")
    cut = len(one.reading.text) >= MAX_TEXT_CHARACTERS
    return f"{text}\n… (cut here: only the first {MAX_TEXT_CHARACTERS:,} characters are shown)" if cut else text


def _weight(judged: Judged) -> Severity:
    """The heaviest of what would run; INFO where nothing does. What cannot be read is MEDIUM at least."""
    if not judged.runs:
        return Severity.INFO
    weights = [one.severity for one in judged.verdict.operations]
    return highest([*weights, Severity.MEDIUM] if judged.verdict.unparsed else weights)


def _facts(judged: Judged) -> JsonObject:
    operations = judged.verdict.operations if judged.runs else ()
    return {
        "state": judged.difference.state,
        "tool": judged.difference.migration.file.tool.name,
        "kinds": sorted({one.kind for one in operations}),
        "destructive": any(one.destructive for one in operations),
        "locking": any(one.locking for one in operations),
        "unparsed": judged.runs and judged.verdict.unparsed > 0,
        "highest": _weight(judged),
        "reversible": judged.reversible,
        "cosmetic": judged.difference.cosmetic,
        "still_named": bool(judged.mentions),
    }


def _metadata(judged: Judged) -> JsonObject:
    difference, one = judged.difference, judged.difference.migration
    listed = judged.verdict.operations
    if len(listed) > MAX_OPERATIONS:
        listed = tuple(sorted(listed, key=lambda it: -it.severity.rank)[:MAX_OPERATIONS])
    metadata: dict[str, JsonValue] = {
        "tool": one.file.tool.name,
        "version": one.version,
        "name": one.file.name,
        "operations": [_operation(it) for it in listed],
        "operations_total": len(judged.verdict.operations),
        "reversible": judged.reversible,
        "state": difference.state,
        "tables": list(tables_of(judged.verdict.operations)),
        "dialect": judged.dialect,
        "unparsed": judged.verdict.unparsed,
        "runs": judged.runs,
    }
    if difference.note:
        metadata["note"] = difference.note
    if difference.state is State.EDITED:
        metadata["cosmetic"] = difference.cosmetic
    if difference.source is not None and difference.target is not None:
        metadata["target_path"] = difference.target.file.path
    if judged.mentions:
        metadata["still_named_in"] = list(_paths(judged))
    return metadata


def _operation(one: Operation) -> JsonObject:
    return {
        "kind": one.kind,
        "table": one.table,
        "column": one.column,
        "destructive": one.destructive,
        "locking": one.locking,
        "statement": one.statement,
    }


def _paths(judged: Judged) -> tuple[str, ...]:
    return tuple(dict.fromkeys(path for found in judged.mentions.values() for path in found.paths))[:MAX_NAMED]


def _description(judged: Judged) -> str:
    difference, one = judged.difference, judged.difference.migration
    called = f" ({one.file.name.replace('_', ' ')})" if one.file.name and one.file.name != one.version else ""
    sentences = [f"{one.file.tool.name} migration {one.version}{called} {_phrase(difference)}{_dangers(judged)}."]
    sentences.extend([difference.note] if difference.note else [])
    if judged.verdict.unparsed and judged.runs:
        count = judged.verdict.unparsed
        sentences.append(f"{count} statement{'s' if count != 1 else ''} could not be read; look at the text.")
    if judged.mentions:
        sentences.append(_still_named(judged))
    return " ".join(sentences)


def _phrase(difference: Difference) -> str:
    if difference.state is State.NEW and difference.target is not None:
        return "changed"
    return _PHRASES[difference.state]


def _dangers(judged: Judged) -> str:
    """The heaviest operations in words: up to three."""
    if not judged.runs:
        return ""
    heavy = [one for one in judged.verdict.operations if one.severity.at_least(Severity.HIGH)]
    heavy.sort(key=lambda one: -one.severity.rank)
    words = list(dict.fromkeys(_in_words(one) for one in heavy))
    if not words:
        return ""
    more = f" and {len(words) - 3} more" if len(words) > 3 else ""
    return f": {', '.join(words[:3])}{more}"


def _in_words(one: Operation) -> str:
    place = ".".join(part for part in (one.table, one.column) if part) or one.name or ""
    what = f"{one.kind.replace('_', ' ')} {place}".strip()
    return f"{what} (locks)" if one.locking else what


def _still_named(judged: Judged) -> str:
    names = dict.fromkeys(_taken_name(one) for one in judged.mentions)
    first = next(iter(judged.mentions.values()))
    searched = "" if first.searched == first.files else f" ({first.searched:,} of {first.files:,} code files searched)"
    paths = _paths(judged)
    return (
        f"The target's code still names {', '.join(list(names)[:3])} in {paths[0]}"
        f"{f' and {len(paths) - 1} more' if len(paths) > 1 else ''}{searched}: mind the order of migration and "
        "roll-out."
    )


def _taken_name(one: Operation) -> str:
    if one.kind is OperationKind.DROP_CONSTRAINT:
        return one.name or ""
    return ".".join(part for part in (one.table, one.column) if part)
