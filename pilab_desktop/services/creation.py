"""From a description to rows: everything below a project, inside the caller's unit of work."""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from pilab_desktop.domain.drift import ExpectedRule
from pilab_desktop.domain.environment import Environment, Stage, Variable
from pilab_desktop.domain.errors import DuplicateError, InvalidInputError
from pilab_desktop.domain.ids import new_id
from pilab_desktop.domain.manifest import Deployment
from pilab_desktop.domain.project import Project, Repository, RepositoryLink, SubModule, slug_of
from pilab_desktop.domain.project_description import (
    DeploymentDescription,
    EnvironmentDescription,
    ProjectDescription,
    SubModuleDescription,
    VariableDescription,
)
from pilab_desktop.drift.policy import load_policy
from pilab_desktop.ports.secrets import SecretVault
from pilab_desktop.ports.storage import UnitOfWork
from pilab_desktop.services.repository_urls import name_of, normalised_path, normalised_url, provider_of


def create_all(
    unit: UnitOfWork, project: Project, description: ProjectDescription, vault: SecretVault, now: datetime
) -> None:
    """Add all that the description holds to a project that has nothing yet."""
    sub_modules = _sub_modules(unit, project, description.sub_modules)
    environments = _environments(unit, project, description.environments)
    for told in description.environments:
        environment = environments[_slug(told)]
        _all_different((variable.key for variable in told.variables), "variable")
        for variable in told.variables:
            unit.environments.set_variable(new_variable(environment, variable, vault, now))
    unit.manifests.record_many(
        [_deployment(project, told, environments, sub_modules, now) for told in description.deployments]
    )
    for expected in description.expected:
        unit.drift_reports.add_expected_rule(
            ExpectedRule(
                id=new_id(),
                tenant_id=project.tenant_id,
                project_id=project.id,
                source_environment=expected.source_environment,
                target_environment=expected.target_environment,
                type=expected.type,
                category=expected.category,
                sub_module=expected.sub_module,
                path_pattern=expected.path_pattern,
                value_pattern=expected.value_pattern,
                reason=expected.reason,
                author=unit.actor,
                created_at=now,
                expires_at=expected.expires_at,
            )
        )
    if description.severity_policy is not None:
        load_policy(description.severity_policy, name=f"of {project.name}")
        unit.drift_reports.set_severity_policy(project.id, description.severity_policy)


def new_variable(
    environment: Environment,
    told: VariableDescription,
    vault: SecretVault,
    now: datetime,
    variable_id: UUID | None = None,
) -> Variable:
    """A variable ready to be stored: a secret is sealed and fingerprinted, and its value goes no further."""
    row_id = variable_id or new_id()
    variable = Variable(
        id=row_id,
        tenant_id=environment.tenant_id,
        project_id=environment.project_id,
        environment_id=environment.id,
        key=told.key,
        value=None if told.is_secret else told.value or "",
        is_secret=told.is_secret,
        is_empty=not told.value,
        description=told.description,
        updated_at=now,
    )
    if not told.is_secret or told.value is None:
        return variable
    return dataclasses.replace(
        variable,
        sealed=vault.seal(told.value, identity=sealing_identity(environment, row_id)),
        fingerprint=vault.fingerprint(environment.project_id, told.key, told.value),
    )


def sealing_identity(environment: Environment, variable_id: UUID) -> str:
    """What a sealed value is bound to: workspace, project, row and column (security.md, Secrets)."""
    return f"{environment.tenant_id}/{environment.project_id}/variable/{variable_id}/value"


def new_environment(project: Project, told: EnvironmentDescription, order: int) -> Environment:
    """An environment; production is what its stage says."""
    slug = _slug(told)
    if not slug:
        raise InvalidInputError(f"“{told.name}” cannot name an environment; it needs letters or digits.")
    return Environment(
        id=new_id(),
        tenant_id=project.tenant_id,
        project_id=project.id,
        name=told.name,
        slug=slug,
        stage=told.stage,
        order=order,
        description=told.description,
        cluster_url=told.cluster_url,
        namespace=told.namespace,
        is_production=told.stage is Stage.PROD,
    )


