"""What the words on a button intend, in Chinese, English and German; what intends another act is another button."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

#: intent -> its words. Chinese words are looked for anywhere in a text, the longest first; others as whole words.
INTENTS: Mapping[str, str] = {
    "save": "保存 存储 存盘 储存 save store speichern sichern",
    "delete": "删除 移除 清除 作废 删掉 delete remove erase trash void löschen entfernen",
    "clear": "清空 clear empty leeren",
    "approve": "审核通过 审批通过 通过 同意 批准 核准 approve accept agree allow genehmigen annehmen freigeben",
    "refuse": "不通过 不同意 不批准 驳回 拒绝 退回 reject refuse decline deny disapprove ablehnen verweigern",
    "submit": "提交 递交 上报 提交审核 submit absenden einreichen",
    "withdraw": "撤回 撤销 收回 反审核 withdraw revoke recall retract undo widerrufen zurückziehen rückgängig",
    "redo": "重做 恢复 redo restore wiederherstellen",
    "send": "发送 send senden schicken",
    "receive": "接收 收取 receive empfangen",
    "ship": "确认发货 发货 出库 ship dispatch versenden",
    "take_in": "确认收货 收货 入库 签收 take-in einlagern",
    "refund": "退款 退货退款 仅退款 refund erstatten rückerstattung",
    "return_goods": "退货 return retoure",
    "exchange": "换货 exchange umtauschen",
    "pay": "付款 支付 缴费 打款 pay checkout bezahlen zahlen",
    "collect": "收款 催付 collect kassieren",
    "buy": "购买 下单 采购 buy purchase order bestellen kaufen",
    "sell": "出售 卖出 sell verkaufen",
    "cancel": "取消 放弃 cancel abort discard dismiss abbrechen verwerfen",
    "close": "关闭 结束 close schließen beenden",
    "open": "打开 open öffnen",
    "confirm": "确认 确定 好的 ok okay confirm yes bestätigen ja",
    "no": "否 no nein",
    "create": "新增 新建 添加 创建 增加 add create new hinzufügen anlegen neu erstellen",
    "edit": "编辑 修改 变更 更改 edit change modify bearbeiten ändern",
    "view": "查看 详情 明细 预览 view details preview show ansehen anzeigen",
    "hide": "隐藏 收起 折叠 hide collapse ausblenden verbergen",
    "expand": "展开 更多 expand more unfold ausklappen mehr",
    "search": "搜索 查询 检索 查找 search find query lookup suchen suche finden",
    "reset": "重置 reset zurücksetzen",
    "refresh": "刷新 重新加载 refresh reload aktualisieren",
    "export": "导出 下载 export download exportieren herunterladen",
    "import": "导入 上传 import upload importieren hochladen",
    "print": "打印 print drucken",
    "copy": "复制 拷贝 克隆 copy duplicate clone kopieren duplizieren",
    "paste": "粘贴 paste einfügen",
    "cut": "剪切 cut ausschneiden",
    "previous": "上一页 上一步 上一条 上一个 上一张 前一页 上月 前一天 previous prev back earlier zurück vorherige",
    "next": "下一页 下一步 下一条 下一个 下一张 后一页 下月 后一天 next forward continue later weiter nächste",
    "first": "第一页 首页 首条 first erste",
    "last": "最后一页 末页 尾页 末条 last letzte",
    "up": "上移 向上 置顶 up hoch aufwärts",
    "down": "下移 向下 置底 down runter abwärts",
    "left": "左移 向左 left links",
    "right": "右移 向右 right rechts",
    "enable": "启用 开启 激活 上架 enable activate start aktivieren einschalten starten",
    "disable": "禁用 停用 关停 下架 disable deactivate stop pause deaktivieren ausschalten stoppen anhalten",
    "lock": "锁定 冻结 lock freeze sperren",
    "unlock": "解锁 解冻 unlock unfreeze entsperren",
    "select": "选择 勾选 select choose pick auswählen",
    "deselect": "取消选择 反选 取消勾选 deselect unselect abwählen",
    "login": "登录 登陆 login signin anmelden einloggen",
    "logout": "退出登录 注销 登出 退出 logout signout abmelden ausloggen",
    "register": "注册 register signup registrieren",
    "publish": "发布 publish veröffentlichen",
    "unpublish": "取消发布 下线 unpublish",
    "subscribe": "订阅 关注 subscribe follow abonnieren folgen",
    "unsubscribe": "取消订阅 取关 取消关注 unsubscribe unfollow abbestellen entfolgen",
    "merge": "合并 merge join zusammenführen",
    "split": "拆分 split teilen",
    "assign": "分配 指派 assign zuweisen",
    "transfer": "转移 转账 转交 transfer übertragen überweisen",
    "reply": "回复 reply antworten",
    "forward_mail": "转发 weiterleiten",
    "connect": "连接 绑定 connect link bind verbinden",
    "disconnect": "断开 解绑 disconnect unlink unbind trennen",
    "increase": "加一 increase increment zoom-in erhöhen",
    "decrease": "减一 decrease decrement zoom-out verringern",
    "plan": "排期 schedule planen",
    "invoice": "开票 开具发票",
    "red_invoice": "红冲 冲红 storno stornieren",
    "post": "过账 记账 buchen",
    "unpost": "反过账 反记账 取消记账",
    "close_period": "结账 月结",
    "reopen_period": "反结账",
}
#: qualifier -> its words: the same act on another extent, or at another time.
QUALIFIERS: Mapping[str, str] = {
    "all": "全部 所有 全选 全店 一键 all everything every alle alles sämtliche",
    "batch": "批量 batch bulk mass stapel mehrere",
    "draft": "草稿 暂存 draft entwurf",
    "as": "另存 另存为 copy-as",
    "selected": "选中 所选 已选 selected ausgewählte ausgewählt markierte",
    "filtered": "筛选 当前页 本页 filtered page",
    "force": "强制 永久 彻底 force permanently forever endgültig",
    "part": "部分 partial partially teilweise",
    "later": "稍后 定时 later scheduled später",
    "not": "不 未 非 无需 别 not don't without never un nicht kein ohne",
    "already": "已",
    "again": "重新 再次 again re-send resend retry erneut nochmal wiederholen",
    "and": "并且 并 及 和 and und &",
    "test": "测试 模拟 试算 test dry-run simulate probe",
    "history": "历史 记录 日志 history log verlauf protokoll",
    "settings": "设置 配置 settings setup configure einstellungen",
    "template": "模板 template vorlage",
}
#: Said beside another intent, these add nothing: 确认提交 intends what 提交 does.
WEAK = frozenset({"confirm", "select", "open"})
#: A longer text is prose, in which single words say nothing of what a click does.
LONGEST_LABEL = 40
_WORD = re.compile(r"[a-zäöüß]+(?:[-'][a-zäöüß]+)*|&")
_HAN = re.compile(r"[\u3400-\u9fff]+")
_PHRASES = {"sign in": "signin", "log in": "login", "sign out": "signout", "log out": "logout", "log off": "logout"}


@cache
def _lexicon(which: str) -> tuple[tuple[tuple[str, str], ...], Mapping[str, str]]:
    """(Chinese words with their meaning, the longest first; other words -> meaning)."""
    table = INTENTS if which == "intents" else QUALIFIERS
    pairs = [(word, meaning) for meaning, words in table.items() for word in words.split()]
    han = sorted(((w, m) for w, m in pairs if _HAN.match(w)), key=lambda pair: -len(pair[0]))
    return tuple(han), {word: meaning for word, meaning in pairs if not _HAN.match(word)}


@cache
def intents(text: str) -> frozenset[str]:
    """What a text intends; weak words count only where nothing stronger is said."""
    found = _meanings(text, "intents")
    return found - WEAK or found


@cache
def qualifiers(text: str) -> frozenset[str]:
    """What narrows, widens, negates or postpones what a text intends."""
    return _meanings(text, "qualifiers")


def _meanings(text: str, which: str) -> frozenset[str]:
    han, others = _lexicon(which)
    lowered = text.casefold().replace("’", "'")
    for phrase, word in _PHRASES.items():
        lowered = lowered.replace(phrase, word)
    found = {others[word] for word in _WORD.findall(lowered) if word in others}
    for word, meaning in han:
        if word in lowered:
            found.add(meaning)
            lowered = lowered.replace(word, "·")
    return frozenset(found)


def opposed(before: str, now: str) -> str:
    """Why two texts cannot name the same act: other intent, or another qualifier ("" when they can).

    A name that says no intent at all is not opposed to one that is simply another noun; but an act that was gained,
    lost or exchanged is, and so is a qualifier that was gained or lost by a text that intends something.
    """
    if not before or not now or before.casefold() == now.casefold():
        return ""
    if max(len(before), len(now)) > LONGEST_LABEL:
        added = _added(before, now)
        return "other_qualifier" if added and (qualifiers(added) or intents(added)) else ""
    was, is_now = intents(before), intents(now)
    if was != is_now:
        return "other_intent"
    if qualifiers(before) != qualifiers(now):
        return "other_qualifier"
    return ""


def same_act(before: str, now: str) -> bool:
    """Whether two texts say the same act in other words or another language: 保存 and Save."""
    was = intents(before)
    same = bool(was) and was == intents(now) and qualifiers(before) == qualifiers(now)
    return same and not _other_object(before, now)


def _added(before: str, now: str) -> str:
    """What a longer text says before or behind a shorter one that it holds whole; "" when it is another text."""
    short, long = sorted((before.casefold(), now.casefold()), key=len)
    if not (long.startswith(short) or long.endswith(short)) or len(long) - len(short) > LONGEST_LABEL:
        return ""
    return long.removeprefix(short) if long.startswith(short) else long.removesuffix(short)


def _other_object(before: str, now: str) -> bool:
    """Whether one language says two things to act on: "New order" and "New supplier", not 新建订单 and "New order"."""
    was, is_now = _said(before), _said(now)
    one_language = bool(was & is_now) or bool(_HAN.search(before)) == bool(_HAN.search(now))
    objects = [{word for word in words if not (intents(word) or qualifiers(word))} for words in (was, is_now)]
    return one_language and all(objects) and not objects[0] & objects[1]


def _said(text: str) -> set[str]:
    """The words of a text; of Chinese, which has no blanks, the signs that are left beside its words for acts."""
    lowered = text.casefold()
    for which in ("intents", "qualifiers"):
        for word, _ in _lexicon(which)[0]:
            lowered = lowered.replace(word, " ")
    return {*_WORD.findall(lowered), *(sign for run in _HAN.findall(lowered) for sign in run)}
