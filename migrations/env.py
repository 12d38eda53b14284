"""Runs migrations on the connection that `pilab_desktop.storage.schema` hands over, inside its transaction."""

from alembic import context
from sqlalchemy import Connection

from pilab_desktop.storage.tables import metadata


def _run() -> None:
    connection = context.config.attributes["connection"]
    assert isinstance(connection, Connection)
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        transactional_ddl=True,  # ours begins explicitly, so SQLite undoes DDL as well
    )
    with context.begin_transaction():
        context.run_migrations()


_run()
