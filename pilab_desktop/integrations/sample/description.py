"""The sample as a project's description, ready to be created in a workspace."""

from pilab_desktop.domain.project import ProjectSettings
from pilab_desktop.domain.project_description import (
    DeploymentDescription,
    EnvironmentDescription,
    ExpectedDescription,
    ProjectDescription,
    RepositoryDescription,
    SubModuleDescription,
    VariableDescription,
)
from pilab_desktop.integrations.sample.model import Sample


def describe(sample: Sample) -> ProjectDescription:
    """All that a workspace records about the sample."""
    urls = {repository.name: repository.url for repository in sample.repositories}
    return ProjectDescription(
        name=sample.project,
        description=sample.description,
        settings=ProjectSettings(
            tag_patterns=sample.tag_patterns, ticket_prefixes=sample.ticket_prefixes, ticket_url=sample.ticket_url
        ),
        sub_modules=tuple(
            SubModuleDescription(
                name=item.name,
                type=item.type,
                description=item.description,
                repositories=(RepositoryDescription(url=urls[item.repository], path=item.path),),
            )
            for item in sample.sub_modules
        ),
        environments=tuple(
            EnvironmentDescription(
                name=item.name,
                slug=item.slug,
                stage=item.stage,
                promotes_to=(item.promotes_to,) if item.promotes_to else (),
                variables=tuple(
                    VariableDescription(key=v.key, value=v.value, is_secret=v.is_secret)
                    for v in sample.variables
                    if v.environment == item.slug
                ),
            )
            for item in sorted(sample.environments, key=lambda environment: environment.order)
        ),
        deployments=tuple(
            DeploymentDescription(
                environment=item.environment,
                sub_module=item.sub_module,
                version=item.version,
                commit_sha=item.commit_sha,
                image_tag=item.image_tag,
                status=item.status,
                deployed_at=item.deployed_at,
                deployed_by=item.deployed_by,
            )
            for item in sample.deployments
        ),
        expected=tuple(
            ExpectedDescription(reason=item.reason, path_pattern=item.path_pattern, sub_module=item.sub_module)
            for item in sample.expected_differences
        ),
    )
