"""The release notes engine: categorise, compose, render."""
