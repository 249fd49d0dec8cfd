"""The last fence for words: secrets and people's data are taken out of what a process says."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest

from nightclerk import hush
from nightclerk.ports import Secret
from nightclerk.speech import CleanStream


def test_a_secret_makes_itself_known() -> None:
    """Whatever text it turns up in, as it is, quoted or in a URL, it is taken out."""
    Secret("shop", "s3cret/of 'mine'")
    said = """s3cret/of 'mine' | {"p": "s3cret/of 'mine'"} | ?p=s3cret%2Fof%20%27mine%27"""
    assert hush.hushed(said) == """••• | {"p": "•••"} | ?p=•••"""


def test_clean_masks_people_too() -> None:
    """A phone number in an error's text is masked, an order number is not."""
    assert hush.clean("给 13900017788 发订单 372811000729001234") == "给 ‹phone› 发订单 372811000729001234"


def test_old_secrets_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """One-time codes do not pile up for ever; what is too short to be told from other text is not hidden."""
    monkeypatch.setattr(hush, "_known", {})
    monkeypatch.setattr(hush, "MOST_SECRETS", 2)
    for code in ("111111", "222222", "333333", "444"):
        hush.hide(code)
    assert hush.hushed("111111 222222 333333 444") == "111111 ••• ••• 444"


def test_a_stream_cleans_whole_lines() -> None:
    """A number that comes in two pieces is masked all the same; what is left comes out on flush."""
    out = io.StringIO()
    stream = CleanStream(out)
    stream.write("tel 1390001")
    stream.write("7788\nthen li@mail.example")
    stream.flush()
    assert out.getvalue() == "tel ‹phone›\nthen ‹email›"


def test_a_crash_says_nothing_secret(tmp_path: Path) -> None:
    """Traceback and log line of a process that dies carry no secret, and no variable's value."""
    code = (
        "from nightclerk.speech import speak_cleanly; from nightclerk.ports import Secret; from loguru import logger\n"
        "speak_cleanly(); Secret('x', 'hunter-two-three'); local = 'hunter-two-three'\n"
        "try: raise ValueError(local)\nexcept ValueError as error: logger.opt(exception=error).error('met {}', local)\n"
        "raise RuntimeError(f'{local} of 13900017788')"
    )
    died = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert died.returncode == 1
    assert "RuntimeError: ••• of ‹phone›" in died.stderr
    assert "hunter" not in died.stderr
