"""One reader per migration tool: which files are its migrations, how they are named, ordered and split."""
