"""Database drift: one reader per migration tool, one judge for SQL."""
