"""Where the files that travel with the program lie: in a checkout at its top, else inside the package."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource_path(name: str) -> Path:
    """A file or folder below `resources/`, whether this runs from source, from a wheel or from a bundle."""
    return _folder("_resources", "resources") / name


def migrations_path() -> Path:
    """The folder of the schema's migrations."""
    return _folder("_migrations", "migrations")


def resource_text(name: str) -> str:
    """The text of a file below `resources/`."""
    return resource_path(name).read_text(encoding="utf-8")


def _folder(packaged: str, in_source: str) -> Path:
    inside = _PACKAGE / packaged
    return inside if inside.is_dir() else _PACKAGE.parent / in_source
