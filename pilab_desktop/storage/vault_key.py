"""Where a workspace's vault key lies: the operating system's keyring, else a file behind a passphrase.

A small file per workspace in the data folder says which of the two it is. Without it, a session that cannot reach the
keyring (over ssh, say) would make a second key, and leave behind secrets that the first one does not open.
"""

import base64
import binascii
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from argon2.exceptions import HashingError
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pilab_desktop.domain.errors import StateError
from pilab_desktop.storage.local_file import cannot_write, held
from pilab_desktop.storage.vault import KEY_BYTES, Vault, key_id_of

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "PiLab Studio"
"""The keyring's name for the application; the account is the workspace's id."""

_PASSES, _KIBIBYTES, _LANES = 3, 65_536, 4  # RFC 9106, section 4, second recommended option
_MOST_PASSES, _MOST_KIBIBYTES, _MOST_LANES = 64, 1_048_576, 64
_REFUSED_BACKENDS = ("keyring.backends.null", "keyring.backends.fail", "keyrings.alt.")


def open_vault(
    workspace_id: UUID, *, folder: Path, passphrase: Callable[[], str | None], wait_seconds: float = 10.0
) -> Vault:
    """The vault of a workspace; its key is looked for, or made, when it is first used.

    `folder` is the platform's data folder of the application. `passphrase` is asked only where the key lies in a file,
    or has to; None says that nobody can be asked. What the vault then raises as StateError: no keyring and nobody to
    ask, a keyring that is locked or gone, a wrong passphrase, a file that is damaged or cannot be written.
    """
    place = _KeyPlace(workspace_id, folder / f"vault-{workspace_id}.json", passphrase)

    def key() -> bytes:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise cannot_write(place.file, error) from error
        with held(place.file, "vault", wait_seconds=wait_seconds):
            return place.key()

    return Vault(key)


