"""What merges say belongs to the commits they bring, and to no others."""

import dataclasses

import pytest

from pilab_desktop.domain.commit import Comparison
from pilab_desktop.domain.json import JsonValue
from pilab_desktop.domain.project import ProjectSettings
from pilab_desktop.drift.code import analyse_code
from pilab_desktop.drift.pull_requests import Merged, number_of, numbers_in, of_merge, without_number
from tests.unit.drift_code.conftest import History


def numbers(comparison: Comparison) -> dict[str, JsonValue]:
    """Subject to pull request."""
    drift = analyse_code("api", comparison, ProjectSettings())
    return {finding.description: finding.metadata["pull_request"] for finding in drift.findings}


@pytest.mark.parametrize(
    ("message", "merged"),
    [
        ("Merge pull request #12 from org/feat/ABC-1\n\nTitle", Merged(number=12, title="Title", branch="feat/ABC-1")),
        ("Merge branch 'x' into 'y'\n\nTitle\n\nSee merge request g/p!3", Merged(number=3, title="Title", branch="x")),
        ("Merge branch 'topic'", Merged(branch="topic")),
        ("Merge remote-tracking branch 'origin/topic' into main", Merged(branch="origin/topic")),
        ("Merged in feature/x (pull request #5)\n\nTitle", Merged(number=5, title="Title", branch="feature/x")),
        ("Pull request #7: Title\n\nMerge in P/repo from x/y to master", Merged(number=7, title="Title", branch="x/y")),
        ("Merge pull request 'Fix it' (#155) from topic into main", Merged(number=155, title="Fix it", branch="topic")),
        ("Merged PR 8: Title", Merged(number=8, title="Title")),
        ("resolve merge conflict", Merged()),
    ],
)  # fmt: skip
def test_reads_the_hosts_words(message: str, merged: Merged) -> None:
    assert of_merge(message) == merged


def test_reads_squash_suffixes() -> None:
    assert number_of("Title (#12)") == 12
    assert number_of("Title (pull request #12)") == 12
    assert number_of("Title\n\nSee merge request group/sub/project!9") == 9
    assert number_of("Title (fixes #12)") is None
    assert numbers_in("Title (#1) (#2)") == (2, 1)
    assert without_number("Title (#1) (#2)") == "Title"


def test_a_merge_gives_its_number_to_what_it_brings(history: History) -> None:
    base = history.commit("on main")
    brought = history.commit("work", parents=(base,))
    deeper = history.commit("more work", parents=(brought,))
    history.commit("main goes on")
    history.merge("Merge pull request #12 from org/feature/ABC-1-x\n\nThe title of DEF-2", deeper)
    found = {f.description: f for f in analyse_code("api", history.comparison(), ProjectSettings()).findings}
    assert {d: f.metadata["pull_request"] for d, f in found.items()} == {
        "on main": None,
        "work": 12,
        "more work": 12,
        "main goes on": None,
    }
    assert found["work"].tickets == ("DEF-2", "ABC-1")
    assert found["main goes on"].tickets == ()


def test_merging_main_back_into_a_branch_does_not_claim_mains_commits(history: History) -> None:
    base = history.commit("base")
    branch = history.commit("branch work", parents=(base,))
    on_main = history.commit("main work")
    back = history.commit("Merge branch 'main' into topic", parents=(branch, on_main))
    history.tips = {side: (on_main if side.value == "SOURCE" else tip) for side, tip in history.tips.items()}
    history.merge("Merge pull request #3 from org/topic\n\nTopic", back)
    found = {
        f.description: f.metadata["pull_request"]
        for f in analyse_code("", history.comparison(), ProjectSettings()).findings
    }
    assert found == {"base": None, "branch work": 3, "main work": None}


def test_the_innermost_numbered_merge_wins_and_its_own_number_before_it(history: History) -> None:
    base = history.commit("base")
    inner = history.commit("inner", parents=(base,))
    squash = history.commit("squashed (#9)", parents=(inner,))
    middle = history.commit("middle", parents=(base,))
    release = history.commit("Merge pull request #1 from org/ABC-1", parents=(middle, squash))
    history.tips = {side: (base if side.value == "SOURCE" else tip) for side, tip in history.tips.items()}
    history.merge("Merge pull request #2 from org/release", release)
    found = {
        f.description: f.metadata["pull_request"]
        for f in analyse_code("", history.comparison(), ProjectSettings()).findings
    }
    assert found == {"base": None, "inner": 1, "squashed (#9)": 9, "middle": 2}


def test_below_a_path_the_lineage_closes_the_gaps(history: History) -> None:
    base = history.commit("base")
    brought = history.commit("work", parents=(base,))
    outside = history.commit("touches another folder", parents=(brought,))
    history.merge("Merge pull request #4 from org/x", outside)
    whole = history.comparison()
    below = dataclasses.replace(
        whole,
        path="api",
        commits=tuple(commit for commit in whole.commits if commit.sha != outside),
        lineage={commit.sha: commit.parents for commit in (*whole.commits, *whole.merges)},
    )
    found = numbers(below)
    assert found == {"base": None, "work": 4}
