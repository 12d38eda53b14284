"""The only composition root: it builds what the front ends use, each part when it is first asked for."""

from pilab_desktop.bootstrap.program import LocalProgram

__all__ = ["LocalProgram"]
