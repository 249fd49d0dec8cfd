"""The sandbox's web process: every system answers, the endpoints tell where, and it ends with its parent."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from nightclerk.sandbox import server
from nightclerk.sandbox.server import SYSTEMS
from nightclerk.sandbox.troubles import Troubles


def test_every_system_answers_and_the_inbox_is_filled(endpoints: dict[str, Any], state: Path) -> None:
    """Each address of the endpoints file shows a page; the mailroom has put invoices into the folder."""
    pages = {name: httpx.get(endpoints[name]["url"] + "/", follow_redirects=True) for name in SYSTEMS}
    assert {name: page.status_code for name, page in pages.items()} == dict.fromkeys(SYSTEMS, 200)
    assert any(Path(endpoints["inbox"]["folder"]).glob("*.pdf"))
    assert endpoints["state"] == str(state)


def test_it_ends_when_its_parent_is_gone(tmp_path: Path) -> None:
    """With --with-parent the closing of standard input is the end."""
    command = [sys.executable, "-m", "nightclerk.sandbox.server", "--state", str(tmp_path), "--with-parent"]
    ended = subprocess.run(command, stdin=subprocess.DEVNULL, timeout=60, check=False)
    assert ended.returncode == 0


def test_the_erp_gets_the_same_troubles(tmp_path: Path) -> None:
    """The endpoints file holds the command that starts the ERP with this sandbox's books and troubles."""
    facts = server.endpoints(tmp_path, "http://127.0.0.1:1", Troubles(tmp_path, ["slow", "popup"]))
    server.write_endpoints(tmp_path, facts)
    assert facts["legacy_erp"]["command"][-4:] == ["--trouble", "popup", "--trouble", "slow"]
    assert [file.name for file in tmp_path.glob("endpoints*")] == ["endpoints.json"]


@pytest.mark.parametrize("path", ["home.htm/trade-platform/tp/export-file/1", "home.htm/trade-platform/tp/sold"])
def test_without_a_session_there_is_a_login_page_instead_of_a_file(endpoints: dict[str, Any], path: str) -> None:
    """As on the real site: a redirect to the login, which a bot must not take for its download."""
    answer = httpx.get(f"{endpoints['taobao']['url']}/{path}", follow_redirects=True)
    assert "alibaba-login-box" in answer.text
