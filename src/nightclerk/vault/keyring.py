"""A vault in the operating system's keyring: Windows Credential Manager, macOS Keychain, Secret Service on Linux."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from nightclerk.errors import MissingPart
from nightclerk.locks import alone
from nightclerk.ports import Secret
from nightclerk.texts import say
from nightclerk.vault.entries import LOCK, handle, missing, now_text, write_private


def usable_keyring(*, needed: bool = False) -> Any | None:
    """The keyring of this session, None where there is none that keeps secrets encrypted.

    `needed`: raise MissingPart(NO_KEYRING) instead.
    """
    import keyring
    from keyring.errors import KeyringError

    try:
        backend = keyring.get_keyring()
        usable = float(backend.priority) >= 1
    except (KeyringError, RuntimeError, ValueError):
        usable, backend = False, None
    if usable:
        return backend
    if needed:
        raise MissingPart(code="NO_KEYRING", part=say("vault.keyring"), remedy=say("vault.keyring_remedy"))
    return None


class KeyringVault:
    """`ports.Vault` in a keyring. A keyring cannot be listed: the names (never a value) are kept in `names.json`."""

    kind = "keyring"

    def __init__(self, folder: Path, backend: Any) -> None:
        self.folder, self._backend = folder, backend
        self._index = folder / "names.json"

    def get(self, name: str) -> Secret:
        """A handle; the value is fetched when it is revealed. WorkspaceError when there is none of that name."""
        if name not in self._names():
            raise missing(name)
        return handle(name, lambda: self._value(name))

    def set(self, name: str, value: str) -> None:
        with alone(self.folder / LOCK):
            known = self._read()
            with _speaking():
                self._backend.set_password(known["service"], name, value)
            known["names"][name] = now_text()
            write_private(self._index, json.dumps(known, ensure_ascii=False).encode())

    def remove(self, name: str) -> None:
        with alone(self.folder / LOCK):
            known = self._read()
            if name not in known["names"]:
                raise missing(name)
            with _speaking():
                self._backend.delete_password(known["service"], name)
            del known["names"][name]
            write_private(self._index, json.dumps(known, ensure_ascii=False).encode())

    def names(self) -> list[str]:
        return sorted(self._names())

    def set_at(self, name: str) -> str:
        """When a secret was last set (ISO, UTC)."""
        return str(self._names()[name])

    def rotate(self) -> None:
        """The key of a keyring is the operating system's business."""
        raise MissingPart(code="KEYRING_KEY", part=say("vault.own_key"), remedy=say("vault.own_key_remedy"))

    def _value(self, name: str) -> str:
        with _speaking():
            value = self._backend.get_password(self._read()["service"], name)
        if value is None:
            raise missing(name)
        return str(value)

    def _names(self) -> dict[str, str]:
        return dict(self._read()["names"])

    def _read(self) -> dict[str, Any]:
        """The service under which this workspace's secrets lie, and their names."""
        if self._index.exists():
            return dict(json.loads(self._index.read_text(encoding="utf-8")))
        return {"service": f"nightclerk-{uuid4().hex[:12]}", "names": {}}


@contextmanager
def _speaking() -> Iterator[None]:
    """Turn what a keyring says when it is locked or gone into our sentence."""
    from keyring.errors import KeyringError

    try:
        yield
    except KeyringError as error:
        raise MissingPart(
            code="KEYRING_LOCKED",
            part=say("vault.keyring"),
            remedy=say("vault.locked_remedy", why=type(error).__name__),
        ) from error
