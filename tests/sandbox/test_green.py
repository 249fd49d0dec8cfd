"""The green-screen ERP: the same verbs over a VT line in Chinese and a 3270 in English."""

from __future__ import annotations

import sqlite3
from decimal import Decimal
from pathlib import Path

import pytest

from flows.apps.legacy_erp_errors import LoginRefused
from nightclerk.errors import CommitOutsideOnce
from nightclerk.sandbox.erp import rules
from tests.sandbox.green_kit import CUSTOMER, terminal, voucher


@pytest.mark.parametrize("kind", ["vt", "3270"])
def test_an_order_is_keyed_found_and_totalled(kind: str, tmp_path: Path) -> None:
    """What is keyed stands in the ERP's own books, is found by our number, and has our total."""
    with terminal(kind, tmp_path) as erp:
        erp.sign_in()
        assert erp.find_voucher("1234567890123456789") is None
        erp.fill_voucher(**voucher("1234567890123456789"))
        with erp.session.gate.open():
            erp.save_voucher()
        number = erp.find_voucher("1234567890123456789")
        assert number is not None
        assert erp.voucher_total(number) == Decimal("37.50")
    with sqlite3.connect(tmp_path / "books" / "erp.db") as books:
        assert books.execute("SELECT external_no, total FROM vouchers").fetchall() == [("1234567890123456789", "37.50")]


@pytest.mark.parametrize("kind", ["vt", "3270"])
def test_customers_are_looked_up(kind: str, tmp_path: Path) -> None:
    """A known code has a name, an unknown one has none."""
    with terminal(kind, tmp_path) as erp:
        erp.sign_in()
        known = erp.find_customer(CUSTOMER)
        assert known == (rules.CUSTOMERS[CUSTOMER] if kind == "vt" else CUSTOMER)
        assert erp.find_customer("C0000") is None


@pytest.mark.parametrize("kind", ["vt", "3270"])
def test_the_save_key_is_refused_outside_once(kind: str, tmp_path: Path) -> None:
    """F6 is a commit: without `once` it is not pressed."""
    with terminal(kind, tmp_path) as erp:
        erp.sign_in()
        erp.fill_voucher(**voucher("A1"))
        with pytest.raises(CommitOutsideOnce):
            erp.save_voucher()
        assert erp.find_voucher("A1") is None


def test_a_wrong_password_is_said_and_shows_nowhere(tmp_path: Path) -> None:
    """The host's own words end the login, and the password is in no line of the screen."""
    with terminal("vt", tmp_path, password="not-the-one") as erp:
        with pytest.raises(LoginRefused, match="口令不正确"):
            erp.sign_in()
        assert all("not-the-one" not in line for line in erp.lines())


def test_chinese_survives_a_gb18030_line(tmp_path: Path) -> None:
    """A host in GB18030 gets the memo to the last character."""
    with terminal("vt", tmp_path, encoding="gb18030") as erp:
        erp.sign_in()
        erp.fill_voucher(**voucher("GB-1"))
        with erp.session.gate.open():
            erp.save_voucher()
    with sqlite3.connect(tmp_path / "books" / "erp.db") as books:
        assert books.execute("SELECT memo FROM vouchers").fetchone() == ("送到门口，谢谢",)
