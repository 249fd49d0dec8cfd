"""The recorder's bar: it works by mouse and keys, stays where it is put, and is never recorded itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from nightclerk.record.live import Live
from nightclerk.record.recorder import recording_browser
from nightclerk.record.script import Person
from tests.record.kit import bar_box, desk


@pytest.fixture
def person() -> Iterator[Person]:
    """A person with a recorder over the form."""
    with desk() as site, recording_browser(headless=True) as context:
        live = Live(context)
        live.start()
        context.pages[0].goto(f"{site.url}/form.html")
        live.pump()
        live.events.clear()
        yield Person(live, context.pages[0])


@pytest.mark.slow
def test_the_bar_is_no_part_of_what_is_recorded(person: Person) -> None:
    """Its clicks and drags make no event, it is not in the kept page, and it stays where it was put."""
    page, (x, y, width, _) = person.page, bar_box(person.page)
    page.mouse.move(x + 30, y + 18)
    page.mouse.down()
    page.mouse.move(200, 300, steps=4)
    page.mouse.up()
    page.mouse.click(200 - 30 + width - 30, 300)
    person.settle()
    assert person.live.events == []
    assert person.live.stopped
    page.reload()
    person.settle()
    assert [round(value) for value in bar_box(page)[:2]] == [170, 282]
    person.click(page.get_by_label("含赠品"))
    assert [event.kind for event in person.live.events] == ["open", "check"]
    assert "nightclerk-bar" not in str(person.live.events[-1].page)


@pytest.mark.slow
def test_what_is_pointed_at_is_not_clicked(person: Person) -> None:
    """A read swallows the click; the next click is the page's again."""
    gift = person.page.get_by_label("含赠品")
    person.read(gift)
    assert (gift.is_checked(), [event.kind for event in person.live.events]) == (False, ["read"])
    person.click(gift)
    assert gift.is_checked()


@pytest.mark.slow
def test_a_question_is_answered_in_the_bar(person: Person) -> None:
    """The choices stand below the bar; a click on one is its place."""
    asked = {"id": "key", "question": "?", "choices": ["订单号", "客户"], "likely": 0}
    person.page.evaluate("q => window.__nightclerk.ask(q)", asked)
    x, y, _, height = bar_box(person.page)
    person.page.mouse.click(x + 40, y + height - 20)
    person.settle()
    assert person.live.ask("key", "?", ["订单号", "客户"], 0) == 1
    assert person.live.events == []
