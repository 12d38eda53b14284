"""One repository, read (ports/git_reader.py, GitReader)."""

import dataclasses
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar

from pilab_desktop.domain.commit import Comparison, Detail
from pilab_desktop.domain.errors import InvalidInputError, NotFoundError, RepositoryError
from pilab_desktop.integrations.local_git.comparison import ComparisonJob, Question, WholeRange, nothing_between
from pilab_desktop.integrations.local_git.objects import ObjectPipe
from pilab_desktop.integrations.local_git.processes import GitDir, ProcessGroup
from pilab_desktop.integrations.local_git.refs import (
    check_full_sha,
    check_path,
    check_prefix,
    check_ref,
    is_sha_prefix,
    near_names,
)
from pilab_desktop.integrations.local_git.snapshot import LocalSnapshot
from pilab_desktop.integrations.local_git.wording import reading_failed
from pilab_desktop.ports.git_reader import MAX_BLOB_BYTES, Snapshot
from pilab_desktop.ports.progress import Work

_KEPT_COMPARISONS = 8
_KEPT_RANGES = 4
_KEPT_SNAPSHOTS = 8

_K = TypeVar("_K")
_V = TypeVar("_V")
_Pair = tuple[str, str]


class LocalReader:
    """Reads one repository with a few git processes, two of which stay open until `close`. Thread-safe.

    The last comparisons and file lists are kept: what lies between two commits never changes.
    """

    def __init__(self, repository: GitDir, *, is_bare: bool) -> None:
        self._repository = repository
        self._is_bare = is_bare
        self._names = ObjectPipe(repository)
        self._contents = ObjectPipe(repository, limit=MAX_BLOB_BYTES)
        self._lock = threading.Lock()
        self._begun: dict[Question, ComparisonJob] = {}
        self._ranges: OrderedDict[_Pair, WholeRange] = OrderedDict()
        self._comparisons: OrderedDict[Question, Comparison] = OrderedDict()
        self._snapshots: OrderedDict[tuple[str, str], LocalSnapshot] = OrderedDict()

    def commit_of(self, ref: str) -> str:
        """The sha of the commit that a branch, tag or sha stands for; see the port for what it raises."""
        found = self._names.ask(f"{check_ref(ref)}^{{commit}}")
        if found is not None:
            return found.oid
        several = self._by_prefix(ref)
        if len(several) > 1:
            raise InvalidInputError(f"“{ref}” is the beginning of {len(several)} commits' shas; give more digits.")
        names = {*self.tags(), *self.branches()}
        raise NotFoundError(f"There is no branch, tag or commit “{ref}” in the repository.", near_names(ref, names))

    def tags(self) -> Mapping[str, str]:
        """Tag name to commit sha, by name."""
        return MappingProxyType(self._refs("refs/tags/"))

    def branches(self) -> Mapping[str, str]:
        """Branch name to commit sha, by name; remote ones as “origin/main”, unless a local one is called that."""
        remote = {} if self._is_bare else self._refs("refs/remotes/")
        return MappingProxyType(dict(sorted({**remote, **self._refs("refs/heads/")}.items())))

    def commits_with_prefix(self, prefix: str) -> tuple[str, ...]:
        """Every commit whose sha begins with these digits, sorted."""
        return self._by_prefix(check_prefix(prefix))

    def begin_compare(self, source: str, target: str, *, path: str, detail: Detail = Detail.LINES) -> None:
        """Start reading what `compare` with the same arguments will give, and return at once."""
        key = Question(check_full_sha(source), check_full_sha(target), check_path(path), detail)
        with self._lock:
            if source != target and key not in self._begun and key not in self._comparisons:
                self._begun[key] = self._new_job(key)
                self._begun[key].begin()

    def compare(self, source: str, target: str, *, path: str, work: Work, detail: Detail = Detail.LINES) -> Comparison:
        """Both sides of two commits; see the port."""
        key = Question(check_full_sha(source), check_full_sha(target), check_path(path), detail)
        work.cancel.check()
        if source == target:
            return nothing_between(source, key.path)
        with self._lock:
            if (kept := self._comparisons.get(key)) is not None:
                self._comparisons.move_to_end(key)
                return kept
            job = self._begun.pop(key, None) or self._new_job(key)
        comparison = self._doubt_path(job.result(work))
        with self._lock:
            if comparison.complete:  # what went wrong may go right the next time
                _keep(self._comparisons, key, comparison, _KEPT_COMPARISONS)
                if job.whole is not None:
                    _keep(self._ranges, (source, target), job.whole, _KEPT_RANGES)
        return comparison

    def mentions(self, tip: str, words: Sequence[str], *, path: str) -> Mapping[str, str]:
        """Sha and message of the commits below a tip that hold one of the words; see the port."""
        if not words:
            return {}
        arguments = ["log", "-z", "--no-merges", "--no-show-signature", "--encoding=UTF-8", "--format=%H%n%B", "-F"]
        arguments += [f"--grep={word}" for word in words]
        below = [check_path(path)] if path else []
        with ProcessGroup() as group:
            output = group.run(self._repository, *arguments, check_full_sha(tip), "--", *below)
        if output.code != 0:
            raise RepositoryError(reading_failed("The commits", output.stderr, output.code))
        found = (record.partition("\n") for record in output.text.split("\0") if record.strip())
        return {sha: message.rstrip("\n") for sha, _, message in found}

    def snapshot(self, commit: str, *, path: str) -> Snapshot:
        """The files at a commit, below a path."""
        key = (check_full_sha(commit), check_path(path))
        with self._lock:
            found = self._snapshots.get(key) or LocalSnapshot(self._repository, self._contents, *key)
            _keep(self._snapshots, key, found, _KEPT_SNAPSHOTS)
            return found

    def close(self) -> None:
        """End the git processes that are kept open, and what was begun and not asked for."""
        with self._lock:
            begun = list(self._begun.values())
            self._begun.clear()
        for job in begun:
            job.stop()
        self._names.close()
        self._contents.close()

    def _new_job(self, question: Question) -> ComparisonJob:
        return ComparisonJob(self._repository, question, self._ranges.get((question.source, question.target)))

    def _doubt_path(self, comparison: Comparison) -> Comparison:
        """A path that is at neither commit and in no commit between is a slip of the pen, not a clean result."""
        ends = (comparison.source, comparison.target)
        if (
            not comparison.path
            or comparison.commits
            or any(self._names.ask(f"{sha}:{comparison.path}") is not None for sha in ends)
        ):
            return comparison
        problem = f"There is no “{comparison.path}” in the repository at either commit; check the sub-module's path."
        return dataclasses.replace(comparison, problems=(*comparison.problems, problem))

    def _by_prefix(self, prefix: str) -> tuple[str, ...]:
        if not is_sha_prefix(prefix):
            return ()
        with ProcessGroup() as group:
            output = group.run(self._repository, "rev-parse", f"--disambiguate={prefix}")
        oids = output.text.split()
        kinds = self._names.ask_many(oids)
        return tuple(sorted(found.oid for found in kinds if found is not None and found.kind == "commit"))

    def _refs(self, namespace: str) -> dict[str, str]:
        """Names below a namespace to commit shas, by name. Symbolic ones (origin/HEAD) are left out."""
        fields = "%00".join(
            ("%(refname)", "%(objectname)", "%(objecttype)", "%(*objectname)", "%(*objecttype)", "%(symref)")
        )
        with ProcessGroup() as group:
            output = group.run(self._repository, "for-each-ref", f"--format={fields}", namespace)
        if output.code != 0:
            raise RepositoryError(reading_failed("The branches and tags", output.stderr, output.code))
        commits: dict[str, str] = {}
        nested: dict[str, str] = {}
        for line in output.text.splitlines():
            refname, oid, kind, peeled, peeled_kind, symbolic = line.split("\0")
            name = refname.removeprefix(namespace)
            if symbolic:
                continue
            if kind == "commit":
                commits[name] = oid
            elif peeled_kind == "commit":
                commits[name] = peeled
            elif peeled_kind == "tag":
                nested[name] = oid
        for name, found in zip(
            nested, self._names.ask_many([f"{oid}^{{commit}}" for oid in nested.values()]), strict=True
        ):
            if found is not None:
                commits[name] = found.oid
        return dict(sorted(commits.items()))


def _keep(kept: "OrderedDict[_K, _V]", key: _K, value: _V, limit: int) -> None:
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > limit:
        kept.popitem(last=False)
