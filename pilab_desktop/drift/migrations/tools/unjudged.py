"""Migrations that are found but not judged, so that nothing passes in silence."""

import re
from collections.abc import Mapping

_TOOLS = (
    ("Rails", re.compile(r"(?:^|/)db/migrate/(?:.*/)?\d{8,14}_\w+\.rb$")),
    ("Liquibase", re.compile(r"(?i)(?:^|/)[^/]*change-?(?:log|set)[^/]*(?:/.*)?\.(?:xml|ya?ml|json)$")),
    ("Liquibase", re.compile(r"(?i)(?:^|/)(?:liquibase|db/changelog)/.*\.(?:xml|ya?ml|json|sql)$")),
    ("Flyway in Java", re.compile(r"(?:^|/)[VRB]\d[\d_]*__\w+\.(?:java|kt)$")),
    ("Laravel", re.compile(r"(?:^|/)migrations/\d{4}_\d\d_\d\d_\d{6}_\w+\.php$")),
    ("Knex, TypeORM or Sequelize", re.compile(r"(?:^|/)migrations?/(?:.*/)?\d{8,14}[-_]?[\w-]*\.(?:c|m)?[jt]s$")),
    ("Entity Framework", re.compile(r"(?:^|/)Migrations/(?:.*/)?\d{14}_\w+(?<!\.Designer)\.cs$")),
    ("Goose or bun in Go", re.compile(r"(?:^|/)migrations?/(?:.*/)?\d{3,14}_\w+(?<!_test)\.go$")),
    ("Doctrine", re.compile(r"(?:^|/)[Mm]igrations/(?:.*/)?Version\d{14}\.php$")),
)


def unjudged(paths: Mapping[str, str]) -> dict[str, list[str]]:
    """Tool to the paths of its migrations."""
    found: dict[str, list[str]] = {}
    for path in paths:
        tool = next((name for name, pattern in _TOOLS if pattern.search(path)), None)
        if tool is not None:
            found.setdefault(tool, []).append(path)
    return found
