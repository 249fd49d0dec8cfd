"""The vault: secrets come back, never in clear on the disk, never in a text."""

from __future__ import annotations

import pickle
import re
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from nightclerk.errors import MissingPart, WorkspaceError
from nightclerk.hush import hushed
from nightclerk.vault import KEY_VARIABLE, FileVault, KeyringVault, open_vault
from nightclerk.vault.entries import write_private
from nightclerk.vault.totp import code_now, seed_of


def test_a_secret_comes_back_and_is_not_on_the_disk(tmp_path: Path) -> None:
    """What is stored is encrypted; key and file belong to their owner alone."""
    vault = FileVault(tmp_path)
    vault.set("taobao-night", "hunter-2-sentinel")
    assert FileVault(tmp_path).get("taobao-night").reveal() == "hunter-2-sentinel"
    assert b"sentinel" not in b"".join(f.read_bytes() for f in tmp_path.iterdir())
    assert all(stat.S_IMODE(f.stat().st_mode) == 0o600 for f in tmp_path.iterdir())


def test_a_secret_shows_as_its_name_only(tmp_path: Path) -> None:
    """Neither str, repr nor pickle give a secret away."""
    vault = FileVault(tmp_path)
    vault.set("x", "hunter-2-sentinel")
    secret = vault.get("x")
    assert "sentinel" not in f"{secret} {secret!r}"
    with pytest.raises(TypeError, match="never pickled"):
        pickle.dumps(secret)


def test_a_missing_secret_says_how_to_store_it(tmp_path: Path) -> None:
    """The remedy is a command."""
    with pytest.raises(WorkspaceError, match="nightclerk vault set jd-night"):
        FileVault(tmp_path).get("jd-night")


def test_a_wrong_or_missing_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A vault without its key says what is missing and touches nothing."""
    FileVault(tmp_path).set("x", "1")
    (tmp_path / "vault.key").unlink()
    with pytest.raises(WorkspaceError, match="the vault's key, and it is gone"):
        FileVault(tmp_path).names()
    monkeypatch.setenv(KEY_VARIABLE, "A" * 43 + "=")
    with pytest.raises(WorkspaceError, match="the key that this vault was made with"):
        FileVault(tmp_path).names()


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    """The remedy is the command that closes it, and the one that replaces a key that may have been read."""
    FileVault(tmp_path).set("x", "1")
    (tmp_path / "vault.key").chmod(0o644)
    with pytest.raises(WorkspaceError, match=r"its mode is 644\. Run: chmod 600 .*vault rotate"):
        FileVault(tmp_path).get("x")


def test_rotating_the_key_keeps_every_secret_and_leaves_the_old_key_useless(tmp_path: Path) -> None:
    """Everything is readable under the new key only."""
    vault = FileVault(tmp_path)
    vault.set("x", "hunter-2-sentinel")
    old = (tmp_path / "vault.key").read_bytes()
    vault.rotate()
    assert FileVault(tmp_path).get("x").reveal() == "hunter-2-sentinel"
    (tmp_path / "vault.key").write_bytes(old)
    with pytest.raises(WorkspaceError, match="the key that this vault was made with"):
        FileVault(tmp_path).names()


@pytest.mark.parametrize("dies_at", [1, 2, 3])
def test_a_rotation_that_is_killed_leaves_a_vault_that_opens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dies_at: int
) -> None:
    """Whichever of its three writes never happened, the secrets are still there, and it can be rotated again."""
    FileVault(tmp_path).set("x", "1")
    writes: list[Path] = []

    def write(path: Path, content: bytes) -> None:
        writes.append(path)
        if len(writes) == dies_at:
            raise KeyboardInterrupt
        write_private(path, content)

    monkeypatch.setattr("nightclerk.vault.file.write_private", write)
    with pytest.raises(KeyboardInterrupt):
        FileVault(tmp_path).rotate()
    assert FileVault(tmp_path).get("x").reveal() == "1"
    monkeypatch.undo()
    FileVault(tmp_path).rotate()
    assert FileVault(tmp_path).get("x").reveal() == "1"


def test_a_key_in_the_environment_is_replaced_by_putting_the_new_one_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NEW,OLD opens the vault and rotates it; then NEW alone opens it. With one key only, the sentence says how."""
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    monkeypatch.setenv(KEY_VARIABLE, old)
    FileVault(tmp_path).set("x", "1")
    with pytest.raises(WorkspaceError, match="NEW,OLD and rotate again"):
        FileVault(tmp_path).rotate()
    monkeypatch.setenv(KEY_VARIABLE, f"{new},{old}")
    FileVault(tmp_path).rotate()
    monkeypatch.setenv(KEY_VARIABLE, new)
    assert FileVault(tmp_path).get("x").reveal() == "1"


