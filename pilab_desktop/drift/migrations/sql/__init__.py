"""Judging SQL: statements, what they do, and what they do together."""
