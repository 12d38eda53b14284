"""Database drift: migrations found by the files of their tools, compared and judged (semantics.md §5)."""

from pilab_desktop.drift.migrations.analysis import analyse_migrations

__all__ = ["analyse_migrations"]
