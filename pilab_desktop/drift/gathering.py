"""What the analysers of one run have said so far, and the analysis it adds up to."""

from collections.abc import Mapping, Sequence

from pilab_desktop.domain.commit import Comparison, Detail, Origin, Relation
from pilab_desktop.domain.drift import (
    Completeness,
    Direction,
    DriftType,
    Finding,
    Findings,
    Problem,
    SubModuleDrift,
)
from pilab_desktop.domain.project import ProjectSettings
from pilab_desktop.drift.analysis import Analysis, ResolvedSubModule
from pilab_desktop.drift.code import CodeDrift, analyse_code, fold_tickets
from pilab_desktop.drift.pair import AnalysisContext
from pilab_desktop.drift.tickets import Place


class Gathering:
    """Collects drifts, findings and problems, sub-module by sub-module."""

    def __init__(self) -> None:
        self._drifts: list[SubModuleDrift] = []
        self._comparisons: list[Comparison] = []
        self._code: list[CodeDrift] = []
        self._findings: list[Finding] = []
        self._problems: list[Problem] = []
        self._unread = False

    def add(self, found: Findings) -> None:
        """Take what an analyser found."""
        self._findings.extend(found.findings)
        self._problems.extend(found.problems)

    def add_failure(self, sub_module: str, sentence: str) -> None:
        """A sub-module could not be read to the end: the report is incomplete."""
        self._unread = True
        self._problems.append(Problem(sub_module=sub_module, message=sentence))

    def add_commits(self, item: ResolvedSubModule, context: AnalysisContext, *, detail: Detail = Detail.LINES) -> None:
        """Compare one sub-module's commits, and say how it was resolved.

        Raises RepositoryError where the repository fails; the sub-module is listed all the same.
        """
        for sentence in item.sentences:
            self.add_failure(item.name, sentence)
        if item.sentences:
            self._findings.extend(_unresolved(item))
        comparison: Comparison | None = None
        code: CodeDrift | None = None
        try:
            if item.reader and item.source.commit and item.target.commit and item.source.commit != item.target.commit:
                context.work.step(f"{item.name}: reading commits")
                comparison = item.reader.compare(
                    item.source.commit, item.target.commit, path=item.link.path, work=context.work, detail=detail
                )
                code = self._take(item.name, comparison, context.settings)
        finally:
            self._drifts.append(_drift(item, comparison, code))
        self._findings.extend(_one_sided(item))

    def new_tickets(self) -> tuple[str, ...]:
        """Keys that only the source has commits of, so far."""
        new = {
            key
            for code in self._code
            for commit in code.tickets
            if commit.place is Place.SOURCE_ONLY
            for key in commit.keys
        }
        return tuple(sorted(new))

    def analysis(self, settings: ProjectSettings, *, shipped: Mapping[str, Sequence[str]] | None = None) -> Analysis:
        """All of it. `shipped` names, by ticket, sub-modules whose target has commits of it since long."""
        return Analysis(
            sub_modules=tuple(self._drifts),
            completeness=self._completeness(),
            findings=tuple(self._findings),
            tickets=fold_tickets(self._code, settings, shipped=shipped),
            ticketless_commits=tuple(dict.fromkeys(sha for code in self._code for sha in code.ticketless)),
            suggestions=tuple(dict.fromkeys(text for code in self._code for text in code.suggestions)),
            problems=tuple(dict.fromkeys(self._problems)),
        )

    def _take(self, name: str, comparison: Comparison, settings: ProjectSettings) -> CodeDrift:
        self._comparisons.append(comparison)
        self._problems.extend(Problem(sub_module=name, message=text) for text in comparison.problems)
        code = analyse_code(name, comparison, settings)
        self._code.append(code)
        self._findings.extend(code.findings)
        self._problems.extend(code.problems)
        return code

    def _completeness(self) -> Completeness:
        comparisons = self._comparisons
        origins = {comparison.origin for comparison in comparisons}
        return Completeness(
            complete=not self._unread and all(comparison.complete for comparison in comparisons),
            origin=Origin.HOST_API if Origin.HOST_API in origins else Origin.LOCAL_MIRROR,
            commits_read=sum(comparison.commits_read for comparison in comparisons),
            commits_expected=sum(comparison.commits_expected for comparison in comparisons),
            files_read=sum(comparison.files_read for comparison in comparisons),
            files_expected=sum(comparison.files_expected for comparison in comparisons),
        )


def _unresolved(item: ResolvedSubModule) -> list[Finding]:
    """An item for each end that could not be resolved, so that a person has to look at it."""
    ends = (("source", item.source, Direction.SOURCE_ONLY), ("target", item.target, Direction.TARGET_ONLY))
    return [
        Finding(
            type=DriftType.INFRASTRUCTURE,
            category="unresolved_version",
            direction=direction,
            sub_module=item.name,
            path=item.link.path or None,
            description=end.problem or item.problems[0],
            old_value=item.target.version,
            new_value=item.source.version,
            subject=f"{side} version",
            value_identity=str(end.version),
        )
        for side, end, direction in ends
        if end.problem or (item.problems and end.version)
    ]


def _one_sided(item: ResolvedSubModule) -> list[Finding]:
    """An item for a sub-module that runs at one end only."""
    if (item.source.version is None) == (item.target.version is None):
        return []
    in_source = item.source.version is not None
    version = item.source.version or item.target.version
    has, lacks = ("source", "target") if in_source else ("target", "source")
    return [
        Finding(
            type=DriftType.INFRASTRUCTURE,
            category=f"sub_module_only_in_{has}",
            direction=Direction.SOURCE_ONLY if in_source else Direction.TARGET_ONLY,
            sub_module=item.name,
            path=item.link.path or None,
            description=f"{item.name} {version} runs in the {has}; nothing of it runs in the {lacks}.",
            old_value=item.target.version,
            new_value=item.source.version,
            subject="sub-module",
            value_identity=str(version),
        )
    ]


def _drift(item: ResolvedSubModule, comparison: Comparison | None, code: CodeDrift | None) -> SubModuleDrift:
    counts = {"commits": code.counts} if code else {}
    return SubModuleDrift(
        sub_module=item.name,
        repository=item.link.repository.name if item.link.repository else None,
        path=item.link.path,
        source_version=item.source.version,
        target_version=item.target.version,
        source_commit=item.source.commit,
        target_commit=item.target.commit,
        relation=comparison.relation if comparison else _relation(item),
        ahead=comparison.ahead if comparison else 0,
        behind=comparison.behind if comparison else 0,
        **counts,
    )


def _relation(item: ResolvedSubModule) -> Relation:
    if item.sentences:
        return Relation.UNRESOLVED
    if item.target.version is None:
        return Relation.ONLY_IN_SOURCE
    if item.source.version is None:
        return Relation.ONLY_IN_TARGET
    return Relation.SAME if item.source.commit == item.target.commit else Relation.UNRESOLVED
