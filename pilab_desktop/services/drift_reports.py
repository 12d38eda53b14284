"""Drift reports: analyse, list, show, review (product.md D1, D7, D8)."""

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from pilab_desktop.domain.change_set import ChangeSet, Done
from pilab_desktop.domain.drift import (
    Comment,
    Decision,
    DecisionKind,
    DriftItem,
    DriftReport,
    DriftStatus,
    ExpectedRule,
    Problem,
)
from pilab_desktop.domain.errors import InvalidInputError, NotFoundError
from pilab_desktop.domain.ids import new_id
from pilab_desktop.domain.project import Project
from pilab_desktop.domain.severity import Severity
from pilab_desktop.drift.analysis import Analysis, EndState, LinkedSubModule, ResolvedSubModule
from pilab_desktop.drift.engine import analyse, digest_of, resolve_ends
from pilab_desktop.drift.fold import as_reviewed
from pilab_desktop.drift.grade import Review, rules_in_force
from pilab_desktop.drift.pair import AnalysisContext
from pilab_desktop.drift.policy import SeverityPolicy, load_policy
from pilab_desktop.drift.report import ReportFrame, build_report
from pilab_desktop.ports.clock import Clock
from pilab_desktop.ports.git_reader import GitSource
from pilab_desktop.ports.progress import Work
from pilab_desktop.ports.storage import Store, UnitOfWork
from pilab_desktop.services.ends import completed, end_state, parse_end
from pilab_desktop.services.lookup import environment_named, only_one, project_named
from pilab_desktop.services.readers import Readers

