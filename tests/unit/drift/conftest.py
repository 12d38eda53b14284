"""Findings for the engine's own rules."""

from collections.abc import Callable
from typing import Any

import pytest

from pilab_desktop.domain.drift import Direction, DriftType, Finding

MakeFinding = Callable[..., Finding]


@pytest.fixture
def make_finding() -> MakeFinding:
    """A finding with what the test says; the rest is ordinary."""

    def make(**given: Any) -> Finding:
        fields: dict[str, Any] = {
            "type": DriftType.CONFIG,
            "category": "config_value",
            "direction": Direction.DIFFERENT,
            "sub_module": "api",
            "path": "values.yaml:replicas",
            "description": "replicas: 2 → 5",
            "old_value": 2,
            "new_value": 5,
            "subject": "values.yaml:replicas",
            "value_identity": "2→5",
        }
        return Finding(**(fields | given))

    return make
