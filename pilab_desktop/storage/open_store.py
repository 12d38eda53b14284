"""The door to a workspace's state."""

from pathlib import Path

from pilab_desktop.ports.clock import Clock
from pilab_desktop.storage.opening import Opening
from pilab_desktop.storage.store import SqlStore

_SHARED = ("postgresql://", "postgres://", "postgresql+psycopg://")


def is_shared(location: str | Path) -> bool:
    """Whether the location names a Postgres database and not a file."""
    return isinstance(location, str) and location.startswith(_SHARED)


def shown_location(location: str) -> str:
    """The location as it may be shown: a Postgres address without its password."""
    if not is_shared(location):
        return str(Path(location).expanduser())
    from pilab_desktop.storage.engine import place_of, postgres_url  # noqa: PLC0415  # a local workspace needs none of it

    return place_of(postgres_url(location))


def open_store(
    location: str | Path,
    *,
    migrations_dir: Path,
    actor: str,
    clock: Clock,
    create: bool = False,
    fresh: bool = False,
    workspace: str | None = None,
    wait_seconds: float = 10.0,
) -> SqlStore:
    """Open the workspace at a location: the path of a SQLite file, or `postgresql://USER@HOST/DATABASE`.

    `create` makes what is missing: the file (its folder must be there), the schema, the workspace, its first person
    (`actor`); with `fresh` it has to be the first there. `workspace` is a name or slug, needed where a database holds
    several. `actor` is who acts, for the audit log. An older schema is upgraded, a local file after a copy of it. A
    later release's schema is opened for reading (`SqlStore.read_only` says so). A writer waits `wait_seconds` for
    another one.

    Raises StateError where there is none, where it is something else, damaged, busy or unwritable; StateNewerError
    where a later release's schema cannot even be read; NotFoundError for an unknown workspace; InvalidInputError for
    an address that cannot be read; DuplicateError for `fresh` where there is a workspace; UnreachableError where the
    server does not answer or refuses the password.
    """
    opening = Opening(
        migrations_dir=migrations_dir,
        actor=actor,
        clock=clock,
        create=create,
        fresh=fresh,
        workspace=workspace,
        wait_seconds=wait_seconds,
    )
    if is_shared(location):
        from pilab_desktop.storage.shared_store import open_shared  # noqa: PLC0415  # a local workspace needs none of it

        return open_shared(str(location), opening)
    from pilab_desktop.storage.local_store import open_local  # noqa: PLC0415  # nor the other way round

    return open_local(Path(location).expanduser(), opening)
