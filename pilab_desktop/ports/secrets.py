"""Secrets at rest: sealing, opening and comparing them (security.md, Secrets)."""

from typing import Protocol
from uuid import UUID


class SecretVault(Protocol):
    """Seals the secrets of one workspace."""

    def seal(self, value: str, *, identity: str) -> bytes:
        """The ciphertext of `value`, bound to `identity` (workspace, project, row, column)."""
        ...

    def open(self, sealed: bytes, *, identity: str) -> str:
        """The value. Raises StateError where the key or the identity does not fit."""
        ...

    def fingerprint(self, project_id: UUID, key: str, value: str) -> bytes:
        """A keyed digest over project, variable and value: equal where these are equal, and nothing else is learned."""
        ...