@dataclass(frozen=True, slots=True)
class _KeyPlace:
    workspace_id: UUID
    file: Path
    passphrase: Callable[[], str | None]

    def key(self) -> bytes:
        if not self.file.exists():
            return self._found_or_made()
        stored = self._stored()
        if stored.get("kept_in") == "keyring":
            return self._from_keyring(stored)
        return self._from_file(stored)

    def _found_or_made(self) -> bytes:
        backend = usable_keyring()
        if backend is None:
            return self._made_in_file()
        key = _keyring_get(backend, self.workspace_id)
        if key is None:
            key = os.urandom(KEY_BYTES)
            _keyring_set(backend, self.workspace_id, key)
        self._write({"format": 1, "kept_in": "keyring", "key_id": _text(key_id_of(key))})
        return key

    def _from_keyring(self, stored: dict[str, object]) -> bytes:
        backend = usable_keyring()
        if backend is None:
            raise StateError(
                "The key of this workspace's secrets lies in the operating system's keyring, which cannot be reached "
                "here; the secrets are kept. Sign in to the desktop session in which they were entered."
            )
        key = _keyring_get(backend, self.workspace_id)
        if key is None or _text(key_id_of(key)) != stored.get("key_id"):
            raise StateError(
                f"The keyring no longer holds the key of this workspace's secrets; they are kept but cannot be opened. "
                f"Put the keyring back, or remove {self.file} and enter the secrets again."
            )
        return key

    def _made_in_file(self) -> bytes:
        passphrase = self.passphrase()
        if not passphrase:
            raise StateError(
                "There is no keyring here to keep the key of this workspace's secrets; nothing was saved. Unlock the "
                "system's keyring, or give a passphrase (PILAB_PASSPHRASE_FILE names a file that holds one)."
            )
        key, salt, nonce = os.urandom(KEY_BYTES), os.urandom(16), os.urandom(12)
        wrapping = _stretched(passphrase, salt, _PASSES, _KIBIBYTES, _LANES)
        self._write(
            {
                "format": 1,
                "kept_in": "file",
                "passes": _PASSES,
                "kibibytes": _KIBIBYTES,
                "lanes": _LANES,
                "salt": _text(salt),
                "nonce": _text(nonce),
                "key": _text(AESGCM(wrapping).encrypt(nonce, key, self.workspace_id.bytes)),
            }
        )
        return key

    def _from_file(self, stored: dict[str, object]) -> bytes:
        try:
            passes = _number(stored, "passes", _MOST_PASSES)
            kibibytes = _number(stored, "kibibytes", _MOST_KIBIBYTES)
            lanes = _number(stored, "lanes", _MOST_LANES)
            salt, nonce, wrapped = (_bytes(stored, name) for name in ("salt", "nonce", "key"))
        except (ValueError, binascii.Error):
            raise self._damaged() from None
        passphrase = self.passphrase()
        if not passphrase:
            raise StateError(
                "The key of this workspace's secrets lies behind a passphrase and nobody can be asked for it; the "
                "secrets are kept. Give the passphrase, then try again."
            )
        try:
            wrapping = _stretched(passphrase, salt, passes, kibibytes, lanes)
            return AESGCM(wrapping).decrypt(nonce, wrapped, self.workspace_id.bytes)
        except InvalidTag:
            raise StateError(
                "That is not the passphrase of this workspace's secrets; they are kept. Try again."
            ) from None
        except (ValueError, HashingError):
            raise self._damaged() from None

    def _stored(self) -> dict[str, object]:
        try:
            stored: object = json.loads(self.file.read_bytes())
        except OSError as error:
            raise StateError(f"{self.file} cannot be read ({error.strerror}); nothing was changed.") from error
        except ValueError:
            raise self._damaged() from None
        if not isinstance(stored, dict) or stored.get("format") != 1:
            raise self._damaged()
        return stored

    def _write(self, stored: dict[str, object]) -> None:
        partial = self.file.with_suffix(".partial")
        try:
            partial.unlink(missing_ok=True)
            with os.fdopen(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as written:
                json.dump(stored, written)
                written.flush()
                os.fsync(written.fileno())
            partial.replace(self.file)
        except OSError as error:
            raise cannot_write(self.file, error) from error

    def _damaged(self) -> StateError:
        return StateError(
            f"{self.file}, which leads to the key of this workspace's secrets, is damaged or of a newer release; it "
            "was left as it is. Put a copy of it back."
        )


def usable_keyring() -> "KeyringBackend | None":
    """The system's keyring; None where there is none, or only one that keeps nothing or keeps it readable."""
    import keyring  # noqa: PLC0415  # 150 ms that only who uses a secret waits for
    from keyring.backends.chainer import ChainerBackend  # noqa: PLC0415

    chosen = keyring.get_keyring()
    candidates = list(chosen.backends) if isinstance(chosen, ChainerBackend) else [chosen]
    return next((backend for backend in candidates if not type(backend).__module__.startswith(_REFUSED_BACKENDS)), None)


def _keyring_get(backend: "KeyringBackend", workspace_id: UUID) -> bytes | None:
    from keyring.errors import KeyringError  # noqa: PLC0415

    try:
        kept = backend.get_password(SERVICE, str(workspace_id))
    except KeyringError as error:
        raise _keyring_closed() from error
    if kept is None:
        return None
    try:
        key = base64.b64decode(kept, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise StateError(
            f"What the keyring holds for {SERVICE} and {workspace_id} is no key; it was left as it is. Remove that "
            "entry or put the right one back."
        )
    return key


def _keyring_set(backend: "KeyringBackend", workspace_id: UUID, key: bytes) -> None:
    from keyring.errors import KeyringError  # noqa: PLC0415

    try:
        backend.set_password(SERVICE, str(workspace_id), _text(key))
    except KeyringError as error:
        raise _keyring_closed() from error


def _keyring_closed() -> StateError:
    return StateError(
        "The operating system's keyring is locked or refused; no secret was read or saved. Unlock it, then try again."
    )


def _stretched(passphrase: str, salt: bytes, passes: int, kibibytes: int, lanes: int) -> bytes:
    return hash_secret_raw(passphrase.encode(), salt, passes, kibibytes, lanes, KEY_BYTES, Type.ID)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _bytes(stored: dict[str, object], name: str) -> bytes:
    value = stored.get(name)
    if not isinstance(value, str):
        raise ValueError(name)  # noqa: TRY004  # a damaged file, like every other fault in it
    return base64.b64decode(value, validate=True)


def _number(stored: dict[str, object], name: str, most: int) -> int:
    """A damaged or hostile file must not make the derivation eat the machine."""
    value = stored.get(name)
    if not isinstance(value, int) or not 1 <= value <= most:
        raise ValueError(name)
    return value
