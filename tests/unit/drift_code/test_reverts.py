"""A commit and its revert drop out only where both are in the same range; chains come to one line."""

from typing import TypeAlias

import pytest

from pilab_desktop.domain.commit import Side
from pilab_desktop.domain.project import ProjectSettings
from pilab_desktop.drift.code import CodeDrift, analyse_code
from tests.unit.drift_code.conftest import History, changed

Shown: TypeAlias = list[str]


def analysed(history: History) -> CodeDrift:
    return analyse_code("api", history.comparison(), ProjectSettings())


def shown(history: History) -> Shown:
    return [finding.description for finding in analysed(history).findings]


def git_revert(history: History, sha: str, title: str, *, side: Side = Side.SOURCE, equivalent: bool = False) -> str:
    message = f'Revert "{title}"\n\nThis reverts commit {sha}.'
    return history.commit(message, side=side, equivalent=equivalent)


@pytest.mark.parametrize("side", list(Side))
def test_gits_own_wording(history: History, side: Side) -> None:
    kept = history.commit("kept", side=side)
    taken = history.commit("taken", side=side)
    git_revert(history, taken, "taken", side=side)
    drift = analysed(history)
    assert [finding.subject for finding in drift.findings] == [kept]
    assert (drift.counts.cancelled_source, drift.counts.cancelled_target) == ((2, 0) if side is Side.SOURCE else (0, 2))
    assert drift.counts.source_only + drift.counts.target_only == 3


@pytest.mark.parametrize(
    ("original", "revert"),
    [
        ("fix: a (#1)", 'Revert "fix: a (#1)" (#2)'),
        ("fix: a (#1)", 'Revert "fix: a" (#2)\n\nReverts org/repo#1'),
        ("fix: a", 'Revert "fix: a" (#2)'),
        ('say "a" and "b"', 'Revert "say "a" and "b"" (#2)'),
        ("a rather long title of something", 'Revert "a rather long title of…" (#2)'),
        ("fix: a (#1)", 'fix: revert "fix: a (#1)" (#2)'),
        ("fix(ui): a (#1)", 'fix: revert "a (#1)" (#2)'),
        ("fix: a", "Go back to b\n\nThis reverts commit {sha}."),
        ("fix: a", "revert: fix: a\n\nThis reverts commit {sha}."),
        ("fix: a", 'Revert "fix: a"\n\nThis reverts commit {short}.'),
    ],
)
def test_wordings_that_cancel(history: History, original: str, revert: str) -> None:
    sha = history.commit(original)
    history.commit(revert.format(sha=sha, short=sha[:8]))
    assert shown(history) == []


@pytest.mark.parametrize(
    "message",
    [
        'feat: new parser\n\n* Revert "fix: a"\n\nThis reverts commit {sha}.\n\n* write a new one',
        "fix: revert #1 (#2)",
        "document how to revert",
        "chore: revert unnecessary change",
    ],
)
def test_wordings_that_do_not(history: History, message: str) -> None:
    sha = history.commit("fix: a (#1)")
    history.commit(message.format(sha=sha))
    assert len(shown(history)) == 2


def test_a_number_alone_is_shown_with_what_it_may_take_back(history: History) -> None:
    sha = history.commit("fix: a (#1)")
    history.commit("fix: revert #1 (#2)")
    [revert, _] = analysed(history).findings
    assert revert.category == "revert"
    assert revert.metadata["takes_back"] == [{"sha": sha, "title": "fix: a (#1)", "extent": "UNPROVEN"}]


def test_a_revert_of_something_released_stays_and_says_what_it_takes_back(history: History) -> None:
    released = "12" * 20
    git_revert(history, released, "released long ago")
    [finding] = analysed(history).findings
    assert finding.category == "revert"
    assert finding.facts["revert"] is True
    assert finding.metadata["reverts"] == released
    assert finding.metadata["takes_back"] == [{"sha": released, "title": "released long ago", "extent": "RELEASED"}]


def test_a_hosts_revert_of_something_released_names_its_title(history: History) -> None:
    history.commit('Revert "released long ago (#1)" (#2)')
    [finding] = analysed(history).findings
    assert finding.metadata["reverts"] == "released long ago"


def test_a_revert_of_what_is_shipped_under_another_sha_stays(history: History) -> None:
    shipped = history.commit("shipped", equivalent=True)
    git_revert(history, shipped, "shipped")
    [finding] = analysed(history).findings
    assert finding.metadata["reverts"] == shipped


