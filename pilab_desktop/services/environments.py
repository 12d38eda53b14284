"""Environments and their variables (product.md E1–E4)."""

import dataclasses
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from pilab_desktop.domain.change_set import Done
from pilab_desktop.domain.environment import Environment, Stage, Variable
from pilab_desktop.domain.errors import DuplicateError, InvalidInputError, NotFoundError
from pilab_desktop.domain.project_description import EnvironmentDescription, VariableDescription
from pilab_desktop.ports.clock import Clock
from pilab_desktop.ports.secrets import SecretVault
from pilab_desktop.ports.storage import Store, UnitOfWork
from pilab_desktop.services.creation import new_environment, new_variable
from pilab_desktop.services.lookup import environment_named, project_named

# No space, no "=", no quote and no "#" before it: what a file of variables could not hold.
_NAMES_A_VARIABLE = re.compile(r"[^\s='\"#\x00-\x1f\x7f][^\s='\"\x00-\x1f\x7f]*")


class VariableRelation(StrEnum):
    """How a variable stands between two environments."""

    SAME = "SAME"
    DIFFERENT = "DIFFERENT"
    ONLY_IN_SOURCE = "ONLY_IN_SOURCE"
    ONLY_IN_TARGET = "ONLY_IN_TARGET"


@dataclass(frozen=True, slots=True, kw_only=True)
class VariablePair:
    """One key in two environments; an end is None where it has no such variable. A secret's value is in neither."""

    key: str
    relation: VariableRelation
    source: Variable | None
    target: Variable | None


