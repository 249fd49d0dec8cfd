"""The legacy ERP's desktop client, worked by keyboard, window titles and the clipboard."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

from flows.apps.legacy_erp_errors import (
    AnswerLost,
    LoginRefused,
    LostTheWay,
    NotOneVoucher,
    QueryUnclear,
    RecordLocked,
    TooManyRows,
    TotalDiffers,
    TwoVouchers,
)
from nightclerk import ApplicationError, BusinessError, DesktopApp, Refused, SessionLost, looks
from nightclerk.domain.mapping import ErpLine

#: The lists that can be exported, with the digit of their Alt key.
LISTS = {"发货单列表": 2, "现存量": 3, "采购订单列表": 4, "到货单列表": 5}
#: Rows of the voucher form.
FORM_ROWS = 14
_PRODUCT = "云杉ERP"
_LOGIN = "^云杉ERP - 登录$"
_NOT_FOUND = "未找到"
_TIMED_OUT = "^云杉ERP - 会话超时$"
_MAIN = "^云杉ERP - (工作台|销售订单|发货单列表|现存量|采购订单列表|到货单列表)"
_ANSWERS = "^云杉ERP - (提示|警告|错误|询问|会话超时)$"
_STEPS_HOME = 6


class LegacyErp(DesktopApp, selectors="legacy_erp"):
    """Verbs over the client's windows. Every verb starts from the main window and leaves it on top."""

    def sign_in(self) -> None:
        """Start the program if it does not run, and log in if it asks for it."""
        if not any(title.startswith(_PRODUCT) for title in self.windows()):
            self.start()
        if self._on_top(_TIMED_OUT):
            self["login.timed_out"].click()
            self.wait_window(_LOGIN)
        if self._on_top(_LOGIN):
            self._log_in()
        self._go_home()

    def find_customer(self, code: str) -> str | None:
        """The name of the customer with exactly this code; None when the ERP has none."""
        known = self.__dict__.setdefault("_customers", {})
        if code not in known:
            self._go_home()
            self["main.refer"].click()
            self["look_up.filter"].fill(code)
            self["look_up.filter"].press("Enter")
            rows = self["look_up.rows"].rows()
            self["look_up.close"].click()
            known[code] = next((row["客户名称"] for row in rows if row["客户编码"] == code), None)
        name: str | None = known[code]
        return name

    @looks(conclusive=True, settle_s=0.5)
    def find_voucher(self, external_no: str) -> str | None:
        """The number of the voucher with this external number.

        Conclusive: the query reads the books directly, and a client that lost its answer has been ended before
        the next look, so that no save of ours can still be under way.
        """
        rows = self._query("query.external", external_no, answers="外部单号")
        if len(rows) > 1:
            numbers = "、".join(row["单据号"] for row in rows)
            raise TwoVouchers(count=len(rows), external_no=external_no, numbers=numbers)
        return rows[0]["单据号"] if rows else None

    def fill_voucher(
        self, *, customer: str, external_no: str, dated: date, memo: str, lines: Sequence[ErpLine], total: Decimal
    ) -> None:
        """Open a new voucher and fill it in, ready to be saved; the form's own total must be `total`."""
        if len(lines) > FORM_ROWS:
            raise TooManyRows(rows=len(lines), most=FORM_ROWS)
        self._go_home()
        self["main.add"].click()
        self["voucher.adding"].wait()
        self["voucher.customer"].fill(customer)
        self["voucher.external"].fill(external_no)
        self["voucher.dated"].fill(f"{dated:%Y-%m-%d}")
        if memo:
            self["voucher.memo"].fill(memo)
        for row, line in enumerate(lines):
            self._fill_line(row, line)
        shown = self["voucher.total"].read()
        if shown != total:
            raise TotalDiffers(shown=shown, total=total)

    def save_voucher(self) -> None:
        """Press F6 once and hear the answer. Refused when the ERP says no; a lost answer is an ApplicationError."""
        self["voucher.ready"].wait()
        self["voucher.save"].click()
        answer = self._answer()
        if "重复" in answer:
            self["box.yes"].click()
            self["box.question"].wait_gone()
            answer = self._answer()
        if "保存成功" in answer:
            self._close_box()
        else:
            self._refuse(answer)

    def voucher_total(self, number: str) -> Decimal:
        """The total of a saved voucher, as the ERP's books have it."""
        rows = self._query("query.number", number, answers="单据号")
        if len(rows) != 1:
            raise NotOneVoucher(number=number, count=len(rows))
        return Decimal(rows[0]["价税合计"])

    def export_list(self, name: str) -> Path:
        """Export one of `LISTS` to a CSV file among the run's files."""
        self._go_home()
        self["main.list"].of(n=LISTS[name]).click()
        self.wait_window(f"^云杉ERP - {name}$")
        self["lists.export"].click()
        self["save_as.path"].fill(str(self.session.files.resolve() / f"{name}.csv"))
        file = self["save_as.save"].download()
        self["box.any"].wait()
        self._close_box()
        self["lists.back"].click()
        return file

    # ------------------------------------------------------------------------------------------ inside

    def _log_in(self) -> None:
        self["login.user"].fill(self.user)
        self["login.password"].fill(self.secret)
        self["login.enter"].click()
        shown = self.wait_window(f"{_MAIN}|^云杉ERP - 错误$")
        if "错误" in shown:
            said = sentence(self.copy())
            self._close_box()
            raise LoginRefused(user=self.user, said=said, kind="login")

    def _go_home(self) -> None:
        """Leave whatever an earlier item left open, without ever saving it, until the order form is viewed."""
        for _ in range(_STEPS_HOME):
            title = self.windows()[0] if self.windows() else ""
            if "销售订单 - 浏览" in title:
                return
            if "询问" in title:
                self["box.no"].click()
                self.wait_window("^云杉ERP - 销售订单")
            elif "销售订单 - 新增" in title:
                self["main.give_up"].click()
                self.wait_window("^云杉ERP - (询问|销售订单 - 浏览)")
            elif self["box.any"].exists():
                self._close_box()
            elif self["query.close"].exists() or self["look_up.close"].exists():
                self.press("Escape")
                self.wait_window(_MAIN)
            else:
                self["main.orders"].click()
                self.wait_window("^云杉ERP - 销售订单")
        raise LostTheWay(showed=", ".join(self.windows()[:2]))

    def _fill_line(self, row: int, line: ErpLine) -> None:
        """Fill one line. Leaving the item's cell may bring up a box: keys that were typed ahead would answer it,
        so that the total is read (a proof that no box came) before the next cell is typed."""
        try:
            self["voucher.item"].of(row=row).fill(line.item)
            self["voucher.total"].read()
            self["voucher.quantity"].of(row=row).fill(str(line.quantity))
            self["voucher.price"].of(row=row).fill(f"{line.price:.2f}")
        except ApplicationError:
            if not self["box.any"].exists():
                raise
            said = sentence(self.copy())
            self._close_box()
            raise BusinessError(said) from None

    def _query(self, field: str, text: str, *, answers: str) -> list[dict[str, str]]:
        """The vouchers that F3 finds. The window must answer for exactly `text`, be it with 未找到: an empty list
        that shows nothing could also be a query that never ran."""
        self._go_home()
        self["main.query"].click()
        self[field].fill(text)
        self[field].press("Enter")
        rows = self["query.rows"].rows()
        self["query.close"].click()
        self["voucher.viewing"].wait()
        if [row for row in rows if _NOT_FOUND in row.values() and text in row.values()]:
            return []
        if not rows or any(row[answers] != text for row in rows):
            raise QueryUnclear(asked=text, rows=len(rows))
        return rows

    def _answer(self) -> str:
        """The text of the box that answers a save."""
        title = self.wait_window(_ANSWERS)
        if "会话超时" in title:
            raise SessionLost(app=self.selectors, showed=title)
        return sentence(self.copy())

    def _refuse(self, answer: str) -> None:
        """Raise what a box that is no success means; a box that says no to the record itself is a refusal."""
        if "网络" in answer or "超时" in answer:
            raise AnswerLost(said=answer)
        self._close_box()
        if "正在被" in answer or "锁定" in answer:
            raise RecordLocked(said=answer)
        raise Refused(answer)

    def _close_box(self) -> None:
        self["box.close"].click()
        self["box.any"].wait_gone()

    def _on_top(self, title: str) -> bool:
        shown = self.windows()
        return bool(shown) and re.search(title, shown[0]) is not None


def sentence(copied: str) -> str:
    """What a Windows message box says, out of the text that Ctrl+C gives: without title, rules and buttons."""
    parts = [part.strip() for part in copied.split("-" * 27)]
    body = parts[2] if len(parts) > 3 else copied
    return " ".join(line.strip() for line in body.splitlines() if line.strip())
