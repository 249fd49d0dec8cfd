"""A flow that signs in with a code which only a person has."""

from __future__ import annotations

from dataclasses import dataclass

from nightclerk import Queue, Transaction, WebApp, flow


class Shop(WebApp, selectors="shop"):
    """A shop that asks for a code."""


@dataclass(frozen=True, kw_only=True)
class Coded:
    key: str


coded = Queue("coded", of=Coded)


@flow("Sign in with a code", each=coded)
def enter(tx: Transaction, shop: Shop, item: Coded) -> str:
    """How the shop greets."""
    with tx.step("Sign in"):
        shop.open("/code")
        code = tx.ask("Which code came by text message?", kind="login_code", hold_s=1200)
        shop["page.code"].fill(code)
        shop["page.go"].click()
        return shop["page.title"].read()
