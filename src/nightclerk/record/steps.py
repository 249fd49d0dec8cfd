"""From events to steps, purely: typing becomes its final value, a drawn list a choice, a chooser's click an upload."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from nightclerk.record.events import Event, Facts, Tree

#: Verbs that an element is needed for.
ON_ELEMENTS = frozenset(
    {"click", "double_click", "right_click", "fill", "choose", "check", "press", "hover", "drag", "upload", "download",
     "read", "expect", "copy"}
)  # fmt: skip
#: Verbs whose act lands on whatever lies inside the element; typing needs the field itself.
INSIDE = ON_ELEMENTS - {"fill", "choose", "check", "press", "upload"}


@dataclass(frozen=True, kw_only=True)
class Dialog:
    """A box of the browser's own that came up, and what the person answered."""

    kind: str
    message: str
    accepted: bool
    typed: str = ""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One act of the person, ready to become a line of code.

    `mark` names the element in `page`; `to` and `to_page` belong to a drag; `value` is the final text, the option,
    on/off, the chord, the URL of an `open`, the number of a `tab`, or what was read.
    """

    verb: str
    url: str = ""
    title: str = ""
    facts: Facts = field(default_factory=dict)
    mark: str = "target"
    frames: tuple[Facts, ...] = ()
    page: Tree | None = field(default=None, repr=False)
    value: str = ""
    secret: str = ""
    to: Facts = field(default_factory=dict)
    to_page: Tree | None = field(default=None, repr=False)
    files: tuple[str, ...] = ()
    dialogs: tuple[Dialog, ...] = ()
    looking: bool = False
    commit: bool = False
    soft: bool = False
    offset: tuple[int, int] | None = None
    tab: int = 1
    frame: str = ""


class Merger:
    """Takes events in order; `steps` is what they come to."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.tabs: list[int] = [1]
        self.current = 1
        self.looking = False

    def take(self, event: Event) -> None:
        """Add one event. Kinds that nobody knows are a mistake of ours: KeyError."""
        getattr(self, f"_{event.kind}")(event)

    # ----------------------------------------------------------------------------------- acts

    def _click(self, event: Event) -> None:
        self._hovers(event)
        step = self._step(event, "click", soft=bool(event.more.get("soft")), commit=bool(event.more.get("commit")))
        trigger = self._open_list(step)
        if trigger is None:
            self._add(step)
            return
        option = str(step.facts.get("text") or step.facts.get("name", ""))
        self.steps[trigger:] = [replace(self.steps[trigger], verb="choose", value=option, soft=False)]

    def _double_click(self, event: Event) -> None:
        """The two clicks before it are one act, which the first saw the page for; on a button they stay two."""
        step = self._step(event, "double_click")
        if is_button(step.facts):
            return
        own = [one for one in self.steps[-2:] if one.verb == "click" and not one.commit and same_place(one, step)]
        if len(own) == 2:
            self.steps[-2:] = [replace(own[0], verb="double_click", soft=False)]

    def _right_click(self, event: Event) -> None:
        self._add(self._step(event, "right_click"))

    def _open_list(self, step: Step) -> int | None:
        """Where the drawn select stands whose open list this click picked from."""
        if not is_option(step.facts):
            return None
        first = None
        for place in range(len(self.steps) - 1, max(-1, len(self.steps) - 4), -1):
            earlier = self.steps[place]
            if earlier.verb not in ("click", "fill") or not is_select(earlier.facts):
                break
            if first is not None and not same_place(earlier, self.steps[first]):
                break
            first = place
        return first

    def _fill(self, event: Event) -> None:
        if event.more.get("again"):
            self._retype(event)
            return
        step = self._step(event, "fill")
        if self.steps and same_place(self.steps[-1], step) and self.steps[-1].verb in ("click", "fill"):
            self.steps.pop()
        self._add(step)

    def _retype(self, event: Event) -> None:
        for place in range(len(self.steps) - 1, -1, -1):
            step = self.steps[place]
            if step.verb == "fill" and (step.tab, step.frame) == (event.tab, event.frame):
                self.steps[place] = replace(step, value=str(event.value), secret=event.secret)
                return

    def _choose(self, event: Event) -> None:
        values = event.value if isinstance(event.value, list) else [event.value]
        step = self._step(event, "choose", value=str(values[-1]) if values else "")
        if self.steps and self.steps[-1].verb == "choose" and same_place(self.steps[-1], step):
            self.steps.pop()  # gone through with the arrow keys: only the last counts
        self._add(step)

    def _check(self, event: Event) -> None:
        self._hovers(event)
        self._add(self._step(event, "check"))

    def _press(self, event: Event) -> None:
        self._add(self._step(event, "press"))

    def _upload(self, event: Event) -> None:
        if self.steps and self.steps[-1].verb == "click" and not self.steps[-1].commit:
            self.steps.pop()  # it only opened the chooser
        self._add(self._step(event, "upload", files=tuple(event.more.get("files", ()))))

    def _drag(self, event: Event) -> None:
        offset = (round(event.more.get("dx", 0)), round(event.more.get("dy", 0))) if event.more.get("pointer") else None
        to, page = event.facts.get("to", {}), event.more.get("to_page")
        self._add(self._step(event, "drag", to=to, to_page=page, offset=offset))

    def _read(self, event: Event) -> None:
        self._add(self._step(event, "read"))

    def _expect(self, event: Event) -> None:
        self._add(self._step(event, "expect"))

    def _copy(self, event: Event) -> None:
        whole = str(event.value) == str(event.more.get("selected", event.value))
        self._add(self._step(event, "copy", value=str(event.value if whole else event.more["selected"])))

    # --------------------------------------------------------------------- what the browser does

    def _open(self, event: Event) -> None:
        if self.steps and self.steps[-1].verb == "open" and self.steps[-1].tab == event.tab:
            self.steps.pop()  # gone on from at once: only where the person stayed counts
        self._add(self._step(event, "open", value=event.url))

    def _download(self, event: Event) -> None:
        for place in range(len(self.steps) - 1, -1, -1):
            if self.steps[place].verb == "click":
                self.steps[place] = replace(self.steps[place], verb="download", value=str(event.value))
                return

    def _dialog(self, event: Event) -> None:
        seen = Dialog(
            kind=str(event.more["type"]), message=str(event.value), accepted=bool(event.more["accepted"]),
            typed=str(event.more.get("typed", "")),
        )  # fmt: skip
        if self.steps and seen.kind != "beforeunload":
            self.steps[-1] = replace(self.steps[-1], dialogs=(*self.steps[-1].dialogs, seen))

    def _tab_opened(self, event: Event) -> None:
        if event.more.get("own"):
            return  # the person opened it for another site: that app has a browser of its own
        if event.tab not in self.tabs:
            self.tabs.append(event.tab)
        self.current = event.tab

    def _tab_closed(self, event: Event) -> None:
        if event.tab in self.tabs and len(self.tabs) > 1:
            self.tabs.remove(event.tab)
            self.current = self.tabs[-1]

    def _look(self, event: Event) -> None:
        self.looking = event.value == "start"

    # --------------------------------------------------------------------------------- inside

    def _hovers(self, event: Event) -> None:
        for name in sorted(name for name in event.facts if name.startswith("hover")):
            self._add(self._step(event, "hover", facts=event.facts[name], mark=name, value=""))

    def _step(self, event: Event, verb: str, **more: Any) -> Step:
        value = event.value if isinstance(event.value, str) else ""
        base: dict[str, Any] = {
            "verb": verb, "url": event.url, "title": event.title, "facts": event.facts.get("target", {}),
            "frames": event.frames, "page": event.page, "value": value, "secret": event.secret, "tab": event.tab,
            "frame": event.frame, "looking": self.looking,
        }  # fmt: skip
        return Step(**{**base, **more})

    def _add(self, step: Step) -> None:
        if self.steps and self.steps[-1].soft and not step.facts.get("popup"):
            self.steps.pop()  # a click that only put the cursor into a field
        if step.tab != self.current and step.tab in self.tabs:
            number = str(self.tabs.index(step.tab) + 1)
            self.steps.append(Step(verb="tab", value=number, url=step.url, tab=step.tab, looking=step.looking))
            self.current = step.tab
        self.steps.append(step)


