"""Do the names that flows and app classes use stand in the selector files, and the other way round?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nightclerk.check.source import AppClass, Mention, Source
from nightclerk.locate.files import STARTER, LoadedSelectors
from nightclerk.locate.ways import placeholders
from nightclerk.ports import Selector
from nightclerk.texts import say
from nightclerk.workspace import Fault, nearest


def element_faults(source: Source, selectors: Mapping[str, LoadedSelectors]) -> Iterator[Fault]:
    """Every name that the code uses and that no selector file describes."""
    for app_class in source.apps.values():
        if app_class.app:
            yield from _class_faults(app_class, source, selectors)
    for mention in source.mentions:
        yield from _unknown(mention, source.app_of(mention.app_class), selectors)


def _class_faults(app_class: AppClass, source: Source, selectors: Mapping[str, LoadedSelectors]) -> Iterator[Fault]:
    """A base class is checked against the selectors of each app that is made from it."""
    for ancestor in source.lineage(app_class.name):
        for mention in ancestor.mentions:
            yield from _unknown(mention, app_class.app, selectors)


def _unknown(mention: Mention, app: str, selectors: Mapping[str, LoadedSelectors]) -> Iterator[Fault]:
    if app not in selectors:
        return
    known = selectors[app].selectors.elements
    if mention.element not in known:
        expected = say("check.unknown_element", element=mention.element, app=app)
        yield Fault(where=mention.where, expected=expected, remedy=nearest(mention.element, known))
    elif mention.given is not None:
        yield from _values(mention, known)


def _values(mention: Mention, elements: Mapping[str, Selector]) -> Iterator[Fault]:
    """`.of(order=…)` must fill the `{placeholders}`; more than that only makes the journal clearer."""
    given = mention.given or frozenset()
    for name in sorted(_placeholders(mention.element, elements) - given):
        expected = say("check.no_value", element=mention.element, name=name, given=", ".join(given))
        remedy = say("check.no_value_remedy", name=name)
        yield Fault(where=mention.where, expected=expected, remedy=remedy)


def _placeholders(name: str, elements: Mapping[str, Selector]) -> set[str]:
    found: set[str] = set()
    for _ in range(10):  # a ring of `within` is told by the reader of the selectors
        if name not in elements:
            break
        found |= set().union(*(placeholders(way) for way in elements[name].ways))
        name = elements[name].within
    return found


def unused_elements(source: Source, selectors: Mapping[str, LoadedSelectors]) -> Iterator[Fault]:
    """Elements that no code and no other element names: often a screen that was renamed by half."""
    for app, loaded in selectors.items():
        elements = loaded.selectors.elements
        used = source.strings | {name for one in elements.values() for name in _needs(one)}
        for name, selector in elements.items():
            if selector.private or loaded.layer_of(name) == STARTER:
                continue  # masks pictures even where no code touches it; the starter's own are not the user's
            if name not in used and not name.startswith(tuple(source.prefixes)):
                expected = say("check.unused_element", element=name, app=app)
                yield Fault(where=selector.where, expected=expected, remedy=say("check.unused_remedy"))


def _needs(selector: Selector) -> Iterator[str]:
    """The other elements that a selector leans on."""
    yield from (selector.within, selector.frame)
