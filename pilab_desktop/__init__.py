"""PiLab Studio: what runs where, what a promotion would change, may it go, and what do we tell people."""

__version__ = "0.1.0"