class EnvironmentService:
    """Use cases around environments and variables."""

    def __init__(self, store: Store, clock: Clock, vault: SecretVault) -> None:
        self._store = store
        self._clock = clock
        self._vault = vault

    def list(self, project_name: str | None) -> tuple[Environment, ...]:
        """In their order."""
        with self._store.unit_of_work() as unit:
            return unit.environments.list(project_named(unit, project_name).id)

    def add(self, project_name: str | None, description: EnvironmentDescription) -> Done[Environment]:
        """Add one at the end, with its variables; what was the last promotes to it."""
        with self._store.unit_of_work() as unit:
            project = project_named(unit, project_name)
            present = unit.environments.list(project.id)
            environment = new_environment(project, description, max((e.order for e in present), default=0) + 1)
            if environment.slug in {other.slug for other in present}:
                raise DuplicateError(f"There is an environment “{environment.slug}” already.", "name")
            unit.environments.add(environment)
            self._set(unit, environment, description.variables)
            for name in description.promotes_to or ():
                following = environment_named(unit, project, name)
                to = (*environment.promotes_to, following.id)
                environment = unit.environments.save(dataclasses.replace(environment, promotes_to=to))
            if present and not present[-1].promotes_to:
                unit.environments.save(dataclasses.replace(present[-1], promotes_to=(environment.id,)))
            self._log(unit, "environment.added", environment)
            return Done(environment, unit.commit())

    def rename(self, project_name: str | None, name: str, new_name: str) -> Done[Environment]:
        """Give it another name; its slug stays, since scripts and files use it."""
        with self._store.unit_of_work() as unit:
            if not new_name.strip():
                raise InvalidInputError("An environment needs a name; nothing was changed.")
            environment = environment_named(unit, project_named(unit, project_name), name)
            saved = unit.environments.save(dataclasses.replace(environment, name=new_name.strip()))
            self._log(unit, "environment.renamed", saved)
            return Done(saved, unit.commit())

    def reorder(self, project_name: str | None, names: Iterable[str]) -> Done[tuple[Environment, ...]]:
        """Put them into the order given, which must name each once. The promotion path follows the new order where it
        followed the old one."""
        with self._store.unit_of_work() as unit:
            project = project_named(unit, project_name)
            present = unit.environments.list(project.id)
            wanted = [environment_named(unit, project, name) for name in names]
            if sorted(e.id for e in wanted) != sorted(e.id for e in present):
                slugs = ", ".join(e.slug for e in present)
                raise InvalidInputError(f"Name every environment of the project once: {slugs}.")
            straight = all(e.promotes_to == tuple(n.id for n in present[i + 1 : i + 2]) for i, e in enumerate(present))
            saved = []
            for order, environment in enumerate(wanted, 1):
                to = tuple(n.id for n in wanted[order : order + 1]) if straight else environment.promotes_to
                changed = dataclasses.replace(environment, order=order, promotes_to=to)
                if changed == environment:
                    saved.append(environment)
                    continue
                saved.append(unit.environments.save(changed))
                self._log(unit, "environment.reordered", changed)
            return Done(tuple(saved), unit.commit())

    def delete(self, project_name: str | None, name: str) -> Done[Environment]:
        """Take it away. Its deployments stay in the history; what promoted to it promotes to what it promoted to."""
        with self._store.unit_of_work() as unit:
            project = project_named(unit, project_name)
            environment = environment_named(unit, project, name)
            for other in unit.environments.list(project.id):
                if environment.id in other.promotes_to:
                    rest = [i for i in other.promotes_to if i != environment.id]
                    to = tuple(dict.fromkeys([*rest, *(i for i in environment.promotes_to if i != other.id)]))
                    unit.environments.save(dataclasses.replace(other, promotes_to=to))
            unit.environments.delete(environment, self._clock.now())
            self._log(unit, "environment.deleted", environment)
            return Done(environment, unit.commit())

    def variables(self, project_name: str | None, name: str) -> tuple[Variable, ...]:
        """By key. Secrets come without a value."""
        with self._store.unit_of_work() as unit:
            return unit.environments.variables(environment_named(unit, project_named(unit, project_name), name).id)

    def set_variables(
        self, project_name: str | None, name: str, variables: Iterable[VariableDescription]
    ) -> Done[tuple[Variable, ...]]:
        """Add or replace them, all or none."""
        with self._store.unit_of_work() as unit:
            environment = environment_named(unit, project_named(unit, project_name), name)
            saved = self._set(unit, environment, variables)
            return Done(saved, unit.commit())

    def unset_variable(self, project_name: str | None, name: str, key: str) -> Done[None]:
        """Take one away."""
        with self._store.unit_of_work() as unit:
            environment = environment_named(unit, project_named(unit, project_name), name)
            present = {variable.key: variable for variable in unit.environments.variables(environment.id)}
            if not unit.environments.unset_variable(environment.id, key):
                raise NotFoundError(f"{environment.name} has no variable “{key}”.", tuple(present)[:5])
            old = present[key]
            unit.audit.log(
                action="variable.unset",
                entity="variable",
                entity_id=old.id,
                project_id=old.project_id,
                old=_audited(old),
            )
            return Done(None, unit.commit())

    def compare(self, project_name: str | None, source: str, target: str) -> tuple[VariablePair, ...]:
        """Every key of either environment, side by side; secrets by their fingerprints."""
        after = {variable.key: variable for variable in self.variables(project_name, source)}
        before = {variable.key: variable for variable in self.variables(project_name, target)}
        return tuple(_pair(key, after.get(key), before.get(key)) for key in sorted({*after, *before}))

    def _set(
        self, unit: UnitOfWork, environment: Environment, variables: Iterable[VariableDescription]
    ) -> tuple[Variable, ...]:
        # A key that is told twice ends with its last value. All go by one row: a secret is sealed for its row's id.
        told_last = {told.key: told for told in variables}
        present = {variable.key: variable for variable in unit.environments.variables(environment.id)}
        saved = []
        for told in told_last.values():
            if not _NAMES_A_VARIABLE.fullmatch(told.key):
                raise InvalidInputError(f"“{told.key}” cannot name a variable; nothing was changed.")
            old = present.get(told.key)
            variable = new_variable(environment, told, self._vault, self._clock.now(), old.id if old else None)
            saved.append(unit.environments.set_variable(variable))
            unit.audit.log(
                action="variable.set",
                entity="variable",
                entity_id=variable.id,
                project_id=variable.project_id,
                old=_audited(old),
                new=_audited(variable),
            )
        return tuple(saved)

    @staticmethod
    def _log(unit: UnitOfWork, action: str, environment: Environment) -> None:
        unit.audit.log(
            action=action,
            entity="environment",
            entity_id=environment.id,
            project_id=environment.project_id,
            new={"name": environment.name, "slug": environment.slug, "stage": environment.stage.value},
        )


def stage_of(text: str) -> Stage:
    """A stage by its word, in any case and with `-` or `_`."""
    try:
        return Stage(text.upper().replace("-", "_"))
    except ValueError as error:
        raise InvalidInputError(f"“{text}” is no stage; there are {', '.join(Stage)}.") from error


def _pair(key: str, source: Variable | None, target: Variable | None) -> VariablePair:
    if source is None or target is None:
        relation = VariableRelation.ONLY_IN_TARGET if source is None else VariableRelation.ONLY_IN_SOURCE
    else:
        same = _content(source) == _content(target)
        relation = VariableRelation.SAME if same else VariableRelation.DIFFERENT
    return VariablePair(key=key, relation=relation, source=source, target=target)


def _content(variable: Variable) -> tuple[object, ...]:
    return variable.is_secret, variable.value, variable.is_empty, None if variable.is_empty else variable.fingerprint


def _audited(variable: Variable | None) -> dict[str, str | bool | None] | None:
    if variable is None:
        return None
    return {
        "key": variable.key,
        "value": "••••••••" if variable.is_secret else variable.value,
        "secret": variable.is_secret,
    }
