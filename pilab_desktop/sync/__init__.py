"""Keeping local copies of repositories fresh."""
