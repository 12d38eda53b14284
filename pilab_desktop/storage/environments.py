"""Environments, the promotion path and variables (`ports.storage.Environments`)."""

from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from pilab_desktop.domain.environment import Environment, Variable
from pilab_desktop.storage.shape import Shape
from pilab_desktop.storage.tables.projects import environment_variables, environments, promotions
from pilab_desktop.storage.transaction import Taken, Transaction

_ENVIRONMENT = Shape(Environment, environments)
_VARIABLE = Shape(Variable, environment_variables)
_WIPED = {"value": None, "sealed": None, "fingerprint": None}


class SqlEnvironments:
    """The environments of one workspace. Deleted ones keep their rows and are not listed."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, environment: Environment) -> None:
        """Raises DuplicateError for a slug that the project has, NotFoundError for a next one that is not there."""
        self._transaction.insert(environments, _ENVIRONMENT.values(environment), taken=_slug_taken(environment))
        self._promote(environment)
        self._transaction.touched("environment", environment.id, environment.project_id)

    def save(self, environment: Environment) -> Environment:
        """With its promotion path. Raises ConflictError, DuplicateError, NotFoundError."""
        saved = self._transaction.save(
            _ENVIRONMENT,
            environment,
            f"environment “{environment.name}”",
            taken=_slug_taken(environment),
            stored=lambda: self._get(environment.project_id, environment.id),
        )
        self._unpromote(environment)
        self._promote(environment)
        self._transaction.touched("environment", environment.id, environment.project_id)
        return saved

    def delete(self, environment: Environment, at: datetime) -> None:
        """Nothing promotes to it or from it afterwards; its history stays, its secrets do not. Raises ConflictError."""
        self._transaction.change(
            _ENVIRONMENT,
            environment,
            {"deleted_at": at},
            f"environment “{environment.name}”",
            stored=lambda: self._get(environment.project_id, environment.id),
        )
        self._unpromote(environment)
        self._transaction.run(
            self._transaction.delete(promotions).where(promotions.c.to_environment_id == environment.id)
        )
        self._transaction.run(
            self._transaction.update(environment_variables)
            .where(
                environment_variables.c.environment_id == environment.id, environment_variables.c.deleted_at.is_(None)
            )
            .values(**_WIPED, deleted_at=at, version=environment_variables.c.version + 1)
        )
        self._transaction.touched("environment", environment.id, environment.project_id)

    def list(self, project_id: UUID) -> tuple[Environment, ...]:
        """By `order`, then by name."""
        rows = self._transaction.all(
            self._transaction.select(environments, _ENVIRONMENT.columns)
            .where(environments.c.project_id == project_id, environments.c.deleted_at.is_(None))
            .order_by(environments.c.order)
        )
        edges = self._transaction.all(
            self._transaction.select(promotions)
            .where(promotions.c.project_id == project_id)
            .order_by(promotions.c.from_environment_id, promotions.c.position)
        )
        next_ones: defaultdict[UUID, list[UUID]] = defaultdict(list)
        for edge in edges:
            next_ones[edge["from_environment_id"]].append(edge["to_environment_id"])
        found = (replace(_ENVIRONMENT.of(row), promotes_to=tuple(next_ones[row["id"]])) for row in rows)
        return tuple(sorted(found, key=lambda environment: (environment.order, environment.name.casefold())))

    def set_variable(self, variable: Variable) -> Variable:
        """Add it, or replace the one with the same environment and key (whose id is kept)."""
        row = self._transaction.first(
            self._transaction.select(environment_variables, _VARIABLE.columns).where(
                environment_variables.c.project_id == variable.project_id,
                environment_variables.c.environment_id == variable.environment_id,
                environment_variables.c.key == variable.key,
                environment_variables.c.deleted_at.is_(None),
            )
        )
        if row is None:
            taken = Taken(
                "key", f"Someone else added the variable “{variable.key}” just now; nothing was saved. Try again."
            )
            self._transaction.insert(environment_variables, _VARIABLE.values(variable), taken=taken)
            saved = variable
        else:
            stored = _VARIABLE.of(row)
            replaced = replace(variable, id=stored.id, version=stored.version)
            saved = self._transaction.save(_VARIABLE, replaced, f"the variable “{variable.key}”")
        self._transaction.touched("variable", saved.id, saved.project_id)
        return saved

    def unset_variable(self, environment_id: UUID, key: str) -> bool:
        """Whether there was one. Its value is wiped, only its name is kept."""
        variables = environment_variables.c
        row = self._transaction.first(
            self._transaction.select(environment_variables, _VARIABLE.columns).where(
                variables.environment_id == environment_id, variables.key == key, variables.deleted_at.is_(None)
            )
        )
        if row is None:
            return False
        variable = _VARIABLE.of(row)
        wiped = {**_WIPED, "deleted_at": self._transaction.clock.now()}
        self._transaction.change(_VARIABLE, variable, wiped, f"the variable “{key}”")
        self._transaction.touched("variable", variable.id, variable.project_id)
        return True

    def variables(self, environment_id: UUID) -> tuple[Variable, ...]:
        """By key."""
        rows = self._transaction.all(
            self._transaction.select(environment_variables, _VARIABLE.columns).where(
                environment_variables.c.environment_id == environment_id, environment_variables.c.deleted_at.is_(None)
            )
        )
        return tuple(sorted((_VARIABLE.of(row) for row in rows), key=lambda variable: variable.key))

    def _get(self, project_id: UUID, environment_id: UUID) -> Environment | None:
        return next((found for found in self.list(project_id) if found.id == environment_id), None)

    def _promote(self, environment: Environment) -> None:
        edges = [
            {
                "tenant_id": environment.tenant_id,
                "project_id": environment.project_id,
                "from_environment_id": environment.id,
                "to_environment_id": next_one,
                "position": position,
            }
            for position, next_one in enumerate(dict.fromkeys(environment.promotes_to))
        ]
        self._transaction.insert_many(promotions, edges)

    def _unpromote(self, environment: Environment) -> None:
        self._transaction.run(
            self._transaction.delete(promotions).where(promotions.c.from_environment_id == environment.id)
        )


def _slug_taken(environment: Environment) -> Taken:
    return Taken(
        "slug", f"The project has an environment “{environment.slug}” already; choose another name. Nothing was saved."
    )
