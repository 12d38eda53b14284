"""Deployments from a file: an exported matrix, or a list that a pipeline wrote (cli.md, `manifest import`)."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from pilab_desktop.domain.errors import InvalidInputError
from pilab_desktop.domain.manifest import DeploymentStatus
from pilab_desktop.services.manifest import NewDeployment
from pilab_desktop.services.moments import parse_moment

_NEEDED = ("sub_module", "environment", "version")
_KNOWN = frozenset({*_NEEDED, "commit", "image", "status", "deployed_at", "deployed_by"})
_FORMULA = ("=", "+", "-", "@", "\t")

_Row = Mapping[str, str]


def read_deployments(name: str, content: bytes) -> tuple[NewDeployment, ...]:
    """The deployments of a CSV or JSON file, oldest first.

    CSV has the columns that `matrix_csv` writes; JSON is the document of `matrix_document` or a list of objects with
    the same names. Raises InvalidInputError naming the place of what cannot be understood.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInputError(f"{name} is not UTF-8 text; nothing was recorded.") from error
    rows = _json_rows(name, text) if text.lstrip()[:1] in {"{", "["} else _csv_rows(name, text)
    told = [_deployment(f"{name}, {place}", row) for place, row in rows]
    # What has no time happens now, so it comes last.
    last = datetime.max.replace(tzinfo=UTC)
    return tuple(sorted(told, key=lambda deployment: deployment.deployed_at or last))


def _csv_rows(name: str, text: str) -> list[tuple[str, _Row]]:
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        lines = [(reader.line_num, cells) for cells in reader if cells]
    except csv.Error as error:
        raise InvalidInputError(f"{name} is no CSV ({error}); nothing was recorded.") from error
    if not lines:
        raise InvalidInputError(f"{name} is empty; nothing was recorded.")
    header = [column.strip() for column in lines[0][1]]
    _check_names(f"{name}, line 1", header)
    rows: list[tuple[str, _Row]] = []
    for number, cells in lines[1:]:
        if len(cells) != len(header):
            raise InvalidInputError(
                f"{name}, line {number} has {len(cells)} cells where the first line has {len(header)}; "
                "nothing was recorded."
            )
        rows.append((f"line {number}", dict(zip(header, map(_as_it_was, cells), strict=True))))
    return rows


def _json_rows(name: str, text: str) -> list[tuple[str, _Row]]:
    try:
        document: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInputError(f"{name} is no JSON ({error}); nothing was recorded.") from error
    entries = document.get("entries") if isinstance(document, dict) else document
    if not isinstance(entries, list):
        raise InvalidInputError(f"{name} has no list of entries; nothing was recorded.")
    rows: list[tuple[str, _Row]] = []
    for number, entry in enumerate(entries, start=1):
        if not isinstance(entry, dict):
            raise InvalidInputError(f"{name}, entry {number} is no object; nothing was recorded.")
        rows += [(f"entry {number}", event) for event in _events(f"{name}, entry {number}", entry)]
    return rows


def _events(place: str, entry: Mapping[str, object]) -> list[_Row]:
    """What runs in a cell of the matrix, and the last event where it is another."""
    latest = entry.get("latest")
    row = _texts(place, {key: value for key, value in entry.items() if key != "latest"})
    if not isinstance(latest, dict):
        return [row]
    last = {"sub_module": row.get("sub_module", ""), "environment": row.get("environment", "")} | _texts(place, latest)
    if not row.get("version"):
        return [last]
    if (row["version"], row.get("deployed_at")) == (last.get("version"), last.get("deployed_at")):
        return [row]
    # A matrix's status is that of the last event; what runs was put there.
    return [{**row, "status": DeploymentStatus.DEPLOYED.value}, last]


def _texts(place: str, entry: Mapping[str, object]) -> dict[str, str]:
    _check_names(place, list(entry), needed=())
    wrong = [key for key, value in entry.items() if not isinstance(value, str | None)]
    if wrong:
        raise InvalidInputError(f"{place}: “{wrong[0]}” must be a text; nothing was recorded.")
    return {key: value for key, value in entry.items() if isinstance(value, str)}


def _check_names(place: str, names: Sequence[str], needed: Sequence[str] = _NEEDED) -> None:
    unknown = [name for name in names if name not in _KNOWN]
    if unknown:
        raise InvalidInputError(
            f"{place}: “{unknown[0]}” is unknown; there are {', '.join(sorted(_KNOWN))}. Nothing was recorded."
        )
    missing = [name for name in needed if name not in names]
    if missing:
        raise InvalidInputError(f"{place}: “{missing[0]}” is missing; nothing was recorded.")
    if len(set(names)) < len(names):
        raise InvalidInputError(f"{place}: a name stands twice; nothing was recorded.")


def _deployment(place: str, row: _Row) -> NewDeployment:
    for name in _NEEDED:
        if not row.get(name, "").strip():
            raise InvalidInputError(f"{place}: “{name}” is missing; nothing was recorded.")
    moment = row.get("deployed_at", "").strip()
    try:
        return NewDeployment(
            environment=row["environment"].strip(),
            sub_module=row["sub_module"].strip(),
            version=row["version"].strip(),
            commit_sha=row.get("commit", "").strip() or None,
            image_tag=row.get("image", "").strip() or None,
            status=_status(row.get("status", "")),
            deployed_at=parse_moment(moment) if moment else None,
            deployed_by=row.get("deployed_by", "").strip() or None,
        )
    except InvalidInputError as error:
        raise InvalidInputError(f"{place}: {error.sentence} Nothing was recorded.") from error


def _status(text: str) -> DeploymentStatus:
    try:
        return DeploymentStatus(text.strip().upper() or "DEPLOYED")
    except ValueError as error:
        raise InvalidInputError(f"“{text}” is none of {', '.join(DeploymentStatus)}.") from error


def _as_it_was(cell: str) -> str:
    """Without the quote that an export puts before what a spreadsheet would run."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in _FORMULA else cell
