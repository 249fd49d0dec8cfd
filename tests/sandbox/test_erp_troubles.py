"""The legacy ERP's client on a bad night: locks, taken numbers, lost answers, notices, a wrong password, slowness."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.apps.legacy_erp import LegacyErp
from flows.apps.legacy_erp_errors import AnswerLost, LoginRefused, RecordLocked
from nightclerk.desktop.clipboard import wait_until
from nightclerk.errors import ApplicationError, Refused, SessionLost, UnknownPopup
from nightclerk.sandbox.erp import rules
from tests.sandbox.erp_kit import books, client, enter, fill, needs_desktop, save

pytestmark = needs_desktop


def test_the_boxes_of_a_normal_shift(tmp_path: Path) -> None:
    """A locked record is free a moment later; a number that somebody took is renumbered; both end in one voucher."""
    with client(tmp_path) as erp:
        erp.sign_in()
        for n in range(3):
            enter(erp, f"E{n}")
        with pytest.raises(RecordLocked, match="财务部-PC07"):
            enter(erp, "E3")
        assert erp.find_voucher("E3") is None
        freed = wait_until(lambda: saved_after_lock(erp, "E3"), timeout_s=10, poll_s=0.2)
        for n in range(4, 8):
            enter(erp, f"E{n}")
    numbers = books(tmp_path, "SELECT number FROM vouchers ORDER BY number")
    assert freed
    assert len(numbers) == 8
    assert ("XS2611-00007",) not in numbers


def saved_after_lock(erp: LegacyErp, external_no: str) -> bool:
    """One further attempt at a voucher that was locked; whether it was saved."""
    try:
        enter(erp, external_no)
    except RecordLocked:
        return False
    return True


def test_a_lost_answer_is_adopted_by_the_next_look(tmp_path: Path) -> None:
    """The save lands and the box says 网络超时, or the program dies: in a fresh client the look finds the voucher."""
    lost = [lose_an_answer(tmp_path, start) for start in ("A", "B")]
    with client(tmp_path) as erp:
        erp.sign_in()
        assert all(erp.find_voucher(number) is not None for _, number in lost)
    assert [kind for kind, _ in lost] == [AnswerLost, SessionLost]


def lose_an_answer(state: Path, start: str) -> tuple[type[ApplicationError], str]:
    """Enter vouchers in a fresh client until an answer is lost: the error's type and the voucher's number."""
    with client(state, "lost-answer") as erp:
        erp.sign_in()
        for n in range(40):
            try:
                enter(erp, f"{start}{n}")
            except (AnswerLost, SessionLost) as error:
                return type(error), f"{start}{n}"
            except (RecordLocked, Refused):
                continue
    raise AssertionError("no answer was lost in 40 saves")


def test_an_unknown_notice_is_left_alone(tmp_path: Path) -> None:
    """系统公告 that nobody described stops the item with its words; a restarted client goes on."""
    with client(tmp_path, "popup") as erp:
        erp.sign_in()
        with pytest.raises(UnknownPopup, match="系统公告"):
            fill_many(erp, 12)
    with client(tmp_path, "popup") as erp:
        erp.sign_in()
        enter(erp, "AFTER")
        assert erp.find_voucher("AFTER") is not None


def fill_many(erp: LegacyErp, count: int) -> None:
    """Fill so many vouchers without saving any."""
    for n in range(count):
        fill(erp, f"E{n}")


def test_a_wrong_password_is_one_clear_sentence(tmp_path: Path) -> None:
    """The client's own words and the remedy; nobody tries a second time."""
    with client(tmp_path, password="wrong") as erp, pytest.raises(LoginRefused) as raised:
        erp.sign_in()
    assert "操作员或密码不正确" in str(raised.value)
    assert "Update the password in the vault" in str(raised.value)


def test_the_login_screen_is_never_pictured(tmp_path: Path) -> None:
    """While the login window is up, the frame is marked as one that must not be kept."""
    with client(tmp_path) as erp:
        erp.start()
        assert erp.session.surface.frame().secret_screen
        erp.sign_in()
        assert not erp.session.surface.frame().secret_screen


def test_slow_answers_are_waited_for(tmp_path: Path) -> None:
    """A window that does not respond for a while after F6 is no failure."""
    with client(tmp_path, "slow") as erp:
        erp.sign_in()
        fill(erp, "SLOW")
        save(erp)
        assert erp.find_voucher("SLOW") == f"{rules.number_after('')}"
