"""Every error a person can meet, as one family: facts go in, a sentence with the remedy comes out.

    NightClerkError
    ├── BusinessError           the data is at fault: a person mends it, the item is *rejected*
    │   └── Refused             the target said no in its own words: nothing was entered
    ├── ApplicationError        the screen is at fault: the item is retried, then *failed*
    │   ├── ElementNotFound     a named element is not on the screen
    │   ├── ElementAmbiguous    more than one thing on the screen answers to the name
    │   ├── UnknownPopup        something covers the screen that nobody has described
    │   ├── SessionLost         the target logged us out
    │   ├── WaitTimeout         a condition did not come true in time
    │   ├── PermitExpired       the leave for a commit was over: nothing was clicked
    │   ├── ItemTimeout         an item took longer than its bot allows
    │   ├── WrongWindow         the keyboard would have gone to another window
    │   └── HandedBack          a person had the screen: the attempt begins anew, with its look
    ├── NeedsPerson             only a person can decide: the item is *waiting*
    ├── InDoubt                 an effect may exist on the other side: the item is *in_doubt*
    ├── GuardError              the engine refused an act that would break a promise
    │   ├── CommitOutsideOnce   a commit element was used outside `once`
    │   ├── LeaseLost           another worker holds this item now
    │   └── RehearsalCommit     a commit was reached in a rehearsal
    ├── WorkspaceError          a file of the workspace is at fault (bot, selectors, config, mapping)
    ├── DocumentError           a file that was handed in cannot be read
    ├── EvidenceError           the record of a run cannot be trusted or written
    ├── StoreUnreachable        the books cannot be reached: no item is to blame, work goes on when they are back
    └── MissingPart             this machine lacks something (browser, display, library)

Each class states its sentence in both languages as `str.format` templates over its facts.
Errors of one subject may be defined in that subject's module as long as they join this family.
"""

from __future__ import annotations

from typing import Any, ClassVar

from nightclerk.texts import current_language


class NightClerkError(Exception):
    """Base of the family. `facts` are keyword arguments; `str()` is the sentence in the current language."""

    zh: ClassVar[str] = "{message}"
    en: ClassVar[str] = "{message}"
    #: Set by a surface on an error that it raises before any event of a commit has reached the target.
    untouched: bool = False

    def __init__(self, message: str = "", **facts: Any) -> None:
        self.facts: dict[str, Any] = {"message": message, **facts}
        super().__init__(message)

    def sentence(self, language: str | None = None) -> str:
        """The sentence in `zh` or `en` (default: the current language)."""
        template = self.zh if (language or current_language()) == "zh" else self.en
        return template.format(**self.facts)

    def __str__(self) -> str:
        return self.sentence()

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (type(self), self.facts))


def _rebuild(kind: type[NightClerkError], facts: dict[str, Any]) -> NightClerkError:
    return kind(**facts)


class BusinessError(NightClerkError):
    """The record itself is wrong or incomplete; retrying cannot help. `BusinessError("sentence")`."""


class Refused(BusinessError):
    """The target refused a commit and said so on its screen; nothing was entered there."""


class ApplicationError(NightClerkError):
    """A screen, program or connection misbehaved; the item is tried again."""


class ElementNotFound(ApplicationError):
    """Facts: element, waited_s, showed (what the screen showed instead)."""

    en = (
        "{element} did not appear within {waited_s:g} s; the screen shows {showed}. "
        "Compare the page with its selectors."
    )
    zh = "{waited_s:g} 秒内没有出现 {element}；屏幕上是：{showed}。请对照页面检查该元素的定位。"


class ElementAmbiguous(ApplicationError):
    """Facts: element, count, first, second (two of the candidates in words)."""

    en = (
        "{element} fits {count} things on the screen ({first}; {second}). "
        "Add `within` or a more exact name to its selector."
    )
    zh = "屏幕上有 {count} 处符合 {element}（{first}；{second}）。请在定位里加 within 或更确切的名称。"


class UnknownPopup(ApplicationError):
    """Facts: app, text (what the pop-up says)."""

    en = (
        "An unknown pop-up covers {app}: “{text}”. Nothing was clicked. "
        "Describe it under `popups` in the selectors if it is harmless."
    )
    zh = "{app} 被未知弹窗挡住：“{text}”。没有点击任何按钮。若确认无害，请在定位文件的 popups 中登记。"


class SessionLost(ApplicationError):
    """Facts: app, showed."""

    en = "{app} ended our session (the screen shows {showed}). The bot logs in again and goes on with the item."
    zh = "{app} 的登录已失效（屏幕上是：{showed}）。机器人将重新登录并继续该条。"