def test_a_commit_whose_revert_is_on_both_ends_stays_and_says_so(history: History) -> None:
    sha = history.commit("half")
    revert = git_revert(history, sha, "half", equivalent=True)
    [finding] = analysed(history).findings
    assert (finding.subject, finding.metadata["reverted_by"]) == (sha, revert)


def test_the_other_sides_commit_is_not_cancelled(history: History) -> None:
    sha = history.commit("hotfix", side=Side.TARGET)
    git_revert(history, sha, "hotfix", side=Side.SOURCE)
    assert len(shown(history)) == 2


def test_a_revert_of_a_revert_leaves_the_commit_with_its_chain(history: History) -> None:
    sha = history.commit("a")
    once = git_revert(history, sha, "a")
    twice = git_revert(history, once, 'Revert "a"')
    drift = analysed(history)
    [finding] = drift.findings
    assert (finding.subject, finding.category) == (sha, "code_change")
    assert finding.metadata["revert_chain"] == [once, twice]
    assert drift.counts.cancelled_source == 2


@pytest.mark.parametrize("length", range(8))
def test_chains_come_to_one_line_by_parity(history: History, length: int) -> None:
    last, title = history.commit("a"), "a"
    for _ in range(length):
        last, title = git_revert(history, last, title), f'Revert "{title}"'
    assert shown(history) == ([] if length % 2 else ["a"])


@pytest.mark.parametrize("length", range(8))
def test_chains_on_something_released_leave_at_most_one_revert(history: History, length: int) -> None:
    last, title = "12" * 20, "a"
    for _ in range(length):
        last, title = git_revert(history, last, title), f'Revert "{title}"'
    assert shown(history) == (['Revert "a"'] if length % 2 else [])


@pytest.mark.parametrize("message", ['Reapply "a (#1)" (#3)', 'Reapply "a"', 'Revert "Revert "a (#1)" (#2)" (#3)'])
def test_reapplying_without_a_sha(history: History, message: str) -> None:
    history.commit("a (#1)")
    history.commit('Revert "a (#1)" (#2)')
    history.commit(message)
    assert shown(history) == ["a (#1)"]


def test_one_title_twice_is_ambiguous_and_nothing_is_cancelled(history: History) -> None:
    first, second = history.commit("chore: codegen"), history.commit("chore: codegen")
    history.commit('Revert "chore: codegen" (#3)')
    [revert, *_] = findings = analysed(history).findings
    assert len(findings) == 3
    assert revert.metadata["takes_back"] == [
        {"sha": sha, "title": "chore: codegen", "extent": "AMBIGUOUS"} for sha in (second, first)
    ]


def test_one_title_landed_again_after_its_revert_is_not_ambiguous(history: History) -> None:
    history.commit("a")
    history.commit('Revert "a" (#2)')
    again = history.commit("a")
    assert [finding.subject for finding in analysed(history).findings] == [again]
    history.commit('Revert "a" (#3)')
    assert shown(history) == []


def test_a_title_that_came_later_is_not_meant(history: History) -> None:
    history.commit('Revert "a" (#2)')
    history.commit("a")
    assert len(shown(history)) == 2


def test_a_numbered_title_does_not_mean_another_number(history: History) -> None:
    history.commit("a (#7)")
    history.commit('Revert "a (#1)" (#8)')
    assert len(shown(history)) == 2


def test_a_revert_that_leaves_files_alone_is_no_whole_revert(history: History) -> None:
    sha = history.commit("a", files=changed("a.py", "b.py"))
    history.commit(f'Revert "a"\n\nThis reverts commit {sha}.', files=changed("a.py"))
    [revert, original] = analysed(history).findings
    assert original.subject == sha
    assert revert.metadata["takes_back"] == [{"sha": sha, "title": "a", "extent": "PARTLY"}]


def test_a_revert_of_a_merge_takes_all_that_it_brought(history: History) -> None:
    base = history.commit("base")
    first = history.commit("one", parents=(base,))
    second = history.commit("two", parents=(first,))
    merge = history.merge("Merge branch 'topic'", second)
    history.commit(
        f"Revert \"Merge branch 'topic'\"\n\nThis reverts commit {merge}, reversing\nchanges made to {base}."
    )
    assert shown(history) == ["base"]


def test_a_hosts_revert_of_a_merged_pull_request(history: History) -> None:
    base = history.commit("base")
    work = history.commit("work", parents=(base,))
    history.merge("Merge pull request #1 from org/x\n\nThe title", work)
    history.commit('Revert "The title" (#2)\n\nReverts org/repo#1')
    assert shown(history) == ["base"]


