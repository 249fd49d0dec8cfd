"""Write a plan into the workspace: flow, app class, selectors, prints, bots, config, kept pages and their test."""

from __future__ import annotations

import base64
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML

from nightclerk.locate.prints import save_prints, written_folder
from nightclerk.record import code, recordings, yaml_text
from nightclerk.record.elements import Named
from nightclerk.record.joining import joined_flow
from nightclerk.record.naming import identifier
from nightclerk.record.plan import AppPlan, Plan
from nightclerk.record.steps import Dialog
from nightclerk.record.values import is_private
from nightclerk.texts import say
from nightclerk.web.popups import ruling

if TYPE_CHECKING:
    from nightclerk.record.recorder import GoingOn


@dataclass
class Written:
    """What was written (relative to the workspace), and what the person should know."""

    files: list[str] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)


@dataclass
class Writing:
    """Writes one plan. `day` is put into the flow's first line; `uploads` are file name -> base64 content."""

    root: Path
    plan: Plan
    day: str
    uploads: Mapping[str, str] = field(default_factory=dict)
    written: Written = field(default_factory=Written)

    def write(self) -> Written:
        """Write everything; every file is told of once."""
        plan = self.plan
        for app in plan.apps.values():
            self._app(app)
            self._selectors(app)
            self._config(app)
        self._put(f"flows/{plan.name}.py", code.flow_source(plan, day=self.day))
        self._sheet()
        self._bots()
        self._uploads()
        self._recording()
        self._format()
        self._hints()
        return self.written

    def join(self, going_on: GoingOn) -> Written:
        """Write what goes on from the middle of a flow: into its module, its apps, its bot, its kept pages."""
        plan = self.plan
        for app in plan.apps.values():
            self._app(app)
            self._selectors(app)
            self._config(app)
        name = going_on.file.relative_to(self.root).as_posix()
        self._put(name, joined_flow(self._text(name), going_on.function, plan.reached, plan))
        self._more_parameters(f"{going_on.file.stem}:{going_on.function}")
        self._uploads()
        self._recording(f"{going_on.file.stem}_{identifier(plan.reached) or 'on'}")
        self._format()
        self._hints()
        return self.written

    def _more_parameters(self, flow: str) -> None:
        """New parameters in the bots of the flow, their other lines untouched."""
        fresh = {t.name: _day(self.plan, t.name, t.shown) for t in self.plan.parameters if not t.private}
        for file in sorted((self.root / "bots").glob("*.yaml")):
            yaml = YAML(typ="rt")
            yaml.width = 4000
            data = yaml.load(file.read_text(encoding="utf-8"))
            if not fresh or not data or data.get("flow") != f"flows.{flow}":
                continue
            data["with"] = {**fresh, **(data.get("with") or {})} if "with" not in data else data["with"]
            data["with"].update({name: value for name, value in fresh.items() if name not in data["with"]})
            out = StringIO()
            yaml.dump(data, out)
            self._put(file.relative_to(self.root).as_posix(), out.getvalue())

    def _put(self, name: str, text: str) -> None:
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        if name not in self.written.files:
            self.written.files.append(name)

    def _text(self, name: str) -> str:
        file = self.root / name
        return file.read_text(encoding="utf-8") if file.exists() else ""

    # ------------------------------------------------------------------------------------- apps

    def _app(self, app: AppPlan) -> None:
        if app.facts.is_new:
            name = f"flows/apps/{app.facts.name}.py"
            self._put(name, code.app_source(app))
        else:
            name = app.facts.module.replace(".", "/") + ".py"
            self._put(name, code.merged_app(self._text(name), app))

    def _selectors(self, app: AppPlan) -> None:
        fresh = _needed(app)
        known = app.facts.known
        extra = yaml_text.popup_lines(self.plan.name, self._new_dialogs(app), self.plan.values.known)
        if app.signs_in is not None and not known.signed_out:
            extra += self._login_markers(fresh)
        name = f"selectors/{app.facts.name}/{self.plan.name if not app.facts.is_new else 'pages'}.yaml"
        selectors = [named.selector for named in fresh.values()]
        old = self._text(name)
        if not selectors and not extra:
            return
        title = f"{self.plan.title} · {self.day}"
        text = (
            yaml_text.merged_selectors(old, selectors, extra)
            if old
            else yaml_text.selector_file(title, selectors, extra)
        )
        self._put(name, text)
        prints = {n: one.fingerprint for n, one in fresh.items() if one.fingerprint is not None}
        if prints:
            save_prints(written_folder(self.root, app.facts.name), prints)
            self.written.files.append(f"selectors/{app.facts.name}/prints/")

    def _login_markers(self, fresh: Mapping[str, Named]) -> list[str]:
        return _login_markers(fresh)

    def _new_dialogs(self, app: AppPlan) -> list[Dialog]:
        """The browser's boxes that the app's files do not know; one that they answer otherwise is told of."""
        fresh = []
        for dialog in app.dialogs:
            name, accepted = ruling(dialog.kind, dialog.message, app.facts.known)
            if not name:
                fresh.append(dialog)
            elif accepted != dialog.accepted:
                self.plan.hints.append(say("record.other_answer", message=dialog.message[:40], name=name))
        return fresh

    def _config(self, app: AppPlan) -> None:
        if app.facts.is_new or not self._text("config/apps.yaml"):
            text = yaml_text.with_entry(self._text("config/apps.yaml"), app.facts.name, {"url": app.facts.url})
            self._put("config/apps.yaml", text)
        if app.signs_in is not None and app.facts.account is None:
            name = account_name(app)
            spec = {"app": app.facts.name, "user": app.user, "secret": name}
            self._put("config/accounts.yaml", yaml_text.with_entry(self._text("config/accounts.yaml"), name, spec))
            self.written.hints.append(say("record.secret_hint", name=name))

    # ------------------------------------------------------------------------------------- bots

    def _sheet(self) -> None:
        plan = self.plan
        if plan.sheet is None:
            return
        used = {typed.name for line in plan.lines for typed in line.needs if typed.source == "column"}
        self._put(f"config/layouts/{plan.name}.yaml", yaml_text.layout_file(plan.sheet, plan.key, used))
        kept = Path("data") / "recordings" / plan.name / plan.sheet.name
        (self.root / kept).parent.mkdir(parents=True, exist_ok=True)
        (self.root / kept).write_bytes(plan.sheet.path.read_bytes())
        bot = {
            "bot": f"load-{self.bot}", "title": {"zh": f"读入：{plan.title}", "en": f"Load: {plan.title}"},
            "flow": f"flows.{plan.name}:load_{plan.name}", "with": {"sheet": kept.as_posix()}, "needs": "files",
            "timeout": "10m",
        }  # fmt: skip
        self._put(f"bots/load-{self.bot}.yaml", yaml_text.bot_file(bot))

    @property
    def bot(self) -> str:
        return self.plan.name.replace("_", "-")

    def _bots(self) -> None:
        plan = self.plan
        accounts = [account_name(app) for app in plan.apps.values() if app.signs_in is not None or app.facts.account]
        given = {t.name: t.shown for t in plan.parameters if not t.private}
        bot: dict[str, Any] = {
            "bot": self.bot, "title": {"zh": plan.title, "en": plan.title}, "flow": f"flows.{plan.name}:{plan.name}",
        }  # fmt: skip
        if accounts:
            bot |= {"account": accounts[0]} if len(accounts) == 1 else {"accounts": accounts}
        bot |= {"with": {n: _day(plan, n, v) for n, v in given.items()}} if given else {}
        bot |= {"after": [f"load-{self.bot}"]} if plan.sheet else {}
        bot |= {"timeout": "30m"}
        self._put(f"bots/{self.bot}.yaml", yaml_text.bot_file(bot))

    def _uploads(self) -> None:
        folder = self.root / "data" / "recordings" / self.plan.name
        for name, content in self.uploads.items():
            folder.mkdir(parents=True, exist_ok=True)
            (folder / Path(name).name).write_bytes(base64.b64decode(content))

    def _recording(self, name: str = "") -> None:
        name = name or self.plan.name
        hidden = [
            one.step.value
            for one in self.plan.lines
            if one.step.verb == "fill" and is_private(one.step.value, one.step)
        ]
        hidden += [
            self.plan.values.known[shown].shown
            for shown in self.plan.values.known
            if self.plan.values.known[shown].private
        ]
        recordings.keep(self.root / "tests" / "recordings" / name, self.plan.lines, hidden)
        self.written.files.append(f"tests/recordings/{name}/")
        self._put(f"tests/test_{name}.py", recordings.TEST.replace("{name}", name))

    def _format(self) -> None:
        """Let ruff have the last word where it is installed; our own text is clean without it."""
        ours = [name for name in self.written.files if name.endswith(".py")]
        for command in (["check", "--fix", "--quiet", "--select", "I"], ["format", "--quiet", "--line-length", "120"]):
            subprocess.run(
                [sys.executable, "-m", "ruff", *command, *ours], cwd=self.root, capture_output=True, check=False
            )

    def _hints(self) -> None:
        private = [typed.name for typed in self.plan.parameters if typed.private]
        if private:
            self.written.hints.append(say("record.private_hint", names=", ".join(private), name=private[0]))
        self.written.hints += self.plan.hints


