"""Which app a recorded step belongs to, what of it is the login, and which click is proposed as the commit."""

from __future__ import annotations

import pytest

from nightclerk.record.owners import base_of, name_of_site, owners_of
from nightclerk.record.questions import Prepared, likely_commit
from nightclerk.record.signing import find_login
from nightclerk.record.steps import Step


def click(name: str, **more: bool) -> Step:
    return Step(verb="click", facts={"role": "button", "tag": "button", "name": name}, **more)


def typed(secret: str = "") -> Step:
    return Step(verb="fill", value="x", secret=secret, facts={"tag": "input"})


@pytest.mark.parametrize(
    ("url", "name", "base"),
    [
        ("https://shop.example/orders/list", "shop", "https://shop.example"),
        ("https://www.acme.example/", "acme", "https://www.acme.example"),
        ("http://127.0.0.1:8000/oa/login", "oa", "http://127.0.0.1:8000/oa"),
        ("http://localhost:8000/x.html", "order", "http://localhost:8000"),
    ],
)
def test_a_new_app_is_named_after_its_address(url: str, name: str, base: str) -> None:
    """On a host that only a number or several apps share, the first folder tells them apart."""
    assert (name_of_site(url, "订单"), base_of(url)) == (name, base)


def test_an_address_that_the_person_typed_begins_another_app() -> None:
    """A link that leads elsewhere stays with its app, as a login on another host does."""
    steps = [
        Step(verb="open", value="https://shop.example/", tab=1),
        Step(verb="click", url="https://login.example/", tab=1),
        Step(verb="open", value="https://erp.example/", tab=2),
        Step(verb="fill", url="https://erp.example/", tab=2),
        Step(verb="click", url="https://shop.example/", tab=1),
    ]
    owners, known = owners_of(steps, "shop", {"shop": "https://shop.example"})
    assert owners == ["shop", "shop", "erp", "erp", "shop"]
    assert known["erp"] == "https://erp.example"


def test_a_login_is_what_leads_to_the_password_and_sends_it() -> None:
    """The field before the password is the user's name; work begins after the click."""
    steps = [Step(verb="open"), typed(), typed("password"), click("登录"), typed(), click("保存")]
    login = find_login(steps)
    assert login is not None
    assert (login.first, login.user, login.password, login.end) == (0, 1, 2, 4)
    assert find_login([Step(verb="open"), typed(), click("保存")]) is None


def test_the_click_that_was_pointed_at_is_the_commit() -> None:
    """Else the last one that sounds like one; searching and signing in never do."""
    steps = [click("登录"), click("保存"), click("查询"), click("提交")]
    assert likely_commit(steps) == 3
    assert likely_commit([click("保存"), click("下一步", commit=True), click("提交")]) == 1
    assert likely_commit([click("查询"), click("导出订单")]) is None
    assert likely_commit([click("保存", looking=True)]) is None


def test_prepared_answers_go_by_place_or_by_words() -> None:
    """What nobody has answered takes what is likely."""
    asks = Prepared(answers={"commit": "提交", "key": 1})
    assert asks.ask("commit", "?", ["保存", "提交 · 新建"], 0) == 1
    assert asks.ask("key", "?", ["a", "b"], 0) == 1
    assert asks.ask("conclusive", "?", ["yes", "no"], 1) == 1
