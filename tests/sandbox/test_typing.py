"""Typing that cannot lose a character: 10,000 of them, other keyboard layouts, Caps Lock, and a clipboard as it was."""

from __future__ import annotations

import contextlib
import random
import shutil
import subprocess
import threading
from collections.abc import Iterator

import pytest

from nightclerk.desktop.driver import Desktop
from nightclerk.desktop.faults import FieldDiffers
from nightclerk.desktop.keyboard import Untypable
from nightclerk.desktop.x11_clipboard import X11Clipboard
from nightclerk.desktop.x11_hands import X11Hands
from tests.sandbox.erp_kit import needs_desktop
from tests.sandbox.form_kit import FIELD, SECRET, form

pytestmark = needs_desktop
CHINESE = "上海云杉样例商贸有限公司客户订单发货数量金额合计贰叁肆伍〇零龘"
OTHERS = "0123456789ABCxyz１２３，。；：“”《》¥€<>&'\"\\|~^`{}[]@#%  "
KEY_PRESS = 2
PASSWORD = "aqzwAQZW,;:!1234567890@#{[]}\\|~`^<>/?-_=+*.'\""


@pytest.fixture(scope="module")
def desktop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desktop]:
    with form(tmp_path_factory.mktemp("form")) as desktop:
        yield desktop


def typed(desktop: Desktop, secret: str) -> str:
    """What the field says after a secret was typed into it."""
    desktop.fill(desktop.find(SECRET, {}, timeout_s=20), secret)
    return desktop.read(desktop.find(FIELD, {}, timeout_s=20))


def test_ten_thousand_characters_arrive(desktop: Desktop) -> None:
    """Chinese, full width, quotes and long numbers, 40 texts of 250: every one is in the field as it was given."""
    chance = random.Random(7)
    texts = ["".join(chance.choices(CHINESE + OTHERS, k=250)) for _ in range(39)] + [str(10**249 + 3579243502113506847)]
    found = desktop.find(FIELD, {}, timeout_s=20)
    for text in texts:
        desktop.fill(found, text)
        assert desktop.read(found) == text
    assert sum(map(len, texts)) == 10_000


def test_a_key_that_stays_down_is_one_key(desktop: Desktop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that stalls between press and release lets no key repeat itself: neither a character nor a Save."""
    send = X11Hands._send

    def stalls(hands: X11Hands, kind: int, detail: int, x: int = 0, y: int = 0) -> None:
        send(hands, kind, detail, x, y)
        threading.Event().wait(1.2 if kind == KEY_PRESS else 0)

    monkeypatch.setattr(X11Hands, "_send", stalls)
    assert typed(desktop, "a7") == "a7"


@pytest.mark.parametrize("layout", ["us", "fr", "de", "ru,us"])
@pytest.mark.skipif(shutil.which("setxkbmap") is None, reason="setxkbmap (x11-xkb-utils) is not installed")
def test_a_secret_is_typed_by_the_layout_in_force(desktop: Desktop, layout: str) -> None:
    """Keys stand elsewhere on a French or German keyboard; what cannot be typed there is refused, not mangled."""
    subprocess.run(["setxkbmap", layout], check=True)
    try:
        with contextlib.suppress(Untypable):
            assert typed(desktop, PASSWORD) == PASSWORD
        if layout in ("us", "fr", "de"):
            assert typed(desktop, "Geheim,1234567890") == "Geheim,1234567890"
    finally:
        subprocess.run(["setxkbmap", "us"], check=True)


def test_a_program_that_mangles_a_character_is_not_believed(desktop: Desktop) -> None:
    """Tk 8.6 copies a rare character as two broken ones: the read-back differs, and the error shows both texts."""
    with pytest.raises(FieldDiffers, match="𠮷"):
        desktop.fill(desktop.find(FIELD, {}, timeout_s=20), "𠮷野家")


def test_caps_lock_does_not_turn_letters_around(desktop: Desktop) -> None:
    """It is switched off before the first key."""
    desktop._bursts.keyboard._tap([66])  # type: ignore[attr-defined]
    assert typed(desktop, "aBcD") == "aBcD"


def test_a_character_that_no_key_has_is_refused(desktop: Desktop) -> None:
    """Nothing of the text is typed then."""
    before = typed(desktop, "before")
    with pytest.raises(Untypable, match="密"):
        desktop.fill(desktop.find(SECRET, {}, timeout_s=20), "a密")
    assert desktop.read(desktop.find(FIELD, {}, timeout_s=20)) in (before, "")


def test_the_clipboard_says_afterwards_what_it_said_before(desktop: Desktop) -> None:
    """Another program's text is there again after a fill and a read, and ours is not."""
    person = X11Clipboard()
    with contextlib.closing(person):
        person.put("kept by a person")
        found = desktop.find(FIELD, {}, timeout_s=20)
        desktop.fill(found, "云杉 <1>")
        assert desktop.read(found) == "云杉 <1>"
        assert desktop._clipboard.held() == "kept by a person"
        assert person.held() == "kept by a person"
