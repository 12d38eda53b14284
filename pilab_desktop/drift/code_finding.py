"""One commit as an item of the report (cli.md, `metadata` of a CODE item; semantics.md §2 and §3)."""

from dataclasses import dataclass

from pilab_desktop.domain.commit import Commit, FileChange, Side
from pilab_desktop.domain.drift import Direction, DriftType, Finding
from pilab_desktop.domain.json import JsonObject
from pilab_desktop.drift.commit_facts import CommitFacts, facts_of
from pilab_desktop.drift.likeness import Signal, believed
from pilab_desktop.drift.pull_requests import PullRequest
from pilab_desktop.drift.revert_targets import TakenBack
from pilab_desktop.drift.reverts import Reverts

CODE_CHANGE = "code_change"
MISSING_IN_SOURCE = "missing_in_source"
REVERT = "revert"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCommit:
    """A commit that is on one side only, with everything that was found out about it."""

    commit: Commit
    pull_request: PullRequest
    tickets: tuple[str, ...]
    signals: tuple[Signal, ...]
    reverts: Reverts

    @property
    def takes_back(self) -> tuple[TakenBack, ...]:
        """What it takes back and does not cancel out with."""
        return self.reverts.taken_back.get(self.commit.sha, ())


def finding_of(sub_module: str, path: str, listed: ListedCommit) -> Finding:
    """The finding of one commit. Its identity is its sha on its side: the same commit is the same difference."""
    commit = listed.commit
    in_source = commit.side is Side.SOURCE
    facts = facts_of(commit, listed.pull_request.title)
    value: JsonObject = {"sha": commit.sha}
    return Finding(
        type=DriftType.CODE,
        category=_category(listed, in_source=in_source),
        direction=Direction.SOURCE_ONLY if in_source else Direction.TARGET_ONLY,
        sub_module=sub_module,
        path=path or None,
        description=commit.subject.strip() or "(no message)",
        old_value=None if in_source else value,
        new_value=value if in_source else None,
        subject=commit.sha,
        value_identity=commit.sha,
        tickets=listed.tickets,
        facts={
            "security": facts.security,
            "fix": facts.fix,
            "feature": facts.feature,
            "breaking": facts.breaking,
            "missing_in_source": not in_source,
            "revert": bool(listed.takes_back),
            "changed_lines": facts.additions + facts.deletions,
            "docs_tests_only": facts.docs_tests_only,
            "ticket_types": [],
        },
        metadata=_metadata(listed, facts),
    )


def _category(listed: ListedCommit, *, in_source: bool) -> str:
    if not in_source:
        return MISSING_IN_SOURCE
    return REVERT if listed.takes_back else CODE_CHANGE


def _metadata(listed: ListedCommit, facts: CommitFacts) -> JsonObject:
    commit, reverts = listed.commit, listed.reverts
    first = listed.takes_back[0] if listed.takes_back else None
    return {
        "sha": commit.sha,
        "short_sha": commit.short_sha,
        "author": commit.author,
        "author_email": commit.author_email,
        "authored_at": commit.authored_at.isoformat(),
        "committed_at": commit.committed_at.isoformat(),
        "files": [_file(change) for change in commit.files or ()],
        "additions": facts.additions,
        "deletions": facts.deletions,
        "category": facts.category.value,
        "category_source": facts.category_source.value,
        "breaking": facts.breaking,
        "pull_request": listed.pull_request.number,
        "equivalent_to": believed(listed.signals),
        "signals": [{"kind": s.kind.value, "sha": s.sha, "confidence": s.confidence} for s in listed.signals],
        "reverts": (first.sha or first.title) if first else None,
        "takes_back": [
            {"sha": taken.sha, "title": taken.title, "extent": taken.extent.value} for taken in listed.takes_back
        ],
        "revert_chain": list(reverts.chains.get(commit.sha, ())),
        "reverted_by": reverts.reverted_by.get(commit.sha),
        "message": commit.body,
    }


def _file(change: FileChange) -> JsonObject:
    counts: JsonObject = {
        "path": change.path,
        "added": change.added,
        "deleted": change.deleted,
        "status": change.status,
    }
    return counts if change.old_path is None else {**counts, "old_path": change.old_path}
