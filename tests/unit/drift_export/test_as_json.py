"""The report's JSON is a contract with other programs (cli.md)."""

import json
from dataclasses import replace
from datetime import datetime

from pilab_desktop.domain.commit import Relation
from pilab_desktop.domain.drift import DriftReport, Problem
from pilab_desktop.drift.export.as_json import report_document


def test_everything_that_is_promised_is_there(report: DriftReport) -> None:
    document = json.loads(json.dumps(report_document(report)))
    assert document["schema"] == "pilab.drift-report/1"
    assert set(document) >= {
        *("id", "project", "status", "severity", "created_at", "summary", "source", "target", "counts"),
        *("sub_modules", "completeness", "items", "tickets", "problems"),
    }
    assert set(document["source"]) == {"environment", "as_of", "baseline"}
    assert document["target"]["baseline"] == "2026.10"
    assert datetime.fromisoformat(document["source"]["as_of"]).tzinfo is not None
    assert set(document["sub_modules"][0]) >= {
        *("sub_module", "source_version", "target_version", "source_commit", "target_commit"),
        *("relation", "ahead", "behind", "commits"),
    }
    assert set(document["sub_modules"][0]["commits"]) == {
        *("source_only", "target_only", "equivalent_source", "equivalent_target"),
        *("cancelled_source", "cancelled_target", "merges_source", "merges_target"),
    }
    assert set(document["completeness"]) == {
        *("complete", "origin", "commits_read", "commits_expected", "files_read", "files_expected"),
    }
    assert set(document["items"][0]) >= {
        *("id", "fingerprint", "type", "category", "direction", "sub_module", "path", "severity", "rule"),
        *("description", "old_value", "new_value", "tickets", "expected", "decision", "metadata"),
    }
    assert set(document["tickets"][0]["commits"]) == {"source_only", "both", "target_only"}


def test_counts_leave_out_what_is_decided_and_name_every_type_and_severity(report: DriftReport) -> None:
    document = json.loads(json.dumps(report_document(report)))
    assert {kind: sum(by.values()) for kind, by in document["counts"].items()} == {
        "CODE": 2,
        "CONFIG": 2,
        "DATABASE": 1,
        "INFRASTRUCTURE": 0,
        "IMAGE": 0,
        "DEPENDENCY": 0,
    }
    assert list(document["counts"]["CODE"]) == ["CRITICAL", "HIGH", "MEDIUM", "LOW", "INFO"]


def test_a_secret_is_its_mark(report: DriftReport) -> None:
    document = json.loads(json.dumps(report_document(report)))
    token = next(item for item in document["items"] if item["path"] == "TOKEN")
    assert token["new_value"] == {"secret": True, "changed": True}


def test_a_report_with_problems_is_not_clean(report: DriftReport) -> None:
    module = replace(report.sub_modules[0], relation=Relation.SAME)
    empty = replace(report, items=(), sub_modules=(module,))
    assert report_document(empty)["clean"] is True
    troubled = replace(empty, problems=(Problem(sub_module=None, message="x"),))
    assert report_document(troubled)["clean"] is False
    assert report_document(troubled)["problems"] == [{"sub_module": None, "message": "x"}]
