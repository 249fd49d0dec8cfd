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