def test_a_handle_is_resolved_when_it_is_revealed(tmp_path: Path) -> None:
    """What is replaced while a flow holds the handle is typed in its new form."""
    vault = FileVault(tmp_path)
    vault.set("x", "old-password")
    handle = vault.get("x")
    vault.set("x", "new-password")
    assert handle.reveal() == "new-password"


def test_a_one_time_code_is_made_at_the_keystroke_and_its_seed_never_shown(tmp_path: Path) -> None:
    """The handle gives the code of the moment (RFC 6238), six digits, and hides it from every text."""
    vault = FileVault(tmp_path)
    vault.set("otp", seed_of("gezd gnbv gy3t qojq gezd gnbv gy3t qojq", name="otp"))
    code = vault.get("otp").reveal()
    assert re.fullmatch(r"\d{6}", code)
    assert hushed(f"typed {code}") == "typed •••"
    at = datetime(1970, 1, 1, 0, 0, 59, tzinfo=UTC)
    assert code_now(seed_of("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", name="otp"), now=at) == "287082"


@pytest.mark.parametrize("text", ["short", "1018", "otpauth://hotp/x?secret=GEZDGNBVGY3TQOJQ&counter=1", "密码"])
def test_what_is_no_seed_is_refused_without_being_repeated(text: str) -> None:
    """The sentence says what a seed looks like."""
    with pytest.raises(WorkspaceError, match="base32 letters") as caught:
        seed_of(text, name="otp")
    assert text not in str(caught.value)


class Ring:
    """A keyring as the library offers them."""

    priority = 5.0

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def set_password(self, service: str, name: str, value: str) -> None:
        self.kept[service, name] = value

    def get_password(self, service: str, name: str) -> str | None:
        return self.kept.get((service, name))

    def delete_password(self, service: str, name: str) -> None:
        del self.kept[service, name]


def test_a_keyring_keeps_the_values_and_we_keep_the_names(tmp_path: Path) -> None:
    """Nothing of a value is in the folder; another workspace's secrets of the same name are others."""
    ring = Ring()
    for folder in ("one", "two"):
        KeyringVault(tmp_path / folder, ring).set("x", f"sentinel-{folder}")
    vault = KeyringVault(tmp_path / "one", ring)
    assert (vault.names(), vault.get("x").reveal()) == (["x"], "sentinel-one")
    assert b"sentinel" not in b"".join(f.read_bytes() for f in (tmp_path / "one").iterdir())
    vault.remove("x")
    with pytest.raises(WorkspaceError, match="nightclerk vault set x"):
        vault.get("x")


def test_which_vault_a_workspace_gets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The keyring where there is one, a file where there is none or where one was begun; and a word decides."""
    monkeypatch.setattr("keyring.get_keyring", Ring)
    assert open_vault(tmp_path).kind == "keyring"
    assert open_vault(tmp_path, kind="file").kind == "file"
    FileVault(tmp_path).set("x", "1")
    assert open_vault(tmp_path).kind == "file"
    monkeypatch.setattr(Ring, "priority", 0.0)
    assert open_vault(tmp_path / "new").kind == "file"
    with pytest.raises(MissingPart, match="NO_KEYRING: a usable OS keyring is missing"):
        open_vault(tmp_path, kind="keyring")
