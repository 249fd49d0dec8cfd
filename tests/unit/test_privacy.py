"""What counts as people's data in a text, and what must stay readable. All numbers are synthetic."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightclerk.domain.privacy import brief, find_private, luhn, mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("电话 13800001234。", "电话 ‹phone›。"),
        ("130-0000-1234", "‹phone›"),
        ("+86 138 0000 1234", "‹phone›"),
        ("0571-80001234-801", "‹phone›"),
        ("13800001234-7781", "‹phone›"),
        ("邮箱 li.lei@mail.example", "邮箱 ‹email›"),
        ("浙江省杭州市西湖区样例路138号5幢201室（放门口）", "‹address›（放门口）"),
        ("上海市浦东新区样例镇虚构路**号3栋", "‹address›"),
        ("车牌 苏A·12345", "车牌 ‹plate›"),
        ("收件人：张三三，周末送", "收件人：‹name›，周末送"),
        ("身份证 990101199001011234", "身份证 ‹id›"),
        ("990101199001011230", "‹id›"),
        ("卡号 6222021234567890123", "卡号 ‹card›"),
        ("6222 0000 0000 0000 004", "‹card›"),
        ("6222000000000000004", "‹card›"),
        ("电话 １３８００００１２３４", "电话 ‹phone›"),
    ],
)
def test_private_stretches_are_masked(text: str, masked: str) -> None:
    """Each kind is replaced by its name; what stands around it stays."""
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "订单编号 2811234567890123456",
        "4012345678901234567",  # a bare 19-digit order number
        "订单号：13800001234",  # 11 digits, but labelled
        "运单 SF1380000123456",
        "凭证 XS-2026-000123",
        "2026-11-22 11:00:00",
        "￥12,345.00 共 128 条",
        "北京市交易统计",
        "待发货",
        "订单 990101199001011230",
        "138****1234",
    ],
)
def test_business_numbers_stay_readable(text: str) -> None:
    """Order, waybill and voucher numbers, times and amounts are what auditors need."""
    assert mask(text) == text


def test_a_label_beside_the_text_counts() -> None:
    """In a table the label is another cell: it makes a name a name and a card a card."""
    assert find_private("王小样", label="收货人")[0].kind == "name"
    assert find_private("王小样", label="商品") == ()
    assert find_private("6222021234567890123", label="银行卡号")[0].kind == "card"
    assert find_private("6222021234567890123", label="订单号") == ()


@given(st.text(max_size=80))
def test_spans_are_ordered_and_apart(text: str) -> None:
    """Whatever the text, spans lie inside it, in order, without overlaps."""
    spans = find_private(text)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(one.end <= two.start for one, two in pairwise(spans))


def test_luhn_knows_a_check_digit() -> None:
    """The well-known example number passes, and fails with its last digit changed."""
    assert luhn("79927398713")
    assert not luhn("79927398714")


def test_a_text_is_masked_before_it_is_shortened() -> None:
    """Cut first, an address would lose its street, by which it is known, and keep its province and city."""
    told = "收货信息：浙江省杭州市西湖区文三路90号3幢"
    assert find_private(told[:14]) == ()
    assert brief(told, 14) == "收货信息：‹address›"
