"""What a comparison of two commits says, against plain git and by hand."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pilab_desktop.domain.commit import Comparison, Relation, Side
from pilab_desktop.integrations.local_git.reader import LocalReader
from pilab_desktop.integrations.local_git.source import LocalGit
from pilab_desktop.ports.progress import Work

OpenReader = Callable[..., LocalReader]
Repo = Any  # the fixture's class; test modules do not import each other


def compare(reader: LocalReader, source: str, target: str, path: str = "") -> Comparison:
    return reader.compare(reader.commit_of(source), reader.commit_of(target), path=path, work=Work())


def as_git_marks(comparison: Comparison) -> list[str]:
    side = {Side.SOURCE: "<", Side.TARGET: ">"}
    return [("=" if commit.equivalent else side[commit.side]) + commit.sha for commit in comparison.commits]


def git_marks(repo: Repo, source: str, target: str, *below: str) -> list[str]:
    out: str = repo.git(
        "log", "--no-merges", "--cherry-mark", "--left-right", "--format=%m%H", f"{source}...{target}", *below
    )
    return out.split()


@pytest.fixture
def two_lines(repo: Repo) -> Repo:
    """main and release, with a cherry-pick, a hotfix on release, a merge and a revert on main; two folders."""
    repo.commit("base", {"api/a.txt": "1\n2\n3\n", "web/w.txt": "1\n"})
    repo.git("branch", "release")
    repo.commit("api: two", {"api/a.txt": "1\n2b\n3\n"})
    fix = repo.commit("fix: both folders", {"api/fix.txt": "f\n", "web/fix.txt": "f\n"})
    repo.git("checkout", "-q", "-b", "topic")
    repo.commit("web: topic", {"web/topic.txt": "t\n"})
    repo.git("checkout", "-q", "main")
    repo.commit("api: three", {"api/a.txt": "1\n2b\n3c\n"})
    repo.git("merge", "-q", "--no-ff", "-m", "Merge pull request #7 from x/topic", "topic")
    reverted = repo.commit("api: mistake", {"api/m.txt": "m\n"})
    repo.git("revert", "--no-edit", reverted)
    repo.git("checkout", "-q", "release")
    repo.git("cherry-pick", "-x", fix)
    repo.commit("hotfix", {"api/hot.txt": "h\n"})
    repo.git("checkout", "-q", "main")
    return repo


@pytest.mark.parametrize("path", ["", "api", "web", "api/a.txt"])
@pytest.mark.parametrize(("source", "target"), [("main", "release"), ("release", "main"), ("main~3", "release~1")])
def test_commits_are_marked_exactly_as_git_log_marks_them(
    two_lines: Repo, open_reader: OpenReader, source: str, target: str, path: str
) -> None:
    below = ("--", path) if path else ()
    comparison = compare(open_reader(two_lines.path), source, target, path)
    assert as_git_marks(comparison) == git_marks(two_lines, source, target, *below)
    counts = two_lines.git("rev-list", "--left-right", "--count", f"{source}...{target}", *below).split()
    assert [str(comparison.ahead), str(comparison.behind)] == counts
    assert comparison.complete


def test_a_cherry_picked_commit_is_equivalent_on_both_sides_and_its_files_are_not_read(
    two_lines: Repo, open_reader: OpenReader
) -> None:
    comparison = compare(open_reader(two_lines.path), "main", "release")
    both = [commit for commit in comparison.commits if commit.equivalent]
    assert {(commit.side, commit.subject) for commit in both} == {
        (Side.SOURCE, "fix: both folders"),
        (Side.TARGET, "fix: both folders"),
    }
    assert all(commit.files is None for commit in both)
    assert all(commit.files is not None for commit in comparison.commits if not commit.equivalent)


def test_merges_of_the_whole_repository_come_with_every_path_and_lineage_leads_to_what_they_brought(
    two_lines: Repo, open_reader: OpenReader
) -> None:
    comparison = compare(open_reader(two_lines.path), "main", "release", "api")
    (merge,) = comparison.merges
    assert merge.subject == "Merge pull request #7 from x/topic"
    assert merge.is_merge
    assert merge.side is Side.SOURCE
    brought = merge.parents[1]
    assert brought == two_lines.git("rev-parse", "topic")
    assert brought not in {commit.sha for commit in comparison.commits}  # it touches only web
    assert comparison.lineage[brought] == (two_lines.git("rev-parse", "topic~1"),)


def test_relation_and_counts_follow_the_whole_commits(two_lines: Repo, open_reader: OpenReader) -> None:
    reader = open_reader(two_lines.path)
    assert compare(reader, "main", "release").relation is Relation.DIVERGED
    assert compare(reader, "main", "main~2").relation is Relation.AHEAD
    assert compare(reader, "main~2", "main").relation is Relation.BEHIND
    same = compare(reader, "main", "main")
    assert (same.relation, same.commits, same.ahead, same.behind, same.complete) == (Relation.SAME, (), 0, 0, True)


def test_swapping_the_ends_mirrors_the_comparison(two_lines: Repo, open_reader: OpenReader) -> None:
    reader = open_reader(two_lines.path)
    there, back = compare(reader, "main", "release"), compare(reader, "release", "main")
    assert there.relation is back.relation.mirrored()
    assert (there.ahead, there.behind) == (back.behind, back.ahead)
    assert {(c.sha, c.equivalent, c.files) for c in there.commits} == {
        (c.sha, c.equivalent, c.files) for c in back.commits
    }
    assert all(a.side is not b.side for a, b in zip(there.commits, back.commits, strict=True) if a.sha == b.sha)


def test_metadata_is_whole_and_in_utc(repo: Repo, open_reader: OpenReader) -> None:
    repo.commit("feat: ünïcode ✓\n\nA body\n\nwith two parts\n\nSigned-off-by: X <x@y>\n", {"a": "1\n"})
    (commit,) = compare(open_reader(repo.path), "main", "main~1").commits
    assert commit.author == "Ada Author"
    assert commit.author_email == "ada@example.org"
    assert commit.authored_at == commit.committed_at == datetime(2023, 11, 14, 22, 15, 20, tzinfo=UTC)
    assert commit.authored_at.tzinfo is UTC
    assert commit.subject == "feat: ünïcode ✓"
    assert commit.body == "A body\n\nwith two parts\n\nSigned-off-by: X <x@y>"
    assert commit.parents == (repo.git("rev-parse", "main~1"),)


def test_kinds_of_file_changes(repo: Repo, open_reader: OpenReader) -> None:
    lines = "".join(f"line {number}\n" for number in range(40))
    repo.commit(
        "before", {"old.txt": lines, "gone.txt": "bye\nbye\n", "bin": b"\0\1", "link": "plain\n", "mode": "m\n"}
    )
    repo.git("mv", "old.txt", "new\tname\nhere.txt")
    repo.write("new\tname\nhere.txt", lines + "one more\n")
    (repo.path / "gone.txt").unlink()
    (repo.path / "link").unlink()
    (repo.path / "link").symlink_to("new")
    (repo.path / "mode").chmod(0o755)
    repo.commit("after", {"bin": b"\0\2\3", "added.txt": "1\n2\n3\n"})
    comparison = compare(open_reader(repo.path), "main", "main~1")
    files = {file.path: file for file in comparison.commits[0].files or ()}
    assert {path: (file.status, file.added, file.deleted, file.old_path) for path, file in files.items()} == {
        "new\tname\nhere.txt": ("R", 1, 0, "old.txt"),
        "gone.txt": ("D", 0, 2, None),
        "bin": ("M", None, None, None),
        "link": ("T", 1, 1, None),
        "mode": ("M", 0, 0, None),
        "added.txt": ("A", 3, 0, None),
    }
    assert comparison.files_read == comparison.files_expected == 6


def test_files_are_those_below_the_path(two_lines: Repo, open_reader: OpenReader) -> None:
    comparison = compare(open_reader(two_lines.path), "main", "main~7", "web")
    by_subject = {commit.subject: commit.files for commit in comparison.commits}
    assert [file.path for file in by_subject["fix: both folders"] or ()] == ["web/fix.txt"]


def test_a_commit_that_touches_nothing_has_no_files_and_is_complete(repo: Repo, open_reader: OpenReader) -> None:
    repo.commit("trigger the build")
    comparison = compare(open_reader(repo.path), "main", "main~1")
    assert comparison.commits[0].files == ()
    assert comparison.complete


def test_the_root_commit_counts_its_files(repo: Repo, new_repo: Callable[..., Repo], open_reader: OpenReader) -> None:
    repo.git("checkout", "-q", "--orphan", "other")
    repo.commit("elsewhere", {"x": "1\n2\n"})
    comparison = compare(open_reader(repo.path), "other", "main")
    assert comparison.relation is Relation.DIVERGED
    assert (comparison.ahead, comparison.behind) == (1, 1)
    (elsewhere,) = (commit for commit in comparison.commits if commit.side is Side.SOURCE)
    assert {(file.path, file.added) for file in elsewhere.files or ()} == {("x", 2), ("README", 1)}
    assert comparison.complete


def test_empty_messages_and_huge_ones(repo: Repo, open_reader: OpenReader) -> None:
    repo.commit("", {"a": "1"})
    body = "x" * 300_000 + "\n" + "line\n" * 1000
    repo.commit(f"subject\n\n{body}", {"a": "2"})
    huge, empty = compare(open_reader(repo.path), "main", "main~2").commits
    assert (empty.message, empty.subject) == ("", "")
    assert huge.body == body.strip("\n")


def test_messages_and_names_that_are_not_utf_8(repo: Repo, open_reader: OpenReader) -> None:
    repo.git("config", "i18n.commitEncoding", "ISO-8859-1")
    repo.commit("latin: \u00e9t\u00e9".encode("latin-1"), {"a": "1"})
    repo.git("config", "--unset", "i18n.commitEncoding")
    who = "A <a@b> 5 +0000"
    raw = f"tree {repo.git('rev-parse', 'HEAD^{tree}')}\nparent {repo.head}\nauthor {who}\ncommitter {who}\n\n"
    sha = repo.git("hash-object", "-t", "commit", "-w", "--stdin", stdin=raw.encode() + b"broken: \xff\xfe end")
    repo.git("reset", "--soft", sha)
    repo.write(b"caf\xe9.txt", "x\n")
    repo.commit("odd path")
    odd, broken, latin = compare(open_reader(repo.path), "main", "main~3").commits
    assert latin.message == "latin: été"
    assert broken.message == "broken: \N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER} end"
    assert [file.path for file in odd.files or ()] == ["caf\N{REPLACEMENT CHARACTER}.txt"]


def test_a_damaged_date_does_not_stop_the_reading(repo: Repo, open_reader: OpenReader) -> None:
    tree = repo.git("rev-parse", "HEAD^{tree}")
    raw = f"tree {tree}\nparent {repo.head}\nauthor A <a@b> 99999999999999 +0000\ncommitter C <c@d> 5 +0000\n\nodd\n"
    sha = repo.git("hash-object", "-t", "commit", "-w", "--stdin", "--literally", stdin=raw.encode())
    (commit,) = compare(open_reader(repo.path), sha, "main").commits
    assert commit.authored_at.tzinfo is UTC
    assert commit.committed_at == datetime(1970, 1, 1, 0, 0, 5, tzinfo=UTC)


def test_a_path_that_is_nowhere_is_a_problem_and_not_a_clean_result(two_lines: Repo, open_reader: OpenReader) -> None:
    comparison = compare(open_reader(two_lines.path), "main", "release", "serivces/api")
    assert comparison.commits == ()
    assert not comparison.complete
    assert "serivces/api" in comparison.problems[0]


def test_a_path_that_nothing_touched_is_complete(repo: Repo, open_reader: OpenReader) -> None:
    repo.commit("one", {"api/a": "1"})
    repo.commit("two", {"web/w": "1"})
    assert compare(open_reader(repo.path), "main", "main~1", "api").complete


def test_a_path_is_a_name_and_no_pattern(repo: Repo, open_reader: OpenReader) -> None:
    repo.commit("starred", {"a*/x": "1"})
    repo.commit("plain", {"ab/x": "1"})
    comparison = compare(open_reader(repo.path), "main", "main~2", "a*")
    assert [commit.subject for commit in comparison.commits] == ["starred"]


def test_many_commits_in_many_blocks_come_whole(repo: Repo, open_reader: OpenReader) -> None:
    head = "reset refs/heads/many\nfrom refs/heads/main\n"
    commits = "".join(
        f"commit refs/heads/many\ncommitter C <c@d> {1_700_100_000 + number} +0000\ndata 5\nn{number:04}\n"
        f"M 644 inline f{number % 7}\ndata 4\n{number:03}\n\n"
        for number in range(300)
    )
    repo.git("fast-import", "--quiet", stdin=(head + commits).encode())
    comparison = compare(open_reader(repo.path), "many", "main")
    assert as_git_marks(comparison) == git_marks(repo, "many", "main")
    assert comparison.files_read == comparison.files_expected == 300
    assert comparison.complete


def test_progress_tells_how_many_commits_are_done(two_lines: Repo, open_reader: OpenReader) -> None:
    told: list[tuple[int, int | None]] = []

    class Listening:
        def step(self, text: str) -> None: ...
        def advance(self, done: int, total: int | None) -> None:
            told.append((done, total))

    reader = open_reader(two_lines.path)
    comparison = reader.compare(reader.commit_of("main"), reader.commit_of("release"), path="", work=Work(Listening()))
    one_sided = sum(1 for commit in comparison.commits if not commit.equivalent)
    assert told[-1] == (one_sided, one_sided)


def test_what_was_begun_early_is_what_compare_gives(
    two_lines: Repo, local_git: LocalGit, open_reader: OpenReader
) -> None:
    plain = compare(open_reader(two_lines.path), "main", "release")
    local_git.begin(str(two_lines.path), ("main", "release"))
    assert compare(open_reader(two_lines.path), "main", "release") == plain


def test_what_was_begun_with_a_mistake_raises_nothing_until_asked(
    tmp_path: Path, local_git: LocalGit, repo: Repo
) -> None:
    local_git.begin(str(tmp_path / "nowhere"), ("a", "b"))
    local_git.begin(str(repo.path), ("main", "no-such-ref"))
    local_git.close()
    assert not (tmp_path / "mirrors").exists()


def test_a_sha256_repository_compares(new_repo: Callable[..., Repo], open_reader: OpenReader) -> None:
    repo = new_repo("sha256", "--object-format=sha256")
    repo.commit("one", {"a": "1\n"})
    repo.commit("two", {"a": "2\n"})
    comparison = compare(open_reader(repo.path), "main", "main~1")
    assert [commit.sha for commit in comparison.commits] == [repo.head]
    assert comparison.files_read == 1
