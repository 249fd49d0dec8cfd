"""What texts on buttons intend, and which of them must never stand in for each other."""

from __future__ import annotations

import pytest

from nightclerk.locate.words import opposed, same_act

OPPOSED = [
    ("保存", "删除"), ("通过", "驳回"), ("通过", "不通过"), ("提交", "撤回"), ("发货", "退款"), ("发货", "取消发货"),
    ("上一页", "下一页"), ("保存", "保存并提交"), ("保存", "存为草稿"), ("发货", "批量发货"), ("导出", "导出全部"),
    ("启用", "禁用"), ("审核", "反审核"), ("确认收货", "确认发货"), ("登录", "退出登录"), ("过账", "反过账"),
    ("Submit", "SubmitAll"), ("Submit", "Submit all"), ("Save", "Save as draft"), ("Remove", "Remove all"),
    ("Reset", "Submit"), ("Approve", "Reject"), ("Previous", "Next"), ("Subscribe", "Unsubscribe"),
    ("Send", "Send later"), ("Speichern", "Löschen"), ("Genehmigen", "Ablehnen"), ("Weiter", "Zurück"),
    ("Senden", "Nicht senden"), ("Alle löschen", "Löschen"), ("订单", "删除订单"),
]  # fmt: skip
SAME = [
    ("保存", "Save"), ("保存", "Speichern"), ("搜索", "查询"), ("提交", "确认提交"), ("Search", "Find"),
    ("新增", "Create"), ("登录", "Sign in"), ("删除", "Löschen"), ("下一页", "Next"), ("导出订单", "下载订单"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "now"), OPPOSED)
def test_other_acts_are_opposed(before: str, now: str) -> None:
    """Another intent, another extent or a negation forbids a healing, both ways round."""
    assert opposed(before, now)
    assert opposed(now, before)


@pytest.mark.parametrize(("before", "now"), SAME)
def test_the_same_act_in_other_words(before: str, now: str) -> None:
    """Synonyms and translations of one act are not opposed."""
    assert not opposed(before, now)
    assert same_act(before, now)


def test_nouns_have_no_intent() -> None:
    """Two names of things are neither opposed nor the same act."""
    assert not opposed("日期", "抬头")
    assert not same_act("日期", "抬头")
