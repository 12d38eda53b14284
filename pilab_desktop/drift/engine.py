"""The drift engine: resolve, compare, analyse, grade, fold. It reads through ports and writes nothing."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence

from pilab_desktop.domain.errors import CancelledError, PilabError
from pilab_desktop.domain.manifest import Deployment
from pilab_desktop.domain.project import Repository
from pilab_desktop.drift.analysis import Analysis, EndState, LinkedSubModule, ResolvedSubModule
from pilab_desktop.drift.configuration import analyse_configuration
from pilab_desktop.drift.gathering import Gathering
from pilab_desktop.drift.images import analyse_images
from pilab_desktop.drift.kubernetes import analyse_kubernetes
from pilab_desktop.drift.migrations import analyse_migrations
from pilab_desktop.drift.missing_variables import missing_variables
from pilab_desktop.drift.pair import AnalysisContext, SnapshotPair
from pilab_desktop.drift.resolve import Resolution, resolve
from pilab_desktop.drift.ticket_keys import TicketKeys
from pilab_desktop.drift.variables import analyse_variables, equal_secrets
from pilab_desktop.ports.git_reader import GitReader

ENGINE_VERSION = 1
"""Raised whenever the same inputs would give another report, so that no old report is taken for the new answer."""


def resolve_ends(
    links: Sequence[LinkedSubModule],
    source: EndState,
    target: EndState,
    open_reader: Callable[[Repository], GitReader],
    context: AnalysisContext,
) -> tuple[ResolvedSubModule, ...]:
    """Both ends of every sub-module that runs at one of them. What cannot be read or resolved carries its problem."""
    resolved: list[ResolvedSubModule] = []
    for link in links:
        before = target.deployments.get(link.sub_module.id)
        after = source.deployments.get(link.sub_module.id)
        if before is None and after is None:
            continue
        context.work.step(f"{link.sub_module.name}: resolving versions")
        resolved.append(_resolve_one(link, after, before, open_reader, context))
    return tuple(resolved)


def digest_of(
    resolved: Sequence[ResolvedSubModule], source: EndState, target: EndState, *, others: Sequence[str]
) -> str:
    """The identity of all that goes into an analysis. `others` are the settings, policy and rules that take part."""
    facts: list[object] = [ENGINE_VERSION, str(source.end), str(target.end), *others]
    for item in resolved:
        repository = item.link.repository.url if item.link.repository else None
        facts.append([item.name, repository, item.link.path, list(item.problems)])
        facts.extend([r.version, r.commit, r.problem] for r in (item.source, item.target))
    for state in (source, target):
        facts.append([state.slug, str(state.stage)])
        for variable in state.variables or ():
            print_ = variable.fingerprint.hex() if variable.fingerprint else None
            facts.append([variable.key, variable.value, variable.is_secret, variable.is_empty, print_])
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def analyse(
    resolved: Sequence[ResolvedSubModule], source: EndState, target: EndState, context: AnalysisContext
) -> Analysis:
    """Compare and analyse every sub-module. One that fails becomes a problem of the report, the others go on."""
    gathering = Gathering()
    for item in resolved:
        try:
            gathering.add_commits(item, context)
            if item.reader and item.source.commit and item.target.commit:
                _analyse_files(item, item.reader, context, gathering, source=source, target=target)
        except CancelledError:
            raise
        except PilabError as error:
            gathering.add_failure(item.name, error.sentence)
    if source.variables is not None and target.variables is not None:
        context.work.step("comparing variables")
        gathering.add(analyse_variables(source.variables, target.variables, context))
        if source.stage is not None and target.stage is not None:
            gathering.add(equal_secrets(source.variables, target.variables, source.stage, target.stage, context))
    return gathering.analysis(context.settings, shipped=_shipped(resolved, gathering.new_tickets(), context))


def _shipped(
    resolved: Sequence[ResolvedSubModule], keys: Sequence[str], context: AnalysisContext
) -> Mapping[str, Sequence[str]]:
    """Which sub-modules' targets have commits of these tickets: a ticket new elsewhere is half shipped there."""
    shipped: dict[str, list[str]] = {}
    if not keys or len({item.name for item in resolved}) < 2:
        return shipped
    find = TicketKeys(context.settings)
    context.work.step("looking for tickets that are half shipped")
    for item in resolved:
        if item.reader is None or item.target.commit is None:
            continue
        messages = item.reader.mentions(item.target.commit, keys, path=item.link.path).values()
        for key in {key for message in messages for key in find.in_text(message)}.intersection(keys):
            shipped.setdefault(key, []).append(item.name)
    return shipped


def _resolve_one(
    link: LinkedSubModule,
    after: Deployment | None,
    before: Deployment | None,
    open_reader: Callable[[Repository], GitReader],
    context: AnalysisContext,
) -> ResolvedSubModule:
    name = link.sub_module.name
    unread = {
        "source": Resolution(version=after.version if after else None),
        "target": Resolution(version=before.version if before else None),
    }
    if link.repository is None:
        sentence = f"{name} has no repository, so its versions cannot be compared. Link one to it."
        return ResolvedSubModule(link=link, reader=None, problems=(sentence,), **unread)
    try:
        reader = open_reader(link.repository)
        return ResolvedSubModule(
            link=link,
            reader=reader,
            source=resolve(after, name, reader, context.settings),
            target=resolve(before, name, reader, context.settings),
        )
    except CancelledError:
        raise
    except PilabError as error:
        return ResolvedSubModule(link=link, reader=None, problems=(error.sentence,), **unread)


def _analyse_files(
    item: ResolvedSubModule,
    reader: GitReader,
    context: AnalysisContext,
    gathering: Gathering,
    *,
    source: EndState,
    target: EndState,
) -> None:
    assert item.source.commit is not None
    assert item.target.commit is not None
    pair = SnapshotPair(
        sub_module=item.name,
        type=item.link.sub_module.type,
        path=item.link.path,
        source=reader.snapshot(item.source.commit, path=item.link.path),
        target=reader.snapshot(item.target.commit, path=item.link.path),
        source_environment=source.name,
        target_environment=target.name,
    )
    assert pair.source is not None
    assert pair.target is not None
    if item.link.path and item.source.commit == item.target.commit and not pair.source.blobs:
        gathering.add_failure(item.name, f"There is nothing below “{item.link.path}”; check the sub-module's path.")
    context.work.step(f"{item.name}: comparing configuration")
    gathering.add(analyse_configuration(pair, context))
    gathering.add(analyse_images(pair, context))
    gathering.add(analyse_kubernetes(pair, context))
    if item.source.commit != item.target.commit:
        known = None if target.variables is None else frozenset(variable.key for variable in target.variables)
        gathering.add(missing_variables(pair, known or None, context))
        context.work.step(f"{item.name}: judging migrations")
        gathering.add(analyse_migrations(pair, context))
