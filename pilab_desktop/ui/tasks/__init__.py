"""The one way to run anything off the GUI thread."""
