"""Tryton's desktop client: located and read through its accessibility tree, worked with real mouse and keys."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

from flows.apps.legacy_erp_errors import AnswerLost, LostTheWay, NotOneVoucher, TotalDiffers, TwoVouchers
from nightclerk import ApplicationError, BusinessError, DesktopApp, looks
from nightclerk.domain.mapping import ErpLine

_BOX = "^$"  # the password, a question, an error: the client's boxes have no title
_MAIN = "(^| - )Tryton$"
_SEARCH = "^Search "
_LINE = "› Lines$"
_POLL_S = 0.1
_ANSWER_S = 20.0
_STEPS_HOME = 8


class NoSuchCode(BusinessError):
    """Facts: code."""

    zh = "Tryton 中没有唯一对应编码 {code} 的客户或商品。请在 Tryton 建档，或修改 config/mapping。"
    en = "Tryton has no single customer or item with the code {code}. Create it there, or mend config/mapping."


class NoAnswer(ApplicationError):
    """Facts: asked. The list may still show the answer to an earlier question, so it is not believed."""

    zh = "Tryton 没有回应查询“{asked}”，列表不可信，稍后重试。"
    en = "Tryton did not answer the search “{asked}”; its list is not believed, and the item is tried again."


class TrytonClient(DesktopApp, selectors="tryton"):
    """Verbs over the client's sale window. A sale that was only saved is a draft without a number of its own;
    its reference, which is our order number, names it."""

    def sign_in(self) -> None:
        """Start the program if it does not run, and give the password if it asks for it."""
        if not self.windows():
            self.start()
        if self._on_top(_BOX):
            self["login.password"].fill(self.secret)
            self["login.enter"].click()
        self.wait_window(_MAIN)
        self["sales.listed"].wait()

    def find_customer(self, code: str) -> str | None:
        """The name of the customer with exactly this code; None when Tryton has none."""
        known = self.__dict__.setdefault("_customers", {})
        if code not in known:
            self._go_home()
            self["sales.new"].click()
            self["sale.party"].fill(code)
            self["sale.party"].press("F2")
            self.wait_window(_SEARCH)
            rows = self["found.rows"].rows()
            self["found.cancel"].click()
            self.wait_window(_MAIN)
            known[code] = next((row["Name"] for row in rows if row["Code"] == code), None)
        name: str | None = known[code]
        return name

    @looks(conclusive=True, settle_s=2.0)
    def find_voucher(self, external_no: str) -> str | None:
        """The reference of the sale that carries this number of ours.

        Conclusive: the client blocks while the server answers, so that the list on the screen is the answer; and a
        client that lost an answer has been ended before the next look. settle_s covers a save that the server was
        still at work on when its client died.
        """
        rows = self._search(external_no)
        if len(rows) > 1:
            raise TwoVouchers(count=len(rows), external_no=external_no, numbers=external_no)
        return rows[0]["Reference"] if rows else None

    def fill_voucher(
        self, *, customer: str, external_no: str, dated: date, memo: str, lines: Sequence[ErpLine], total: Decimal
    ) -> None:
        """Open a new sale and fill it in, ready to be saved; the form's own total must be `total`."""
        self._go_home()
        self["sales.new"].click()
        self._look_up("sale.party", customer)
        self["sale.reference"].fill(external_no)
        self["sale.description"].fill(memo or f"{dated:%Y-%m-%d}")
        for line in lines:
            self._fill_line(line)
        shown = self._says("sale.total", lambda text: amount(text) == total)
        if amount(shown) != total:
            raise TotalDiffers(shown=shown, total=total)
        self["sale.saved"].wait_gone()

    def save_voucher(self) -> None:
        """Save once and wait for the client to say so."""
        self["sale.save"].click()
        if not self["sale.saved"].exists(timeout_s=_ANSWER_S):
            raise AnswerLost(said=", ".join(self.windows()[:1]))

    def voucher_total(self, number: str) -> Decimal:
        """The total of a saved sale, read from its form as the server gives it."""
        rows = self._search(number)
        if len(rows) != 1:
            raise NotOneVoucher(number=number, count=len(rows))
        self["sales.switch"].click()
        self._says("sale.reference", lambda reference: reference == number)
        return amount(str(self["sale.total"].read())) or Decimal(0)

    # ------------------------------------------------------------------------------------------ inside

    def _go_home(self) -> None:
        """Show the list of sales, leaving whatever an earlier item left open without saving it."""
        for _ in range(_STEPS_HOME):
            if self._on_top(_BOX):
                self["box.no"].click()
                self["box.no"].wait_gone()
            elif self._on_top(_SEARCH):
                self["found.cancel"].click()
                self["found.cancel"].wait_gone()
            elif self._on_top(_LINE):
                self["line.delete"].click()
                self["line.delete"].wait_gone()
            elif self._listed():
                return
            else:
                self["sales.switch"].click()
                self._wait_for(lambda: self._on_top(_BOX) or self._listed())
        raise LostTheWay(showed=", ".join(self.windows()[:2]))

    def _listed(self) -> bool:
        """Whether the list is shown; an empty form has a search bar too, over its lines."""
        return not self["sale.party"].exists() and self["sales.listed"].exists()

    def _search(self, reference: str) -> list[dict[str, str]]:
        """The sales with this reference. The client rewrites what was typed when it has the answer."""
        self._go_home()
        self["sales.search"].fill(f"reference: ={reference}")
        self["sales.search"].press("Enter")
        asked = f"Reference: ={reference}"
        if self._says("sales.search", lambda text: text == asked) != asked:
            raise NoAnswer(asked=asked)
        return self["sales.rows"].rows()

    def _look_up(self, field: str, code: str) -> None:
        """Type a code and leave the field: the client puts the one name there, or opens a window to choose from."""
        self[field].fill(code)
        self[field].press("Tab")
        self._wait_for(lambda: self._on_top(_SEARCH) or self[field].read() != code)
        if self._on_top(_SEARCH):
            self["found.cancel"].click()
            raise NoSuchCode(code=code)

    def _fill_line(self, line: ErpLine) -> None:
        self["sale.add_line"].click()
        self.wait_window(_LINE)
        self._look_up("line.product", line.item)
        self["line.quantity"].fill(str(line.quantity))
        self["line.quantity"].press("Tab")
        self["line.price"].fill(f"{line.price:.2f}")
        self["line.price"].press("Tab")
        shown = self._says("line.amount", lambda text: amount(text) == line.amount)
        if amount(shown) != line.amount:
            raise TotalDiffers(shown=shown, total=line.amount)
        self["line.ok"].click()
        self.wait_window(_MAIN)

    def _says(self, name: str, holds: Callable[[str], bool]) -> str:
        """What an element says once `holds` is true of it; what it says at the end of the time else."""
        said = str(self[name].read())

        def said_it() -> bool:
            nonlocal said
            said = str(self[name].read())
            return holds(said)

        if not holds(said):
            self._wait_for(said_it)
        return said

    def _wait_for(self, condition: Callable[[], bool]) -> bool:
        """Wait until `condition` holds; False when it did not in the app's own time."""
        clock, pause = self.session.clock, threading.Event()
        deadline = clock.monotonic() + self.session.settings.timeout_s
        while not condition():
            if clock.monotonic() > deadline:
                return False
            pause.wait(_POLL_S)
        return True

    def _on_top(self, title: str) -> bool:
        shown = self.windows()
        return bool(shown) and re.search(title, shown[0]) is not None


def amount(text: str) -> Decimal | None:
    """An amount as the client shows it ("1,280.00"); None for an empty field."""
    plain = text.replace(",", "").strip()
    return Decimal(plain) if plain else None
