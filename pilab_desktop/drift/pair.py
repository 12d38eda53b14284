"""What an analyser is given: the two ends of one sub-module, and the surroundings."""

import hashlib
import hmac
from dataclasses import dataclass

from pilab_desktop.domain.environment import Stage
from pilab_desktop.domain.project import ProjectSettings, SubModuleType
from pilab_desktop.ports.git_reader import Snapshot
from pilab_desktop.ports.progress import Work
from pilab_desktop.ports.storage import BlobVerdicts


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentName:
    """By what files name an environment: its slug ("pre-prod") and its stage (PROD is also "production").

    A stage of None is an environment that stands for a git ref: no file names it.
    """

    slug: str
    stage: Stage | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotPair:
    """One sub-module's files at both ends. An end is None where nothing runs there or it could not be resolved."""

    sub_module: str
    type: SubModuleType
    path: str
    source: Snapshot | None
    target: Snapshot | None
    source_environment: EnvironmentName
    target_environment: EnvironmentName


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisContext:
    """What all analysers share. `fingerprint_key` keys identities of secret values (see Project)."""

    settings: ProjectSettings
    fingerprint_key: bytes
    verdicts: BlobVerdicts
    work: Work

    def secret_identity(self, name: str, value: str | None) -> str:
        """A keyed digest by which two secret values of one name can be compared; "missing" for None."""
        if value is None:
            return "missing"
        return hmac.new(
            self.fingerprint_key, f"{name}\0{value}".encode("utf-8", "surrogatepass"), hashlib.sha256
        ).hexdigest()


def secret_mark(*, changed: bool) -> dict[str, bool]:
    """What stands in a report where a secret would (cli.md): nothing of either value."""
    return {"secret": True, "changed": changed}
