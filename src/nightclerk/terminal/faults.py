"""What can go wrong on a terminal beyond the common family of errors."""

from __future__ import annotations

from nightclerk.errors import ApplicationError, MissingPart, WorkspaceError


class KeyboardLocked(ApplicationError):
    """Facts: waited_s, showed. The host has not given the keyboard back."""

    untouched = True
    en = "The host kept the keyboard locked for {waited_s:g} s. The screen shows: {showed}. Nothing more was typed."
    zh = "主机锁定键盘已 {waited_s:g} 秒，屏幕显示：{showed}。没有继续输入。"


class FieldRefused(ApplicationError):
    """Facts: element, wanted, found. What the field says after typing is not what was typed."""

    en = "{element} says “{found}” after “{wanted}” was typed. Nothing was committed; the item is tried again."
    zh = "{element} 输入“{wanted}”后显示“{found}”。尚未提交任何内容，该条将重试。"


class TooLong(ApplicationError):
    """Facts: element, wanted, length. The text does not fit, and a terminal would cut it off in silence."""

    en = "{element} has room for {length} columns and “{wanted}” needs more. Shorten it; nothing was typed."
    zh = "{element} 只有 {length} 列，放不下“{wanted}”。请缩短内容；没有输入。"


class NoWayThere(ApplicationError):
    """Facts: element, at, cursor. The cursor cannot be brought into the field."""

    en = "The cursor does not get to {element} at {at}: Tab leads to {cursor} only. Give the field keys to reach it."
    zh = "光标到不了 {at} 的 {element}：按 Tab 只能到 {cursor}。请为该字段配置能到达它的按键 keys。"


class NoKeyboardThere(ApplicationError):
    """Facts: element, act. The way that was found has no field or keys for this act."""

    untouched = True
    en = "{element} was found by a way that cannot be used to {act}; give it field, at or keys."
    zh = "{element} 的定位方式不能用于“{act}”；请改用 field、at 或 keys。"


class UnknownKey(WorkspaceError):
    """Facts: where, expected, remedy. A chord that this kind of terminal has no code for."""


class NoTerminals(MissingPart):
    """Facts: code, part, remedy. This machine cannot hold a terminal of that kind."""
