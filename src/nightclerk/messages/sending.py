"""Send one text through one channel, by its robot or by Apprise, and say in clean words what came of it."""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime
from typing import Any

from nightclerk.errors import NightClerkError
from nightclerk.hush import clean, hide
from nightclerk.messages.files import Channel
from nightclerk.messages.robots import MOST_BYTES, Refused, Robot, robot_of, say_to
from nightclerk.ports import Vault


class NotDelivered(NightClerkError):
    """Facts: channel, why."""

    en = "The channel {channel!r} did not take the message: {why}. It is tried again."
    zh = "渠道 {channel!r} 未送达：{why}。稍后重试。"


def send(channel: Channel, vault: Vault, *, title: str, body: str) -> None:
    """Send; raises NotDelivered. The address is looked up now and appears in no text of ours."""
    url = _address(channel, vault)
    if robot := robot_of(url):
        _by_robot(channel, robot, f"{title}\n{body}")
    else:
        _by_apprise(channel, url, title, body)


def room_in(channel: Channel, vault: Vault) -> int | None:
    """The longest text (bytes of UTF-8, the title's line included) that a channel takes; None for no limit we know."""
    robot = robot_of(_address(channel, vault))
    return MOST_BYTES[robot.kind] if robot else None


def _address(channel: Channel, vault: Vault) -> str:
    return channel.url or vault.get(channel.secret).reveal()


def _by_robot(channel: Channel, robot: Robot, text: str) -> None:
    try:
        say_to(robot, text, now=datetime.now(UTC))
    except Refused as error:
        raise NotDelivered(channel=channel.name, why=clean(str(error))[:300].rstrip(". ")) from error


def _by_apprise(channel: Channel, url: str, title: str, body: str) -> None:
    import apprise  # takes a second of processor time: only who sends pays for it

    _hide_parts(url)
    target = apprise.Apprise()
    if not target.add(url):
        raise NotDelivered(channel=channel.name, why="its address is none that Apprise knows")
    with apprise.LogCapture(level=logging.WARNING) as said:
        try:
            taken = target.notify(title=title, body=body, body_format=apprise.NotifyFormat.TEXT)
        except Exception as error:  # whatever a plug-in of theirs does
            raise NotDelivered(channel=channel.name, why=clean(f"{type(error).__name__}: {error}")) from error
        if not taken:
            raise NotDelivered(channel=channel.name, why=_reason(said))


def _hide_parts(url: str) -> None:
    hide(url)
    for part in re.split(r"[/:@?&=,]+", url.partition("://")[2]):
        if len(part) >= 8 and not part.replace(".", "").isdigit():
            hide(part)


def _reason(said: Any) -> str:
    """The last thing that Apprise logged, in one clean line."""
    lines = [line for line in said.getvalue().splitlines() if line.strip()]
    words = re.sub(r"^[\d\-: ,]+- \w+ - ", "", lines[-1]) if lines else "no answer"
    return clean(words)[:300].rstrip(". ")
