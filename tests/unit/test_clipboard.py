"""The clipboard where the system tells nothing: a unique mark shows whether a copy has happened."""

from __future__ import annotations

from nightclerk.desktop.clipboard import PolledClipboard


class Gate:
    """A system clipboard in memory."""

    def __init__(self) -> None:
        self.text = "someone's text"

    def copy(self, text: str) -> None:
        self.text = text

    def paste(self) -> str:
        return self.text


def test_a_copy_after_arm_is_seen() -> None:
    """What a program copied after `arm` comes back, Chinese and symbols exactly."""
    gate = Gate()
    clipboard = PolledClipboard(gate)
    clipboard.arm()
    gate.copy("单据号：XS-1 ¥<>")
    assert clipboard.copied(timeout_s=1) == "单据号：XS-1 ¥<>"


def test_no_copy_is_none_not_the_old_text() -> None:
    """When nothing was copied, the text of before must not pass for an answer."""
    clipboard = PolledClipboard(Gate())
    clipboard.arm()
    assert clipboard.copied(timeout_s=0.02) is None


def test_close_leaves_nothing_behind() -> None:
    """After the run the clipboard is empty."""
    gate = Gate()
    clipboard = PolledClipboard(gate)
    clipboard.put("secret of the run")
    clipboard.close()
    assert gate.text == ""
