"""Enter each queued order at a partner that protects nobody from entering it twice: what `nightclerk chaos` works."""

from __future__ import annotations

from dataclasses import dataclass

from nightclerk import ApplicationError, Queue, Refused, Transaction, WebApp, flow, looks

#: How long the page is given to say what became of a save.
ANSWER_S = 1.5
#: How long after a save the request may still be under way to the till; its search is complete and immediate.
UNDER_WAY_S = 3.0
#: How long the depot's search lags at most, by what the depot says of itself.
LAG_S = 4.0


class NoAnswer(ApplicationError):
    """Facts: said."""

    en = "The partner did not say whether it saved the order: {said}"
    zh = "对方没有说明订单是否已保存：{said}"


@dataclass(frozen=True, kw_only=True)
class ChaosOrder:
    """One order to enter at one of the partner's sites; `ref` is our reference, by which it can be searched."""

    ref: str
    site: str
    quantity: int

    @property
    def key(self) -> str:
        return self.ref


chaos_queue = Queue("chaos", of=ChaosOrder)


class Partner(WebApp, selectors="partner"):
    """The order-entry partner: the till's search is complete and immediate, the depot's lags and proves nothing."""

    def sign_in(self) -> None:
        self.open("till/")
        if self["login.form"].exists():
            self["login.user"].fill(self.user)
            self["login.password"].fill(self.secret)
            self["login.enter"].click()
        self["home.user"].wait()

    @looks(conclusive=True, settle_s=UNDER_WAY_S)
    def find_at_till(self, ref: str) -> list[str]:
        return self._search("till", ref)

    @looks(conclusive=False, settle_s=LAG_S)
    def find_at_depot(self, ref: str) -> list[str]:
        return self._search("depot", ref)

    def find(self, order: ChaosOrder) -> list[str]:
        """The numbers of the order at its site (one, if all is well); the strength of the look is that of the site."""
        return self.find_at_till(order.ref) if order.site == "till" else self.find_at_depot(order.ref)

    def shown_quantity(self, ref: str) -> int:
        return int(str(self["search.quantity"].of(ref=ref).read()))

    def fill_order(self, order: ChaosOrder) -> None:
        self.open(f"{order.site}/new")
        self["order.ref"].fill(order.ref)
        self["order.quantity"].fill(str(order.quantity))

    def save_order(self) -> None:
        """Save once and hear the answer; silence is left to the next look."""
        self["order.save"].click()
        said = self["order.said"].texts(timeout_s=ANSWER_S)
        if not said or said[0].startswith("保存成功"):
            return
        if said[0].startswith(("网络异常", "登录已失效")):
            raise NoAnswer(said=said[0])
        raise Refused(said[0])

    def _search(self, site: str, ref: str) -> list[str]:
        self.open(f"{site}/search?ref={ref}")
        self["search.asked"].of(ref=ref).wait()
        return self["search.number"].of(ref=ref).texts()


@flow({"zh": "混沌：录入订单", "en": "Chaos: enter orders"}, each=chaos_queue)
def enter_order(tx: Transaction, partner: Partner, order: ChaosOrder) -> str:
    """Enter one order; return the partner's number for it."""
    with tx.step("Enter the order"):
        number = tx.once(
            look=lambda: partner.find(order), prepare=lambda: partner.fill_order(order), commit=partner.save_order
        )

    with tx.step("Read it back"):
        partner.find(order)
        shown = partner.shown_quantity(order.ref)
        tx.expect(shown == order.quantity, f"{order.ref} says {shown}, the order says {order.quantity}")
    return number
