"""The severity policy: every rule that matches is collected, the highest wins (semantics.md §3)."""

import fnmatch
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pilab_desktop.domain.drift import DriftType, Finding
from pilab_desktop.domain.errors import InvalidInputError
from pilab_desktop.domain.json import JsonValue
from pilab_desktop.domain.severity import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Asks one fact of a finding. A fact that is a list satisfies it with any of its elements."""

    fact: str
    any_of: tuple[JsonValue, ...] = ()
    like: tuple[str, ...] = ()
    at_least: int | None = None

    def holds(self, value: JsonValue) -> bool:
        """Whether the fact's value (None where the finding has no such fact) satisfies the condition."""
        if isinstance(value, Sequence) and not isinstance(value, str):
            return any(self.holds(element) for element in value)
        if self.at_least is not None:
            return isinstance(value, (int, float)) and not isinstance(value, bool) and value >= self.at_least
        if self.like:
            return isinstance(value, str) and any(
                fnmatch.fnmatchcase(value.upper(), pattern.upper()) for pattern in self.like
            )
        return any(value == wanted and isinstance(value, bool) == isinstance(wanted, bool) for wanted in self.any_of)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Gives `severity` to findings of the given types (any where empty) that satisfy every condition."""

    name: str
    severity: Severity
    types: tuple[DriftType, ...] = ()
    conditions: tuple[Condition, ...] = ()

    def matches(self, finding: Finding) -> bool:
        """Whether the rule speaks of this finding."""
        return (not self.types or finding.type in self.types) and all(
            condition.holds(_fact(finding, condition.fact)) for condition in self.conditions
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityPolicy:
    """An ordered list of rules, and what a type has where no rule matches."""

    rules: tuple[Rule, ...]
    defaults: Mapping[DriftType, Severity]
    _of_type: Mapping[DriftType, tuple[Rule, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_type = {t: tuple(rule for rule in self.rules if not rule.types or t in rule.types) for t in DriftType}
        object.__setattr__(self, "_of_type", by_type)

    def grade(self, finding: Finding) -> tuple[Severity, str]:
        """The severity and the name of the rule that decided: the highest, the first of equals."""
        matching = [rule for rule in self._of_type[finding.type] if rule.matches(finding)]
        if not matching:
            return self.defaults.get(finding.type, Severity.LOW), f"{finding.type.lower()}-default"
        deciding = max(matching, key=lambda rule: rule.severity.rank)
        return deciding.severity, deciding.name


def _fact(finding: Finding, name: str) -> JsonValue:
    match name:
        case "category":
            return finding.category
        case "direction":
            return finding.direction.value
        case "sub_module":
            return finding.sub_module
        case "path":
            return finding.path
    return finding.facts.get(name)


def load_policy(text: str, *, name: str) -> SeverityPolicy:
    """The policy a YAML text says; `name` is what the sentence calls it.

    Raises InvalidInputError with the rule that cannot be understood.
    """
    import ryaml  # noqa: PLC0415 - only who loads a policy pays for the parser

    try:
        document = ryaml.loads(text)
    except ValueError as error:
        raise InvalidInputError(f"The severity policy {name} is not valid YAML: {error}.") from error
    if not isinstance(document, dict) or not isinstance(document.get("rules"), list):
        raise InvalidInputError(f"The severity policy {name} needs a list named “rules”.")
    unknown = document.keys() - {"rules", "defaults"}
    if unknown:
        raise InvalidInputError(f"The severity policy {name} has an unknown part “{min(map(str, unknown))}”.")
    try:
        rules = tuple(_rule(entry, number) for number, entry in enumerate(document["rules"], 1))
        defaults = {DriftType(t): Severity(s) for t, s in (document.get("defaults") or {}).items()}
    except (ValueError, AttributeError) as error:
        raise InvalidInputError(f"The severity policy {name} cannot be used: {error}.") from error
    return SeverityPolicy(rules=rules, defaults=defaults)


def _rule(entry: object, number: int) -> Rule:
    if not isinstance(entry, dict) or not entry.keys() <= {"name", "severity", "type", "when"}:
        raise ValueError(f"rule {number} may have name, type, when and severity, and nothing else")
    if not isinstance(entry.get("name"), str) or "severity" not in entry:
        raise ValueError(f"rule {number} needs a name and a severity")
    types = entry.get("type") or []
    conditions = entry.get("when") or {}
    if not isinstance(conditions, dict):
        raise ValueError(  # noqa: TRY004 - it is the file that is wrong, not a type in our code
            f"“when” of rule {entry['name']} must map facts to what they must be"
        )
    return Rule(
        name=entry["name"],
        severity=Severity(entry["severity"]),
        types=tuple(DriftType(t) for t in (types if isinstance(types, list) else [types])),
        conditions=tuple(_condition(str(fact), wanted, entry["name"]) for fact, wanted in conditions.items()),
    )


def _condition(fact: str, wanted: object, rule: str) -> Condition:
    if isinstance(wanted, dict):
        if wanted.keys() == {"at_least"} and isinstance(wanted["at_least"], int):
            return Condition(fact=fact, at_least=wanted["at_least"])
        if wanted.keys() == {"like"}:
            patterns = wanted["like"] if isinstance(wanted["like"], list) else [wanted["like"]]
            return Condition(fact=fact, like=tuple(map(str, patterns)))
        raise ValueError(f"“{fact}” of rule {rule} knows only at_least and like")
    return Condition(fact=fact, any_of=tuple(wanted) if isinstance(wanted, list) else (wanted,))  # type: ignore[arg-type]  # YAML gives JSON's types
