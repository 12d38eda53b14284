"""Badges, charts, diff view, empty states."""
