"""What a release brings, in sentences made from its numbers."""

from collections.abc import Sequence

from pilab_desktop.domain.release_note import ConfigurationChange, NoteCategory, NoteSection
from pilab_desktop.domain.words import counted, listed
from pilab_desktop.notes.changes import Migration

_NOUNS = {
    NoteCategory.SECURITY: ("security fix", "security fixes"),
    NoteCategory.FEATURE: ("new feature", "new features"),
    NoteCategory.ENHANCEMENT: ("modification", "modifications"),
    NoteCategory.BUGFIX: ("fix", "fixes"),
    NoteCategory.PERFORMANCE: ("speed-up", "speed-ups"),
    NoteCategory.DEPRECATED: ("deprecation", "deprecations"),
    NoteCategory.DOCUMENTATION: ("change to the documentation", "changes to the documentation"),
    NoteCategory.REFACTOR: ("internal rework", "internal reworks"),
    NoteCategory.CHORE: ("piece of maintenance", "pieces of maintenance"),
}


def summary_of(
    *,
    version: str,
    target: str,
    sections: Sequence[NoteSection],
    commits: int,
    contributors: int,
    configuration: Sequence[ConfigurationChange],
    migrations: Sequence[Migration],
    complete: bool,
) -> str:
    """Counts only, so that the same facts give the same words."""
    entries = [entry for section in sections for entry in section.entries]
    sentences = []
    if not complete:
        sentences.append("These notes are incomplete: not everything between the two ends could be read.")
    if entries:
        kinds = listed([counted(len(section.entries), *_NOUNS[section.category]) for section in sections])
        people = f" by {counted(contributors, 'person', 'people')}" if contributors else ""
        sentences.append(
            f"{version} brings {counted(len(entries), 'change')} that {target} does not have yet: {kinds}; "
            f"{counted(commits, 'commit')}{people}."
        )
    else:
        sentences.append(f"{version} brings no change of code that {target} does not have.")
    breaking = sum(entry.breaking for entry in entries)
    if breaking:
        sentences.append(f"{counted(breaking, 'breaking change')} to prepare for.")
    sentences += _rest(configuration, [migration for migration in migrations if migration.runs])
    return " ".join(sentences)


def _rest(configuration: Sequence[ConfigurationChange], running: Sequence[Migration]) -> list[str]:
    parts = []
    if running:
        destructive = sum(migration.destructive for migration in running)
        warning = f" ({destructive} can destroy data)" if destructive else ""
        parts.append(counted(len(running), "database migration") + warning)
    if configuration:
        parts.append(counted(len(configuration), "configuration change"))
    return (
        [f"With it {'goes' if len(parts) == 1 and parts[0].startswith('1 ') else 'go'} {listed(parts)}."]
        if parts
        else []
    )
