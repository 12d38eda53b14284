"""One transaction on one workspace (`ports.storage.UnitOfWork`)."""

from typing import Self

from pilab_desktop.domain.change_set import ChangeSet
from pilab_desktop.ports import storage
from pilab_desktop.storage.audit import SqlAudit
from pilab_desktop.storage.drift_reports import SqlDriftReports
from pilab_desktop.storage.environments import SqlEnvironments
from pilab_desktop.storage.manifests import SqlManifests
from pilab_desktop.storage.people import SqlPeople
from pilab_desktop.storage.projects import SqlProjects
from pilab_desktop.storage.release_notes import SqlReleaseNotes
from pilab_desktop.storage.transaction import Transaction


class SqlUnitOfWork:
    """Leaving the block without `commit` undoes it. Used by one thread."""

    def __init__(self, transaction: Transaction, actor: str) -> None:
        self._transaction = transaction
        self.tenant_id = transaction.tenant_id
        self.actor = actor
        self.projects: storage.Projects = SqlProjects(transaction)
        self.environments: storage.Environments = SqlEnvironments(transaction)
        self.manifests: storage.Manifests = SqlManifests(transaction)
        self.drift_reports: storage.DriftReports = SqlDriftReports(transaction)
        self.release_notes: storage.ReleaseNotes = SqlReleaseNotes(transaction)
        self.people: storage.People = SqlPeople(transaction)
        self.audit: storage.Audit = SqlAudit(transaction, actor)

    def __enter__(self) -> Self:
        self._transaction.open()
        return self

    def __exit__(self, *exception: object) -> None:
        self._transaction.close()

    def commit(self) -> ChangeSet:
        """Make it last, and say what was touched (also written to the change feed in the same transaction)."""
        return self._transaction.commit()