def _slug(told: EnvironmentDescription) -> str:
    return told.slug or slug_of(told.name)


def _sub_modules(unit: UnitOfWork, project: Project, told: Iterable[SubModuleDescription]) -> Mapping[str, SubModule]:
    listed = list(told)
    _all_different((item.name for item in listed), "sub-module")
    made: dict[str, SubModule] = {}
    repositories: dict[str, Repository] = {}
    for item in listed:
        sub_module = SubModule(
            id=new_id(),
            tenant_id=project.tenant_id,
            project_id=project.id,
            name=item.name,
            type=item.type,
            description=item.description,
        )
        unit.projects.add_sub_module(sub_module)
        made[item.name] = sub_module
        for linked in item.repositories:
            url = normalised_url(linked.url)
            if url not in repositories:
                repositories[url] = new_repository(project, url)
                unit.projects.add_repository(repositories[url])
            unit.projects.add_link(new_link(sub_module, repositories[url], linked.path))
    return made


def new_repository(project: Project, url: str) -> Repository:
    """A repository row for a folder or clone URL."""
    return Repository(
        id=new_id(),
        tenant_id=project.tenant_id,
        project_id=project.id,
        name=name_of(url),
        url=url,
        provider=provider_of(url),
    )


def new_link(sub_module: SubModule, repository: Repository, path: str) -> RepositoryLink:
    """Says that the repository, or what lies below `path` in it, is the sub-module's."""
    return RepositoryLink(
        id=new_id(),
        tenant_id=sub_module.tenant_id,
        project_id=sub_module.project_id,
        sub_module_id=sub_module.id,
        repository_id=repository.id,
        path=normalised_path(path),
    )


def _environments(
    unit: UnitOfWork, project: Project, told: tuple[EnvironmentDescription, ...]
) -> Mapping[str, Environment]:
    _all_different((_slug(item) for item in told), "environment")
    made = {_slug(item): new_environment(project, item, order) for order, item in enumerate(told, 1)}
    for environment in made.values():
        unit.environments.add(environment)
    slugs = list(made)
    for position, item in enumerate(told):
        following = slugs[position + 1 : position + 2]
        wanted = item.promotes_to if item.promotes_to is not None else tuple(following)
        unknown = [slug for slug in wanted if slug not in made]
        if unknown:
            raise InvalidInputError(
                f"“{item.name}” promotes to “{unknown[0]}”, which is no environment of the project."
            )
        if wanted:
            environment = made[slugs[position]]
            to = tuple(made[slug].id for slug in wanted)
            made[environment.slug] = unit.environments.save(dataclasses.replace(environment, promotes_to=to))
    return made


def _deployment(
    project: Project,
    told: DeploymentDescription,
    environments: Mapping[str, Environment],
    sub_modules: Mapping[str, SubModule],
    now: datetime,
) -> Deployment:
    if told.environment not in environments or told.sub_module not in sub_modules:
        raise InvalidInputError(
            f"A deployment names “{told.environment}” and “{told.sub_module}”; one of them is not in the project."
        )
    return Deployment(
        id=new_id(),
        tenant_id=project.tenant_id,
        project_id=project.id,
        environment_id=environments[told.environment].id,
        sub_module_id=sub_modules[told.sub_module].id,
        version=told.version,
        commit_sha=told.commit_sha,
        image_tag=told.image_tag,
        status=told.status,
        deployed_at=told.deployed_at,
        deployed_by=told.deployed_by,
        recorded_at=now,
    )


def _all_different(names: Iterable[str], kind: str) -> None:
    name, count = (Counter(names).most_common(1) or [("", 0)])[0]
    if count > 1:
        raise DuplicateError(f"Two {kind}s are called “{name}”. Give one of them another name.", kind)
