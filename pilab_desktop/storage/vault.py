"""Sealing the secrets of one workspace (`ports.secrets.SecretVault`; security.md, Secrets).

A sealed value is one byte of format (1), eight bytes that tell which key, twelve of nonce, then AES-256-GCM's
ciphertext and tag, with the row's identity as associated data: moved to another row, it does not open.
"""

import hmac
import os
import threading
from collections.abc import Callable
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from pilab_desktop.domain.errors import StateError

KEY_BYTES = 32
_FORMAT = b"\x01"
_KEY_ID_BYTES = 8
_NONCE_BYTES = 12
_HEADER_BYTES = len(_FORMAT) + _KEY_ID_BYTES + _NONCE_BYTES


def key_id_of(key: bytes) -> bytes:
    """Eight bytes that tell keys apart and say nothing about them."""
    return _derived(key, b"pilab vault: key id")[:_KEY_ID_BYTES]


class Vault:
    """Seals with one key, which is asked for at the first use and kept in memory. Thread-safe."""

    def __init__(self, key: Callable[[], bytes]) -> None:
        self._ask = key
        self._lock = threading.Lock()
        self._key: bytes | None = None

    def seal(self, value: str, *, identity: str) -> bytes:
        """The ciphertext of `value`, bound to `identity` (workspace, project, row, column).

        Raises StateError where the key cannot be had.
        """
        key = self._held()
        nonce = os.urandom(_NONCE_BYTES)
        sealed = AESGCM(key).encrypt(nonce, value.encode("utf-8", "surrogatepass"), identity.encode())
        return _FORMAT + key_id_of(key) + nonce + sealed

    def open(self, sealed: bytes, *, identity: str) -> str:
        """The value. Raises StateError where the key or the identity does not fit, or the key cannot be had."""
        key = self._held()
        header, body = sealed[:_HEADER_BYTES], sealed[_HEADER_BYTES:]
        if len(header) < _HEADER_BYTES or not header.startswith(_FORMAT):
            raise StateError("A stored secret is damaged, or a newer release sealed it; it was kept. Enter it again.")
        if header[1 : 1 + _KEY_ID_BYTES] != key_id_of(key):
            raise StateError(
                "This secret was sealed with a key that this machine does not have; it was kept. Open the workspace "
                "where it was entered, or enter the secret again."
            )
        try:
            opened = AESGCM(key).decrypt(header[-_NONCE_BYTES:], body, identity.encode())
        except InvalidTag:
            raise StateError(
                "A stored secret was changed or moved to another place; it was kept. Enter the secret again."
            ) from None
        return opened.decode("utf-8", "surrogatepass")

    def fingerprint(self, project_id: UUID, key: str, value: str) -> bytes:
        """A keyed digest over project, variable and value: equal where these are equal, and nothing else is learned."""
        name = key.encode("utf-8", "surrogatepass")
        # The name's length stands before it, so that no other name and value run together to the same bytes.
        said = project_id.bytes + len(name).to_bytes(8) + name + value.encode("utf-8", "surrogatepass")
        return hmac.digest(_derived(self._held(), b"pilab vault: fingerprints"), said, "sha256")

    def _held(self) -> bytes:
        with self._lock:
            if self._key is None:
                self._key = self._ask()
            return self._key


def _derived(key: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=purpose).derive(key)
