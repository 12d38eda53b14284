"""What a report has to find, taken from the story itself and not from git or from the drift engine (cli.md, counts)."""

from collections.abc import Iterable, Mapping

from pilab_desktop.domain.commit import Relation
from pilab_desktop.domain.drift import CommitCounts
from pilab_desktop.domain.ticket import TicketState
from pilab_desktop.integrations.sample.history import History, Node
from pilab_desktop.integrations.sample.model import SampleFact, SampleSubModule, SampleTicket
from pilab_desktop.integrations.sample.operations import SUB_MODULES, tag_of

SOURCE, TARGET = "uat", "prod"
_RUNNING = (
    ("payments-api", "2.4.0-rc.2", "2.3.2"),
    ("ledger", "1.5.0", "1.4.0"),
    ("web", "3.8.0", "3.7.2"),
    ("payments-deploy", "0.14.0", "0.13.0"),
)

TICKETS = (
    SampleTicket(key="PAY-131", state=TicketState.IN_BOTH),
    SampleTicket(key="PAY-132", state=TicketState.IN_BOTH),
    SampleTicket(key="PAY-133", state=TicketState.SPLIT),
    SampleTicket(key="PAY-134", state=TicketState.IN_SOURCE_ONLY, half_shipped=("web",)),
    SampleTicket(key="PAY-139", state=TicketState.IN_SOURCE_ONLY),
    SampleTicket(key="PAY-140", state=TicketState.IN_TARGET_ONLY),
    SampleTicket(key="PAY-151", state=TicketState.IN_TARGET_ONLY),
)
"""Tickets whose state the story was made to show. The lower-case pay-137 and the mistyped PAYY-138 are not linked."""


def facts_of(histories: Mapping[str, History]) -> tuple[SampleFact, ...]:
    """One fact for each sub-module, from UAT to PROD; `histories` are by repository."""
    by_name = {sub_module.name: sub_module for sub_module in SUB_MODULES}
    return tuple(
        _fact(histories[by_name[name].repository], by_name[name], tag_of(name, source), tag_of(name, target))
        for name, source, target in _RUNNING
    )


def _fact(history: History, sub_module: SampleSubModule, source_tag: str, target_tag: str) -> SampleFact:
    source, target = history.at(source_tag).ancestry(), history.at(target_tag).ancestry()
    only_source, only_target = source - target, target - source
    equivalent = _equivalent(only_source, only_target)
    left = _ordinary(history, only_source, sub_module.path)
    right = _ordinary(history, only_target, sub_module.path)
    new, lost = [n for n in left if n not in equivalent], [n for n in right if n not in equivalent]
    return SampleFact(
        source=SOURCE,
        target=TARGET,
        sub_module=sub_module.name,
        relation=Relation.DIVERGED if only_source and only_target else Relation.AHEAD,
        counts=CommitCounts(
            source_only=len(new),
            target_only=len(lost),
            equivalent_source=len(left) - len(new),
            equivalent_target=len(right) - len(lost),
            cancelled_source=len(_cancelled(new)),
            cancelled_target=len(_cancelled(lost)),
            merges_source=sum(node.is_merge for node in only_source),
            merges_target=sum(node.is_merge for node in only_target),
        ),
    )


def _ordinary(history: History, nodes: frozenset[Node], path: str) -> list[Node]:
    return [node for node in history if node in nodes and not node.is_merge and node.touches(path)]


def _equivalent(source: frozenset[Node], target: frozenset[Node]) -> frozenset[Node]:
    pairs = [(node, node.same_patch_as) for node in source | target if node.same_patch_as]
    return frozenset(
        node for pair in pairs for node in pair if any(n in source for n in pair) and any(n in target for n in pair)
    )


def _cancelled(nodes: Iterable[Node]) -> frozenset[Node]:
    """Reverts and what they take back, the latest first: a revert that was itself taken back cancels nothing."""
    present = list(nodes)
    gone: set[Node] = set()
    for node in reversed(present):
        if node not in gone and node.reverts in present and node.reverts not in gone:
            gone |= {node, node.reverts}
    return frozenset(gone)
