"""The sample product "Payments": real repositories with a history that shows every idea of semantics.md at work."""

from pilab_desktop.integrations.sample.build import build_sample
from pilab_desktop.integrations.sample.model import (
    Sample,
    SampleDeployment,
    SampleEnvironment,
    SampleExpectedDifference,
    SampleFact,
    SampleRepository,
    SampleSubModule,
    SampleTicket,
    SampleVariable,
)

__all__ = [
    "Sample",
    "SampleDeployment",
    "SampleEnvironment",
    "SampleExpectedDifference",
    "SampleFact",
    "SampleRepository",
    "SampleSubModule",
    "SampleTicket",
    "SampleVariable",
    "build_sample",
]
