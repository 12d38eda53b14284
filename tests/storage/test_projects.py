"""Projects, sub-modules, repositories and links come back as they were saved, once, and only to their own workspace."""

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

import pytest

from pilab_desktop.domain.environment import Environment
from pilab_desktop.domain.errors import ConflictError, DuplicateError, NotFoundError, NotPermittedError
from pilab_desktop.domain.ids import new_id
from pilab_desktop.domain.project import (
    GitProvider,
    Project,
    ProjectSettings,
    ProjectStatus,
    Repository,
    RepositoryLink,
    SubModule,
)
from pilab_desktop.storage.store import SqlStore


class Sample(Protocol):
    """What conftest.py's sample holds."""

    @property
    def project(self) -> Project: ...
    @property
    def uat(self) -> Environment: ...
    @property
    def api(self) -> SubModule: ...
    @property
    def web(self) -> SubModule: ...


def test_a_project_comes_back_as_it_was_saved(store: SqlStore, sample: Sample) -> None:
    settings = ProjectSettings(
        ticket_prefixes=("SHOP",), config_files=("conf/{environment}.yaml",), sql_dialect="mysql"
    )
    with store.unit_of_work() as work:
        saved = work.projects.save(replace(sample.project, settings=settings, description="Ünïcode ✓ \x00 \udcff"))
        work.commit()
    with store.unit_of_work() as work:
        assert work.projects.get(sample.project.id) == saved
        assert work.projects.by_slug("shop") == saved
        assert saved.version == 2


def test_what_is_not_committed_is_undone(store: SqlStore, sample: Sample) -> None:
    with store.unit_of_work() as work:
        work.projects.save(replace(sample.project, name="Other"))
    with store.unit_of_work() as work:
        assert work.projects.get(sample.project.id) == sample.project


def test_search_looks_in_any_case_and_lists_by_name(store: SqlStore, sample: Sample) -> None:
    with store.unit_of_work() as work:
        for name, slug in (("Ärger", "aerger"), ("billing", "billing"), ("Zoo", "zoo")):
            work.projects.add(replace(sample.project, id=new_id(), name=name, slug=slug))
        work.commit()
        assert [project.name for project in work.projects.list()] == ["billing", "Shop", "Zoo", "Ärger"]
        assert [project.name for project in work.projects.list(search="äRG")] == ["Ärger"]


def test_a_slug_is_free_again_when_its_project_is_deleted(store: SqlStore, sample: Sample) -> None:
    second = replace(sample.project, id=new_id(), name="Shop 2")
    with store.unit_of_work() as work:
        with pytest.raises(DuplicateError) as refused:
            work.projects.add(second)
        assert refused.value.field == "slug"
        work.projects.save(replace(sample.project, status=ProjectStatus.DELETED))
        work.projects.add(second)
        work.commit()
    with store.unit_of_work() as work:
        assert work.projects.by_slug("shop") == second
        assert [project.id for project in work.projects.list()] == [second.id]


def test_a_stale_save_keeps_both_sides(store: SqlStore, sample: Sample) -> None:
    with store.unit_of_work() as mine, store.unit_of_work() as theirs:
        stale = mine.projects.get(sample.project.id)
        assert stale is not None
        theirs_saved = theirs.projects.save(replace(sample.project, name="Theirs"))
        theirs.commit()
        with pytest.raises(ConflictError) as refused:
            mine.projects.save(replace(stale, name="Mine"))
    assert refused.value.mine == replace(stale, name="Mine")
    assert refused.value.theirs == theirs_saved


