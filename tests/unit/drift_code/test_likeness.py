"""Beyond the patch id, one signal is shown and two are believed; the commit stays an item either way."""

from pilab_desktop.domain.commit import Side
from pilab_desktop.domain.drift import Finding
from pilab_desktop.domain.project import ProjectSettings
from pilab_desktop.drift.code import analyse_code
from tests.unit.drift_code.conftest import History


def by_side(history: History) -> tuple[Finding, Finding]:
    target, source = analyse_code("api", history.comparison(), ProjectSettings()).findings
    return source, target


def test_a_trailer_alone_is_shown_on_both_sides_and_not_believed(history: History) -> None:
    sha = history.commit("a")
    picked = history.commit(f"b\n\n(cherry picked from commit {sha})", side=Side.TARGET)
    source, target = by_side(history)
    assert source.metadata["signals"] == [{"kind": "cherry_pick_trailer", "sha": picked, "confidence": 0.9}]
    assert target.metadata["signals"] == [{"kind": "cherry_pick_trailer", "sha": sha, "confidence": 0.9}]
    assert (source.metadata["equivalent_to"], target.metadata["equivalent_to"]) == (None, None)


def test_two_kinds_that_agree_are_believed(history: History) -> None:
    sha = history.commit("a (#12)")
    picked = history.commit(f"a (#12)\n\n(cherry picked from commit {sha})", side=Side.TARGET)
    source, target = by_side(history)
    assert (source.metadata["equivalent_to"], target.metadata["equivalent_to"]) == (picked, sha)


def test_both_picked_from_a_third_commit(history: History) -> None:
    third = "12" * 20
    history.commit(f"a\n\n(cherry picked from commit {third})")
    picked = history.commit(f"a\n\n(cherry picked from commit {third})", side=Side.TARGET)
    source, _ = by_side(history)
    assert source.metadata["signals"] == [{"kind": "cherry_pick_trailer", "sha": picked, "confidence": 0.9}]


def test_the_same_ticket_author_and_subject(history: History) -> None:
    history.commit("ABC-1 do it (#1)")
    other = history.commit("ABC-1 do it (#2)", side=Side.TARGET)
    source, _ = by_side(history)
    assert source.metadata["signals"] == [{"kind": "ticket_author_subject", "sha": other, "confidence": 0.7}]


def test_a_shared_subject_is_no_signal(history: History) -> None:
    history.commit("Merge commit from fork")
    history.commit("Merge commit from fork", side=Side.TARGET)
    source, target = by_side(history)
    assert source.metadata["signals"] == target.metadata["signals"] == []


def test_a_pull_request_of_several_commits_is_told_apart_by_titles(history: History) -> None:
    for side in Side:
        first = history.commit("one", side=side, parents=(history.tips[side],))
        second = history.commit("two", side=side, parents=(first,))
        history.merge("Merge pull request #5 from org/x\n\nBoth", second, side=side)
    drift = analyse_code("api", history.comparison(), ProjectSettings())
    others = {finding.subject: finding.description for finding in drift.findings}
    for finding in drift.findings:
        [other] = [sha for sha, title in others.items() if title == finding.description and sha != finding.subject]
        assert finding.metadata["signals"] == [{"kind": "pull_request", "sha": other, "confidence": 0.7}]


def test_many_that_look_alike_say_nothing(history: History) -> None:
    history.commit("ABC-1 wip")
    for _ in range(5):
        history.commit("ABC-1 wip", side=Side.TARGET)
    *_, source = analyse_code("api", history.comparison(), ProjectSettings()).findings
    assert source.metadata["signals"] == []
