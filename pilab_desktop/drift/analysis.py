"""What an analysis starts from and what it comes to."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from pilab_desktop.domain.drift import Completeness, End, Finding, Problem, SubModuleDrift
from pilab_desktop.domain.environment import Stage, Variable
from pilab_desktop.domain.manifest import Deployment
from pilab_desktop.domain.project import Repository, SubModule
from pilab_desktop.domain.ticket import TicketDrift
from pilab_desktop.drift.pair import EnvironmentName
from pilab_desktop.drift.resolve import Resolution
from pilab_desktop.ports.git_reader import GitReader


@dataclass(frozen=True, slots=True, kw_only=True)
class EndState:
    """What one end has: the deployment that runs, by sub-module, and the variables (None: not known at this end)."""

    end: End
    slug: str
    stage: Stage | None
    deployments: Mapping[UUID, Deployment]
    variables: tuple[Variable, ...] | None

    @property
    def name(self) -> EnvironmentName:
        """By what files name it."""
        return EnvironmentName(slug=self.slug, stage=self.stage)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedSubModule:
    """A sub-module in one of its repositories, below one path."""

    sub_module: SubModule
    repository: Repository | None
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedSubModule:
    """The same, resolved at both ends. `reader` is None where there is no repository or it cannot be read."""

    link: LinkedSubModule
    reader: GitReader | None
    source: Resolution
    target: Resolution
    problems: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The sub-module's name."""
        return self.link.sub_module.name

    @property
    def sentences(self) -> tuple[str, ...]:
        """All that stands in the way of comparing it."""
        return (*self.problems, *(end.problem for end in (self.source, self.target) if end.problem))


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """All that was found, before anyone's policy or decisions."""

    sub_modules: tuple[SubModuleDrift, ...]
    completeness: Completeness
    findings: tuple[Finding, ...]
    tickets: tuple[TicketDrift, ...]
    ticketless_commits: tuple[str, ...]
    suggestions: tuple[str, ...]
    problems: tuple[Problem, ...]
