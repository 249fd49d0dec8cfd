"""Secrets stay in the vault and people's data out of every file that a recording writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from nightclerk.record.script import Person
from nightclerk.vault import FileVault
from tests.record.kit import desk, empty_workspace

SECRET, PHONE, SHOWN = "only-the-vault-7", "13800001234", "13900005678"


def person(p: Person) -> None:
    """Sign in, and register one customer with a phone number."""
    p.type(p.page.get_by_label("用户名"), "clerk-01")
    p.type(p.page.get_by_label("密码"), SECRET)
    p.click(p.page.get_by_role("button", name="登录"))
    p.type(p.page.get_by_label("客户名称"), "样例客户")
    p.type(p.page.get_by_label("联系电话"), PHONE)
    p.click(p.page.get_by_role("button", name="登记"))
    p.must_say("#said")
    p.must_say("#calls")


@pytest.mark.slow
def test_a_password_and_a_phone_number_land_in_no_file(tmp_path: Path) -> None:
    """The login becomes `sign_in` with the vault's secret, the phone a parameter without a value; the bot runs."""
    bench = empty_workspace(tmp_path)
    with desk() as site:
        outcome = bench.record(f"{site.url}/login.html", person, flow="register", commit=99)
        told = site.take()
        texts = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
        told_of = [secret.encode() for secret in (SECRET, PHONE, SHOWN)]
        leaks = [file for file, text in texts.items() if any(secret in text for secret in told_of)]
        assert leaks == []
        assert SECRET not in repr(outcome.steps)
        app = outcome.plan.apps and next(iter(outcome.plan.apps))
        assert f"nightclerk vault set {app.replace('_', '-')}-night" in " ".join(outcome.written.hints)
        assert bench.faults() == []
        FileVault(tmp_path / "data" / "vault").set(f"{app.replace('_', '-')}-night", SECRET)
        (ended,) = bench.run("register", phone=PHONE, expected_text=f"客服电话 {SHOWN}")
        assert (ended["state"], ended["counts"].get("done")) == ("done", 1), ended["items"]
        assert site.take() == told
