"""An element journals every act, keeps secrets out of it, types what it reads and passes the gate to commit."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from nightclerk import WebApp
from nightclerk.errors import CommitOutsideOnce, ElementNotFound, PermitExpired, SessionLost, WorkspaceError
from nightclerk.gate import CommitGate, Opening
from nightclerk.locate.fake import FakeSurface
from nightclerk.locate.healer import ElementUnsure, HealingNotBorneOut
from nightclerk.locate.reads import UnreadableValue, typed
from nightclerk.ports import Account, ActClass, AppSettings, Found, Permit, Secret, Selector, SelectorSet
from nightclerk.screens import App, Session


def selector(name: str, **more: Any) -> Selector:
    return Selector(name=name, ways=more.pop("ways", ({"css": f".{name}"},)), **more)


SELECTORS = SelectorSet(
    app="shop",
    elements={
        one.name: one
        for one in (
            selector("orders.total", ways=({"text": r"/共 (\d+) 条/"},), reads="int"),
            selector("orders.note"),
            selector("orders.phone", private=True),
            selector("orders.row", ways=({"css": 'tr[data-order="{order}"]'},)),
            selector("orders.ship", commits=True),
            selector("login.password", secret=True),
        )
    },
    signed_out=(selector("signed_out.1"),),
)


class Shop(WebApp, selectors="test_shop"):
    """An app class with a login."""

    def sign_in(self) -> None:
        if not self["orders.total"].exists():
            self["login.password"].fill(self.secret)


class OneSecret:
    """A vault with one entry."""

    def get(self, name: str) -> Secret:
        return Secret(name, "geheim-1")


@pytest.fixture
def surface() -> FakeSurface:
    return FakeSurface(SELECTORS)


@pytest.fixture
def shop(surface: FakeSurface, film: Any, clock: Any, tmp_path: Path) -> Shop:
    return Shop(
        Session(
            surface=surface,
            film=film,
            gate=CommitGate(),
            clock=clock,
            account=Account(name="night", app="shop", user="店:夜班", secret="night"),
            vault=OneSecret(),  # type: ignore[arg-type]
            settings=AppSettings(name="shop", url="http://shop.example/base/"),
            files=tmp_path,
        )
    )


def test_an_edit_is_journalled_with_way_box_and_value(shop: Shop, surface: FakeSurface, film: Any) -> None:
    """One act, one line: verb, class, element, how it was found, where, and what was typed."""
    surface.show("orders.note")
    shop["orders.note"].fill("加急")
    (act,) = film.kinds("act")
    assert (act.verb, act.act_class, act.element, act.value) == ("fill", ActClass.EDIT, "orders.note", "加急")
    assert (act.way, act.where, act.app) == ("css=.orders.note", "fake", "shop")
    assert act.box is not None


def test_a_secret_leaves_no_trace(shop: Shop, surface: FakeSurface, film: Any) -> None:
    """A Secret typed anywhere, and anything read from a secret element, has no value in the journal."""
    surface.show("orders.note")
    surface.show("login.password")
    shop["orders.note"].fill(Secret("night", "geheim-1"))
    shop["login.password"].fill("geheim-1")
    shop["login.password"].read()
    assert [act.value for act in film.kinds("act")] == [None, None, None]
    assert "geheim-1" not in repr(film.lines)


def test_private_values_are_marked_for_the_film(shop: Shop, surface: FakeSurface, film: Any) -> None:
    """The film gets the value with the mark that tells it to digest it."""
    surface.show("orders.phone", "130-0000-1234")
    assert shop["orders.phone"].read() == "130-0000-1234"
    assert film.kinds("act")[0].private


def test_values_fill_placeholders_and_show_in_the_journal(shop: Shop, surface: FakeSurface, film: Any) -> None:
    """`of` makes a new element; the journal says which record was meant."""
    surface.show("orders.row(order=77)", "一行")
    assert shop["orders.row"].of(order=77).read() == "一行"
    act = film.kinds("act")[0]
    assert (act.element, act.way) == ("orders.row(order=77)", 'css=tr[data-order="77"]')


def test_a_commit_is_refused_outside_once(shop: Shop, surface: FakeSurface, film: Any) -> None:
    """Nothing is clicked, and the refusal itself is on film."""
    surface.show("orders.ship")
    with pytest.raises(CommitOutsideOnce, match=r"orders.ship"):
        shop["orders.ship"].click()
    assert surface.acts == []
    assert film.kinds("note") == ["act_failed"]


def test_a_commit_is_on_film_before_it_happens(shop: Shop, surface: FakeSurface, film: Any) -> None:
    """The line with the picture of before is written first, the picture of after follows."""
    surface.show("orders.ship")
    surface.when("click", "orders.ship", lambda: film.note("clicked", {}))
    with shop.session.gate.open() as opening:
        shop["orders.ship"].click()
    assert opening.element == "orders.ship"
    assert [line[0] for line in film.lines] == ["act", "note", "note"]
    assert film.kinds("act")[0].act_class is ActClass.COMMIT
    assert film.kinds("note") == ["clicked", "after_commit"]


def test_a_commit_that_is_not_there_leaves_the_gate_unspent(shop: Shop, surface: FakeSurface) -> None:
    """`once` can tell that nothing was clicked: no commit has passed in this opening."""
    with pytest.raises(ElementNotFound), shop.session.gate.open() as opening:
        shop["orders.ship"].click()
    assert opening.element == ""


def test_a_failed_act_is_on_film_with_its_reason(shop: Shop, film: Any) -> None:
    """The note has the sentence, with people's data masked."""
    with pytest.raises(ElementNotFound, match=r"orders.note did not appear"):
        shop["orders.note"].click()
    name, facts = next(line[1:] for line in film.lines if line[0] == "note")
    assert (name, facts["error"], facts["element"]) == ("act_failed", "ElementNotFound", "orders.note")


