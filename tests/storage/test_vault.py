"""Secrets open only in their own place, with the key of their own workspace."""

import json
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keyring.backend import KeyringBackend
from keyring.backends.chainer import ChainerBackend
from keyring.backends.fail import Keyring as FailKeyring
from keyring.backends.null import Keyring as NullKeyring
from keyring.errors import KeyringLocked

from pilab_desktop.domain.errors import StateError
from pilab_desktop.domain.ids import new_id
from pilab_desktop.ports.secrets import SecretVault
from pilab_desktop.storage.vault import Vault
from pilab_desktop.storage.vault_key import SERVICE, open_vault

WORKSPACE = new_id()
PROJECT = new_id()


class MemoryKeyring(KeyringBackend):
    """Keeps passwords for the length of a test."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring's class has types, its __init__ has none
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        """What was set."""
        if self.locked:
            raise KeyringLocked
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep it."""
        if self.locked:
            raise KeyringLocked
        self.kept[service, username] = password


@pytest.fixture
def use_keyring() -> Iterator[Callable[[KeyringBackend], None]]:
    """Makes a keyring the system's for the length of a test."""
    before = keyring.core._keyring_backend
    yield keyring.set_keyring
    keyring.core._keyring_backend = before


@pytest.fixture
def memory(use_keyring: Callable[[KeyringBackend], None]) -> MemoryKeyring:
    """A system with a keyring."""
    backend = MemoryKeyring()
    use_keyring(backend)
    return backend


def no_keyring() -> KeyringBackend:
    """A system without one."""
    return FailKeyring()  # type: ignore[no-untyped-call]  # as above


def vault_in(folder: Path, passphrase: str | None = None) -> SecretVault:
    """A vault as a fresh process would open it."""
    return open_vault(WORKSPACE, folder=folder, passphrase=lambda: passphrase)


@given(value=st.text(), identity=st.text(alphabet="ab/|"), other=st.text(alphabet="ab/|"))
def test_a_secret_opens_only_in_its_place(value: str, identity: str, other: str) -> None:
    vault = Vault(lambda: b"k" * 32)
    sealed = vault.seal(value, identity=identity)
    assert vault.open(sealed, identity=identity) == value
    assert vault.seal(value, identity=identity) != sealed
    if len(value) > 3:
        assert value.encode() not in sealed
    if other != identity:
        with pytest.raises(StateError):
            vault.open(sealed, identity=other)


@given(flipped=st.integers(0, 200), bit=st.integers(0, 7))
def test_a_changed_bit_is_noticed(flipped: int, bit: int) -> None:
    vault = Vault(lambda: b"k" * 32)
    sealed = bytearray(vault.seal("s3cret", identity="row"))
    sealed[flipped % len(sealed)] ^= 1 << bit
    with pytest.raises(StateError):
        vault.open(bytes(sealed), identity="row")


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01" * 20, b"\x02" * 60])
def test_what_was_never_sealed_does_not_open(sealed: bytes) -> None:
    with pytest.raises(StateError):
        Vault(lambda: b"k" * 32).open(sealed, identity="row")


@given(one=st.tuples(st.text(), st.text()), two=st.tuples(st.text(), st.text()))
def test_fingerprints_are_equal_where_name_and_value_are(one: tuple[str, str], two: tuple[str, str]) -> None:
    vault, again, other = Vault(lambda: b"k" * 32), Vault(lambda: b"k" * 32), Vault(lambda: b"o" * 32)
    fingerprint = vault.fingerprint(PROJECT, *one)
    assert (fingerprint == again.fingerprint(PROJECT, *two)) == (one == two)
    assert fingerprint != other.fingerprint(PROJECT, *one)
    assert fingerprint != vault.fingerprint(WORKSPACE, *one)
    assert len(fingerprint) == 32


def test_the_key_lies_in_the_keyring(memory: MemoryKeyring, tmp_path: Path) -> None:
    sealed = vault_in(tmp_path).seal("s3cret", identity="row")
    ((service, account),) = memory.kept
    assert (service, account) == (SERVICE, str(WORKSPACE))
    assert vault_in(tmp_path).open(sealed, identity="row") == "s3cret"
    assert memory.kept[service, account] not in next(tmp_path.glob("*.json")).read_text()