def account_name(app: AppPlan) -> str:
    """The account of an app: the one that the workspace has, else a new one under the app's name."""
    return app.facts.account.name if app.facts.account else f"{app.facts.name.replace('_', '-')}-night"


def _needed(app: AppPlan) -> dict[str, Named]:
    """The new elements that a verb uses, and those that they are looked up in."""
    made, body = app.namer.made, "\n".join(line for verb in app.verbs for line in verb.source())
    needed = {name for name in made if f'"{name}"' in body}
    todo = [made[name].selector for name in needed]
    while todo:
        one = todo.pop()
        around = {part for part in (one.within, one.frame) if part in made} - needed
        needed |= around
        todo += [made[name].selector for name in around]
    return {name: named for name, named in made.items() if name in needed}


def _day(plan: Plan, name: str, shown: str) -> Any:
    from nightclerk.record.meaning import day_of

    typed = next(t for t in plan.parameters if t.name == name)
    day = day_of(shown) if typed.python == "date" else None
    return day.isoformat() if day else shown


def _login_markers(fresh: Mapping[str, Named]) -> list[str]:
    """What tells that the session is over, and that no picture may be kept: the password's field."""
    secret = next((one.selector for one in fresh.values() if one.selector.secret), None)
    if secret is None:
        return []
    spec: dict[str, Any] = dict(secret.ways[0])
    spec |= {"frame": secret.frame} if secret.frame else {}
    spec |= {"within": secret.within} if secret.within else {}
    return [f"signed_out: [{yaml_text.flow_map(spec)}]", "unpictured: [{css: 'input[type=password]'}]"]
