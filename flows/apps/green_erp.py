"""The ERP's green screens, worked over a terminal line: VT in Chinese, 3270 in English, one set of verbs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from flows.apps.legacy_erp_errors import (
    LoginRefused,
    LostTheWay,
    NotOneVoucher,
    QueryUnclear,
    RecordLocked,
    TooManyRows,
    TotalDiffers,
    TwoVouchers,
)
from nightclerk import Refused, TerminalApp, looks
from nightclerk.domain.mapping import ErpLine

#: Rows of the order screen.
FORM_ROWS = 8
_STEPS_HOME = 4


class GreenErp(TerminalApp, selectors="green_erp"):
    """Verbs over the screens. Every verb starts from the main menu and leaves it on the screen."""

    def sign_in(self) -> None:
        """Dial if the line is down, and log in if the host asks for it."""
        if not self.running():
            self.start()
        if self["login.user"].exists():
            self["login.user"].fill(self.user)
            self["login.password"].fill(self.secret)
            self["login.enter"].click()
            self["login.answered"].wait()
            if not self["menu.choice"].exists():
                raise LoginRefused(user=self.user, said=str(self["screen.message"].read()), kind="login")
        self._go_home()

    def find_customer(self, code: str) -> str | None:
        """The name of the customer with exactly this code; None when the ERP has none."""
        self._choose(3)
        self["customers.code"].fill(code)
        self["customers.find"].click()
        self["customers.answer"].wait()
        found = self["customers.name"].exists()
        name = str(self["customers.name"].read()) if found else None
        self._back()
        return name

    @looks(conclusive=True, settle_s=0.5)
    def find_voucher(self, external_no: str) -> str | None:
        """The number of the voucher with this external number.

        Conclusive: the query reads the books directly, and a session that lost its answer has been hung up before
        the next look; the host ends its program with the line.
        """
        rows = self._query("query.external", external_no)
        if len(rows) > 1:
            raise TwoVouchers(count=len(rows), external_no=external_no, numbers="、".join(row[0] for row in rows))
        return rows[0][0] if rows else None

    def fill_voucher(
        self, *, customer: str, external_no: str, dated: date, memo: str, lines: Sequence[ErpLine], total: Decimal
    ) -> None:
        """Open the order screen and fill it in; the screen's own total must be `total` before anything is saved."""
        if len(lines) > FORM_ROWS:
            raise TooManyRows(rows=len(lines), most=FORM_ROWS)
        self._choose(1)
        self["voucher.customer"].fill(customer)
        self["voucher.external"].fill(external_no)
        self["voucher.dated"].fill(f"{dated:%Y-%m-%d}")
        if memo and self["voucher.memo"].exists():
            self["voucher.memo"].fill(memo)
        for row, line in enumerate(lines):
            self["voucher.item"].of(row=9 + row).fill(line.item)
            self["voucher.quantity"].of(row=9 + row).fill(str(line.quantity))
            self["voucher.price"].of(row=9 + row).fill(f"{line.price:.2f}")
        self["voucher.add_up"].click()
        self["voucher.added_up"].of(total=f"{total:.2f}").wait(timeout_s=5)
        shown = self["voucher.total"].read()
        if shown != total:
            raise TotalDiffers(shown=shown, total=total)

    def save_voucher(self) -> None:
        """Press F6 once and read the message line. Refused when the ERP says no."""
        self["voucher.save"].click()
        self["screen.answered"].wait()
        if self["renumber.answer"].exists():
            self["renumber.answer"].fill("Y")
            self["renumber.enter"].click()
            self["screen.message"].wait()
        if self["screen.saved"].exists():
            return
        answer = str(self["screen.message"].read())
        self._go_home()
        if self["screen.locked"].exists() or "锁定" in answer or "LOCKED" in answer:
            raise RecordLocked(said=answer)
        raise Refused(answer)

    def voucher_total(self, number: str) -> Decimal:
        """The total of a saved voucher, as the ERP's books have it."""
        rows = self._query("query.number", number)
        if len(rows) != 1:
            raise NotOneVoucher(number=number, count=len(rows))
        return Decimal(rows[0][-1])

    # ------------------------------------------------------------------------------------------ inside

    def _go_home(self) -> None:
        """Leave whatever an earlier item left open, without ever saving it."""
        for _ in range(_STEPS_HOME):
            if self["menu.choice"].exists():
                return
            if self["renumber.answer"].exists():
                self["renumber.answer"].fill("N")
                self["renumber.enter"].click()
            else:
                self["screen.back"].click()
            self["menu.choice"].exists(timeout_s=1)
        raise LostTheWay(showed=self.lines()[0])

    def _back(self) -> None:
        """Back to the menu, and see it there: a key that is pressed into the screen before would be lost."""
        self["screen.back"].click()
        self["menu.choice"].wait()

    def _choose(self, option: int) -> None:
        self._go_home()
        self["menu.choice"].fill(str(option))
        self["menu.enter"].click()

    def _query(self, field: str, text: str) -> list[list[str]]:
        """The rows that the query shows, as cells. The screen must answer: a list or “not found”."""
        self._choose(2)
        self[field].fill(text)
        self["query.find"].click()
        self["query.answer"].wait()
        rows = [list(row.values()) for row in self["query.rows"].rows()] if self["query.found"].exists() else []
        self._back()
        if any(text not in row for row in rows):
            raise QueryUnclear(asked=text, rows=len(rows))
        return rows


class MainframeErp(GreenErp, selectors="mainframe_erp"):
    """The same ERP on a 3270, in English."""
