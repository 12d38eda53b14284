"""Resolve: from what an end says it has to one commit per sub-module and repository (semantics.md §1)."""

import re
from dataclasses import dataclass

from pilab_desktop.domain.errors import NotFoundError, PilabError
from pilab_desktop.domain.manifest import Deployment
from pilab_desktop.domain.project import ProjectSettings
from pilab_desktop.ports.git_reader import GitReader

_SHA_IN_TAG = re.compile(r"(?<![0-9a-zA-Z])(?:g|sha-?)?([0-9a-f]{7,40})(?![0-9a-zA-Z])")
_FULL_SHA = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """One end of one sub-module in one repository.

    `version` is None where nothing runs there; then `commit` is None and `problem` too. Where something runs and no
    commit was found, `problem` says why in one sentence.
    """

    version: str | None = None
    commit: str | None = None
    problem: str | None = None


def resolve(deployment: Deployment | None, sub_module: str, reader: GitReader, settings: ProjectSettings) -> Resolution:
    """The commit that a deployment stands for: its own commit; else a tag equal to its version in one of the project's
    patterns; else a sha inside the image tag (or the version). Nothing found, or two candidates, is a problem."""
    if deployment is None:
        return Resolution()
    version = deployment.version
    if deployment.commit_sha:
        return _own_commit(deployment, sub_module, reader)
    tagged = _tagged(version, sub_module, reader, settings)
    candidates = set(tagged.values()) or _named_shas(deployment, reader)
    if len(candidates) == 1:
        return Resolution(version=version, commit=candidates.pop())
    if not candidates:
        problem = (
            f"{sub_module} {version} could not be resolved to a commit: no commit was recorded, and no tag and no sha "
            f"stands for it. Record the deployment with its commit, or name the tag pattern in the project's settings."
        )
    else:
        names = ", ".join(sorted(tagged)) or ", ".join(sorted(sha[:12] for sha in candidates))
        problem = (
            f"{sub_module} {version} stands for more than one commit ({names}). Record the deployment with its commit."
        )
    return Resolution(version=version, problem=problem)


def _own_commit(deployment: Deployment, sub_module: str, reader: GitReader) -> Resolution:
    sha = deployment.commit_sha or ""
    version = deployment.version
    if not re.fullmatch(r"[0-9a-fA-F]{4,64}", sha):
        return Resolution(
            version=version, problem=f"{sub_module} {version} was recorded with “{sha}”, which is no sha."
        )
    try:
        if _FULL_SHA.fullmatch(sha):
            return Resolution(version=version, commit=reader.commit_of(sha))
        candidates = reader.commits_with_prefix(sha.lower())
    except NotFoundError:
        candidates = ()
    except PilabError as error:
        return Resolution(version=version, problem=f"{sub_module} {version}: {error.sentence}")
    if len(candidates) == 1:
        return Resolution(version=version, commit=candidates[0])
    found = "is not in the repository; fetch it, or check the link" if not candidates else "stands for several commits"
    return Resolution(version=version, problem=f"The commit {sha[:12]} recorded for {sub_module} {version} {found}.")


def _tagged(version: str, sub_module: str, reader: GitReader, settings: ProjectSettings) -> dict[str, str]:
    """Tags that stand for the version, with their commits. A version written "v1.2" is also tried as "1.2"."""
    tags = reader.tags()
    spellings = dict.fromkeys((version, re.sub(r"^v(?=\d)", "", version)))
    for spelling in spellings:
        names = {
            pattern.replace("{version}", spelling).replace("{sub_module}", sub_module)
            for pattern in settings.tag_patterns
        }
        found = {name: tags[name] for name in names if name in tags}
        if found:
            return found
    return {}


def _named_shas(deployment: Deployment, reader: GitReader) -> set[str]:
    """Commits whose full or short sha stands inside the image's tag or, without one, inside the version."""
    text = (deployment.image_tag or deployment.version).partition("@")[0].rpartition("/")[2]
    found: set[str] = set()
    for digits in _SHA_IN_TAG.findall(text):
        found.update(reader.commits_with_prefix(digits))
    return found
