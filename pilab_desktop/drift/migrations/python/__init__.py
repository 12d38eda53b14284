"""Reading migrations that are Python, by their syntax tree; nothing of them is ever executed."""
