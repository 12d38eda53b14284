"""The workspace and its users (`ports.storage.People`)."""

from sqlalchemy import select

from pilab_desktop.domain.errors import StateError
from pilab_desktop.domain.workspace import User, Workspace
from pilab_desktop.storage.shape import Shape
from pilab_desktop.storage.tables.people import tenants, users
from pilab_desktop.storage.transaction import Taken, Transaction

WORKSPACE = Shape(Workspace, tenants)
USER = Shape(User, users)


class SqlPeople:
    """One workspace and who is in it."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def workspace(self) -> Workspace:
        """Raises StateError where it is gone."""
        row = self._transaction.first(select(*WORKSPACE.columns).where(tenants.c.id == self._transaction.tenant_id))
        if row is None:
            raise StateError("This workspace is no longer in its database. Restore a backup, or name another one.")
        return WORKSPACE.of(row)

    def users(self) -> tuple[User, ...]:
        """By name."""
        rows = self._transaction.all(self._transaction.select(users, USER.columns))
        return tuple(sorted((USER.of(row) for row in rows), key=lambda user: (user.name.casefold(), user.email)))

    def add_user(self, user: User) -> None:
        """Raises DuplicateError for an email that the workspace has."""
        taken = Taken("email", f"Somebody with the email {user.email} is in the workspace already. Nothing was saved.")
        self._transaction.insert(users, USER.values(user), taken=taken)
        self._transaction.touched("user", user.id)
