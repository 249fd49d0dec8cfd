"""What can stand in the way of watching a run, or of taking it over."""

from __future__ import annotations

from nightclerk.errors import NightClerkError


class NotLive(NightClerkError):
    """Facts: run. It is not at work on this machine."""

    en = (
        "{run} is not at work on this machine. It has ended, has not begun, or works on another machine: "
        "watch it in the console of that machine."
    )
    zh = "{run} 没有在本机运行：可能已结束、尚未开始，或在另一台机器上运行；请到那台机器的控制台查看。"


class TakenAlready(NightClerkError):
    """Facts: run, by."""

    en = "{by} has the screen of {run}. Ask {by} to hand it back."
    zh = "{run} 的屏幕正由 {by} 操作，请对方先交还。"


class NotHolding(NightClerkError):
    """Facts: run. Somebody acts on a screen that they do not hold (any more)."""

    en = "The screen of {run} is not in your hands: it was handed back, or the run has not come to its safe point yet."
    zh = "{run} 的屏幕不在您手中：可能已交还，或运行尚未到达安全点。"
