"""The practice OA's books: what it takes, what it bars, and how people approve."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from nightclerk.sandbox.oa_books import Barred, Form, Line, OaBooks, money_of


@pytest.fixture
def books(tmp_path: Path) -> OaBooks:
    return OaBooks(tmp_path)


def enter(books: OaBooks, amount: str = "100.00", *, draft: bool = False, **changes: object) -> Form:
    facts = {
        "title": "付款申请-FK-1",
        "payee": "甲",
        "purpose": "",
        "lines": [Line(invoice_number="1", order_number="PO1", amount=Decimal(amount))],
        "uploads": [books.upload("a.pdf", b"x").upload],
        "user": "night01",
    }
    return books.enter(**{**facts, **changes}, draft=draft)  # type: ignore[arg-type]


def test_a_submitted_form_waits_for_the_manager(books: OaBooks) -> None:
    """It has a number, a level, its lines and its files, and can be searched by a part of its title."""
    form = enter(books)
    assert (form.status, form.level, form.node) == ("pending", "manager_finance", "直属经理")
    assert [line.amount for line in books.lines(form.number)] == [Decimal("100.00")]
    assert books.attachments(form.number) == ["a.pdf"]
    assert [found.number for found in books.mine("night01", "FK-1")] == [form.number]
    assert books.mine("lujx", "FK-1") == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": " "}, "“标题”未填写"),
        ({"payee": ""}, "“收款单位”未填写"),
        ({"lines": []}, "“付款明细”未填写"),
        ({"uploads": []}, "“附件”未填写"),
        ({"lines": [Line(invoice_number="", order_number="P", amount=Decimal(1))]}, "为必填项"),
        ({"lines": [Line(invoice_number="1", order_number="P", amount=Decimal("50000.01"))]}, "不能提交"),
    ],
)
def test_incomplete_forms_are_barred(books: OaBooks, changes: dict[str, object], said: str) -> None:
    """The page says what is missing and nothing is written; as a draft it may be kept."""
    with pytest.raises(Barred, match=said):
        enter(books, **changes)
    assert books.mine("night01") == []
    assert enter(books, draft=True, **changes).status == "draft"


def test_from_5000_the_general_manager_agrees_last(books: OaBooks) -> None:
    """Manager, finance, general manager, one after another; then the form is approved."""
    form = enter(books, "5000.00")
    for node in ("直属经理", "财务", "总经理"):
        assert [waiting.number for waiting in books.waiting_for(node)] == [form.number]
        form = books.answer(form.number, node=node, who="人", agree=True, opinion="")
    assert (form.status, [node for node, *_ in books.opinions(form.number)]) == (
        "approved",
        ["直属经理", "财务", "总经理"],
    )


def test_an_approver_out_of_turn_is_barred(books: OaBooks) -> None:
    """Finance cannot agree before the manager; a returned form waits for nobody."""
    form = enter(books)
    with pytest.raises(Barred, match="不在您的待办中"):
        books.answer(form.number, node="财务", who="人", agree=True, opinion="")
    assert books.answer(form.number, node="直属经理", who="人", agree=False, opinion="重复").status == "returned"
    assert books.waiting_for("财务") == []


@pytest.mark.parametrize("text", ["", "abc", "0", "-1", "1.234", "NaN"])
def test_amounts_that_are_none(text: str) -> None:
    """Only positive amounts with at most two decimals are taken."""
    with pytest.raises(Barred):
        money_of(text)
