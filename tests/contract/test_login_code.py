"""A login code that is asked of a person while the session is open, through the death of the shift."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nightclerk.domain.items import State
from tests.contract.service_kit import Service

pytestmark = [
    pytest.mark.slow, pytest.mark.timeout(900),
    pytest.mark.skipif(os.name == "nt", reason="processes are ended by POSIX signals"),
]  # fmt: skip
SELECTORS = "page:\n  title: {css: h1, reads: str}\n  code: {label: 验证码}\n  go: {role: button, name: 登录}\n"
PAGE = """<!doctype html><meta charset=utf-8><label>验证码 <input></label><button>登录</button><script>
document.querySelector('button').onclick = () => {
  const right = document.querySelector('input').value === '024680';
  document.body.innerHTML = right ? '<h1>欢迎</h1>' : '<h1>验证码错误</h1>';
};</script>"""


@pytest.fixture
def service(tmp_path: Path, site: Any) -> Iterator[Service]:
    site.written["/code"] = PAGE
    made = Service(tmp_path, flow="code_flow:enter", queue="coded")
    bot = tmp_path / "bots" / "b.yaml"
    bot.write_text(bot.read_text().replace("needs: files", "needs: web\naccount: night\nitem_timeout: 30m"))
    (tmp_path / "selectors" / "shop").mkdir(parents=True)
    (tmp_path / "selectors" / "shop" / "page.yaml").write_text(SELECTORS, encoding="utf-8")
    (tmp_path / "config" / "apps.yaml").write_text(f"shop: {{url: '{site}', timeout: 60s}}\n", encoding="utf-8")
    (tmp_path / "config" / "accounts.yaml").write_text("night: {app: shop, user: n}\n", encoding="utf-8")
    made.store.put("coded", "a", {"key": "a"})
    yield made
    made.end()


def test_the_code_is_asked_once_and_typed_after_the_shift_has_died(service: Service) -> None:
    """The shift is killed while the browser waits for the code; the person answers meanwhile; the next shift signs in
    with it: one question, one run."""
    service.start()
    service.tell()
    service.wait(lambda: service.store.tasks())
    service.kill()
    [asked] = json.loads(service.type("tasks", "--json"))
    assert (asked["kind"], asked["question"]) == ("login_code", "Which code came by text message?")
    service.type("answer", asked["task"], "024680")
    service.start()
    service.wait(lambda: service.states() == {"a": State.DONE})
    item = service.store.item("coded", "a")
    assert item is not None
    assert item.result == "欢迎"
    assert len(service.store.tasks(open_only=False)) == len(service.store.runs()) == 1
