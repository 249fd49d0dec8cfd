"""Filling values into ways without letting them break out of the language that they stand in."""

from __future__ import annotations

import pytest

from nightclerk.errors import WorkspaceError
from nightclerk.locate.deciding import FALLBACK_GRACE_S, Try, decide
from nightclerk.locate.ways import filled, widened

NASTY = """a"b'c]\\d"""


def fill(way: dict[str, str], value: str = NASTY) -> str:
    (text,) = filled(way, {"v": value}, element="orders.row", where="f.yaml:3").values()
    return text


@pytest.mark.parametrize(
    ("template", "value", "wanted"),
    [
        ('tr[data-order="{v}"]', "123", 'tr[data-order="123"]'),
        ('tr[data-order="{v}"]', NASTY, 'tr[data-order="a\\22 b\\27 c]\\5c d"]'),
        ("#row-{v}", "1 2", "#row-\\31 \\20 \\32 "),
        ('tr:text-matches("(^| ){v}$")', "1.5", 'tr:text-matches("(^| )1\\5c .5$")'),
    ],
)
def test_css_values_cannot_end_their_string(template: str, value: str, wanted: str) -> None:
    """Quotes, brackets and backslashes are escaped, differently inside and outside of quotes."""
    assert fill({"css": template}, value) == wanted


def test_xpath_values_with_both_quotes_become_concat() -> None:
    """XPath has no escapes, so a value with both kinds of quotes is joined from pieces."""
    assert fill({"xpath": '//td[.="{v}"]'}, "a'b") == '//td[.="a\'b"]'
    assert fill({"xpath": "//td[.='{v}']"}, "a'b\"c") == """//td[.=concat("a'b", '"', "c")]"""


def test_values_are_literal_inside_patterns() -> None:
    """A value in a `/pattern/` matches itself and is no pattern of its own."""
    assert fill({"text": "/订单 {v}$/"}, "1.5+") == r"/订单 1\.5\+$/"
    assert fill({"text": "订单 {v}"}, "1.5+") == "订单 1.5+"
    assert fill({"text": "{v}"}, "/.*/") == r"/^/\.\*/$/"


def test_a_missing_value_names_the_element_and_the_remedy() -> None:
    """Forgetting `.of(...)` says which value of which element is missing."""
    with pytest.raises(
        WorkspaceError, match=r'f.yaml:3: orders.row needs a value for v. Give it with app\["orders.row"\].of'
    ):
        filled({"css": "#{v}"}, {}, element="orders.row", where="f.yaml:3")


def test_widened_ways_fit_every_value() -> None:
    """For masking, a placeholder means any value; where that has no form there is no way."""
    assert widened({"css": 'tr[data-order="{v}"] .phone'}) == {"css": "tr[data-order] .phone"}
    assert widened({"role": "cell", "name": "电话({v})"}) == {"role": "cell", "name": "/电话\\(.+\\)/"}
    assert widened({"css": "#row-{v}"}) is None


def tries(*fits: int) -> list[Try]:
    return [Try(way={"css": f".w{n}"}, position=n, fits=fit) for n, fit in enumerate(fits)]


@pytest.mark.parametrize(
    ("fits", "waited_s", "ending", "position"),
    [
        ((1, 1), 0, "found", 0),
        ((0, 1), 0, "missing", None),  # the first way may still be loading
        ((0, 1), FALLBACK_GRACE_S, "found", 1),
        ((3, 1), FALLBACK_GRACE_S, "found", 1),
        ((3, 0), FALLBACK_GRACE_S, "ambiguous", 0),
        ((0, 2), FALLBACK_GRACE_S, "ambiguous", 1),
        ((0, 0), FALLBACK_GRACE_S, "missing", None),
    ],
)
def test_only_a_unique_hit_is_believed(
    fits: tuple[int, ...], waited_s: float, ending: str, position: int | None
) -> None:
    """Ways count in order, each only when exactly one thing fits, and later ones only after a grace time."""
    decision = decide(tries(*fits), waited_s=waited_s)
    assert decision.ending == ending
    assert (decision.chosen.position if decision.chosen else None) == position


def test_the_way_that_was_right_before_needs_no_grace() -> None:
    """On a redesigned page only the first use of a fallback waits."""
    assert decide(tries(0, 1), waited_s=0, last_time=1).ending == "found"