def test_nothing_is_asked_of_the_keyring_before_a_secret_is(tmp_path: Path, memory: MemoryKeyring) -> None:
    memory.locked = True
    vault = vault_in(tmp_path / "not made yet")
    with pytest.raises(StateError, match="locked"):
        vault.seal("s3cret", identity="row")
    memory.locked = False
    assert vault.open(vault.seal("s3cret", identity="row"), identity="row") == "s3cret"


def test_a_keyring_that_is_gone_makes_no_second_key(
    memory: MemoryKeyring, use_keyring: Callable[[KeyringBackend], None], tmp_path: Path
) -> None:
    sealed = vault_in(tmp_path).seal("s3cret", identity="row")
    use_keyring(no_keyring())
    with pytest.raises(StateError, match="cannot be reached"):
        vault_in(tmp_path, "a passphrase").open(sealed, identity="row")
    use_keyring(MemoryKeyring())
    with pytest.raises(StateError, match="no longer holds"):
        vault_in(tmp_path).open(sealed, identity="row")
    use_keyring(memory)
    assert vault_in(tmp_path).open(sealed, identity="row") == "s3cret"


def test_another_machines_key_says_so(memory: MemoryKeyring, tmp_path: Path) -> None:
    sealed = Vault(lambda: b"k" * 32).seal("s3cret", identity="row")
    with pytest.raises(StateError, match="this machine does not have"):
        vault_in(tmp_path).open(sealed, identity="row")


def test_what_is_no_key_in_the_keyring_is_not_overwritten(memory: MemoryKeyring, tmp_path: Path) -> None:
    memory.kept[SERVICE, str(WORKSPACE)] = "not a key"
    with pytest.raises(StateError, match="is no key"):
        vault_in(tmp_path).seal("s3cret", identity="row")
    assert memory.kept == {(SERVICE, str(WORKSPACE)): "not a key"}


class PlaintextKeyring(MemoryKeyring):
    """Like the one that writes passwords into a readable file."""


PlaintextKeyring.__module__ = "keyrings.alt.file"


@pytest.mark.parametrize("backend", [NullKeyring, FailKeyring, PlaintextKeyring])
def test_without_a_keyring_a_passphrase_guards_a_file(
    backend: type[KeyringBackend], use_keyring: Callable[[KeyringBackend], None], tmp_path: Path
) -> None:
    use_keyring(backend())
    for said in (None, ""):
        with pytest.raises(StateError, match="no keyring"):
            vault_in(tmp_path, said).seal("s3cret", identity="row")
    assert list(tmp_path.glob("*.json")) == []
    sealed = vault_in(tmp_path, "correct horse").seal("s3cret", identity="row")
    assert vault_in(tmp_path, "correct horse").open(sealed, identity="row") == "s3cret"
    with pytest.raises(StateError, match="not the passphrase"):
        vault_in(tmp_path, "wrong horse").open(sealed, identity="row")
    with pytest.raises(StateError, match="nobody can be asked"):
        vault_in(tmp_path).open(sealed, identity="row")
    (file,) = tmp_path.glob("*.json")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "damage",
    [
        {"kibibytes": 10**9},
        {"passes": 0},
        {"salt": "äö"},
        {"salt": ""},
        {"nonce": ""},
        {"key": None},
        {"format": 2},
        {"kibibytes": 1},
    ],
)
def test_a_damaged_key_file_is_left_as_it_was(
    damage: dict[str, object], use_keyring: Callable[[KeyringBackend], None], tmp_path: Path
) -> None:
    use_keyring(no_keyring())
    vault_in(tmp_path, "correct horse").seal("s3cret", identity="row")
    (file,) = tmp_path.glob("*.json")
    file.write_text(json.dumps({**json.loads(file.read_text()), **damage}))
    before = file.read_bytes()
    with pytest.raises(StateError, match="damaged"):
        vault_in(tmp_path, "correct horse").seal("s3cret", identity="row")
    assert file.read_bytes() == before


def test_of_several_keyrings_one_that_keeps_secrets_is_taken(
    use_keyring: Callable[[KeyringBackend], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    good = MemoryKeyring()
    monkeypatch.setattr(ChainerBackend, "backends", [PlaintextKeyring(), good])
    use_keyring(ChainerBackend())  # type: ignore[no-untyped-call]  # as above
    vault_in(tmp_path).seal("s3cret", identity="row")
    assert len(good.kept) == 1