def merge(events: Iterable[Event]) -> list[Step]:
    """The steps that a whole recording comes to."""
    merger = Merger()
    for event in events:
        merger.take(event)
    steps = merger.steps
    return steps[:-1] if steps and steps[-1].soft else steps


def same_place(one: Step, other: Step) -> bool:
    """Whether two steps are about the same element of the same frame."""
    return (one.tab, one.frame, one.facts.get("path")) == (other.tab, other.frame, other.facts.get("path"))


def is_button(facts: Facts) -> bool:
    """Whether one click is all that an element asks for; a second one is a habit, or a second wish."""
    if facts.get("role") in ("button", "link", "menuitem", "tab") or facts.get("tag") in ("button", "a"):
        return True
    return facts.get("tag") == "input" and facts.get("type") in ("submit", "button", "image", "reset")


def is_select(facts: Facts) -> bool:
    """Whether an element looks like a select that the page draws itself."""
    if facts.get("role") == "combobox" or facts.get("haspopup") == "listbox":
        return facts.get("tag") != "select"
    return facts.get("tag") != "select" and any("select" in name.lower() for name in facts.get("classes", ()))


def is_option(facts: Facts) -> bool:
    """Whether an element looks like an option in an open drawn list."""
    if facts.get("role") == "option":
        return True
    if not facts.get("popup") or facts.get("popup") == "menu":
        return False
    return facts.get("tag") == "li" or any("option" in name.lower() for name in facts.get("classes", ()))