class WaitTimeout(ApplicationError):
    """Facts: condition, waited_s, showed."""

    en = "Waited {waited_s:g} s for {condition}; the screen shows {showed} instead."
    zh = "等待“{condition}”{waited_s:g} 秒仍未出现；屏幕上是：{showed}。"


class WrongWindow(ApplicationError):
    """Facts: wanted, found."""

    en = "The keyboard would have gone to “{found}” instead of “{wanted}”; nothing was typed."
    zh = "键盘焦点在“{found}”而不是“{wanted}”；没有输入任何内容。"


class PermitExpired(ApplicationError):
    """Facts: element, late_s. The worker was frozen or slow between the leave and the click."""

    untouched = True
    en = (
        "{element} was not clicked: its leave had run out {late_s:.1f} s before. "
        "The item is looked up and tried again; if this returns, the machine is overloaded."
    )
    zh = "{element} 没有点击：提交许可已过期 {late_s:.1f} 秒。该条会先查询再重试；若反复出现，说明机器过载。"


class ItemTimeout(ApplicationError):
    """Facts: limit_s, seen (a sentence: which picture there is of the screen that hung)."""

    en = (
        "The item took longer than {limit_s:g} s; its apps were ended and are opened anew. {seen} "
        "If it needs the time, set item_timeout in the bot's file."
    )
    zh = (
        "该条处理超过 {limit_s:g} 秒；相关程序已被结束并将重新打开。{seen}"
        "若确需更久，请在机器人文件中设置 item_timeout。"
    )


class HandedBack(ApplicationError):
    """Facts: who, acts. A person worked the screen in the middle of an attempt, and gave it back."""

    en = "{who} took the screen over and did {acts} things on it; the item begins anew and looks first what is there."
    zh = "{who} 接管屏幕并操作了 {acts} 次；该条重新开始，先查看现状。"


class NeedsPerson(NightClerkError):
    """Only a person can decide; the item waits. Raised by a flow: `NeedsPerson("question", choices=(...))`."""

    def __init__(self, message: str = "", *, choices: tuple[str, ...] = (), **facts: Any) -> None:
        super().__init__(message, choices=tuple(choices), **facts)

    @property
    def choices(self) -> tuple[str, ...]:
        return tuple(self.facts["choices"])


class InDoubt(NightClerkError):
    """An effect may stand on the other side and the screen cannot tell. Facts: effect, key, why."""

    en = (
        "{effect} for {key} may or may not have landed ({why}). "
        "Look it up on the other side and answer the task; the bot will not do it again."
    )
    zh = "{key} 的“{effect}”可能已生效也可能没有（{why}）。请到对方系统核实后在任务中作答；机器人不会重做。"


class GuardError(NightClerkError):
    """The engine refused an act that would break a promise."""


class CommitOutsideOnce(GuardError):
    """Facts: element."""

    en = "{element} is a commit: it may only be used inside tx.once(look=…, prepare=…, commit=…)."
    zh = "{element} 是提交动作，只能在 tx.once(look=…, prepare=…, commit=…) 里使用。"


class LeaseLost(GuardError):
    """Facts: key."""

    en = "Another worker has taken over {key}; this one stops before it acts."
    zh = "{key} 已由其他工作进程接手；本进程在动作之前停止。"


class RehearsalCommit(GuardError):
    """Facts: effect, key. Ends an item of a rehearsal just before its commit."""

    en = "Rehearsal: {effect} for {key} is ready and was not committed."
    zh = "演练：{key} 的“{effect}”已就绪，未提交。"


class WorkspaceError(NightClerkError):
    """A file that the user owns is at fault. Facts: where ("file:line" or "file!cell"), expected, remedy."""

    en = "{where}: {expected}. {remedy}"
    zh = "{where}：{expected}。{remedy}"


class DocumentError(NightClerkError):
    """A file that was handed in cannot be read. Facts: file, why, remedy. The file is kept."""

    en = "{file}: {why}. {remedy}"
    zh = "{file}：{why}。{remedy}"


class EvidenceError(NightClerkError):
    """The record of a run cannot be written or trusted. Facts: where, why."""

    en = "{where}: {why}."
    zh = "{where}：{why}。"


class StoreUnreachable(NightClerkError):
    """The books cannot be read or written now: the server is away, the disk is full. Facts: why.

    No item is to blame: the process ends, and its worker starts it again when the books are back.
    """

    en = "The database cannot be reached or written: {why}. Work stops here and goes on by itself when it is back."
    zh = "数据库无法访问或写入：{why}。工作在此停下，恢复后自动继续。"


class MissingPart(NightClerkError):
    """This machine lacks something. Facts: code (a doctor code), part, remedy."""

    en = "{code}: {part} is missing. {remedy}"
    zh = "{code}：缺少{part}。{remedy}"
