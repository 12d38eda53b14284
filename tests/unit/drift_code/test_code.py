"""Code drift: what is listed, in which order, and what it says (semantics.md §2 and §3; cli.md)."""

import dataclasses
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pilab_desktop.domain.commit import Comparison, FileChange, Side
from pilab_desktop.domain.drift import Direction, DriftType, Finding
from pilab_desktop.domain.project import ProjectSettings
from pilab_desktop.drift.code import CodeDrift, analyse_code, fold_tickets
from tests.unit.drift_code.conftest import History, changed, swapped

SETTINGS = ProjectSettings()


def analysed(comparison: Comparison) -> CodeDrift:
    return analyse_code("api", comparison, SETTINGS)


def only(history: History) -> Finding:
    [finding] = analysed(history.comparison()).findings
    return finding


def test_target_first_then_source_each_newest_first(history: History) -> None:
    made = [history.commit(f"{n}", side=side) for n in range(3) for side in (Side.SOURCE, Side.TARGET)]
    findings = analysed(history.comparison()).findings
    assert [finding.subject for finding in findings] == [made[n] for n in (5, 3, 1, 4, 2, 0)]
    assert {f.category for f in findings if f.direction is Direction.TARGET_ONLY} == {"missing_in_source"}


def test_merges_and_equivalents_are_counted_and_not_listed(history: History) -> None:
    base = history.commit("shipped", equivalent=True)
    history.merge("Merge branch 'x'", history.commit("work", parents=(base,)))
    history.commit("shipped too", side=Side.TARGET, equivalent=True)
    drift = analysed(history.comparison())
    assert [finding.description for finding in drift.findings] == ["work"]
    assert (drift.counts.equivalent_source, drift.counts.equivalent_target) == (1, 1)
    assert (drift.counts.merges_source, drift.counts.merges_target) == (1, 0)


def test_an_item_says_what_the_contract_names(history: History) -> None:
    files = (
        FileChange(path="a.py", status="M", added=3, deleted=1),
        FileChange(path="b.png", status="R", added=None, deleted=None, old_path="c.png"),
    )
    history.path = "services/api"
    sha = history.commit("feat(ui)!: ABC-1 drop tabs (#12)\n\nwhy", files=files)
    finding = only(history)
    assert (finding.type, finding.direction, finding.category) == (DriftType.CODE, Direction.SOURCE_ONLY, "code_change")
    assert (finding.old_value, finding.new_value, finding.path) == (None, {"sha": sha}, "services/api")
    assert (finding.description, finding.tickets) == ("feat(ui)!: ABC-1 drop tabs (#12)", ("ABC-1",))
    assert finding.subject == finding.value_identity == sha
    assert finding.metadata == {
        "sha": sha,
        "short_sha": sha[:7],
        "author": "Ada",
        "author_email": "ada@example.com",
        "authored_at": "2026-01-01T08:01:00+00:00",
        "committed_at": "2026-01-01T08:01:00+00:00",
        "files": [
            {"path": "a.py", "added": 3, "deleted": 1, "status": "M"},
            {"path": "b.png", "added": None, "deleted": None, "status": "R", "old_path": "c.png"},
        ],
        "additions": 3,
        "deletions": 1,
        "category": "FEATURE",
        "category_source": "CONVENTIONAL_COMMIT",
        "breaking": True,
        "pull_request": 12,
        "equivalent_to": None,
        "signals": [],
        "reverts": None,
        "takes_back": [],
        "revert_chain": [],
        "reverted_by": None,
        "message": "why",
    }
    assert finding.facts["changed_lines"] == 4


def test_an_empty_message_is_said_to_be_empty(history: History) -> None:
    history.commit("")
    assert only(history).description == "(no message)"


@pytest.mark.parametrize(
    ("paths", "security"),
    [
        ((".github/workflows/ci.yaml", ".github/dependabot.yml"), False),
        ((".gitlab-ci.yml",), False),
        (("src/site/xdoc/security.xml",), False),
        ((".github/workflows/ci.yaml", "src/app.py"), True),
    ],
)
def test_hardening_the_build_server_is_no_security_fix_of_the_product(
    history: History, paths: tuple[str, ...], security: bool
) -> None:
    history.commit("harden: security", files=changed(*paths))
    (finding,) = analyse_code("api", history.comparison(), ProjectSettings()).findings
    assert finding.facts["security"] is security


