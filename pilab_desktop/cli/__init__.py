"""The shell: one Typer application per noun."""