def test_an_empty_answer_of_a_lost_session_is_no_answer(shop: Shop, surface: FakeSurface) -> None:
    """exists() must not say "no" when we were logged out: `once` would take that for proof."""
    surface.lose_session()
    with pytest.raises(SessionLost):
        shop["orders.row"].of(order=1).exists()
    with pytest.raises(SessionLost):
        shop["orders.row"].of(order=1).texts()


def test_waiting_for_the_first_of_many_ends(shop: Shop, surface: FakeSurface) -> None:
    """Several at once are an answer for texts and exists; none in time is one too."""
    assert not shop["orders.note"].exists(timeout_s=1.0)
    surface.show("orders.note", "甲", "乙")
    assert shop["orders.note"].exists(timeout_s=1.0)
    assert shop["orders.note"].texts(timeout_s=1.0) == ["甲", "乙"]


def test_signing_in_does_not_trip_over_the_login_screen(shop: Shop, surface: FakeSurface) -> None:
    """Inside sign_in the login screen is expected; afterwards it is watched for again."""
    surface.show("login.password")
    surface.lose_session()
    shop.sign_in()
    assert surface.acts == [("fill", "login.password", "•••")]
    assert surface.selectors.signed_out


def test_what_is_read_has_the_type_of_its_selector(shop: Shop, surface: FakeSurface) -> None:
    """Group 1 of the pattern is read as an int."""
    surface.show("orders.total", "共 1,128 条")
    surface.show("orders.total", "共 128 条")
    assert shop["orders.total"].read() == 128


@pytest.mark.parametrize(
    ("text", "reads", "value"),
    [
        ("1,024", "int", 1024),
        ("¥ -12,345.60 元", "money", Decimal("-12345.60")),
        ("2026年3月5日", "date", date(2026, 3, 5)),
        ("2026/03/05", "date", date(2026, 3, 5)),
        ("2026-03-05 08:30", "datetime", datetime(2026, 3, 5, 0, 30, tzinfo=UTC)),
        (" 文本 ", "", "文本"),
    ],
)
def test_reads(text: str, reads: str, value: object) -> None:
    """Numbers, money, dates and times as Chinese screens write them."""
    assert typed(text, reads, element="orders.total") == value


