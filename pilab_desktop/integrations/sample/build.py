"""Puts the sample on disk: all of it or nothing, and never over anything that it did not make."""

import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from pilab_desktop.domain.errors import InvalidInputError, RepositoryError, StateError
from pilab_desktop.domain.project import DEFAULT_TAG_PATTERNS
from pilab_desktop.integrations.sample import operations
from pilab_desktop.integrations.sample.api_story import payments_api
from pilab_desktop.integrations.sample.deploy_story import payments_deploy
from pilab_desktop.integrations.sample.facts import TICKETS, facts_of
from pilab_desktop.integrations.sample.fast_import import refs_of, write_repository
from pilab_desktop.integrations.sample.history import History
from pilab_desktop.integrations.sample.model import Sample, SampleRepository
from pilab_desktop.integrations.sample.platform_story import payments_platform
from pilab_desktop.ports.progress import Work

MARKER = ".pilab-sample.json"
_FORMAT = 1
_DESCRIPTION = "A made-up product that takes card payments: an API, a ledger, a front end and the chart that runs them."


def build_sample(folder: Path, *, work: Work, now: datetime) -> Sample:
    """Real git repositories with some weeks of history below `folder`, and what a workspace records about them.

    Every moment counts back from the day of `now` (aware), so equal days give equal commits. A sample that is there
    already and whole is used as it is, with the day it was made for and with what people did in it since; one that is
    damaged or of another make is kept beside the new one, under a name of its own.

    Raises InvalidInputError where the folder holds something else, StateError where it cannot be written,
    MissingToolError without git, RepositoryError where git refuses, CancelledError.
    """
    folder = folder.absolute()
    made_for = _made_for(folder)
    if made_for is not None:
        sample = _sample(folder, made_for)
        if _is_whole(sample, work):
            return sample
    sample = _sample(folder, now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0))
    try:
        _write(sample, work)
    except OSError as failed:
        raise StateError(
            f"The sample could not be written to {folder}: {failed.strerror or failed}. Nothing was left there; "
            "make room or name another folder."
        ) from failed
    return sample


def _histories(day: datetime) -> dict[str, History]:
    return {history.name: history for history in (payments_api(day), payments_platform(day), payments_deploy(day))}


def _sample(folder: Path, day: datetime) -> Sample:
    histories = _histories(day)
    return Sample(
        folder=folder,
        made_for=day,
        project="Payments",
        description=_DESCRIPTION,
        repositories=tuple(
            SampleRepository(name=name, path=folder / name, url=str(folder / name)) for name in histories
        ),
        sub_modules=operations.SUB_MODULES,
        environments=operations.ENVIRONMENTS,
        deployments=tuple(operations.deployments(histories)),
        variables=tuple(operations.variables()),
        ticket_url="https://tickets.example.com/browse/{key}",
        ticket_prefixes=("PAY",),
        tag_patterns=DEFAULT_TAG_PATTERNS,
        expected_differences=operations.EXPECTED_DIFFERENCES,
        facts=facts_of(histories),
        tickets=TICKETS,
    )


def _made_for(folder: Path) -> datetime | None:
    """The day that the sample in the folder was made for; None where there is none, or one of another make.

    Raises InvalidInputError where the folder holds something else.
    """
    try:
        if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
            return None
        marker = json.loads((folder / MARKER).read_text(encoding="utf-8"))
    except OSError as failed:
        raise InvalidInputError(
            f"{folder} holds something that is not the sample; nothing in it was touched. Name a new or empty folder."
        ) from failed
    except ValueError:
        return None
    if not isinstance(marker, dict) or marker.get("format") != _FORMAT:
        return None
    try:
        made_for = datetime.fromisoformat(str(marker.get("made_for")))
    except ValueError:
        return None
    return made_for if made_for.tzinfo else None


def _is_whole(sample: Sample, work: Work) -> bool:
    """Whether every tag is where the story has it; branches may have moved on."""
    for name, history in _histories(sample.made_for).items():
        try:
            refs = refs_of(sample.folder / name, work)
        except (RepositoryError, OSError):
            return False
        if any(refs.get(f"refs/tags/{tag.name}") != tag.node.sha for tag in history.tags.values()):
            return False
    return True


def _write(sample: Sample, work: Work) -> None:
    folder = sample.folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        dir=folder.parent, prefix=f".{folder.name}-", ignore_cleanup_errors=True
    ) as temporary:
        made = Path(temporary) / folder.name
        made.mkdir()
        for name, history in _histories(sample.made_for).items():
            work.step(f"Making the repository {name}")
            write_repository(history, made / name, work)
        marker = {"format": _FORMAT, "made_for": sample.made_for.isoformat()}
        (made / MARKER).write_text(json.dumps(marker), encoding="utf-8")
        work.cancel.check()
        if folder.exists():
            _clear_the_way(folder)
        made.rename(folder)


def _clear_the_way(folder: Path) -> None:
    """An empty folder goes; an older sample moves aside, because someone may have worked in it."""
    if not any(folder.iterdir()):
        folder.rmdir()
        return
    number = 1
    while (aside := folder.with_name(f"{folder.name}.old-{number}")).exists():
        number += 1
    folder.rename(aside)
