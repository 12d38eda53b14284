"""Reverts inside one side of a comparison: what drops out, what stays (semantics.md §2, Reverts)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pilab_desktop.domain.commit import Commit
from pilab_desktop.drift.lineage import Lineage
from pilab_desktop.drift.revert_targets import Extent, RevertTargets, TakenBack, Targets
from pilab_desktop.drift.revert_words import revert_claim


@dataclass(frozen=True, slots=True, kw_only=True)
class Reverts:
    """What the reverts of one side come to.

    `cancelled` are commits and reverts that drop out. `taken_back` says, by sha, what a revert that stays takes back.
    `chains` gives, for a commit that stays because its revert was reverted, those reverts, oldest first. `reverted_by`
    names the revert of a commit that stays although it is taken back, because git found the revert on both ends.
    """

    cancelled: frozenset[str]
    taken_back: Mapping[str, tuple[TakenBack, ...]]
    chains: Mapping[str, tuple[str, ...]]
    reverted_by: Mapping[str, str]


def settle_reverts(commits: Sequence[Commit], merges: Sequence[Commit], lineage: Lineage) -> Reverts:
    """Settles the reverts among the commits of one side, equivalents among them.

    A commit and its revert drop out where both are on this side only. Chains come to one line: of a commit, its revert
    and the revert's revert the commit stays; with one revert more nothing does.
    """
    by_sha = {commit.sha: commit for commit in commits}
    targets = _find_targets(commits, merges, lineage)
    cancelled: set[str] = set()
    undone: dict[str, str] = {}
    taken_back: dict[str, tuple[TakenBack, ...]] = {}
    for sha in reversed(targets):
        left = list(targets[sha].others)
        if (
            sha in undone
        ):  # What was taken back takes nothing back. It stays only where git found its revert on both ends.
            left.extend(TakenBack(target, by_sha[target].subject, Extent.UNPROVEN) for target in targets[sha].shas)
            if sha not in cancelled:
                taken_back[sha] = tuple(left)
            continue
        for target in targets[sha].shas:
            commit = by_sha[target]
            if commit.equivalent or target in undone:
                extent = Extent.RELEASED if commit.equivalent else Extent.UNPROVEN
                left.append(TakenBack(target, commit.subject, extent))
            elif not by_sha[sha].equivalent:
                cancelled.add(target)
            undone.setdefault(target, sha)
        if left:
            taken_back[sha] = tuple(left)
        elif targets[sha].shas and not by_sha[sha].equivalent:
            cancelled.add(sha)
    return Reverts(
        cancelled=frozenset(cancelled),
        taken_back=taken_back,
        chains=_chains(targets, cancelled, lineage),
        reverted_by={target: sha for target, sha in undone.items() if target not in cancelled},
    )


def _find_targets(commits: Sequence[Commit], merges: Sequence[Commit], lineage: Lineage) -> dict[str, Targets]:
    """Revert to its targets, oldest revert first: which of two commits of one title is meant depends on which stood."""
    claims = {commit.sha: claim for commit in commits if (claim := revert_claim(commit)) is not None}
    if not claims:
        return {}
    finder = RevertTargets(commits, merges, lineage)
    undone: dict[str, str] = {}

    def alive(sha: str) -> bool:
        standing = True
        while sha in undone:
            sha = undone[sha]
            standing = not standing
        return standing

    found: dict[str, Targets] = {}
    for commit in reversed(lineage.newest_first([c for c in commits if c.sha in claims])):
        found[commit.sha] = finder.of(commit, claims[commit.sha], alive)
        undone.update((target, commit.sha) for target in found[commit.sha].shas)
    return found


def _chains(targets: Mapping[str, Targets], cancelled: set[str], lineage: Lineage) -> dict[str, tuple[str, ...]]:
    reverts_of: dict[str, list[str]] = defaultdict(list)
    for sha, found in targets.items():
        for target in found.shas:
            reverts_of[target].append(sha)
    chains: dict[str, tuple[str, ...]] = {}
    for start in reverts_of:
        if start in cancelled:
            continue
        chain: set[str] = set()
        waiting = [start]
        while waiting:
            links = [sha for sha in reverts_of.get(waiting.pop(), ()) if sha in cancelled and sha not in chain]
            chain.update(links)
            waiting.extend(links)
        if chain:
            chains[start] = tuple(sorted(chain, key=lineage.moment))
    return chains