@pytest.mark.parametrize(("text", "reads"), [("三", "int"), ("12.5", "int"), ("", "money"), ("2026-02-30", "date")])
def test_what_cannot_be_read_is_said(text: str, reads: str) -> None:
    """A text that is none of its type is an error that quotes it, never a guess."""
    with pytest.raises(UnreadableValue, match=f"orders.total says “{text}”, which is no {reads}"):
        typed(text, reads, element="orders.total")


def test_an_unknown_element_names_the_nearest(shop: Shop) -> None:
    """A misspelt name is a fault of the workspace, with the right name in the sentence."""
    with pytest.raises(WorkspaceError, match=r"shop has no element named orders.totl. Did you mean orders.total?"):
        shop["orders.totl"]


def test_paths_are_joined_to_the_apps_url(shop: Shop, surface: FakeSurface) -> None:
    """Flows write paths; where the site is comes from config/apps.yaml."""
    shop.open("orders?day=1")
    shop.open("https://other.example/x")
    assert [value for _, _, value in surface.acts] == [
        "http://shop.example/base/orders?day=1",
        "https://other.example/x",
    ]


def test_app_classes_are_known_by_their_selectors() -> None:
    """Subclassing registers the class; a base without selectors is not registered."""
    assert App.classes["test_shop"] is Shop
    assert "" not in App.classes


def test_a_download_is_kept_as_evidence(shop: Shop, surface: FakeSurface, film: Any, tmp_path: Path) -> None:
    """The file lands in the run's folder, and the film keeps a copy."""
    source = tmp_path / "from" / "订单.csv"
    source.parent.mkdir()
    source.write_text("1")
    surface.send("orders.note", source)
    file = shop["orders.note"].download()
    assert file == tmp_path / "订单.csv"
    assert film.kinds("keep_file") == [file]


class HealingSurface(FakeSurface):
    """Finds `orders.note` only by its fingerprint, sure enough for acts of the class `trust`."""

    trust = ActClass.EDIT

    def find(self, selector: Selector, values: Any, *, timeout_s: float) -> Found:
        found = super().find(selector, values, timeout_s=timeout_s)
        return replace(found, healed=True, trust=self.trust) if selector.name == "orders.note" else found


def healing_shop(shop: Shop, trust: ActClass) -> Shop:
    surface = HealingSurface(SELECTORS)
    surface.trust = trust
    surface.show("orders.note", "")
    surface.show("orders.total", "共 3 条")
    shop.session.surface = surface
    return shop


def test_an_edit_needs_more_than_a_read(shop: Shop) -> None:
    """An element that was found again surely enough to be read is not typed into."""
    shop = healing_shop(shop, ActClass.READ)
    assert shop["orders.note"].read() == ""
    with pytest.raises(ElementUnsure, match=r"orders\.note"):
        shop["orders.note"].fill("急")


def test_a_healed_edit_is_borne_out_by_a_read(shop: Shop) -> None:
    """Without a later read the step fails; with one it holds."""
    shop = healing_shop(shop, ActClass.EDIT)
    shop["orders.note"].fill("急")
    with pytest.raises(HealingNotBorneOut, match=r"orders\.note"):
        shop.session.healer.step_held("备注")
    shop["orders.note"].fill("急")
    shop["orders.total"].read()
    shop.session.healer.step_held("备注")


def test_a_commit_takes_its_permit_to_the_screen(shop: Shop, surface: FakeSurface, clock: Any) -> None:
    """What was slow between the gate and the click is stopped by the surface itself."""
    surface.show("orders.ship")
    surface._clock = clock
    until = clock.now() + timedelta(seconds=20)
    permit = Permit(element="", until_monotonic_s=clock.monotonic() + 20, until_wall=until)
    opening = Opening(permit=permit, check=lambda permit: clock.go(25))
    with pytest.raises(PermitExpired) as raised, shop.session.gate.open(opening):
        shop["orders.ship"].click()
    assert surface.acts == []
    assert opening.knows_nothing_was_clicked(raised.value)
