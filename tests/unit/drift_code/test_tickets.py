"""Where a ticket's commits are, over all sub-modules."""

import pytest

from pilab_desktop.domain.commit import Side
from pilab_desktop.domain.project import ProjectSettings
from pilab_desktop.domain.ticket import TicketDrift, TicketState
from pilab_desktop.drift.code import analyse_code, fold_tickets
from tests.unit.drift_code.conftest import History

SETTINGS = ProjectSettings(ticket_url="https://jira.example.com/browse/{key}")


def folded(*histories: tuple[str, History], **shipped: tuple[str, ...]) -> dict[str, TicketDrift]:
    drifts = [analyse_code(name, history.comparison(), SETTINGS) for name, history in histories]
    known = {key.replace("_", "-"): names for key, names in shipped.items()}
    return {ticket.key: ticket for ticket in fold_tickets(drifts, SETTINGS, shipped=known)}


@pytest.mark.parametrize(
    ("source", "target", "state"),
    [
        (["new"], [], TicketState.IN_SOURCE_ONLY),
        (["new", "shipped"], ["shipped"], TicketState.IN_SOURCE_ONLY),
        (["shipped"], ["shipped"], TicketState.IN_BOTH),
        ([], ["new"], TicketState.IN_TARGET_ONLY),
        (["shipped"], ["shipped", "new"], TicketState.IN_TARGET_ONLY),
        (["new"], ["new"], TicketState.SPLIT),
    ],
)
def test_states(history: History, source: list[str], target: list[str], state: TicketState) -> None:
    for side, kinds in ((Side.SOURCE, source), (Side.TARGET, target)):
        for kind in kinds:
            history.commit(f"ABC-1 {kind} {side}", side=side, equivalent=kind == "shipped")
    ticket = folded(("api", history))["ABC-1"]
    assert ticket.state is state
    assert len(ticket.both) == source.count("shipped") + target.count("shipped")
    assert (len(ticket.source_only), len(ticket.target_only)) == (source.count("new"), target.count("new"))
    assert ticket.url == "https://jira.example.com/browse/ABC-1"


def test_a_ticket_new_in_one_sub_module_and_shipped_in_another_is_half_shipped(history: History) -> None:
    history.commit("ABC-1 api part")
    other = History()
    other.commit("ABC-1 web part", equivalent=True)
    ticket = folded(("api", history), ("web", other))["ABC-1"]
    assert (ticket.half_shipped, ticket.sub_modules) == (("web",), ("api", "web"))


def test_what_was_shipped_long_since_counts_where_it_is_known(history: History) -> None:
    history.commit("ABC-1 api part")
    assert folded(("api", history), ABC_1=("web", "api"))["ABC-1"].half_shipped == ("web",)
    assert folded(("api", history))["ABC-1"].half_shipped == ()


def test_a_ticket_new_everywhere_is_not_half_shipped(history: History) -> None:
    history.commit("ABC-1")
    other = History()
    other.commit("ABC-1 too")
    assert folded(("api", history), ("web", other))["ABC-1"].half_shipped == ()


def test_cancelled_commits_leave_their_ticket_out_unless_others_remain(history: History) -> None:
    taken = history.commit("ABC-1 DEF-2 taken")
    kept = history.commit("DEF-2 kept")
    history.commit(f'Revert "ABC-1 DEF-2 taken"\n\nThis reverts commit {taken}.')
    tickets = folded(("api", history))
    assert list(tickets) == ["DEF-2"]
    assert tickets["DEF-2"].source_only == (kept,)


def test_tickets_are_in_the_order_of_their_numbers(history: History) -> None:
    history.commit("ABC-10 ABC-9 AB-11")
    assert list(folded(("api", history))) == ["AB-11", "ABC-9", "ABC-10"]


def test_commits_without_a_ticket_are_listed_and_near_misses_offered(history: History) -> None:
    history.commit("ABC-1 linked")
    without = history.commit("abc-2 not linked")
    drift = analyse_code("api", history.comparison(), ProjectSettings())
    assert drift.ticketless == (without,)
    assert drift.suggestions == (f"“abc-2” in {without[:7]} may mean ABC-2.",)


def test_a_dependency_bots_body_names_no_tickets_of_ours(history: History) -> None:
    history.commit("bump kafka\n\nRelease notes: KAFKA-1234 was fixed", author="dependabot[bot]")
    assert folded(("api", history)) == {}


def test_a_slip_of_the_common_prefix_is_offered_and_not_linked(history: History) -> None:
    for number in range(1, 21):
        history.commit(f"KAFKA-{number}: linked")
    without = history.commit("KAKFA-21: not linked")
    drift = analyse_code("api", history.comparison(), ProjectSettings())
    assert drift.ticketless == (without,)
    assert drift.suggestions == (f"“KAKFA-21” in {without[:7]} may mean KAFKA-21.",)
