"""Which workspace of a database is meant, and making the first one."""

from sqlalchemy import Connection, func, insert, select

from pilab_desktop.domain.errors import DuplicateError, NotFoundError, StateError
from pilab_desktop.domain.ids import new_id
from pilab_desktop.domain.project import slug_of
from pilab_desktop.domain.workspace import User, UserRole, Workspace
from pilab_desktop.ports.clock import Clock
from pilab_desktop.storage.engine import begin_writing
from pilab_desktop.storage.people import USER, WORKSPACE
from pilab_desktop.storage.tables.people import tenants, users
from pilab_desktop.storage.tables.state import feed_counters

_UNNAMED = "Workspace"

ADVISORY_LOCK = 0x70696C6162
"""Held on Postgres while the schema or the list of workspaces changes ("pilab" in ASCII)."""


def find_workspace(connection: Connection, wanted: str | None, *, place: str) -> Workspace | None:
    """The workspace of that name or slug, or the only one where none is asked for; None where there is none at all.

    Raises NotFoundError for an unknown name, StateError where one of several has to be named.
    """
    rows = connection.execute(select(*WORKSPACE.columns).order_by(tenants.c.created_at)).mappings()
    found = [WORKSPACE.of(row) for row in rows]
    slugs = tuple(workspace.slug for workspace in found)
    if wanted is not None:
        named = [workspace for workspace in found if wanted in {workspace.slug, workspace.name}]
        if not named and found:
            raise NotFoundError(f"There is no workspace “{wanted}” in {place}.", slugs)
        return named[0] if named else None
    if len(found) > 1:
        raise StateError(f"{place} holds several workspaces ({', '.join(slugs)}); name the one you mean.")
    return found[0] if found else None


def enter(
    connection: Connection, wanted: str | None, *, create: bool, fresh: bool, place: str, actor: str, clock: Clock
) -> Workspace:
    """The workspace that is meant; where there is none and `create` is set, a new one, committed. With `fresh` it has
    to be the database's first.

    Raises NotFoundError, StateError; DuplicateError for `fresh` where there is a workspace already.
    """
    if fresh:
        _refuse_another(connection, place)
    found = _found(connection, wanted, create=create, place=place)
    if found is None and create:
        begin_writing(connection)
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(ADVISORY_LOCK)))
        if fresh:
            _refuse_another(connection, place)
        found = _found(connection, wanted, create=create, place=place)
        if found is None:
            found = _make(connection, wanted, actor=actor, clock=clock)
        connection.commit()
    if found is None:
        raise StateError(
            f"{place} holds no workspace yet; nothing was changed. Create one with “pilab workspace create”."
        )
    return found


def _refuse_another(connection: Connection, place: str) -> None:
    there = connection.execute(select(tenants.c.name).order_by(tenants.c.created_at).limit(1)).scalar()
    if there is not None:
        raise DuplicateError(
            f"{place} holds the workspace “{there}” already; it was left as it is. Name another database.", "location"
        )


def _found(connection: Connection, wanted: str | None, *, create: bool, place: str) -> Workspace | None:
    try:
        return find_workspace(connection, wanted, place=place)
    except NotFoundError:
        if create:
            return None
        raise


def _make(connection: Connection, name: str | None, *, actor: str, clock: Clock) -> Workspace:
    now = clock.now()
    shown = name or _UNNAMED
    workspace = Workspace(id=new_id(), name=shown, slug=slug_of(shown) or slug_of(_UNNAMED), created_at=now)
    first = User(
        id=new_id(),
        tenant_id=workspace.id,
        email=f"{slug_of(actor) or 'me'}@localhost",
        first_name=actor,
        last_name="",
        role=UserRole.SUPER_ADMIN,
        created_at=now,
    )
    connection.execute(insert(tenants).values(WORKSPACE.values(workspace)))
    connection.execute(insert(users).values(USER.values(first)))
    connection.execute(insert(feed_counters).values(tenant_id=workspace.id, last=0))
    return workspace
