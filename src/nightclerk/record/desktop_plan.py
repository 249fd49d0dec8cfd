"""What a desktop recording becomes: the planner and the writer of the browser's, with a desktop's names and files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from nightclerk.locate.fingerprint import Fingerprint, learned
from nightclerk.ports import Selector
from nightclerk.record import yaml_text
from nightclerk.record.desktop_place import Picture
from nightclerk.record.elements import Named, Namer
from nightclerk.record.naming import element_name, english, identifier, unique
from nightclerk.record.plan import AppPlan
from nightclerk.record.planner import Planner
from nightclerk.record.steps import Step
from nightclerk.record.values import quoted
from nightclerk.record.verbs import WINDOW, Line, Verb, Writer
from nightclerk.record.writing import Writing, account_name
from nightclerk.texts import say


@dataclass
class DesktopNamer(Namer):
    """Names what was recorded on a desktop; the ways were proven when it was recorded. `pictures` are to be written."""

    pictures: dict[str, Picture] = field(default_factory=dict)

    def name(self, step: Step) -> Named:
        screen = screen_of_title(step.title)
        ways, picture = [dict(way) for way in step.facts["ways"]], step.facts["picture"]
        for named in self.made.values():
            if named.selector.ways and self._same(named, ways, picture):
                return named
        taken = {name.partition(".")[2] for name in self.selectors.elements if name.startswith(f"{screen}.")}
        short = unique(step.secret or element_name({**step.facts, "tag": "", "role": _kind(step)}), taken)
        for way in ways:
            if way.get("picture") == "" and picture is not None:
                way["picture"] = f"{screen}_{short}.png"
                self.pictures[way["picture"]] = picture
        selector = Selector(
            name=f"{screen}.{short}", ways=tuple(ways), secret=bool(step.secret), where=f"selectors/{self.app}"
        )
        named = Named(selector=selector, fingerprint=_fingerprint(step))
        self.made[selector.name] = named
        return named

    def _same(self, named: Named, ways: Sequence[Mapping[str, object]], picture: Picture | None) -> bool:
        first = dict(named.selector.ways[0])
        if "picture" not in first:
            return bool(ways) and first == dict(ways[0])
        known = self.pictures.get(str(first["picture"]))
        windows = (first.get("window"), dict(ways[0]).get("window") if ways else None)
        return len(set(windows)) == 1 and known is not None and picture is not None and known.digest == picture.digest


class DesktopPlanner(Planner):
    """As on the web; signing in starts the program, and a stretch begins in the window that it began in."""

    def _namer(self, owner: str, hidden: tuple[str, ...]) -> Namer:
        return DesktopNamer(owner, self.proof, self.values, self.facts[owner].known, hidden)

    def _sign_in_verb(self, app: AppPlan, lines: Sequence[Line]) -> None:
        if "sign_in" in app.facts.verbs:
            return
        writer = Writer(base="")
        body = ["        if self.windows():", "            return", "        self.start()"]
        acts = [line for line in lines if line.step.verb != "open"]
        for line in acts:
            is_user = line.step.verb == "fill" and not line.step.secret and line.step.value == app.user
            if is_user and line.named is not None:
                body.append(f"        self[{quoted(line.named.name)}].fill(self.user)")
            else:
                body += writer.body([line])
        secret = next((line.named for line in acts if line.step.secret and line.named is not None), None)
        if secret is not None:
            body.append(f"        self[{quoted(secret.name)}].wait_gone()")
        doc = "Start the program and log in, where it does not run yet."
        app.verbs.insert(0, Verb(app=app.owner, name="sign_in", lines=tuple(lines), doc=doc, body=tuple(body)))


@dataclass
class DesktopWriting(Writing):
    """Writes a desktop's plan: pictures beside the selectors, no kept pages (a desktop has none to keep)."""

    def _selectors(self, app: AppPlan) -> None:
        super()._selectors(app)
        assert isinstance(app.namer, DesktopNamer)
        used = {str(way.get("picture")) for named in app.namer.made.values() for way in named.selector.ways}
        for name, picture in app.namer.pictures.items():
            if name in used:
                self._picture(Path("selectors") / app.facts.name / name, picture)

    def _picture(self, name: Path, picture: Picture) -> None:
        import cv2

        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        encoded = cv2.imencode(".png", cv2.cvtColor(picture.pixels, cv2.COLOR_RGB2BGR))[1]
        file.write_bytes(encoded.tobytes())
        self.written.files.append(name.as_posix())

    def _config(self, app: AppPlan) -> None:
        """The program itself stands in config/apps.yaml already: it was started from there."""
        if app.signs_in is not None and app.facts.account is None:
            name = account_name(app)
            spec = {"app": app.facts.name, "user": app.user, "secret": name}
            self._put("config/accounts.yaml", yaml_text.with_entry(self._text("config/accounts.yaml"), name, spec))
            self.written.hints.append(say("record.secret_hint", name=name))

    def _login_markers(self, fresh: Mapping[str, Named]) -> list[str]:
        secret = next((one.selector for one in fresh.values() if one.selector.secret), None)
        window = secret.ways[0].get("window", "") if secret is not None else ""
        return [f"unpictured: [{yaml_text.flow_map({'window': window})}]"] if window else []

    def _recording(self, name: str = "") -> None:
        """Nothing: a test without the program could show nothing."""


def _fingerprint(step: Step) -> Fingerprint | None:
    """What is kept of the element to know it again; of one that was read, nothing that it said."""
    raw = step.facts.get("print")
    return learned(raw, keep_text=step.verb != "read" and not step.secret) if raw else None


def screen_of_title(title: str) -> str:
    """A name for the screen with this window title."""
    return english(title)[:24].strip("_") or identifier(title)[:24].strip("_") or "main"


def begun(steps: Sequence[Step]) -> list[Step]:
    """The steps behind an `open` of the window in which they begin, as the planner expects them."""
    first = steps[0]
    start = replace(first, verb="open", value=first.url, facts={}, secret="", commit=False, looking=False)
    assert first.url.startswith(WINDOW)
    return [start, *steps]


def _kind(step: Step) -> str:
    return "field" if step.verb in ("fill", "choose") else str(step.facts.get("role") or "place")
