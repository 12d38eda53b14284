"""Two refs of a repository as a report of their commits, without a workspace: for pipelines and for a quick look."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pilab_desktop.domain.commit import Detail
from pilab_desktop.domain.drift import DriftReport, End
from pilab_desktop.domain.ids import new_id
from pilab_desktop.domain.json import JsonValue
from pilab_desktop.domain.project import Project, ProjectSettings, Repository, SubModule, slug_of
from pilab_desktop.drift.analysis import EndState, LinkedSubModule, ResolvedSubModule
from pilab_desktop.drift.gathering import Gathering
from pilab_desktop.drift.grade import Review
from pilab_desktop.drift.pair import AnalysisContext
from pilab_desktop.drift.policy import SeverityPolicy
from pilab_desktop.drift.report import ReportFrame, build_report
from pilab_desktop.drift.resolve import Resolution
from pilab_desktop.ports.git_reader import GitSource
from pilab_desktop.ports.progress import Work
from pilab_desktop.services.repository_urls import name_of, normalised_path, provider_of


@dataclass(frozen=True, slots=True, kw_only=True)
class RefPair:
    """What is compared: a folder or clone URL, two refs, a path in it, and the tickets' prefixes (empty for any).

    Without lines nothing is graded by its size.
    """

    repository: str
    source: str
    target: str
    path: str = ""
    ticket_prefixes: tuple[str, ...] = ()
    detail: Detail = Detail.LINES


def compare_refs(git: GitSource, pair: RefPair, policy: SeverityPolicy, now: datetime, work: Work) -> DriftReport:
    """The commits and tickets of two refs, graded; configuration and migrations are not looked at.

    Raises the errors of GitSource and GitReader.
    """
    project = _project(pair, now)
    reader = git.open(pair.repository, refresh=True, work=work)
    try:
        source, target = reader.commit_of(pair.source), reader.commit_of(pair.target)
        item = ResolvedSubModule(
            link=_link(project, pair),
            reader=reader,
            source=Resolution(version=pair.source, commit=source),
            target=Resolution(version=pair.target, commit=target),
        )
        context = AnalysisContext(
            settings=project.settings, fingerprint_key=project.fingerprint_key, verdicts=_NoVerdicts(), work=work
        )
        gathering = Gathering()
        gathering.add_commits(item, context, detail=pair.detail)
    finally:
        reader.close()
    frame = ReportFrame(
        project=project,
        source=_state(pair.source),
        target=_state(pair.target),
        digest=f"{source}...{target}",
        created_at=now,
        previous_report_id=None,
    )
    review = Review(source_environment=pair.source, target_environment=pair.target, decisions={})
    return build_report(gathering.analysis(project.settings), frame, policy, review)


def _project(pair: RefPair, now: datetime) -> Project:
    name = name_of(pair.repository)
    return Project(
        id=new_id(),
        tenant_id=new_id(),
        name=name,
        slug=slug_of(name) or "repository",
        settings=ProjectSettings(ticket_prefixes=pair.ticket_prefixes, environments_are_refs=True),
        fingerprint_key=secrets.token_bytes(32),
        created_at=now,
        updated_at=now,
    )


def _link(project: Project, pair: RefPair) -> LinkedSubModule:
    path = normalised_path(pair.path)
    return LinkedSubModule(
        sub_module=SubModule(
            id=new_id(),
            tenant_id=project.tenant_id,
            project_id=project.id,
            name=path.replace("/", "-") or project.name,
        ),
        repository=Repository(
            id=new_id(),
            tenant_id=project.tenant_id,
            project_id=project.id,
            name=project.name,
            url=pair.repository,
            provider=provider_of(pair.repository),
        ),
        path=path,
    )


def _state(ref: str) -> EndState:
    return EndState(end=End(environment=ref), slug=ref, stage=None, deployments={}, variables=None)


class _NoVerdicts:
    """Nothing is judged here, so nothing is remembered."""

    def get_many(self, kind: str, keys: Sequence[str]) -> Mapping[str, JsonValue]:
        del kind, keys
        return {}

    def put_many(self, kind: str, values: Mapping[str, JsonValue]) -> None:
        del kind, values