@pytest.mark.parametrize(
    ("message", "security"),
    [
        ("fix: close a security hole", True),
        ("Fix stored XSS in comments", True),
        ("fix(csrf): check the token", True),
        ("prevent SQL injection in search", True),
        ("fix: authentication bypass", True),
        ("chore(deps): update lodash to v4.18.1 [security]", True),
        ("security: rotate keys", True),
        ("bump x (CVE-2025-68121)", True),
        ("update dependencies\n\nFixes CVE-2022-28948", True),
        ("Merge commit from fork\n\nGHSA-vw5v-4f2q-w9xf", True),
        ("fix: login\n\nThis closes an SSRF.", True),
        ("docs: write about CVE-2025-68121", True),
        ("fix: author names are wrong", False),
        ("feat: authority and authors", False),
        ("refactor: dependency injection", False),
        ("fix: fault injection mode", False),
        ("fix: CSS injection order", False),
        ("chore(deps): bump step-security/harden-runner from 2.16.0 to 2.16.1", False),
        ("Update SECURITY.md", False),
        ("add container security context", False),
        ("docs(security): how to verify images", False),
        ("test: cover the SSRF guard", False),
        ("ci: security scan", False),
        ("insecurity", False),
        ("fix(ssr): fix semicolon injection by ssr transform", False),
        ("fix: prompt injection", True),
        ("refactor(ci): apply security best practices", False),
        ("fix: answer 400\n\nVulnerability scanners hit this path.", False),
        ("fix: answer 400\n\nThis closes a vulnerability.", True),
    ],
)
def test_security_fixes(history: History, message: str, security: bool) -> None:
    history.commit(message)
    finding = only(history)
    assert finding.facts["security"] is security
    assert (finding.metadata["category"] == "SECURITY") is security


@pytest.mark.parametrize(
    ("message", "fact"),
    [
        ("fix: x", "fix"),
        ("chore(backport release-1.9): fix(ui): x (#2)", "fix"),
        ("Fixed the thing", "fix"),
        ("#12 Fix the thing", "fix"),
        ("feat: x", "feature"),
        ("Add the thing", "feature"),
        ("chore!: x", "breaking"),
        ("Change it\n\nBREAKING CHANGE: it is changed", "breaking"),
        ("docs: x", "docs_tests_only"),
        ("style: x", "docs_tests_only"),
    ],
)
def test_facts_from_messages(history: History, message: str, fact: str) -> None:
    history.commit(message)
    facts = only(history).facts
    assert [name for name in ("fix", "feature", "breaking", "docs_tests_only") if facts[name]] == [fact]


@pytest.mark.parametrize(
    ("paths", "quiet"),
    [
        (["README.md", "docs/x/logo.png"], True),
        (["tests/test_a.py", "src/a_test.go", "web/a.spec.ts", "src/test/java/ATest.java"], True),
        (["docs/a.md", "src/a.py"], False),
        (["requirements.txt"], False),
        (["src/latest.py", "src/contest.go"], False),
    ],
)
def test_documentation_and_tests_only_by_files(history: History, paths: list[str], quiet: bool) -> None:
    history.commit("change", files=changed(*paths))
    assert only(history).facts["docs_tests_only"] is quiet


def test_a_dependencys_breaking_change_is_not_ours(history: History) -> None:
    history.commit("bump x from 1 to 2\n\nBREAKING CHANGE: y is gone", author="renovate[bot]")
    assert only(history).facts["breaking"] is False


def test_nothing_against_itself(history: History) -> None:
    drift = analysed(history.comparison())
    assert (drift.findings, drift.tickets, drift.suggestions, drift.problems) == ((), (), (), ())


# The last two stand for a message that names a commit made before.
MESSAGES = st.sampled_from(
    ["fix: a", "feat: b (#1)", "ABC-1 c", 'Revert "fix: a" (#2)', 'Reapply "fix: a"', "abc-1 d", "", "REVERT", "PICK"]
)


