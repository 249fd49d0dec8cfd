"""What can go wrong on a desktop beyond the common family of errors."""

from __future__ import annotations

from nightclerk.errors import ApplicationError


class FieldDiffers(ApplicationError):
    """Facts: element, wanted, found. What the field says after typing is not what was typed."""

    en = "{element} says “{found}” after “{wanted}” was typed. Nothing was committed; the item is tried again."
    zh = "{element} 输入“{wanted}”后显示“{found}”。尚未提交任何内容，该条将重试。"


class NothingCopied(ApplicationError):
    """Facts: element, window."""

    en = "Nothing could be copied from {element} in “{window}”. Give it a way that puts the caret into the field."
    zh = "无法从“{window}”的 {element} 复制内容。请让定位能把光标放进该字段。"


class NoPlace(ApplicationError):
    """Facts: element, act. The way that was found has no place on the screen for this act."""

    en = "{element} was found by a way that cannot be used to {act}; add a picture or keys to its selector."
    zh = "{element} 的定位方式不能用于“{act}”；请在定位中增加 picture 或 keys。"


class NoFile(ApplicationError):
    """Facts: element, waited_s, folder."""

    en = "{element} produced no file within {waited_s:g} s. Check where the program saves it."
    zh = "{element} 在 {waited_s:g} 秒内没有产生文件。请检查程序的保存位置。"


class ScreenLocked(ApplicationError):
    """Facts: window. Something that no window manager handles covers the whole screen, as a lock does."""

    en = "The screen is locked or covered by “{window}”; nothing was typed. Unlock it; bots need no lock."
    zh = "屏幕已锁定或被“{window}”遮住；没有输入任何内容。请解锁，并为机器人关闭自动锁屏。"


class NotResponding(ApplicationError):
    """Facts: window, waited_s. The program answers neither whether it is alive nor does it take what is pasted."""

    en = "“{window}” has not responded for {waited_s:g} s. Nothing was committed; end the program and start it again."
    zh = "“{window}”已 {waited_s:g} 秒没有响应。尚未提交任何内容；请结束该程序并重新启动。"


class SecondInstance(ApplicationError):
    """Facts: window. A window like that of the program to be started is there already, and it is not ours."""

    en = "“{window}” is open already, and not by this bot. Close it: two of them could be mistaken for each other."
    zh = "“{window}”已经打开，且不是本机器人打开的。请先关闭它，以免两个窗口互相混淆。"


class UnsureReading(ApplicationError):
    """Facts: element, first, second. Two looks at the same picture did not read the same."""

    en = "{element} was read as “{first}” and then as “{second}”; neither is believed. Give it a way to copy the text."
    zh = "{element} 两次识别结果不同：“{first}”与“{second}”，均不采信。请改用可以复制文字的定位方式。"
