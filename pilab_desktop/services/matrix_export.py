"""The matrix as rows, CSV, Markdown and JSON (product.md M8)."""

import csv
import io

from pilab_desktop.domain.json import JsonObject
from pilab_desktop.domain.manifest import DeploymentStatus, ManifestEntry
from pilab_desktop.domain.markdown_text import inline
from pilab_desktop.services.manifest import Matrix


def matrix_rows(matrix: Matrix) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Header and rows: sub-module, then a cell for each environment; production carries a dot."""
    header = ("Sub-module", *(e.name + (" ●" if e.is_production else "") for e in matrix.environments))
    rows = [
        (s.name, *(cell_text(matrix.entries.get((s.id, e.id))) for e in matrix.environments))
        for s in matrix.sub_modules
    ]
    return header, rows


def cell_text(entry: ManifestEntry | None) -> str:
    """Version and short commit of what runs, and the last event where it is another or did not end well."""
    if entry is None:
        return "—"
    current = entry.current
    text = "—" if current is None else current.version
    if current is not None and current.commit_sha and not current.version.startswith(current.commit_sha[:7]):
        text += f" {current.commit_sha[:7]}"
    latest = entry.latest
    if latest.status is not DeploymentStatus.DEPLOYED:
        text += f" ({latest.version} {latest.status})" if current is None or latest.id != current.id else " (UNKNOWN)"
    return text


def matrix_csv(matrix: Matrix) -> str:
    """One line for each cell that has something, so that spreadsheets can pivot it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    header, *records = cell_records(matrix)
    writer.writerow(header)
    writer.writerows([_harmless(cell) for cell in record] for record in records)
    return out.getvalue()


def cell_records(matrix: Matrix) -> list[tuple[str, ...]]:
    """Names of columns, then one record for each cell that has something."""
    records: list[tuple[str, ...]] = [
        ("sub_module", "environment", "version", "commit", "image", "status", "deployed_at", "deployed_by")
    ]
    for sub_module in matrix.sub_modules:
        for environment in matrix.environments:
            entry = matrix.entries.get((sub_module.id, environment.id))
            event = (entry.current or entry.latest) if entry else None
            if event is not None:
                records.append(
                    (
                        sub_module.name,
                        environment.slug,
                        event.version,
                        event.commit_sha or "",
                        event.image_tag or "",
                        event.status.value,
                        event.deployed_at.isoformat(),
                        event.deployed_by,
                    )
                )
    return records


def matrix_markdown(matrix: Matrix) -> str:
    """A Markdown table."""
    header, rows = matrix_rows(matrix)
    lines = [header, tuple("---" for _ in header), *rows]
    return "".join("| " + " | ".join(inline(cell) for cell in line) + " |\n" for line in lines)


def matrix_document(matrix: Matrix) -> JsonObject:
    """The matrix for programs."""
    return {
        "schema": "pilab.manifest/1",
        "project": matrix.project.slug,
        "as_of": matrix.as_of.isoformat() if matrix.as_of else None,
        "baseline": matrix.baseline,
        "sub_modules": [{"name": s.name, "type": s.type.value} for s in matrix.sub_modules],
        "environments": [
            {"slug": e.slug, "name": e.name, "stage": e.stage.value, "is_production": e.is_production}
            for e in matrix.environments
        ],
        "entries": [
            _entry_document(s.name, e.slug, entry)
            for s in matrix.sub_modules
            for e in matrix.environments
            if (entry := matrix.entries.get((s.id, e.id))) is not None
        ],
    }


def _entry_document(sub_module: str, environment: str, entry: ManifestEntry) -> JsonObject:
    current = entry.current
    return {
        "sub_module": sub_module,
        "environment": environment,
        "version": current.version if current else None,
        "commit": current.commit_sha if current else None,
        "image": current.image_tag if current else None,
        "status": entry.latest.status.value,
        "deployed_at": current.deployed_at.isoformat() if current else None,
        "deployed_by": current.deployed_by if current else None,
        "latest": {
            "version": entry.latest.version,
            "status": entry.latest.status.value,
            "deployed_at": entry.latest.deployed_at.isoformat(),
        },
    }


def _harmless(cell: str) -> str:
    """A spreadsheet runs what begins like a formula; a quote before it makes it text."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r", "\n"} else cell
