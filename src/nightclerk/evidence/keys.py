"""The Ed25519 key that signs journals: made on first use, exchanged, private half never under `logs/`.

data/keys/evidence.key           the private key of this machine, readable by its owner only
data/keys/public/<name>.pub      public keys that this workspace trusts: its own of all times, other machines'
logs/keys/<name>.pub             public keys beside the evidence, for whoever gets a copy
"""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from nightclerk.evidence.chain import FORMAT, signed_message
from nightclerk.evidence.errors import KeyUnreadable

_PEM = serialization.Encoding.PEM
PRIVATE_NAME = "evidence.key"
TRUSTED = "public"

#: Public keys by their names.
KeyRing = Mapping[str, Ed25519PublicKey]


def fingerprint(public: Ed25519PublicKey) -> str:
    """The key's short name: the first 16 hex digits of the SHA-256 of its 32 raw bytes."""
    return hashlib.sha256(public.public_bytes_raw()).hexdigest()[:16]


@dataclass(frozen=True, kw_only=True)
class SigningKey:
    """The private key at work, and the name by which journals refer to it."""

    private: Ed25519PrivateKey = field(repr=False)

    @property
    def public(self) -> Ed25519PublicKey:
        return self.private.public_key()

    @property
    def name(self) -> str:
        return fingerprint(self.public)

    def sign(self, message: bytes) -> bytes:
        return self.private.sign(message)


def open_key(folder: Path, *, logs: Path | None = None) -> SigningKey:
    """The signing key of `folder` (made on first use); its public half is copied to `logs`/keys/ and trusted here."""
    path = folder / PRIVATE_NAME
    if not path.exists():
        _create(path)
    key = SigningKey(private=_read_private(path))
    publish(key.public, folder / TRUSTED)
    if logs is not None:
        publish(key.public, logs / "keys")
    return key


def exchange_key(folder: Path, *, logs: Path) -> tuple[SigningKey, SigningKey]:
    """Make a new signing key and destroy the old private half; returns (old, new).

    What the old key signed stays verifiable with its public half, and nobody, we included, can sign it anew.
    """
    old = open_key(folder, logs=logs)
    (folder / PRIVATE_NAME).unlink()
    return old, open_key(folder, logs=logs)


def publish(public: Ed25519PublicKey, folder: Path) -> Path:
    """Write a public key as `<fingerprint>.pub` (PEM), once."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{fingerprint(public)}.pub"
    if not path.exists():
        draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        draft.write_bytes(public.public_bytes(_PEM, serialization.PublicFormat.SubjectPublicKeyInfo))
        draft.replace(path)
    return path


def read_public(path: Path) -> Ed25519PublicKey:
    """A public key from a PEM file."""
    try:
        return parse_public(path.read_text(encoding="ascii"), name=path.name)
    except (OSError, UnicodeError) as error:
        raise KeyUnreadable(file=path.name, cause=str(error)) from error


def parse_public(pem: str, *, name: str) -> Ed25519PublicKey:
    """A public key out of its PEM text; `name` is what an error calls it."""
    try:
        key = serialization.load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise KeyUnreadable(file=name, cause=str(error)) from error
    if not isinstance(key, Ed25519PublicKey):
        raise KeyUnreadable(file=name, cause="another kind of key")
    return key


def ring(keys: Iterable[Ed25519PublicKey]) -> KeyRing:
    """Keys by name."""
    return {fingerprint(key): key for key in keys}


def read_ring(path: Path) -> KeyRing:
    """The public keys of a file, or of every `*.pub` of a folder. KeyUnreadable names the file at fault."""
    files = sorted(path.glob("*.pub")) if path.is_dir() else [path]
    return ring(read_public(file) for file in files)


def trusted_keys(folder: Path) -> KeyRing | None:
    """All public keys that this workspace trusts, for verifying at home; None when no run was ever signed here."""
    path, known = folder / PRIVATE_NAME, read_ring(folder / TRUSTED) if (folder / TRUSTED).is_dir() else {}
    own = ring([_read_private(path).public_key()]) if path.exists() else {}
    return {**known, **own} or None


def trusted_public(folder: Path) -> Ed25519PublicKey | None:
    """The public half of the key in `folder`; None when no run was ever signed."""
    path = folder / PRIVATE_NAME
    return _read_private(path).public_key() if path.exists() else None


def signature_is_good(public: Ed25519PublicKey, line_hash: str, sig: str, form: str = FORMAT) -> bool:
    """Whether `sig` is this key's signature of a line with this hash."""
    try:
        raw = base64.b64decode(sig)
        public.verify(raw, signed_message(line_hash, form))
    except (InvalidSignature, ValueError):
        return False
    return base64.b64encode(raw).decode() == sig  # base64 has spare bits; nobody may play with them


def _create(path: Path) -> None:
    """Write a new key readable by its owner only; when two processes race, the first one's key stays."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    pem = Ed25519PrivateKey.generate().private_bytes(
        _PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    owner_only = stat.S_IRUSR | stat.S_IWUSR
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, owner_only), "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()


def _read_private(path: Path) -> Ed25519PrivateKey:
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyUnreadable(file=path.name, cause=str(error)) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnreadable(file=path.name, cause="another kind of key")
    return key
