"""The flow of the leak test: it reads and types sentinels, fails with them in every way, and dies twice."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from sentinels import PERSONAL, SECRETS

from nightclerk import BusinessError, Run, WebApp, flow

SELECTORS = """\
unpictured:
  - css: 'input[type=password]'
  - css: '#code'
login:
  user: {css: 'input[name=user]'}
  password: {css: 'input[type=password]', secret: true}
  go: {role: button, name: 登录}
  code: {css: '#code', secret: true}
  confirm: {role: button, name: 确定}
form:
  order: {css: '#order'}
  phone: {css: '#phone', private: true}
  mail: {css: '#mail'}
  note: {css: '#note'}
  box: {role: button, name: 弹窗}
  save: {role: button, name: 保存, commits: true}
  missing: {text: 没有这个}
"""


class Leaky(WebApp, selectors="leaky"):
    """The site of the leak test."""

    def sign_in(self) -> None:
        self.open("login")
        self["login.user"].fill(self.user)
        self["login.password"].fill(self.secret)
        self["login.go"].click()
        self["login.code"].fill(SECRETS["code"])
        self["login.confirm"].click()
        self["form.order"].wait()


@flow("Leak")
def leak(run: Run, app: Leaky, how: str) -> str:
    """Look at everything, then end in one of many ways."""
    with run.step("Read"):
        for name in ("order", "phone", "mail"):
            app[f"form.{name}"].read()
        app["form.note"].fill(" ".join(PERSONAL.values()))
        app["form.phone"].texts()
        app.open(f"form?phone={PERSONAL['phone']}&mail={PERSONAL['email']}")
    with run.step(f"Call {PERSONAL['phone']}"):
        run.note(f"note {PERSONAL['address']} {SECRETS['password']}", who=PERSONAL["id"])
        _end(run, app, how)
    return "done"


def _end(run: Run, app: Leaky, how: str) -> None:
    told = " ".join([*PERSONAL.values(), *SECRETS.values()])
    if how == "missing":
        app["form.missing"].read(timeout_s=0.2)
    if how == "popup":
        app["form.box"].click()
        app["form.mail"].read()
    if how == "business":
        raise BusinessError(told)
    if how == "bug":
        raise ValueError(told)
    if how == "kill" and not (mark := Path("killed")).exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "abort" and not (mark := Path("aborted")).exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGABRT)
