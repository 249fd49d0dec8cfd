"""A real program without an accessibility tree, the FLTK browser Dillo, worked by the text on its screen.

It shows a voucher form of a server of ours, so that what arrived can be counted on the other side. Needs the extra
`ocr` and the Debian package dillo.
"""

from __future__ import annotations

import contextlib
import random
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from nightclerk import ocr
from nightclerk.app import SystemClock
from nightclerk.desktop import open_desktop
from nightclerk.desktop.driver import Desktop
from nightclerk.ports import AppSettings, Selector, SelectorSet

pytestmark = [
    pytest.mark.real,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(shutil.which("dillo") is None, reason="dillo is missing: apt-get install -y dillo"),
    pytest.mark.skipif(not ocr.installed(), reason='text cannot be read off the screen: pip install "nightclerk[ocr]"'),
]
VOUCHERS = 3
#: Dillo's fields know Emacs keys: Control+A goes to the start of the line.
SETTINGS = AppSettings(name="dillo", timeout_s=60, facts={"select_all": "Home Shift+End"})
WINDOW = "^Dillo: "
FIELDS = {"customer": "客户", "number": "外部单号", "memo": "备注"}


def _way(**way: Any) -> tuple[dict[str, Any], ...]:
    return ({**way, "window": WINDOW},)


SELECTORS = SelectorSet(
    app="dillo",
    elements={
        "page.form": Selector(name="page.form", ways=_way(ocr="录入凭证")),
        **{
            f"page.{name}": Selector(name=f"page.{name}", ways=_way(right_of={"ocr": label}, offset=[40, 0]))
            for name, label in FIELDS.items()
        },
        "page.save": Selector(name="page.save", ways=_way(ocr="保存凭证")),
        "page.saved": Selector(name="page.saved", ways=_way(ocr="/凭证号 ?(?:V-)?\\d+/")),
        "page.again": Selector(name="page.again", ways=_way(ocr="下一张")),
    },
)


class Books(BaseHTTPRequestHandler):
    """The other side: a form, and a list of what was posted."""

    posted: list[dict[str, str]] = []  # noqa: RUF012 - the server makes a handler for each request

    def do_GET(self) -> None:
        rows = "".join(
            f"<tr><td>{label}</td><td><input name={name} size=40></td></tr><tr><td>&nbsp;</td></tr>"
            for name, label in FIELDS.items()
        )
        self._page(f"<h1>录入凭证</h1><form method=post action=/save><table>{rows}</table>"
                   "<p><input type=submit value=保存凭证></form>")  # fmt: skip

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.posted.append({name: values[0] for name, values in parse_qs(body, encoding="utf-8").items()})
        self._page(f"<h1>已保存</h1><p>凭证号 {1000 + len(self.posted)}</p><p><a href=/>下一张</a></p>")

    def _page(self, body: str) -> None:
        head = "<head><meta charset=utf-8><title>voucher</title></head>"
        data = f"<html>{head}<body>{body}</body></html>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def dillo(tmp_path: Path) -> Iterator[Desktop]:
    """Dillo on a desktop of its own, showing the form."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Books)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    (tmp_path / ".dillo").mkdir()
    fonts = "".join(f'font_{kind}="Noto Sans CJK SC"\n' for kind in ("sans_serif", "serif", "monospace"))
    (tmp_path / ".dillo" / "dillorc").write_text(f"{fonts}font_factor=1.3\nstart_page=about:blank\n")
    desktop = open_desktop(selectors=SELECTORS, settings=SETTINGS, clock=SystemClock(), folder=tmp_path)
    with contextlib.closing(desktop):
        url = f"http://127.0.0.1:{server.server_address[1]}/"
        desktop.start(["env", f"HOME={tmp_path}", "dillo", "-g", "900x600", url], window=WINDOW, timeout_s=60)
        yield desktop
    server.shutdown()


def vouchers() -> list[dict[str, str]]:
    """Made-up vouchers with Chinese text and long numbers."""
    chance = random.Random(4)
    return [
        {
            "customer": "".join(chance.choices("上海云杉样例商贸有限公司", k=8)),
            "number": str(chance.randrange(10**18, 10**19)),
            "memo": f"第 {n + 1} 张，请<加急>：¥{chance.randrange(10**6) / 100:,.2f}",
        }
        for n in range(VOUCHERS)
    ]


def test_vouchers_arrive_as_they_were_given(dillo: Desktop) -> None:
    """Every field is found by the text beside it, each save by its text, the answer is read twice; all arrived."""
    wanted, numbers = vouchers(), []
    for voucher in wanted:
        find(dillo, "form")
        for name, text in voucher.items():
            dillo.fill(find(dillo, name), text)
        dillo.click(find(dillo, "save"))
        numbers.append(dillo.read(find(dillo, "saved")))
        dillo.click(find(dillo, "again"))
    assert Books.posted == wanted
    assert [number[-4:] for number in numbers] == [str(1001 + n) for n in range(VOUCHERS)]


def find(desktop: Desktop, name: str) -> Any:
    return desktop.find(SELECTORS.elements[f"page.{name}"], {}, timeout_s=60)