_NEXT = {
    DriftStatus.DETECTED: {DriftStatus.ANALYZING, DriftStatus.REVIEWED},
    DriftStatus.ANALYZING: {DriftStatus.REVIEWED},
    DriftStatus.REVIEWED: {DriftStatus.APPROVED, DriftStatus.ANALYZING},
    DriftStatus.APPROVED: {DriftStatus.RESOLVED, DriftStatus.ANALYZING},
    DriftStatus.RESOLVED: set[DriftStatus](),
    DriftStatus.IGNORED: {DriftStatus.DETECTED},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysed:
    """A report, and whether it stood already because nothing that goes into it has changed."""

    report: DriftReport
    unchanged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What "accept as expected" shall cover; None means "any"."""

    path_pattern: str
    value_pattern: str | None = None
    sub_module: str | None = None
    any_environments: bool = False
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Inputs:
    """All that is read from the state before git is asked."""

    project: Project
    links: tuple[LinkedSubModule, ...]
    source: EndState
    target: EndState
    policy_text: str
    policy: SeverityPolicy
    rules: tuple[ExpectedRule, ...]
    has_variables: bool


class DriftReportService:
    """Use cases around drift reports."""

    def __init__(self, store: Store, clock: Clock, git: GitSource, shipped_policy: Callable[[], str]) -> None:
        self._store = store
        self._clock = clock
        self._git = git
        self._shipped_policy = shipped_policy

    def analyse(
        self, project_name: str | None, source: str, target: str, work: Work, *, refresh: bool = False
    ) -> Done[Analysed]:
        """Analyse a source against a target and store the report.

        Where everything that goes into the analysis is as it was in the last report of the pair, that report is the
        answer; not so where the last analysis failed halfway, which may have passed. `refresh` fetches mirrors first.
        """
        work.step("reading the manifest")
        inputs = self._inputs(project_name, source, target)
        with Readers(self._git, work, refresh=refresh) as readers:
            context = AnalysisContext(
                settings=inputs.project.settings,
                fingerprint_key=inputs.project.fingerprint_key,
                verdicts=self._store.verdicts,
                work=work,
            )
            resolved = resolve_ends(inputs.links, inputs.source, inputs.target, readers.open, context)
            notes = (*readers.stale, *_unread_variables(inputs))
            digest = self._digest(inputs, resolved, notes)
            previous = self._latest(inputs)
            if previous is not None and previous.digest == digest and not _failed_halfway(previous, resolved):
                return Done(Analysed(report=previous, unchanged=True), ChangeSet())
            analysis = analyse(resolved, inputs.source, inputs.target, context)
        work.step("grading")
        return self._store_report(inputs, _with_notes(analysis, notes), digest)

    def list(self, project_name: str | None) -> tuple[DriftReport, ...]:
        """Newest first, without items."""
        with self._store.unit_of_work() as unit:
            return unit.drift_reports.list(project_named(unit, project_name).id)

    def get(self, project_name: str | None, report_id: str) -> DriftReport:
        """One report by its id or the beginning of it; `latest` is the newest."""
        with self._store.unit_of_work() as unit:
            return _report(unit, project_named(unit, project_name), report_id)

    def decide(
        self,
        project_name: str | None,
        report_id: str,
        item: str,
        kind: DecisionKind,
        reason: str,
        *,
        expectation: Expectation | None = None,
    ) -> Done[DriftItem]:
        """Decide an item, by id or fingerprint or the beginning of either. With an expectation, differences like it are
        accepted in later reports too."""
        if not reason.strip():
            raise InvalidInputError("A decision needs a reason; nothing was decided.")
        now = self._clock.now()
        with self._store.unit_of_work() as unit:
            project = project_named(unit, project_name)
            report = _report(unit, project, report_id)
            found = _item(report, item)
            unit.drift_reports.decide(
                Decision(
                    id=new_id(),
                    tenant_id=project.tenant_id,
                    project_id=project.id,
                    fingerprint=found.fingerprint,
                    kind=kind,
                    reason=reason.strip(),
                    decided_by=unit.actor,
                    decided_at=now,
                )
            )
            if expectation is not None:
                unit.drift_reports.add_expected_rule(
                    _rule(report, found, expectation, reason=reason, author=unit.actor, now=now)
                )
            unit.audit.log(
                action="drift_item.decided",
                entity="drift_item",
                entity_id=found.id,
                project_id=project.id,
                old={"decision": found.decision},
                new={"decision": kind.value, "reason": reason.strip(), "fingerprint": found.fingerprint},
            )
            return Done(dataclasses.replace(found, decision=kind), unit.commit())

    def comment(self, project_name: str | None, report_id: str, item: str, text: str) -> Done[Comment]:
        """Say something about an item; it is shown wherever the same difference is found."""
        if not text.strip():
            raise InvalidInputError("A comment needs a text.")
        with self._store.unit_of_work() as unit:
            project = project_named(unit, project_name)
            found = _item(_report(unit, project, report_id), item)
            comment = Comment(
                id=new_id(),
                tenant_id=project.tenant_id,
                project_id=project.id,
                fingerprint=found.fingerprint,
                text=text.strip(),
                author=unit.actor,
                created_at=self._clock.now(),
            )
            unit.drift_reports.add_comment(comment)
            return Done(comment, unit.commit())

    def set_status(self, project_name: str | None, report_id: str, status: DriftStatus) -> Done[DriftReport]:
        """Move a report along its review (semantics.md §6). Approval needs a decision on every CRITICAL and HIGH
        item.
        """
        with self._store.unit_of_work() as unit:
            project = project_named(unit, project_name)
            report = _report(unit, project, report_id)
            allowed = set(_NEXT[report.status])
            if report.status is not DriftStatus.RESOLVED:
                allowed.add(DriftStatus.IGNORED)
            allowed.discard(report.status)
            if status not in allowed:
                ways = ", ".join(sorted(allowed)) or "nowhere"
                raise InvalidInputError(
                    f"A report that is {report.status} cannot become {status}; it can go to {ways}."
                )
            if status is DriftStatus.APPROVED:
                open_items = [
                    i for i in report.items if i.severity.at_least(Severity.HIGH) and not i.expected and not i.decision
                ]
                if open_items:
                    one = len(open_items) == 1
                    count = "1 critical or high item has" if one else f"{len(open_items)} critical or high items have"
                    raise InvalidInputError(f"{count} no decision yet; decide {'it' if one else 'them'}, then approve.")
            saved = unit.drift_reports.set_status(report, status)
            unit.audit.log(
                action="drift_report.status",
                entity="drift_report",
                entity_id=report.id,
                project_id=project.id,
                old={"status": report.status.value},
                new={"status": status.value},
            )
            return Done(saved, unit.commit())

    def _inputs(self, project_name: str | None, source: str, target: str) -> _Inputs:
        with self._store.unit_of_work() as unit:
            project = project_named(unit, project_name)
            source_end, target_end = completed(parse_end(source), parse_end(target))
            own_policy = unit.drift_reports.severity_policy(project.id)
            text = own_policy if own_policy is not None else self._shipped_policy()
            ends = [environment_named(unit, project, end.environment or "") for end in (source_end, target_end)]
            return _Inputs(
                project=project,
                links=_links(unit, project),
                source=end_state(unit, project, source_end),
                target=end_state(unit, project, target_end),
                has_variables=any(unit.environments.variables(environment.id) for environment in ends),
                policy_text=text,
                policy=load_policy(text, name=f"of {project.name}" if own_policy is not None else "that is shipped"),
                rules=rules_in_force(unit.drift_reports.expected_rules(project.id), self._clock.now()),
            )

    def _latest(self, inputs: _Inputs) -> DriftReport | None:
        with self._store.unit_of_work() as unit:
            ends = str(inputs.source.end), str(inputs.target.end)
            latest = unit.drift_reports.latest(inputs.project.id, *ends)
            return as_reviewed(latest) if latest else None

    @staticmethod
    def _digest(inputs: _Inputs, resolved: tuple[ResolvedSubModule, ...], notes: Sequence[str]) -> str:
        others = [repr(inputs.project.settings), inputs.policy_text, *(str(rule.id) for rule in inputs.rules), *notes]
        return digest_of(resolved, inputs.source, inputs.target, others=others)

    def _store_report(self, inputs: _Inputs, analysis: Analysis, digest: str) -> Done[Analysed]:
        with self._store.unit_of_work() as unit:
            reports = unit.drift_reports
            previous = reports.latest(inputs.project.id, str(inputs.source.end), str(inputs.target.end))
            review = Review(
                source_environment=inputs.source.slug,
                target_environment=inputs.target.slug,
                rules=inputs.rules,
                decisions=reports.decisions(inputs.project.id),
                previous=frozenset(i.fingerprint for i in previous.items) if previous else None,
            )
            frame = ReportFrame(
                project=inputs.project,
                source=inputs.source,
                target=inputs.target,
                digest=digest,
                created_at=self._clock.now(),
                previous_report_id=previous.id if previous else None,
            )
            report = build_report(analysis, frame, inputs.policy, review)
            reports.add(report)
            if previous is not None and _resolved_by(previous, report):
                reports.set_status(previous, DriftStatus.RESOLVED)
            unit.audit.log(
                action="drift_report.created",
                entity="drift_report",
                entity_id=report.id,
                project_id=inputs.project.id,
                new={"title": report.title, "severity": report.severity.value, "items": len(report.items)},
            )
            return Done(Analysed(report=report, unchanged=False), unit.commit())


def _links(unit: UnitOfWork, project: Project) -> tuple[LinkedSubModule, ...]:
    repositories = {repository.id: repository for repository in unit.projects.repositories(project.id)}
    links = unit.projects.links(project.id)
    linked = []
    for sub_module in unit.projects.sub_modules(project.id):
        own = [link for link in links if link.sub_module_id == sub_module.id]
        linked += [
            LinkedSubModule(sub_module=sub_module, repository=repositories[link.repository_id], path=link.path)
            for link in own
        ] or [LinkedSubModule(sub_module=sub_module, repository=None)]
    return tuple(linked)


def _with_notes(analysis: Analysis, notes: Sequence[str]) -> Analysis:
    """What could not be had is said."""
    problems = (Problem(sub_module=None, message=note) for note in notes)
    return dataclasses.replace(analysis, problems=(*analysis.problems, *problems))


def _unread_variables(inputs: _Inputs) -> tuple[str, ...]:
    """Variables have no history: an end in the past is compared without them, where either environment has any now."""
    states = (inputs.source, inputs.target) if inputs.has_variables else ()
    past = [str(state.end) for state in states if state.variables is None]
    return (f"Variables have no history, so they were not compared with {' and '.join(past)}.",) if past else ()


def _failed_halfway(report: DriftReport, resolved: tuple[ResolvedSubModule, ...]) -> bool:
    """Whether it is incomplete for another reason than ends that cannot be resolved now either."""
    return not report.completeness.complete and not any(item.sentences for item in resolved)


def _resolved_by(previous: DriftReport, report: DriftReport) -> bool:
    """Whether a report no longer finds anything that was left to decide in the one before (semantics.md §6).

    What differs in another way than before still differs. A report that could not read everything resolves nothing.
    """
    if previous.status in {DriftStatus.RESOLVED, DriftStatus.IGNORED}:
        return False
    if report.problems or not report.completeness.complete:
        return False
    found = {item.subject_key for item in report.items}
    before = [item for item in previous.items if not item.decided] or previous.items
    return bool(before) and not found & {item.subject_key for item in before}


def _report(unit: UnitOfWork, project: Project, text: str) -> DriftReport:
    if text == "latest":
        newest = unit.drift_reports.list(project.id, limit=1)
        if not newest:
            raise NotFoundError("There is no drift report yet. Make one with “pilab drift analyze”.")
        report_id = newest[0].id
    else:
        report_id = only_one(unit.drift_reports.find(project.id, text), text, "drift report")
    report = unit.drift_reports.get(report_id)
    if report is None:
        raise NotFoundError(f"There is no drift report “{text}”. List them with “pilab drift list”.")
    return as_reviewed(report)


def _item(report: DriftReport, text: str) -> DriftItem:
    found = [i for i in report.items if text in {str(i.id), i.fingerprint}]
    found = found or [i for i in report.items if str(i.id).startswith(text) or i.fingerprint.startswith(text)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise NotFoundError(f"The report has no item “{text}”. “pilab drift show” lists them.")
    raise InvalidInputError(f"“{text}” fits {len(found)} items; type more of the id.")


def _rule(
    report: DriftReport, item: DriftItem, expectation: Expectation, *, reason: str, author: str, now: datetime
) -> ExpectedRule:
    anywhere = expectation.any_environments
    return ExpectedRule(
        id=new_id(),
        tenant_id=report.tenant_id,
        project_id=report.project_id,
        source_environment=None if anywhere else report.source.environment,
        target_environment=None if anywhere else report.target.environment,
        type=item.type,
        category=item.category,
        sub_module=expectation.sub_module,
        path_pattern=expectation.path_pattern,
        value_pattern=expectation.value_pattern,
        reason=reason.strip(),
        author=author,
        created_at=now,
        expires_at=expectation.expires_at,
    )