@st.composite
def comparisons(draw: st.DrawFn) -> Comparison:
    """Histories of both sides with merges, equivalents, reverts by sha and by title, and cherry-picks."""
    history = History()
    for _ in range(draw(st.integers(0, 12))):
        side = draw(st.sampled_from(Side))
        equivalent = draw(st.integers(0, 4)) == 0
        message = draw(MESSAGES)
        if message in {"REVERT", "PICK"} and history.commits:
            other = draw(st.sampled_from(history.commits))
            verb = "This reverts commit" if message == "REVERT" else "(cherry picked from commit"
            message = f'Revert "{other.subject}"\n\n{verb} {other.sha}' + (")" if message == "PICK" else ".")
        if draw(st.integers(0, 3)) == 0:
            branch = history.commit(message, side=side, equivalent=equivalent, parents=(history.tips[side],))
            history.merge(f"Merge pull request #{draw(st.integers(1, 3))} from org/ABC-3-x", branch, side=side)
        else:
            history.commit(message, side=side, equivalent=equivalent, same_moment=draw(st.booleans()))
    return history.comparison()


@settings(deadline=None)
@given(comparisons(), st.randoms(use_true_random=False))
def test_the_order_of_input_does_not_matter(comparison: Comparison, shuffler: random.Random) -> None:
    commits, merges = list(comparison.commits), list(comparison.merges)
    shuffler.shuffle(commits)
    shuffler.shuffle(merges)
    other = dataclasses.replace(comparison, commits=tuple(commits), merges=tuple(merges))
    assert analysed(other) == analysed(comparison)


@settings(deadline=None)
@given(comparisons())
def test_swapping_the_ends_mirrors_directions_and_counts(comparison: Comparison) -> None:
    drift, mirrored = analysed(comparison), analysed(swapped(comparison))
    assert {(f.subject, f.direction) for f in drift.findings} == {
        (f.subject, f.direction.mirrored()) for f in mirrored.findings
    }
    ours, theirs = drift.counts, mirrored.counts
    for name in ("equivalent", "cancelled", "merges"):
        assert getattr(ours, f"{name}_source") == getattr(theirs, f"{name}_target")
        assert getattr(ours, f"{name}_target") == getattr(theirs, f"{name}_source")
    assert (ours.source_only, ours.target_only) == (theirs.target_only, theirs.source_only)
    assert {f.subject: f.metadata["equivalent_to"] for f in drift.findings} == {
        f.subject: f.metadata["equivalent_to"] for f in mirrored.findings
    }


@settings(deadline=None)
@given(comparisons())
def test_every_one_sided_commit_is_an_item_or_cancelled(comparison: Comparison) -> None:
    drift = analysed(comparison)
    listed = [finding.subject for finding in drift.findings]
    one_sided = {commit.sha for commit in comparison.commits if not commit.equivalent}
    assert len(listed) == len(set(listed))
    assert set(listed) <= one_sided
    assert len(one_sided) - len(listed) == drift.counts.cancelled_source + drift.counts.cancelled_target
    assert len(one_sided) == drift.counts.source_only + drift.counts.target_only


@settings(deadline=None)
@given(comparisons())
def test_every_listed_commit_has_a_ticket_or_is_said_to_have_none(comparison: Comparison) -> None:
    drift = analysed(comparison)
    with_ticket = {sha for t in fold_tickets([drift], SETTINGS) for sha in (*t.source_only, *t.target_only)}
    assert with_ticket | set(drift.ticketless) == {finding.subject for finding in drift.findings}
    assert not with_ticket & set(drift.ticketless)


@settings(deadline=None)
@given(comparisons())
def test_what_identifies_an_item_does_not_depend_on_its_surroundings(comparison: Comparison) -> None:
    for finding in analysed(comparison).findings:
        commits = tuple(commit for commit in comparison.commits if commit.sha == finding.subject)
        [alone] = analysed(dataclasses.replace(comparison, commits=commits, merges=())).findings
        assert [alone.subject, alone.value_identity, alone.category, alone.direction] == [
            finding.subject,
            finding.value_identity,
            finding.category,
            finding.direction,
        ]
