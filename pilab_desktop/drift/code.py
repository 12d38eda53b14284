"""Code drift: what each end has that the other lacks (semantics.md §2; cli.md, CODE items and `commits`)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pilab_desktop.domain.commit import Commit, Comparison, Side
from pilab_desktop.domain.drift import CommitCounts, Finding, Problem
from pilab_desktop.domain.project import ProjectSettings
from pilab_desktop.domain.ticket import TicketDrift
from pilab_desktop.drift.code_finding import ListedCommit, finding_of
from pilab_desktop.drift.commit_facts import is_dependency_bot
from pilab_desktop.drift.likeness import Described, Likeness
from pilab_desktop.drift.lineage import Lineage
from pilab_desktop.drift.pull_requests import PullRequest, PullRequests
from pilab_desktop.drift.reverts import Reverts, settle_reverts
from pilab_desktop.drift.ticket_keys import TicketKeys, prefix_of, slips_of
from pilab_desktop.drift.tickets import CommitTickets, Place, ticket_drifts

_OTHER_SIDE = {Side.SOURCE: Side.TARGET, Side.TARGET: Side.SOURCE}


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeDrift:
    """What the commits of one sub-module come to.

    `findings`: one for each commit that git marks as on one side only and that no revert cancelled; the target's first
    (a promotion would lose them), each side's newest first. `tickets` are those of all commits but the cancelled,
    equivalents among them. `ticketless` are the shas of listed commits that name no ticket; `suggestions` say in
    sentences what looks almost like a key.
    """

    findings: tuple[Finding, ...]
    counts: CommitCounts
    tickets: tuple[CommitTickets, ...]
    ticketless: tuple[str, ...]
    suggestions: tuple[str, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A commit with what its message and its merges say."""

    commit: Commit
    pull_request: PullRequest
    tickets: tuple[str, ...]

    @property
    def described(self) -> Described:
        return Described(commit=self.commit, tickets=self.tickets, pull_request=self.pull_request.number)


def analyse_code(sub_module: str, comparison: Comparison, settings: ProjectSettings) -> CodeDrift:
    """Sorts the commits of both sides into what is new, what would be lost, what is shipped and what cancels out.

    The order of the comparison's commits does not matter.
    """
    lineage = Lineage(comparison)
    keys = TicketKeys(settings)
    pull_requests = PullRequests(lineage, comparison.merges)
    reads = _linked(
        [_read(commit, pull_requests, keys) for commit in lineage.newest_first(comparison.commits)], keys.prefixes
    )
    reverts = {side: _settle(side, comparison, lineage) for side in Side}
    likeness = {side: Likeness([read.described for read in reads if read.commit.side is side]) for side in Side}
    listed = [
        read
        for side in (Side.TARGET, Side.SOURCE)
        for read in reads
        if read.commit.side is side and not read.commit.equivalent and read.commit.sha not in reverts[side].cancelled
    ]
    return CodeDrift(
        findings=tuple(
            finding_of(
                sub_module,
                comparison.path,
                ListedCommit(
                    commit=read.commit,
                    pull_request=read.pull_request,
                    tickets=read.tickets,
                    signals=likeness[_OTHER_SIDE[read.commit.side]].signals(read.described),
                    reverts=reverts[read.commit.side],
                ),
            )
            for read in listed
        ),
        counts=_counts(comparison, reverts),
        tickets=tuple(_tickets(reads, reverts, sub_module)),
        ticketless=tuple(read.commit.sha for read in listed if not read.tickets),
        suggestions=_suggestions(reads, keys),
        problems=keys.problems,
    )


def fold_tickets(
    drifts: Sequence[CodeDrift], settings: ProjectSettings, *, shipped: Mapping[str, Sequence[str]] | None = None
) -> tuple[TicketDrift, ...]:
    """The tickets of all sub-modules, one record each; see `ticket_drifts`."""
    return ticket_drifts((commit for drift in drifts for commit in drift.tickets), settings, shipped=shipped)


def _read(commit: Commit, pull_requests: PullRequests, keys: TicketKeys) -> _Read:
    pull_request = pull_requests.of(commit)
    # What a bot that bumps dependencies writes below the subject are other people's release notes and tickets.
    text = commit.subject if is_dependency_bot(commit) else commit.message
    found = dict.fromkeys(keys.in_text(text))
    if pull_request.title:
        found.update(dict.fromkeys(keys.in_text(pull_request.title)))
    for branch in pull_request.branches:
        found.update(dict.fromkeys(keys.in_branch(branch)))
    return _Read(commit=commit, pull_request=pull_request, tickets=tuple(found))


def _linked(reads: list[_Read], prefixes: frozenset[str] | None) -> list[_Read]:
    """The same without keys that are slips of another prefix; where the project lists its own there are none."""
    if prefixes is not None:
        return reads
    slips = slips_of(Counter(prefix_of(key) for read in reads for key in read.tickets))
    if not slips:
        return reads
    return [replace(read, tickets=tuple(key for key in read.tickets if prefix_of(key) not in slips)) for read in reads]


def _settle(side: Side, comparison: Comparison, lineage: Lineage) -> Reverts:
    commits = [commit for commit in comparison.commits if commit.side is side]
    return settle_reverts(commits, [merge for merge in comparison.merges if merge.side is side], lineage)


def _counts(comparison: Comparison, reverts: Mapping[Side, Reverts]) -> CommitCounts:
    source = [commit for commit in comparison.commits if commit.side is Side.SOURCE]
    target = [commit for commit in comparison.commits if commit.side is Side.TARGET]
    merges_source = sum(merge.side is Side.SOURCE for merge in comparison.merges)
    equivalent_source = sum(commit.equivalent for commit in source)
    equivalent_target = sum(commit.equivalent for commit in target)
    return CommitCounts(
        source_only=len(source) - equivalent_source,
        target_only=len(target) - equivalent_target,
        equivalent_source=equivalent_source,
        equivalent_target=equivalent_target,
        cancelled_source=len(reverts[Side.SOURCE].cancelled),
        cancelled_target=len(reverts[Side.TARGET].cancelled),
        merges_source=merges_source,
        merges_target=len(comparison.merges) - merges_source,
    )


def _tickets(reads: Iterable[_Read], reverts: Mapping[Side, Reverts], sub_module: str) -> Iterable[CommitTickets]:
    for read in reads:
        commit = read.commit
        if read.tickets and commit.sha not in reverts[commit.side].cancelled:
            yield CommitTickets(sha=commit.sha, place=_place(commit), sub_module=sub_module, keys=read.tickets)


def _place(commit: Commit) -> Place:
    if commit.equivalent:
        return Place.BOTH
    return Place.SOURCE_ONLY if commit.side is Side.SOURCE else Place.TARGET_ONLY


def _suggestions(reads: Sequence[_Read], keys: TicketKeys) -> tuple[str, ...]:
    """Near misses of the project's prefixes; without a list of those, of the prefixes that were linked here."""
    known = keys.prefixes
    if known is None:
        known = frozenset(prefix_of(key) for read in reads for key in read.tickets)
    found: dict[tuple[str, str], str] = {}
    for read in reads:
        if is_dependency_bot(read.commit):
            continue
        for near in keys.near_misses(read.commit.message, read.pull_request.branches, known):
            if near.meant not in read.tickets:
                found.setdefault((near.written, near.meant), read.commit.short_sha)
    return tuple(f"“{written}” in {sha} may mean {meant}." for (written, meant), sha in found.items())
