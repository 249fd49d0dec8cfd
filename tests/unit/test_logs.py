"""Structured logs: one JSON object a line, cleaned, with the run that it is about and without any variable's value."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from loguru import logger

from nightclerk.hush import hide
from nightclerk.speech import LOGS, log_as


@pytest.fixture
def as_json(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv(LOGS, "text")
    log_as("json")
    yield
    logger.remove()


def test_a_line_says_when_what_where_and_about_which_run(as_json: None, capsys: pytest.CaptureFixture[str]) -> None:
    """A program reads it without guessing."""
    with logger.contextualize(run="r1", bot="key-orders"):
        logger.info("saved {}", 3)
    line = json.loads(capsys.readouterr().err)
    assert {name: line[name] for name in ("level", "message", "run", "bot")} == {
        "level": "INFO", "message": "saved 3", "run": "r1", "bot": "key-orders",
    }  # fmt: skip
    assert line["where"].startswith("tests.unit.test_logs:") or line["where"].startswith("test_logs:")


def test_no_secret_and_no_variable_reaches_the_log(as_json: None, capsys: pytest.CaptureFixture[str]) -> None:
    """A traceback is told without the values that were in play; a known secret is taken out of every text."""
    hide("hunter-2-sentinel")
    password = "hunter-" + "2-sentinel"
    try:
        raise ValueError(f"refused {password}")
    except ValueError:
        logger.exception("login of 13800138000 with {}", password)
    text = capsys.readouterr().err
    assert "sentinel" not in text
    assert "13800138000" not in text
    assert "ValueError: refused •••" in json.loads(text)["error"]
