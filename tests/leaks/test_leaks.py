"""Sentinels in every place of a page, in errors and in crashes: nothing that a run leaves holds one of them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from leaky_flow import SELECTORS
from leaky_site import LeakySite
from PIL import Image, ImageDraw, ImageFont
from sentinels import AMOUNT, ORDER, PERSONAL, SECRETS, found_in_bytes, read_pictures, seen_on, squeezed

from nightclerk import ocr
from nightclerk.vault import FileVault

HERE = Path(__file__).parent
pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(3600),
    pytest.mark.skipif(not ocr.installed(), reason="pictures cannot be read without the extra ocr"),
]
#: How the runs end. After "kill" and "abort" the worker starts a second process, which goes on.
ENDINGS = ("well", "missing", "popup", "business", "bug", "kill", "abort")


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A workspace in which every ending has happened, each started from the command line."""
    site, root = LeakySite(), tmp_path_factory.mktemp("leaks")
    _write(root, site.url)
    FileVault(root / "data" / "vault").set("leaky", SECRETS["password"])
    for how in ENDINGS:
        _run(root, how)
    yield root
    site.close()


def _write(root: Path, url: str) -> None:
    files = {
        "config/apps.yaml": f"leaky: {{url: '{url}', timeout_s: 15}}\n",
        "config/accounts.yaml": "night: {app: leaky, user: night, secret: leaky}\n",
        "selectors/leaky/site.yaml": SELECTORS,
        "flows/README": "",
    }
    for how in ENDINGS:
        files[f"bots/leak-{how}.yaml"] = (
            f"bot: leak-{how}\nflow: leaky_flow:leak\naccount: night\nattempts: 1\nwith: {{how: {how}}}\n"
        )
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")


def _run(root: Path, how: str) -> None:
    command = [sys.executable, "-m", "nightclerk", "run", f"leak-{how}", "--workspace", str(root)]
    env = {**os.environ, "PYTHONPATH": str(HERE), "DEBUG": "pw:api", "NIGHTCLERK_LANG": "en"}
    with (root / f"said-{how}.txt").open("wb") as out:
        subprocess.run(command, env=env, stdout=out, stderr=out, check=False, timeout=600)


def test_every_ending_has_happened(ran: Path) -> None:
    """The test would prove nothing if the runs had not come to where the sentinels are."""
    journals = [file.read_text(encoding="utf-8") for file in sorted((ran / "logs").glob("*/journal.jsonl"))]
    assert len(journals) == len(ENDINGS)
    assert all('"form.mail"' in journal for journal in journals)
    assert sum('"kind":"resume"' in journal for journal in journals) == 2


def test_no_byte_of_a_secret_is_left(ran: Path) -> None:
    """Password and one-time code are in no file of the workspace, what was said on the screen included."""
    assert found_in_bytes(ran, SECRETS) == []


def test_no_byte_of_personal_data_is_left(ran: Path) -> None:
    """What pages showed and errors carried is in no file: logs, books, the engine's database, profiles, worker logs."""
    assert found_in_bytes(ran, PERSONAL) == []


def test_no_picture_shows_a_sentinel_and_audit_fields_stay_readable(ran: Path) -> None:
    """OCR finds no personal data on any picture, and the order's number and amount on those of the form."""
    pictures = read_pictures(ran / "logs")
    assert seen_on(pictures, {**PERSONAL, **SECRETS}) == []
    of_the_form = [text for text in pictures.values() if "保存" in text]
    assert of_the_form
    assert all(ORDER in text and squeezed(AMOUNT) in text for text in of_the_form)


def test_the_scanner_finds_what_is_there(tmp_path: Path) -> None:
    """The same search finds every sentinel in a picture without masks, and in bytes in any spelling."""
    image = Image.new("RGB", (900, 300), "white")
    font = ImageFont.truetype(_font(), 22)
    for row, text in enumerate(PERSONAL.values()):
        ImageDraw.Draw(image).text((10, 10 + 44 * row), text, fill="black", font=font)
    image.save(tmp_path / "bare.webp", lossless=True)
    (tmp_path / "log").write_text("".join(SECRETS.values()) + PERSONAL["address"], encoding="gb18030")
    assert {line.split(": ")[1] for line in seen_on(read_pictures(tmp_path), PERSONAL)} == set(PERSONAL)
    assert found_in_bytes(tmp_path, {**PERSONAL, **SECRETS}) == ["log: address", "log: password", "log: code"]


def _font() -> str:
    told = subprocess.run(["fc-match", "-f", "%{file}", "Noto Sans CJK SC"], capture_output=True, text=True, check=True)
    return told.stdout