def test_deleting_a_sub_module_takes_its_links_and_frees_its_name(store: SqlStore, sample: Sample) -> None:
    tenant, project = sample.project.tenant_id, sample.project.id
    repository = Repository(
        id=new_id(),
        tenant_id=tenant,
        project_id=project,
        name="mono",
        url="https://example.org/mono.git",
        provider=GitProvider.OTHER,
    )
    links = [
        RepositoryLink(
            id=new_id(),
            tenant_id=tenant,
            project_id=project,
            sub_module_id=part.id,
            repository_id=repository.id,
            path=part.name,
        )
        for part in (sample.api, sample.web)
    ]
    with store.unit_of_work() as work:
        work.projects.add_repository(repository)
        for link in links:
            work.projects.add_link(link)
        with pytest.raises(DuplicateError):
            work.projects.add_link(replace(links[0], id=new_id()))
        with pytest.raises(DuplicateError) as refused:
            work.projects.add_repository(replace(repository, id=new_id()))
        assert refused.value.field == "url"
        work.commit()
    with store.unit_of_work() as work:
        assert work.projects.links(project) == tuple(links)
        assert work.projects.repositories(project) == (repository,)
        work.projects.delete_sub_module(sample.api)
        work.projects.add_sub_module(replace(sample.api, id=new_id()))
        work.commit()
    with store.unit_of_work() as work:
        assert work.projects.links(project) == (links[1],)
        assert [part.name for part in work.projects.sub_modules(project)] == ["api", "web"]
        work.projects.delete_link(links[1])
        work.projects.delete_repository(repository)
        work.commit()
        assert work.projects.links(project) == ()
        assert work.projects.repositories(project) == ()
        with pytest.raises(NotFoundError):
            work.projects.save_repository(repository)


def test_a_rename_to_a_name_that_is_taken_names_the_field(store: SqlStore, sample: Sample) -> None:
    with store.unit_of_work() as work:
        with pytest.raises(DuplicateError) as refused:
            work.projects.save_sub_module(replace(sample.api, name="web"))
        assert refused.value.field == "name"
        saved = work.projects.save_sub_module(replace(sample.api, name="api-2"))
        work.commit()
    with store.unit_of_work() as work:
        assert saved in work.projects.sub_modules(sample.project.id)


def test_two_workspaces_do_not_see_or_touch_each_other(
    store: SqlStore,
    sample: Sample,
    location: str,
    opened: Callable[..., SqlStore],
    another_sample: Callable[[SqlStore], Sample],
) -> None:
    other = opened(location, create=True, workspace="Umbrella")
    assert other.workspace.id != store.workspace.id
    theirs = another_sample(other)
    with store.unit_of_work() as work:
        assert work.projects.list() == (sample.project,)
        assert work.projects.get(theirs.project.id) is None
        assert work.projects.sub_modules(theirs.project.id) == ()
        assert work.environments.list(theirs.project.id) == ()
        assert work.projects.by_slug("shop") == sample.project
        with pytest.raises(NotFoundError):
            work.projects.save(replace(theirs.project, tenant_id=store.workspace.id))
        with pytest.raises(NotPermittedError):
            work.projects.add(replace(theirs.project, id=new_id(), slug="stolen"))
        with pytest.raises(NotFoundError):  # our row, their project
            work.projects.add_sub_module(replace(sample.api, id=new_id(), name="x", project_id=theirs.project.id))
        with pytest.raises(NotFoundError):  # our project, their environment as the next one
            work.environments.save(replace(sample.uat, promotes_to=(theirs.uat.id,)))
    with other.unit_of_work() as work:
        assert [person.first_name for person in work.people.users()] == ["ann"]
        assert work.people.workspace().slug == "umbrella"


def test_a_row_of_another_project_of_the_same_workspace_is_refused(store: SqlStore, sample: Sample) -> None:
    second = replace(sample.project, id=new_id(), slug="second")
    stray = Repository(
        id=new_id(),
        tenant_id=store.workspace.id,
        project_id=second.id,
        name="r",
        url="/r",
        provider=GitProvider.LOCAL,
    )
    with store.unit_of_work() as work:
        work.projects.add(second)
        work.projects.add_repository(stray)
        with pytest.raises(NotFoundError):
            work.projects.add_link(
                RepositoryLink(
                    id=new_id(),
                    tenant_id=store.workspace.id,
                    project_id=sample.project.id,
                    sub_module_id=sample.api.id,
                    repository_id=stray.id,
                )
            )
