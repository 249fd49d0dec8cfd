"""How the OA (协同办公平台) is worked: payment requests are filled in, submitted and found again; never approved."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from nightclerk import ApplicationError, BusinessError, NeedsPerson, Refused, WebApp, looks
from nightclerk.domain.approvals import PaymentRequest

#: What the page says when the answer, not the form, is at fault: the request may have landed.
NO_ANSWER = ("网络异常", "登录超时")
DRAFT = "草稿"


class Oa(WebApp, selectors="oa"):
    def sign_in(self) -> None:
        self.open("login")
        self["login.user"].fill(self.user)
        self["login.password"].fill(self.secret)
        self["login.enter"].click()
        if not self["home.sign_out"].exists(timeout_s=self.session.settings.timeout_s):
            if self["login.wrong"].exists():
                raise NeedsPerson(f"OA: the login of {self.user} was refused, check its password")
            self["home.sign_out"].wait()

    def sign_out(self) -> None:
        self["home.sign_out"].click()

    @looks(conclusive=True, settle_s=3.0)
    def find_request(self, reference: str) -> str | None:
        """The number of the submitted request whose title carries our reference; a draft does not count."""
        self.open("workflow/mine")
        self["mine.search"].fill(reference)
        self["mine.find"].click()
        self["mine.shown"].of(text=reference).wait()
        rows = self["mine.list"].rows()
        found = [row for row in rows if reference in row.get("标题", "") and row["状态"] != DRAFT]
        if len(found) > 1:
            numbers = ", ".join(row["流程编号"] for row in found)
            raise NeedsPerson(f"OA: {len(found)} requests carry {reference} ({numbers}); withdraw all but one")
        return found[0]["流程编号"] if found else None

    def fill_payment(self, request: PaymentRequest, attachments: Sequence[Path]) -> None:
        """Leave a new payment form filled in, with its files uploaded."""
        self.open("workflow/new")
        self["payment.title"].fill(f"付款申请-{request.supplier}-{request.reference}")
        self.choose_payee(request.supplier)
        self["payment.purpose"].fill(request.purpose or f"支付 {len(request.invoices)} 张发票")
        for row, invoice in enumerate(request.invoices, start=1):
            if row > 1:
                self["payment.add"].click()
            self["payment.invoice"].of(row=row).fill(invoice.number)
            self["payment.order"].of(row=row).fill(invoice.order)
            self["payment.amount"].of(row=row).fill(f"{invoice.amount:.2f}")
        self.attach(attachments)
        shown = self["payment.total"].read()
        if shown != request.amount:
            raise ApplicationError(f"OA: the form adds up to {shown} instead of {request.amount}")

    def attach(self, files: Sequence[Path]) -> None:
        """Upload files to the form that is open. BusinessError when the OA does not take one of them."""
        self["payment.files"].upload(files)
        self["payment.uploaded"].of(count=len(files)).wait()
        if self["payment.complaint"].exists():
            raise BusinessError(f"OA：{self['payment.complaint'].read()}")

    def choose_payee(self, supplier: str) -> None:
        """Pick the payee in the chooser window. BusinessError when the OA has no such supplier."""
        self["payment.browse"].click()
        self["payees.search"].fill(supplier)
        self["payees.find"].click()
        self["payees.answered"].of(name=supplier).wait()
        if self["payees.none"].exists():
            raise BusinessError(f"OA 中没有收款单位“{supplier}”，请先在 OA 建档，或更正供应商名称。")
        self["payees.row"].of(name=supplier).click()
        self["payment.payee"].of(name=supplier).wait()

    def submit_payment(self) -> None:
        """Submit the filled form. Refused in the OA's own words when it says no."""
        self["payment.submit"].click()
        self["payment.answered"].wait()
        if self["payment.complaint"].exists():
            said = str(self["payment.complaint"].read())
            if said.startswith(NO_ANSWER):
                raise ApplicationError(f"OA: {said}")
            raise Refused(f"OA：{said}")

    def request_total(self, number: str) -> Decimal:
        """What a submitted request adds up to."""
        self.open(f"workflow/view/{number}")
        self["view.number"].wait()
        total = self["view.total"].read()
        assert isinstance(total, Decimal)
        return total
