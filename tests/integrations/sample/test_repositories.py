"""The sample's repositories are real ones, and git counts in them what the story says."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pilab_desktop.domain.drift import CommitCounts
from pilab_desktop.integrations.sample import Sample, SampleFact, build_sample
from pilab_desktop.ports.progress import Work

Git = Callable[..., str]
TAGS = {"payments-api": "v{}", "ledger": "ledger-v{}", "web": "web-v{}", "payments-deploy": "v{}"}


def running(sample: Sample, environment: str, sub_module: str) -> str:
    """The tag of what runs in an environment, by the deployment history."""
    versions = [
        deployment.version
        for deployment in sample.deployments
        if (deployment.environment, deployment.sub_module) == (environment, sub_module)
        and deployment.status.puts_version
    ]
    return TAGS[sub_module].format(versions[-1])


def located(sample: Sample, sub_module: str) -> tuple[Path, str]:
    """Repository folder and path of a sub-module."""
    found = next(each for each in sample.sub_modules if each.name == sub_module)
    return sample.folder / found.repository, found.path or "."


def fact(sample: Sample, sub_module: str) -> SampleFact:
    """What the story says of a sub-module."""
    return next(each for each in sample.facts if each.sub_module == sub_module)


def side_counts(git: Git, sample: Sample, sub_module: str, *, marks: bool) -> Counter[str]:
    """Commits by git's mark; where `marks` is unset equivalents are counted by side instead."""
    folder, path = located(sample, sub_module)
    ends = f"{running(sample, 'uat', sub_module)}...{running(sample, 'prod', sub_module)}"
    option = ["--cherry-mark"] if marks else []
    return Counter(git(folder, "log", "--no-merges", *option, "--left-right", "--format=%m", ends, "--", path).split())


@pytest.mark.parametrize("sub_module", list(TAGS))
def test_git_counts_what_the_story_says(sample: Sample, git: Git, sub_module: str) -> None:
    counts = fact(sample, sub_module).counts
    marked = side_counts(git, sample, sub_module, marks=True)
    plain = side_counts(git, sample, sub_module, marks=False)
    assert (marked["<"], marked[">"]) == (counts.source_only, counts.target_only)
    assert plain["<"] - marked["<"] == counts.equivalent_source
    assert plain[">"] - marked[">"] == counts.equivalent_target

    folder, _ = located(sample, sub_module)
    ends = f"{running(sample, 'uat', sub_module)}...{running(sample, 'prod', sub_module)}"
    merges = Counter(git(folder, "log", "--merges", "--left-right", "--format=%m", ends).split())
    assert (merges["<"], merges[">"]) == (counts.merges_source, counts.merges_target)


def test_the_story_shows_what_it_was_written_to_show(sample: Sample) -> None:
    assert fact(sample, "payments-api").counts == CommitCounts(
        source_only=28,
        target_only=3,
        equivalent_source=3,
        equivalent_target=3,
        cancelled_source=6,
        merges_source=2,
        merges_target=1,
    )
    assert fact(sample, "web").counts == CommitCounts(
        source_only=8, target_only=1, equivalent_source=2, equivalent_target=2, cancelled_source=2, merges_source=1
    )
    assert fact(sample, "ledger").counts == CommitCounts(source_only=7, merges_source=1)
    assert fact(sample, "payments-deploy").counts == CommitCounts(source_only=9)


def test_every_object_is_sound_and_no_line_is_a_left_over(sample: Sample, git: Git) -> None:
    for repository in sample.repositories:
        assert git(repository.path, "fsck", "--strict", "--no-dangling") == ""
        assert git(repository.path, "status", "--porcelain") == ""
        assert git(repository.path, "symbolic-ref", "--short", "HEAD") == repository.default_branch
        branches = git(repository.path, "for-each-ref", "--format=%(refname:short)", "refs/heads").splitlines()
        assert not [name for name in branches if name.startswith(("feature/", "hotfix/"))]


def test_history_has_the_size_and_the_people_of_a_product(sample: Sample, git: Git) -> None:
    logs = [git(each.path, "log", "--all", "--format=%an").splitlines() for each in sample.repositories]
    assert 60 <= sum(map(len, logs)) <= 150
    assert len({name for log in logs for name in log}) >= 6


def test_history_is_recent_and_never_of_tomorrow(sample: Sample, git: Git, now: datetime) -> None:
    for repository in sample.repositories:
        stamps = git(repository.path, "log", "--all", "--format=%ct").split()
        moments = [datetime.fromtimestamp(int(stamp), tz=UTC) for stamp in stamps]
        assert now - timedelta(days=5) < max(moments) < now
        assert min(moments) > now - timedelta(days=90)
    assert all(deployment.deployed_at < now for deployment in sample.deployments)
    assert max(d.deployed_at for d in sample.deployments) - min(d.deployed_at for d in sample.deployments) > timedelta(
        weeks=6
    )


def test_reverts_and_picks_name_commits_that_exist(sample: Sample, git: Git) -> None:
    named = 0
    for repository in sample.repositories:
        messages = git(repository.path, "log", "--all", "--format=%B")
        for sha in re.findall(r"(?:This reverts commit|cherry picked from commit) ([0-9a-f]{40})", messages):
            assert git(repository.path, "cat-file", "-t", sha) == "commit"
            named += 1
    assert named >= 10


def test_a_commit_picked_into_production_and_then_reverted_is_no_cancelled_one(sample: Sample, git: Git) -> None:
    folder, _ = located(sample, "payments-api")
    ends = f"{running(sample, 'uat', 'payments-api')}...{running(sample, 'prod', 'payments-api')}"
    lines = git(folder, "log", "--no-merges", "--cherry-mark", "--left-right", "--format=%m %s", ends).splitlines()
    assert "= fix: PAY-143 refuse captures above the authorised amount" in lines
    assert '< Revert "fix: PAY-143 refuse captures above the authorised amount"' in lines


def test_the_same_day_makes_the_same_commits(sample: Sample, git: Git, tmp_path: Path, now: datetime) -> None:
    again = build_sample(tmp_path / "again", work=Work(), now=now.replace(hour=1))
    for one, other in zip(sample.repositories, again.repositories, strict=True):
        assert git(one.path, "for-each-ref") == git(other.path, "for-each-ref")
    assert again.deployments == sample.deployments


def test_every_deployment_but_the_nightly_build_leads_to_a_commit(sample: Sample, git: Git) -> None:
    unresolved = []
    for deployment in sample.deployments:
        folder, _ = located(sample, deployment.sub_module)
        tags = git(folder, "tag").splitlines()
        in_image = re.search(r"[0-9a-f]{7,40}$", deployment.image_tag or "")
        if deployment.commit_sha or in_image:
            sha = deployment.commit_sha or in_image[0]  # type: ignore[index]  # one of the two is there
            assert git(folder, "cat-file", "-t", sha) == "commit"
        elif TAGS[deployment.sub_module].format(deployment.version) not in tags:
            unresolved.append((deployment.environment, deployment.version))
    assert unresolved == [("dev", "nightly")]


def test_tags_are_older_than_what_was_deployed_from_them(sample: Sample, git: Git) -> None:
    for deployment in sample.deployments:
        folder, _ = located(sample, deployment.sub_module)
        tag = TAGS[deployment.sub_module].format(deployment.version)
        if tag in git(folder, "tag").splitlines():
            stamp = git(folder, "log", "-1", "--format=%ct", tag)
            assert datetime.fromtimestamp(int(stamp), tz=UTC) <= deployment.deployed_at, deployment
