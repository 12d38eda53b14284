"""A whole project as one YAML file (product.md P8). Secrets travel by name, never by value."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

import yaml

from pilab_desktop.domain.drift import DriftType
from pilab_desktop.domain.environment import Environment, Stage
from pilab_desktop.domain.errors import InvalidInputError
from pilab_desktop.domain.manifest import DeploymentStatus
from pilab_desktop.domain.project import ProjectSettings, SubModuleType
from pilab_desktop.domain.project_description import (
    DeploymentDescription,
    EnvironmentDescription,
    ExpectedDescription,
    ProjectDescription,
    RepositoryDescription,
    SubModuleDescription,
    VariableDescription,
)
from pilab_desktop.ports.storage import Store, UnitOfWork
from pilab_desktop.services.lookup import project_named
from pilab_desktop.services.moments import parse_moment
from pilab_desktop.services.written_yaml import Written, read_written

_Word = TypeVar("_Word", bound=StrEnum)
_EMPTY: tuple[object, ...] = ("", [], {}, False)

_KEYS: Mapping[str, frozenset[str]] = {
    "project": frozenset(
        [
            "name",
            "slug",
            "description",
            "settings",
            "sub_modules",
            "environments",
            "deployments",
            "expected",
            "severity_policy",
        ]
    ),
    "sub-module": frozenset(["name", "type", "description", "repositories"]),
    "repository": frozenset(("url", "path")),
    "environment": frozenset(
        ["name", "slug", "stage", "description", "cluster_url", "namespace", "promotes_to", "variables"]
    ),
    "variable": frozenset(["key", "value", "secret", "description"]),
    "deployment": frozenset(
        ["environment", "sub_module", "version", "commit", "image", "status", "deployed_at", "deployed_by"]
    ),
    "expected difference": frozenset(
        ["reason", "type", "category", "path", "value", "sub_module", "source", "target", "expires_at"]
    ),
    "settings": frozenset(
        ["tag_patterns", "ticket_prefixes", "ticket_url", "config_files", "sql_dialect", "environments_are_refs"]
    ),
}


def read_project(text: str) -> ProjectDescription:
    """The project a YAML text describes. Raises InvalidInputError with the part that cannot be understood."""
    told = _mapping(read_written("The project file", text), "project")
    return ProjectDescription(
        name=_text(told, "name", "project"),
        slug=_optional(told, "slug", "project"),
        description=_optional(told, "description", "project") or "",
        settings=_settings(told.get("settings") or {}),
        sub_modules=tuple(_sub_module(entry) for entry in _entries(told, "sub_modules")),
        environments=tuple(_environment(entry) for entry in _entries(told, "environments")),
        deployments=tuple(_deployment(entry) for entry in _entries(told, "deployments")),
        expected=tuple(_expected(entry) for entry in _entries(told, "expected")),
        severity_policy=_optional(told, "severity_policy", "project"),
    )


def write_project(description: ProjectDescription) -> str:
    """The YAML text that `read_project` reads back to the same description (but for the values of secrets)."""
    document = {
        "name": description.name,
        "slug": description.slug,
        "description": description.description,
        "settings": {key: _plain(value) for key, value in asdict(description.settings).items()},
        "sub_modules": [
            {
                "name": item.name,
                "type": item.type.value,
                "description": item.description,
                "repositories": [{"url": linked.url, "path": linked.path} for linked in item.repositories],
            }
            for item in description.sub_modules
        ],
        "environments": [_environment_document(item) for item in description.environments],
        "deployments": [
            {
                "environment": item.environment,
                "sub_module": item.sub_module,
                "version": item.version,
                "commit": item.commit_sha,
                "image": item.image_tag,
                "status": item.status.value,
                "deployed_at": item.deployed_at.isoformat(),
                "deployed_by": item.deployed_by,
            }
            for item in description.deployments
        ],
        "expected": [
            {
                "reason": item.reason,
                "type": item.type.value if item.type else None,
                "category": item.category,
                "path": item.path_pattern,
                "value": item.value_pattern,
                "sub_module": item.sub_module,
                "source": item.source_environment,
                "target": item.target_environment,
                "expires_at": item.expires_at.isoformat() if item.expires_at else None,
            }
            for item in description.expected
        ],
        "severity_policy": description.severity_policy,
    }
    return yaml.safe_dump(_without_empty(document), sort_keys=False, allow_unicode=True, width=120)


def describe_project(store: Store, project_name: str | None) -> ProjectDescription:
    """A stored project as a description, ready to be written."""
    with store.unit_of_work() as unit:
        project = project_named(unit, project_name)
        environments = unit.environments.list(project.id)
        slugs = {environment.id: environment.slug for environment in environments}
        sub_modules = unit.projects.sub_modules(project.id)
        names = {sub_module.id: sub_module.name for sub_module in sub_modules}
        urls = {repository.id: repository.url for repository in unit.projects.repositories(project.id)}
        links = unit.projects.links(project.id)
        history = unit.manifests.history(project.id, limit=100_000)
        return ProjectDescription(
            name=project.name,
            slug=project.slug,
            description=project.description,
            settings=project.settings,
            sub_modules=tuple(
                SubModuleDescription(
                    name=sub_module.name,
                    type=sub_module.type,
                    description=sub_module.description,
                    repositories=tuple(
                        RepositoryDescription(url=urls[link.repository_id], path=link.path)
                        for link in links
                        if link.sub_module_id == sub_module.id
                    ),
                )
                for sub_module in sub_modules
            ),
            environments=tuple(_described(unit, environment, slugs) for environment in environments),
            deployments=tuple(
                DeploymentDescription(
                    environment=slugs[event.environment_id],
                    sub_module=names[event.sub_module_id],
                    version=event.version,
                    commit_sha=event.commit_sha,
                    image_tag=event.image_tag,
                    status=event.status,
                    deployed_at=event.deployed_at,
                    deployed_by=event.deployed_by,
                )
                for event in reversed(history)
                if event.environment_id in slugs and event.sub_module_id in names
            ),
            expected=tuple(
                ExpectedDescription(
                    reason=rule.reason,
                    type=rule.type,
                    category=rule.category,
                    path_pattern=rule.path_pattern,
                    value_pattern=rule.value_pattern,
                    sub_module=rule.sub_module,
                    source_environment=rule.source_environment,
                    target_environment=rule.target_environment,
                    expires_at=rule.expires_at,
                )
                for rule in unit.drift_reports.expected_rules(project.id)
            ),
            severity_policy=unit.drift_reports.severity_policy(project.id),
        )


def _described(unit: UnitOfWork, environment: Environment, slugs: Mapping[UUID, str]) -> EnvironmentDescription:
    return EnvironmentDescription(
        name=environment.name,
        slug=environment.slug,
        stage=environment.stage,
        description=environment.description,
        cluster_url=environment.cluster_url,
        namespace=environment.namespace,
        promotes_to=tuple(slugs[i] for i in environment.promotes_to if i in slugs),
        variables=tuple(
            VariableDescription(key=v.key, value=v.value, is_secret=v.is_secret, description=v.description)
            for v in unit.environments.variables(environment.id)
        ),
    )


def _environment_document(item: EnvironmentDescription) -> dict[str, object]:
    return {
        "name": item.name,
        "slug": item.slug,
        "stage": item.stage.value,
        "description": item.description,
        "cluster_url": item.cluster_url,
        "namespace": item.namespace,
        "promotes_to": list(item.promotes_to) if item.promotes_to is not None else None,
        "variables": [
            {
                "key": variable.key,
                "value": None if variable.is_secret else variable.value,
                "secret": variable.is_secret,
                "description": variable.description,
            }
            for variable in item.variables
        ],
    }


def _sub_module(entry: Written) -> SubModuleDescription:
    told = _mapping(entry, "sub-module")
    return SubModuleDescription(
        name=_text(told, "name", "sub-module"),
        type=_word(SubModuleType, told.get("type", "OTHER"), "type of a sub-module"),
        description=_optional(told, "description", "sub-module") or "",
        repositories=tuple(_repository(linked) for linked in _entries(told, "repositories")),
    )


def _repository(entry: Written) -> RepositoryDescription:
    if isinstance(entry, str):
        return RepositoryDescription(url=entry)
    told = _mapping(entry, "repository")
    return RepositoryDescription(url=_text(told, "url", "repository"), path=_optional(told, "path", "repository") or "")


def _environment(entry: Written) -> EnvironmentDescription:
    told = _mapping(entry, "environment")
    return EnvironmentDescription(
        name=_text(told, "name", "environment"),
        slug=_optional(told, "slug", "environment"),
        stage=_word(Stage, told.get("stage", "DEV"), "stage"),
        description=_optional(told, "description", "environment") or "",
        cluster_url=_optional(told, "cluster_url", "environment"),
        namespace=_optional(told, "namespace", "environment"),
        promotes_to=None if told.get("promotes_to") is None else _texts(told, "promotes_to"),
        variables=tuple(_variable(variable) for variable in _entries(told, "variables")),
    )


def _variable(entry: Written) -> VariableDescription:
    told = _mapping(entry, "variable")
    return VariableDescription(
        key=_text(told, "key", "variable"),
        value=_optional(told, "value", "variable"),
        is_secret=_flag(told, "secret", "variable"),
        description=_optional(told, "description", "variable") or "",
    )


def _deployment(entry: Written) -> DeploymentDescription:
    told = _mapping(entry, "deployment")
    return DeploymentDescription(
        environment=_text(told, "environment", "deployment"),
        sub_module=_text(told, "sub_module", "deployment"),
        version=_text(told, "version", "deployment"),
        commit_sha=_optional(told, "commit", "deployment"),
        image_tag=_optional(told, "image", "deployment"),
        status=_word(DeploymentStatus, told.get("status", "DEPLOYED"), "deployment status"),
        deployed_at=parse_moment(_text(told, "deployed_at", "deployment")),
        deployed_by=_optional(told, "deployed_by", "deployment") or "",
    )


def _expected(entry: Written) -> ExpectedDescription:
    told = _mapping(entry, "expected difference")
    drift_type, expires_at = told.get("type"), _optional(told, "expires_at", "expected difference")
    return ExpectedDescription(
        reason=_text(told, "reason", "expected difference"),
        type=None if drift_type is None else _word(DriftType, drift_type, "type of a difference"),
        category=_optional(told, "category", "expected difference"),
        path_pattern=_optional(told, "path", "expected difference") or "*",
        value_pattern=_optional(told, "value", "expected difference"),
        sub_module=_optional(told, "sub_module", "expected difference"),
        source_environment=_optional(told, "source", "expected difference"),
        target_environment=_optional(told, "target", "expected difference"),
        expires_at=None if expires_at is None else parse_moment(expires_at),
    )


def _settings(entry: Written) -> ProjectSettings:
    told = _mapping(entry, "settings")
    default = ProjectSettings()
    return ProjectSettings(
        tag_patterns=_texts(told, "tag_patterns") or default.tag_patterns,
        ticket_prefixes=_texts(told, "ticket_prefixes"),
        ticket_url=_optional(told, "ticket_url", "settings"),
        config_files=_texts(told, "config_files"),
        sql_dialect=_optional(told, "sql_dialect", "settings"),
        environments_are_refs=_flag(told, "environments_are_refs", "settings"),
    )


def _mapping(entry: Written, kind: str) -> Mapping[str, Written]:
    if not isinstance(entry, dict):
        raise InvalidInputError(f"In the project file, {kind} must be a mapping.")
    unknown = sorted(key for key in entry if key not in _KEYS[kind])
    if unknown:
        raise InvalidInputError(f"In the project file, {kind} has an unknown part “{unknown[0]}”.")
    return entry


def _entries(told: Mapping[str, Written], key: str) -> Sequence[Written]:
    value = told.get(key)
    if value is None:
        return ()
    if not isinstance(value, list):
        raise InvalidInputError(f"In the project file, “{key}” must be a list.")
    return value


def _texts(told: Mapping[str, Written], key: str) -> tuple[str, ...]:
    texts = []
    for entry in _entries(told, key):
        if not isinstance(entry, str) or not entry:
            raise InvalidInputError(f"In the project file, each entry of “{key}” must be a text.")
        texts.append(entry)
    return tuple(texts)


def _flag(told: Mapping[str, Written], key: str, kind: str) -> bool:
    """True or false and nothing else: a secret that was marked with “yes” must not pass for a plain value."""
    said = _optional(told, key, kind)
    if said is not None and said.lower() not in {"true", "false"}:
        raise InvalidInputError(f"In the project file, the {kind}'s “{key}” must be true or false.")
    return said is not None and said.lower() == "true"


def _text(told: Mapping[str, Written], key: str, kind: str) -> str:
    value = _optional(told, key, kind)
    if not value:
        raise InvalidInputError(f"In the project file, every {kind} needs its “{key}”.")
    return value


def _optional(told: Mapping[str, Written], key: str, kind: str) -> str | None:
    value = told.get(key)
    if isinstance(value, (dict, list)):
        raise InvalidInputError(f"In the project file, the {kind}'s “{key}” must be a text.")
    return value


def _word(words: type[_Word], value: Written, kind: str) -> _Word:
    try:
        return words(str(value).upper())
    except ValueError as error:
        known = ", ".join(words)
        raise InvalidInputError(f"In the project file, “{value}” is no {kind}; there are {known}.") from error


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _without_empty(value: object) -> object:
    """The document without parts that say nothing."""
    if isinstance(value, dict):
        kept = {key: _without_empty(part) for key, part in value.items()}
        said = {"value", "promotes_to"}  # an empty value and a path that ends here are statements, not gaps
        return {k: part for k, part in kept.items() if part is not None and (k in said or part not in _EMPTY)}
    if isinstance(value, list):
        return [_without_empty(part) for part in value]
    return value
