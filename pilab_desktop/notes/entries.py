"""One entry for each ticket, else for each pull request, else for each commit (semantics.md §7)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pilab_desktop.domain.conventional import ConventionalCommit, breaking_note, parse
from pilab_desktop.domain.markdown_text import one_line
from pilab_desktop.domain.release_note import CategorySource, NoteCategory, NoteEntry
from pilab_desktop.notes.categories import CategoryRules, Verdict, commit_category, ticket_category
from pilab_desktop.notes.commits import ShippedCommit
from pilab_desktop.notes.titles import clean_title

_KEPT_WHEN_TAKEN_BACK = {NoteCategory.CHORE, NoteCategory.DOCUMENTATION, NoteCategory.REFACTOR}

_UNDONE = {
    "RELEASED": "Undoes what was released earlier.",
    "PARTLY": "Undoes a part of what this release brings.",
    "AMBIGUOUS": "Undoes one of several changes of that name; the commit says which.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketTitle:
    """What is known of a ticket besides its key."""

    title: str
    type: str | None = None
    labels: tuple[str, ...] = ()
    url: str | None = None


@dataclass(frozen=True, slots=True)
class TicketCatalogue:
    """The tickets that are known, and where the others may be looked up: an address with `{key}` in it."""

    titles: Mapping[str, TicketTitle]
    address: str | None = None

    def url_of(self, key: str) -> str | None:
        """Where the ticket can be read."""
        known = self.titles.get(key)
        if known and known.url:
            return known.url
        return self.address.replace("{key}", key) if self.address else None


@dataclass(frozen=True, slots=True)
class _Read:
    """A commit with what its message says."""

    commit: ShippedCommit
    conventional: ConventionalCommit | None
    title: str
    pull_requests: tuple[str, ...]
    verdict: Verdict


def entries_of(
    commits: Sequence[ShippedCommit], tickets: TicketCatalogue, rules: CategoryRules
) -> tuple[NoteEntry, ...]:
    """The entries, each commit in exactly one: breaking ones first, then by sub-module, then the newest first.

    A commit that names several tickets belongs to the one that its subject names first, so a ticket has one entry and
    no commit is told twice; tickets that have no commit of their own are listed with the one they came with. A commit
    without a ticket goes with the ticket of its pull request where that has exactly one. A revert of something shipped
    stands alone: it is no part of what the ticket brings.
    """
    groups = _grouped([_read(commit, rules) for commit in commits])
    written = [(_entry(key, groups, tickets, rules), group) for key, group in groups.items()]
    written.sort(key=_place)
    return tuple(entry for entry, _ in written)


_Key = tuple[str, str]
_Groups = Mapping[_Key, Sequence[_Read]]


def _place(written: tuple[NoteEntry, Sequence[_Read]]) -> tuple[bool, str, float, str]:
    entry, group = written
    newest = max(read.commit.committed_at for read in group)
    return not entry.breaking, entry.sub_module or "", -newest, min(entry.commits)


def _read(commit: ShippedCommit, rules: CategoryRules) -> _Read:
    conventional = parse(commit.message)
    title = clean_title(one_line(commit.subject), conventional, commit.tickets)
    numbers = tuple(dict.fromkeys(filter(None, (commit.pull_request, *title.pull_requests))))
    verdict = commit_category(title.text, conventional, commit.found_category, rules)
    return _Read(commit, conventional, title.text, numbers, verdict)


def _grouped(reads: Iterable[_Read]) -> dict[_Key, list[_Read]]:
    groups: dict[_Key, list[_Read]] = defaultdict(list)
    of_pull_request: dict[tuple[str, str], set[str]] = defaultdict(set)
    later: list[_Read] = []
    for read in reads:
        commit = read.commit
        if commit.takes_back:
            groups["commit", commit.sha].append(read)
        elif commit.tickets:
            key = _primary(commit)
            groups["ticket", key].append(read)
            for number in read.pull_requests:
                of_pull_request[commit.place, number].add(key)
        else:
            later.append(read)
    for read in later:
        groups[_key_without_ticket(read, of_pull_request)].append(read)
    return groups


def _primary(commit: ShippedCommit) -> str:
    """The ticket that the subject names first, else the first of all."""
    named = [(commit.subject.find(key), key) for key in commit.tickets if key in commit.subject]
    return min(named)[1] if named else commit.tickets[0]


def _key_without_ticket(read: _Read, of_pull_request: Mapping[tuple[str, str], set[str]]) -> _Key:
    for number in read.pull_requests:
        keys = of_pull_request.get((read.commit.place, number), ())
        if len(keys) == 1:
            return "ticket", next(iter(keys))
    if read.pull_requests:
        return "pull request", f"{read.commit.place}#{read.pull_requests[0]}"
    return "commit", read.commit.sha


def _entry(key: _Key, groups: _Groups, tickets: TicketCatalogue, rules: CategoryRules) -> NoteEntry:
    group = groups[key]
    listed = _listed_tickets(key, group, groups)
    ticket = tickets.titles.get(key[1]) if key[0] == "ticket" else None
    best = min(group, key=_tells_most)
    told = (ticket_category(ticket.type, ticket.labels, rules) if ticket else None) or best.verdict
    if best.commit.takes_back:
        told = _category_of_revert(best, rules)
    modules = {name for read in group for name in read.commit.sub_modules}
    return NoteEntry(
        title=_title(key, best, ticket),
        description=_description(group, listed[1:] if key[0] == "ticket" else (), tickets.titles),
        category=told.category,
        category_source=told.source,
        tickets=listed,
        commits=tuple(read.commit.sha for read in group),
        pull_requests=tuple(dict.fromkeys(number for read in group for number in read.pull_requests)),
        authors=tuple(dict.fromkeys(p.name for read in group for p in read.commit.people if p.name)),
        breaking=any(read.commit.breaking for read in group),
        sub_module=next(iter(modules)) if len(modules) == 1 else None,
        ticket_url=tickets.url_of(listed[0]) if listed else None,
    )


def _listed_tickets(key: _Key, group: Sequence[_Read], groups: _Groups) -> tuple[str, ...]:
    named = dict.fromkeys(ticket for read in group for ticket in read.commit.tickets)
    if key[0] != "ticket":
        return tuple(named)
    others = sorted(ticket for ticket in named if ticket != key[1] and ("ticket", ticket) not in groups)
    return key[1], *others


def _tells_most(read: _Read) -> tuple[int, bool, float, str]:
    """The commit that says best what people get: by category, breaking first, then the first one written."""
    return read.verdict.rank, not read.commit.breaking, read.commit.committed_at, read.commit.sha


def _title(key: _Key, best: _Read, ticket: TicketTitle | None) -> str:
    if best.commit.takes_back:
        return f"Takes back “{_title_taken_back(best)}”"
    if ticket and ticket.title.strip():
        return one_line(ticket.title)
    return best.title or key[1]


def _subject_taken_back(read: _Read) -> str:
    """The subject of what a revert undoes, still with its own type."""
    subject = one_line(read.commit.subject)
    _, mark, quoted = subject.partition('Revert "')
    if mark and '"' in quoted:
        return quoted.rpartition('"')[0]
    if subject.lower().startswith("revert:"):
        return subject[len("revert:") :].strip()
    return one_line(read.commit.takes_back)


def _title_taken_back(read: _Read) -> str:
    subject = _subject_taken_back(read)
    return clean_title(subject, parse(subject), read.commit.tickets).text or read.commit.sha[:7]


def _category_of_revert(read: _Read, rules: CategoryRules) -> Verdict:
    """Taking back a feature or a fix modifies what people have; taking back a chore stays a chore."""
    verdict = commit_category(_title_taken_back(read), parse(_subject_taken_back(read)), None, rules)
    if verdict.category in _KEPT_WHEN_TAKEN_BACK:
        return verdict
    return Verdict(NoteCategory.ENHANCEMENT, CategorySource.KEYWORD)


def _description(group: Sequence[_Read], further: Sequence[str], tickets: Mapping[str, TicketTitle]) -> str:
    notes = (breaking_note(read.commit.body) for read in group if read.commit.breaking)
    sentences = list(dict.fromkeys(one_line(note) for note in notes if note))
    sentences += [_UNDONE.get(read.commit.extent, _UNDONE["RELEASED"]) for read in group if read.commit.takes_back]
    earlier = [read.commit.probably_shipped_as[:7] for read in group if read.commit.probably_shipped_as]
    if len(earlier) == len(group):
        sentences.append(f"Probably released before as {', '.join(earlier)}.")
    also = [f"{key} {tickets[key].title}" for key in further if key in tickets and tickets[key].title]
    if also:
        sentences.append(f"Also: {one_line('; '.join(also))}.")
    return " ".join(sentences)
