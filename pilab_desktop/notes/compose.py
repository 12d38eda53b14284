"""From a drift report to the facts of a release note (semantics.md §7)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from pilab_desktop.domain.commit import Relation
from pilab_desktop.domain.drift import DriftReport
from pilab_desktop.domain.release_note import NoteCategory, NoteContent, NoteEntry, NoteSection
from pilab_desktop.notes.categories import DEFAULT, CategoryRules
from pilab_desktop.notes.changes import configuration_changes, migrations_of, missing_variables
from pilab_desktop.notes.commits import shipped_commits
from pilab_desktop.notes.contributors import contributors_of
from pilab_desktop.notes.entries import TicketCatalogue, TicketTitle, entries_of
from pilab_desktop.notes.instructions import instructions_for
from pilab_desktop.notes.summary import summary_of

SECTION_TITLES = {
    NoteCategory.SECURITY: "Security",
    NoteCategory.FEATURE: "Added",
    NoteCategory.ENHANCEMENT: "Modified",
    NoteCategory.BUGFIX: "Fixed",
    NoteCategory.PERFORMANCE: "Performance",
    NoteCategory.DEPRECATED: "Deprecated",
    NoteCategory.DOCUMENTATION: "Documentation",
    NoteCategory.REFACTOR: "Refactoring",
    NoteCategory.CHORE: "Maintenance",
}
_NO_TICKETS: Mapping[str, TicketTitle] = MappingProxyType({})


def compose(
    report: DriftReport,
    *,
    version: str,
    title: str | None,
    date: datetime,
    tickets: Mapping[str, TicketTitle] = _NO_TICKETS,
    rules: CategoryRules = DEFAULT,
    ticket_url: str | None = None,
) -> NoteContent:
    """The note of promoting the report's source to its target.

    `tickets` adds to what the report itself knows of its tickets and wins over it; `ticket_url` is an address with
    `{key}` in it. The same report gives the same note, in whatever order its items stand. Where the report is
    incomplete or has problems, so is the note, and `complete` says it.
    """
    commits = shipped_commits(report)
    entries = entries_of(commits, TicketCatalogue(_known(report, tickets), ticket_url), rules)
    sections = _sections(entries)
    contributors = contributors_of(person for commit in commits for person in commit.people)
    migrations = migrations_of(report)
    configuration = configuration_changes(report)
    complete = _is_complete(report)
    source, target = str(report.source), str(report.target)
    return NoteContent(
        version=version,
        title=title or f"Release {version}",
        date=date,
        project=report.project,
        source=source,
        target=target,
        summary=summary_of(
            version=version,
            target=target,
            sections=sections,
            commits=len(commits),
            contributors=len(contributors),
            configuration=configuration,
            migrations=migrations,
            complete=complete,
        ),
        sections=sections,
        configuration=configuration,
        database=tuple(migration.change for migration in migrations if migration.runs),
        instructions=instructions_for(report, migrations, configuration, missing_variables(report)),
        contributors=contributors,
        complete=complete,
    )


def _known(report: DriftReport, given: Mapping[str, TicketTitle]) -> dict[str, TicketTitle]:
    known = {
        ticket.key: TicketTitle(title=ticket.title or "", type=ticket.type, url=ticket.url)
        for ticket in report.tickets
        if ticket.title or ticket.type or ticket.url
    }
    return known | dict(given)


def _sections(entries: Sequence[NoteEntry]) -> tuple[NoteSection, ...]:
    return tuple(
        NoteSection(category=category, title=SECTION_TITLES[category], entries=told)
        for category in NoteCategory
        if (told := tuple(entry for entry in entries if entry.category is category))
    )


def _is_complete(report: DriftReport) -> bool:
    unresolved = any(drift.relation is Relation.UNRESOLVED for drift in report.sub_modules)
    return report.completeness.complete and not report.problems and not unresolved
