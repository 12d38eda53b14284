"""Every table of a workspace; the same on SQLite and Postgres. Importing this package completes `metadata`."""

from pilab_desktop.storage.tables import drift, manifest, notes, people, projects, state
from pilab_desktop.storage.tables.metadata import metadata

__all__ = ["drift", "manifest", "metadata", "notes", "people", "projects", "state"]
