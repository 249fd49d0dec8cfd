"""What must not leave this process in words: secrets that it holds, and people's data. `clean` takes both out.

Every `Secret` makes itself known here when it is made, and every text that is typed into a `secret: true` element. It
is the last fence, behind the one that no text should carry a secret at all: log lines, exception texts, reasons in the
books and the traceback of a crash pass through it.
"""

from __future__ import annotations

from urllib.parse import quote

from nightclerk.domain.privacy import mask

SECRET = "•••"
#: Shorter secrets would blot out innocent text everywhere.
SHORTEST_SECRET = 4
#: One-time codes come and go; so many of the latest are remembered.
MOST_SECRETS = 1000
_known: dict[str, None] = {}


def hide(value: str) -> None:
    """From now on take this secret out of every text that passes."""
    if len(value) >= SHORTEST_SECRET:
        _known.pop(value, None)
        _known[value] = None
        while len(_known) > MOST_SECRETS:
            del _known[next(iter(_known))]


def hushed(text: str) -> str:
    """`text` without the secrets that this process knows, also where they stand quoted or in a URL."""
    for secret in list(_known):
        for written in dict.fromkeys((secret, repr(secret)[1:-1], _in_url(secret))):
            text = text.replace(written, SECRET)
    return text


def clean(text: str) -> str:
    """`text` without secrets, and with people's data masked."""
    return mask(hushed(text))


def _in_url(secret: str) -> str:
    return quote(secret, safe="")
