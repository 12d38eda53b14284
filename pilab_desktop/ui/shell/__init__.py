"""Main window, actions, theme, event loop."""
