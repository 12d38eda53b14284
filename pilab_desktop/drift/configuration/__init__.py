"""Configuration files: which there are, what they say together, and what differs between two ends."""

from pilab_desktop.drift.configuration.analysis import analyse_configuration

__all__ = ["analyse_configuration"]
