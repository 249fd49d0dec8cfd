"""The console's pure parts: parameters, uploads, invoice details, the verdict of the night, texts and assets."""

from __future__ import annotations

import hashlib
import io
import re
from pathlib import Path
from typing import Any

import pytest

from nightclerk.console import assets
from nightclerk.console.pages.invoices import order_numbers
from nightclerk.console.pages.sign_in import _own_path
from nightclerk.console.pages.tonight import QueueLine, verdict
from nightclerk.console.parameters import checked_first, checked_form, keep_upload
from nightclerk.console.rendering import HERE
from nightclerk.console.services import Parameter
from nightclerk.domain.items import Outcome, RunRecord, RunState, Slot, State
from nightclerk.texts import catalogue, language

_KEY = re.compile(r"""\b(?:t|say)\(["'](console\.[a-z_.]+)["'][,)]""")


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        ("int", "12", 12),
        ("Decimal", "5,000.00", "5000.00"),
        ("date", "yesterday", "yesterday"),
        ("date", "2026-11-20", "2026-11-20"),
        ("bool", "on", True),
        ("str", " a ", "a"),
    ],
)
def test_parameters_are_typed(type_: str, text: str, value: Any) -> None:
    """What fits arrives typed; amounts and dates stay text that loses nothing."""
    assert checked_form((Parameter(name="p", type=type_),), {"p": text}) == ({"p": value}, {})


@pytest.mark.parametrize(
    ("parameter", "text", "sentence"),
    [
        (Parameter(name="n", type="int"), "1.5", "n: a whole number is expected."),
        (Parameter(name="d", type="date"), "20/11", "d: a date such as 2026-11-20, or today or yesterday is expected."),
        (Parameter(name="m", type="Decimal"), "NaN", "m: an amount such as 128.00 is expected."),
        (Parameter(name="c", type="Enum", choices=("a", "b")), "x", "c: one of a, b is expected."),
        (Parameter(name="r", required=True), " ", "r: a value is expected."),
    ],
)
def test_wrong_parameters_say_what_was_expected(parameter: Parameter, text: str, sentence: str) -> None:
    """One sentence a field, and no value for it."""
    with language("en"):
        values, wrong = checked_form((parameter,), {parameter.name: text})
    assert (values, wrong) == ({}, {parameter.name: sentence})


def test_first_n_items() -> None:
    """Empty means all; zero and words are no number of items."""
    assert (checked_first(""), checked_first(" 5 ")) == (None, 5)
    for text in ("0", "-1", "five"):
        with language("en"), pytest.raises(Exception, match="a whole number above 0"):
            checked_first(text)


@pytest.mark.parametrize("name", ["../../x.csv", "..\\..\\x.csv", "/etc/x.csv", "C:\\x.csv"])
def test_an_upload_stays_in_its_folder(tmp_path: Path, name: str) -> None:
    """Whatever a file is called, it lands under its content's hash inside the folder."""
    kept = keep_upload(tmp_path, name, io.BytesIO(b"1"))
    assert kept == tmp_path / hashlib.sha256(b"1").hexdigest()[:16] / "x.csv"
    assert kept.read_bytes() == b"1"


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x", ""])
def test_signing_in_never_leads_to_another_site(back: str) -> None:
    """Only paths of this console are followed."""
    assert _own_path(back) == "/tonight"


def test_typed_order_numbers_are_parted_by_anything() -> None:
    """Blanks, commas and Chinese commas, each number once."""
    assert order_numbers("PO-1，PO-2、PO-1 ; PO-3") == ["PO-1", "PO-2", "PO-3"]


@pytest.mark.parametrize(
    ("counts", "outcome", "tone"),
    [
        ({State.DONE: 5}, Outcome.RAN, "good"),
        ({State.WAITING: 1}, Outcome.RAN, "ask"),
        ({State.WAITING: 1}, Outcome.MISSED, "bad"),
        ({State.IN_DOUBT: 1, State.FAILED: 1}, Outcome.MISSED, "doubt"),
    ],
)
def test_the_verdict_names_the_worst(counts: dict[State, int], outcome: Outcome, tone: str, clock: Any) -> None:
    """A doubt outranks a failure, a failure outranks waiting, and only a clean night is good."""
    slot = Slot(slot_id="a", bot="a", planned_for=clock.now(), outcome=outcome)
    assert verdict([slot], [], [QueueLine(name="q", counts=counts)], 0).tone == tone


def test_work_in_progress_is_well() -> None:
    """A running bot alone is no reason to get up."""
    run = RunRecord(run="r", bot="b", flow="f", state=RunState.RUNNING)
    assert verdict([], [run], [], 0).tone == "busy"


def test_every_text_of_the_pages_exists() -> None:
    """Each key that a template or a module asks for is in the catalogue."""
    sources = [*HERE.rglob("*.html"), *HERE.rglob("*.py")]
    asked = {key for source in sources for key in _KEY.findall(source.read_text(encoding="utf-8"))}
    assert len(asked) > 100
    assert asked - set(catalogue()) == set()


def test_the_vendors_files_are_the_ones_we_know() -> None:
    """Another Tabler or htmx must be looked at before it is served."""
    digests = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (assets.tabler_css(), assets.htmx_js())
    }
    assert digests == {
        "tabler.min.css": "b200b267a969ac1163229932a92bc6b2af8ce2d5bd1de056a2ef40b13ded965a",
        "htmx.min.js": "491955cd1810747d7d7b9ccb936400afb760e06d25d53e4572b64b6563b2784e",
    }
