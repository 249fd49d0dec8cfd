"""XML that strangers send: parsed without entities or outside references, and looked at by local names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from nightclerk.documents.invoices.faults import BrokenFile, ForbiddenXml, TooMuch

SIZE_LIMIT = 20_000_000
_CHINESE = re.compile(rb"\s*<\?xml[^>]*encoding\s*=\s*[\"'](gb(?:k|2312|18030))[\"'][^>]*\?>", re.IGNORECASE)
_FIGURE = re.compile(r"[+-]?(?:[0-9]{1,18}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})(?:[eE][+-]?[0-9])?")


def parse(content: bytes, file: str) -> Element:
    """The root element; entities, DTDs and outside references are refused."""
    if len(content) > SIZE_LIMIT:
        raise TooMuch(file=file, what=f"{len(content)} bytes of XML", limit=SIZE_LIMIT)
    try:
        return fromstring(_utf8(content), forbid_dtd=True)
    except DefusedXmlException as error:
        raise ForbiddenXml(file=file, why=type(error).__name__) from error
    except (ParseError, ValueError, LookupError) as error:
        raise BrokenFile(file=file, why=str(error)) from error


def _utf8(content: bytes) -> bytes:
    """The parser reads no GBK: a document that declares it is turned into UTF-8 first."""
    declared = _CHINESE.match(content[:200])
    return content[declared.end() :].decode(declared.group(1).decode()).encode() if declared else content


def local(element: Element) -> str:
    """The tag without its namespace."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def walk(element: Element, *names: str) -> Iterator[Element]:
    """Every element at the path of local names below `element` (children only)."""
    if not names:
        yield element
        return
    for child in element:
        if local(child) == names[0]:
            yield from walk(child, *names[1:])


def first(element: Element, *names: str) -> str:
    """The text of the first element at a path; empty when there is none."""
    found = next(walk(element, *names), None)
    return "".join(found.itertext()).strip() if found is not None else ""


def anywhere(element: Element, name: str) -> str:
    """The text of the first descendant of a local name."""
    found = next((child for child in element.iter() if local(child) == name), None)
    return "".join(found.itertext()).strip() if found is not None else ""


def decimal(text: str) -> Decimal | None:
    """A figure of an XML document (point as decimal mark, no thousands); None for anything that no invoice holds."""
    return Decimal(text.strip()) if _FIGURE.fullmatch(text.strip()) else None
