"""Where secrets live: one encrypted file, its key in a file that only its owner can read, or in the environment."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from nightclerk.errors import WorkspaceError
from nightclerk.ports import Secret

KEY_VARIABLE = "NIGHTCLERK_VAULT_KEY"


class FileVault:
    """`ports.Vault` in `folder/vault.bin`, encrypted (AES-128-CBC with HMAC, by Fernet)."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "vault.bin"
        self._key_file = folder / "vault.key"

    def get(self, name: str) -> Secret:
        known = self._read()
        if name not in known:
            raise WorkspaceError(
                where="vault", expected=f"a secret {name!r}", remedy=f"Store it: nightclerk vault set {name}"
            )
        return Secret(name, known[name])

    def set(self, name: str, value: str) -> None:
        known = self._read()
        known[name] = value
        self._file.parent.mkdir(parents=True, exist_ok=True)
        _write_private(self._file, Fernet(self._key()).encrypt(json.dumps(known).encode()))

    def names(self) -> list[str]:
        return sorted(self._read())

    def _read(self) -> dict[str, str]:
        if not self._file.exists():
            return {}
        try:
            return dict(json.loads(Fernet(self._key()).decrypt(self._file.read_bytes())))
        except InvalidToken as error:
            raise WorkspaceError(
                where=str(self._file.name), expected="the key that this vault was made with",
                remedy=f"Put back {self._key_file.name}, or set {KEY_VARIABLE}",
            ) from error  # fmt: skip

    def _key(self) -> bytes:
        from_environment = os.environ.get(KEY_VARIABLE)
        if from_environment:
            return from_environment.encode()
        if not self._key_file.exists():
            if self._file.exists():
                raise WorkspaceError(
                    where=self._key_file.name, expected="the vault's key, and it is gone",
                    remedy=f"Restore it from your backup, or set {KEY_VARIABLE}",
                )  # fmt: skip
            self._key_file.parent.mkdir(parents=True, exist_ok=True)
            _write_private(self._key_file, Fernet.generate_key())
        return self._key_file.read_bytes()


def _write_private(file: Path, content: bytes) -> None:
    """Write so that only the owner can read it, and so that a crash leaves the old content or the new."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=file.name)
    with os.fdopen(handle, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    Path(name).replace(file)
