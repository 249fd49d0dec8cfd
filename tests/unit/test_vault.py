"""The vault: secrets come back, never in clear on the disk, never in a text."""

from __future__ import annotations

import pickle
import stat
from pathlib import Path

import pytest

from nightclerk.errors import WorkspaceError
from nightclerk.vault import KEY_VARIABLE, FileVault


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
