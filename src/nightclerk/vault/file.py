"""A vault in one encrypted file, its key in a file that only its owner can read, or in the environment."""

from __future__ import annotations

import json
import os
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from nightclerk.errors import WorkspaceError
from nightclerk.locks import alone
from nightclerk.ports import Secret
from nightclerk.vault.entries import LOCK, Entry, entry_of, handle, missing, now_text, write_private

#: The vault's key; two keys with a comma while it is being replaced, the new one first.
KEY_VARIABLE = "NIGHTCLERK_VAULT_KEY"


class FileVault:
    """`ports.Vault` in `folder/vault.bin`, encrypted (AES-128-CBC with HMAC, by Fernet)."""

    kind = "file"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file = folder / "vault.bin"
        self._key_file = folder / "vault.key"

    def get(self, name: str) -> Secret:
        """A handle; the value is decrypted when it is revealed. WorkspaceError when there is none of that name."""
        if name not in self._read():
            raise missing(name)
        return handle(name, lambda: self._read()[name].value)

    def set(self, name: str, value: str) -> None:
        with alone(self.folder / LOCK):
            self._write({**self._read(), name: Entry(value=value, at=now_text())})

    def remove(self, name: str) -> None:
        with alone(self.folder / LOCK):
            known = self._read()
            if name not in known:
                raise missing(name)
            self._write({other: entry for other, entry in known.items() if other != name})

    def names(self) -> list[str]:
        return sorted(self._read())

    def set_at(self, name: str) -> str:
        """When a secret was last set (ISO, UTC); "" where an older program did."""
        return self._read()[name].at

    def rotate(self) -> None:
        """Encrypt everything anew under a fresh key. A crash at any point leaves a vault that can be read.

        With the key in the environment, put the new one before the old one there first: NEW,OLD.
        """
        with alone(self.folder / LOCK):
            known, keys = self._read(), self._keys()
            if os.environ.get(KEY_VARIABLE):
                if len(keys) < 2:
                    raise WorkspaceError(
                        where=KEY_VARIABLE, expected="the new key before the old one, with a comma between them",
                        remedy=f"Make one: nightclerk vault new-key. Then set {KEY_VARIABLE}=NEW,OLD and rotate again",
                    )  # fmt: skip
                self._write(known)
                return
            fresh = Fernet.generate_key()
            write_private(self._key_file, b"\n".join([fresh, *keys]))
            self._write(known)
            write_private(self._key_file, fresh)

    def _write(self, known: dict[str, Entry]) -> None:
        plain = {name: {"value": entry.value, "at": entry.at} for name, entry in known.items()}
        write_private(self._file, self._cipher().encrypt(json.dumps(plain).encode()))

    def _read(self) -> dict[str, Entry]:
        if not self._file.exists():
            return {}
        try:
            plain = json.loads(self._cipher().decrypt(self._file.read_bytes()))
        except InvalidToken as error:
            raise WorkspaceError(
                where=str(self._file.name), expected="the key that this vault was made with, and a whole file",
                remedy=f"Put back {self._key_file.name}, or set {KEY_VARIABLE}; a damaged file: from your backup",
            ) from error  # fmt: skip
        return {name: entry_of(entry) for name, entry in plain.items()}

    def _cipher(self) -> MultiFernet:
        try:
            return MultiFernet([Fernet(key) for key in self._keys()])
        except ValueError as error:
            from_environment = KEY_VARIABLE in os.environ
            raise WorkspaceError(
                where=KEY_VARIABLE if from_environment else self._key_file.name,
                expected="a key of 32 bytes in base64", remedy="Make one: nightclerk vault new-key",
            ) from error  # fmt: skip

    def _keys(self) -> list[bytes]:
        """The key in force, then the ones before it that a rotation has not done away with yet."""
        from_environment = os.environ.get(KEY_VARIABLE)
        if from_environment:
            return [key.strip().encode() for key in from_environment.split(",")]
        if not self._key_file.exists():
            self._make_key()
        mode = self._key_file.stat().st_mode & 0o777
        if os.name != "nt" and mode & 0o077:
            raise WorkspaceError(
                where=self._key_file.name, expected=f"a key that only its owner can read, and its mode is {mode:o}",
                remedy=f"Run: chmod 600 {self._key_file}. If others may have read it: nightclerk vault rotate",
            )  # fmt: skip
        return self._key_file.read_bytes().split()

    def _make_key(self) -> None:
        if self._file.exists():
            raise WorkspaceError(
                where=self._key_file.name, expected="the vault's key, and it is gone",
                remedy=f"Restore it from your backup, or set {KEY_VARIABLE}",
            )  # fmt: skip
        self._key_file.parent.mkdir(parents=True, exist_ok=True)
        write_private(self._key_file, Fernet.generate_key())
