"""One-time codes (TOTP, RFC 6238) from a seed in the vault: the flow gets the code of the moment, never the seed."""

from __future__ import annotations

import binascii
from datetime import UTC, datetime

import pyotp

from nightclerk.errors import WorkspaceError

SCHEME = "otpauth://totp/"


def is_seed(value: str) -> bool:
    """Whether a stored value is the seed of one-time codes."""
    return value.startswith(SCHEME)


def seed_of(text: str, *, name: str) -> str:
    """What is stored for a seed that was given as an otpauth:// address or as base32 letters (spaces are no matter).

    Raises WorkspaceError without repeating the seed.
    """
    words = text.strip()
    seed = words if is_seed(words) else f"{SCHEME}{name}?secret={words.replace(' ', '').replace('-', '').upper()}"
    try:
        _totp(seed).at(0)
    except (ValueError, TypeError, binascii.Error) as error:
        raise WorkspaceError(
            where="vault", expected=f"the seed of a one-time code for {name!r} (base32 letters, or otpauth://totp/…)",
            remedy="Copy it from where the site shows it beside its QR code",
        ) from error  # fmt: skip
    return seed


def code_now(seed: str, *, now: datetime | None = None) -> str:
    """The code that is valid at a moment (aware; default: now)."""
    return str(_totp(seed).at(now or datetime.now(UTC)))


def _totp(seed: str) -> pyotp.TOTP:
    found = pyotp.parse_uri(seed)
    if not isinstance(found, pyotp.TOTP) or len(found.byte_secret()) < 10:
        raise ValueError("no TOTP seed")
    return found
