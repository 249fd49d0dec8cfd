"""Where secrets live: the OS keyring where there is one, else one encrypted file; one-time codes come from either."""

from __future__ import annotations

from pathlib import Path

from nightclerk.vault.file import KEY_VARIABLE as KEY_VARIABLE
from nightclerk.vault.file import FileVault as FileVault
from nightclerk.vault.keyring import KeyringVault as KeyringVault
from nightclerk.vault.keyring import usable_keyring


def open_vault(folder: Path, *, kind: str = "auto") -> FileVault | KeyringVault:
    """The vault of a workspace. `kind`: file, keyring, or auto.

    auto: a vault that was begun as a file stays one; a new one goes into the OS keyring where this process has a
    usable one (a desktop session), else into a file (a service). Raises MissingPart(NO_KEYRING).
    """
    if kind == "file" or (kind == "auto" and (folder / "vault.bin").exists()):
        return FileVault(folder)
    backend = usable_keyring(needed=kind == "keyring")
    return FileVault(folder) if backend is None else KeyringVault(folder, backend)