def test_several_commits_in_one_revert(history: History) -> None:
    shas = [history.commit(title) for title in ("a", "b")]
    history.commit(f'Revert "a" and "b"\n\nThis reverts commit {shas[0]}.\nThis reverts commit {shas[1]}.')
    assert shown(history) == []


def test_a_revert_of_one_new_and_one_released_commit_stays_for_the_released_one(history: History) -> None:
    sha = history.commit("a")
    history.commit(f"Revert things\n\nThis reverts commits {sha} and {'12' * 20}.")
    [finding] = analysed(history).findings
    assert finding.metadata["reverts"] == "12" * 20


def test_a_cherry_picked_revert_names_the_sha_it_had_elsewhere(history: History) -> None:
    original = "12" * 20
    history.commit(f"a\n\n(cherry picked from commit {original})")
    history.commit(f'Revert "a"\n\nThis reverts commit {original}.')
    assert shown(history) == []


def test_an_unknown_sha_is_not_guessed_by_a_common_title(history: History) -> None:
    history.commit("wip")
    git_revert(history, "12" * 20, "wip")
    assert len(shown(history)) == 2


def test_commits_of_one_second_are_ordered_by_their_parents(history: History) -> None:
    history.commit("a")
    history.commit('Revert "a" (#1)', same_moment=True)
    history.commit("a", same_moment=True)
    assert shown(history) == ["a"]


def test_a_long_chain_is_no_trouble(history: History) -> None:
    last = history.commit("a")
    for _ in range(3_000):
        last = git_revert(history, last, "x")
    assert shown(history) == ["a"]


@pytest.mark.parametrize(("deleted", "left"), [(3, 0), (2, 2)])
def test_an_unquoted_title_counts_only_where_the_lines_mirror(history: History, deleted: int, left: int) -> None:
    history.commit("feat: a", files=changed("a.py", added=3, deleted=1))
    history.commit("revert: feat: a (#2)", files=changed("a.py", added=1, deleted=deleted))
    assert len(shown(history)) == left


def test_a_picked_revert_of_a_picked_commit_without_trailers_of_its_own(history: History) -> None:
    history.commit("a")
    history.commit(f'Revert "a"\n\nThis reverts commit {"12" * 20}.\n\n(cherry picked from commit {"34" * 20})')
    assert shown(history) == []


def test_the_title_decides_where_a_squash_lists_other_shas_too(history: History) -> None:
    sha = history.commit("a (#1)")
    history.commit(
        f'Revert "a (#1)" (#2)\n\n* Revert "a (#1)"\n\nThis reverts commit {sha}.\n\n'
        f"* Revert a try\n\nThis reverts commit {'12' * 20}."
    )
    assert shown(history) == []


def test_restoring_without_a_sha_takes_nothing_back(history: History) -> None:
    history.commit("a")
    history.commit('Restore "a"')
    assert len(shown(history)) == 2


def test_a_commit_reverted_twice_is_cancelled_once(history: History) -> None:
    sha = history.commit("a")
    git_revert(history, sha, "a")
    git_revert(history, sha, "a")
    [finding] = analysed(history).findings
    assert finding.category == "revert"
    assert finding.metadata["reverts"] == sha


@pytest.mark.parametrize(
    "body",
    [
        'Revert "switch runners (#1)"\n\nThis reverts commit {sha}.',
        '* Revert "switch runners (#1)"\n\nThis reverts commit {sha}.\n\n* keep the comment',
    ],
)
@pytest.mark.parametrize(("deleted", "left"), [(3, 0), (2, 2)])
def test_a_revert_under_a_subject_of_its_own_counts_only_where_the_lines_mirror(
    history: History, body: str, deleted: int, left: int
) -> None:
    sha = history.commit("switch runners (#1)", files=changed("ci.yml", added=3))
    history.commit(f"switch back (#2)\n\n{body.format(sha=sha)}", files=changed("ci.yml", added=0, deleted=deleted))
    assert len(shown(history)) == left


def test_a_squash_that_lists_reverts_of_its_own_branch_is_no_revert(history: History) -> None:
    history.commit('new page (#2)\n\n* Revert "try"\n\nThis reverts commit 0123456789abcdef0123456789abcdef01234567.')
    (finding,) = analysed(history).findings
    assert finding.category == "code_change"
    assert finding.metadata["takes_back"] == []
