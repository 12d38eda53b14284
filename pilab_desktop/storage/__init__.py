"""Where a workspace's state lies: one SQLite file, or one Postgres database for many desktops."""
