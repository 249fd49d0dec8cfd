"""Who sends and who receives an international invoice: named blocks, sender's lines, addresses and VAT numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from nightclerk.documents.invoices.lettering import Cell, Line, field_of
from nightclerk.domain.invoices import Field

_SELLER = re.compile(
    r"^(?:verkäufer|lieferant|rechnungssteller|rechnungsaussteller|auftragnehmer"
    r"|leistungserbringer|absender|seller|from|vendor|supplier|issued by|remit to"
    r"|vendeur|fournisseur|émetteur|emetteur|prestataire|von|de|expéditeur|payee|fornitore|cedente|emisor|proveedor|leverancier)\s*(?:/\s*\w+)?\s*:?$",
    re.IGNORECASE,
)
_BUYER = re.compile(
    r"^(?:käufer(?:/leistungsempfänger)?|kunde|auftraggeber|rechnungs(?:empfänger|adresse"
    r"|anschrift)|rechnung an|leistungsempfänger|empfänger"
    r"|buyer|bill(?:ed)? to|bill-to|invoice(?:d)? to|sold to|customer|client|to"
    r"|billing address|invoice address|recipient"
    r"|facturé à|facture à|adresse (?:du |de )?(?:client|facturation)|destinataire"
    r"|acheteur|à|client facturé|adressé à"
    r"|spett\.?(?:le|abile)|cliente|destinatario|facturar a|klant|factuuradres|aan)\s*:?$",
    re.IGNORECASE,
)
#: Labels with the name behind them in the same cell.
_INLINE = re.compile(r"^(?P<label>[^\W\d_][\w /éàäöüÉ'-]{1,30}?)\s*:\s+(?P<name>\S.*)$")
_NAME_KEY = re.compile(
    r"^(?:(?:name|nom)\s*:?|(?:firma|company|société|raison sociale|unternehmen|company name)\s*:)\s+(?P<name>.+)$",
    re.IGNORECASE,
)
_SKIPPED = re.compile(
    r"^(?:herrn?|frau|firma|fa\.|an|mr\.?|mrs\.?|ms\.?|m\.|mme\.?|monsieur|madame|to:?"
    r"|logo|nummer:?.*|globale nummer:?.*|number:?.*|id\b.*|contact\b.*)$",
    re.IGNORECASE,
)
_TOWN = re.compile(
    r"(?:^|[ ,])(?:[A-Z]{1,2}[- ])?(?:\d{4,5}\s?[A-ZÄÖÜÉ][\w.'-]+|\d{5}-\d{4})|\b[A-Z]{2}\s+\d{5}(?:-\d{4})?\b"
    r"|\b[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}\b|\b\d{3}\s?\d{2}\s[A-Z][a-z]+"
)
_STREET = re.compile(
    r"(?:str\.|straße|strasse|weg|allee|platz|gasse|ring|damm|ufer|hof)\s*\d*|\b(?:street"
    r"|road|avenue|lane|st\.|rd\.|ave\.?|drive|blvd|way|rue|avenue|chemin|place"
    r"|boulevard|impasse|quai|allée|route)\b|^\d{1,4}\s?\w?,?\s\S|\s\d{1,4}\s?[a-z]?$|postfach|p\.?o\.? box|^bp\s",
    re.IGNORECASE,
)
_PARTED = re.compile(r"\s*[·•●|∙*;]\s*|\s+[-–—]\s+|,\s+")
_COMPANY = re.compile(
    r"\b(?:GmbH|AG|KG|OHG|e\.\s?K\.|UG|GbR|mbH|e\.\s?V\.|SE|SARL|SAS|SASU|SA|EURL|SCI"
    r"|Ltd\.?|LLC|Inc\.?|plc|PLC|LLP|Corp\.?|B\.?V\.?|S\.?p\.?A\.?|S\.?r\.?l\.?"
    r"|a\.\s?G\.)(?!\w)"
)
VAT_ID = re.compile(
    r"(?<![A-Z0-9])(?:DE ?(?:\d ?){9}|ATU ?\d{8}|FR ?[A-HJ-NP-Z0-9]{2} ?(?:\d ?){9}"
    r"|GB ?(?:\d ?){9}(?:\d{3})?|CHE[- ]?\d{3}\.?\d{3}\.?\d{3}(?: ?(?:MWST|TVA|IVA))?"
    r"|NL ?\d{9}B\d{2}|BE ?[01](?:[ .]?\d){9}|LU ?\d{8}|IT ?\d{11}|ES ?[A-Z]\d{7}[A-Z0-9]"
    r"|PL ?\d{10}|DK ?\d{8}|SE ?\d{12}|CZ ?\d{8,10}|IE ?\d\w\d{5}[A-Z]{1,2})(?![A-Z0-9])"
)
_VAT_WORD = re.compile(r"ust|umsatzsteuer|vat|tva|tax|mwst|uid", re.IGNORECASE)
_BUYER_WORD = re.compile(r"\b(?:ihre?|kunden?|käufer|your|customer|client|buyer|votre|empfänger)\b", re.IGNORECASE)


@dataclass
class Block:
    """Cells one below the other that end in a town: an address."""

    cells: list[Cell]
    page: int
    role: str = ""

    @property
    def top(self) -> float:
        return self.cells[0].line.base

    @property
    def bottom(self) -> float:
        return self.cells[-1].line.base

    @property
    def x0(self) -> float:
        return min(cell.x0 for cell in self.cells)

    @property
    def name(self) -> tuple[str, Cell] | None:
        kept = [cell for cell in self.cells if not _SKIPPED.match(cell.text) and not _label(cell.text)]
        return (_clean(kept[0].text), kept[0]) if kept else None


def parties_of(pages: Sequence[Sequence[Line]]) -> dict[str, Field]:
    """`seller`, `buyer` and their tax ids, as far as the pages say who is who."""
    found: dict[str, Field] = {}
    first = pages[0] if pages else []
    for lines in pages[:2]:
        for role, field in _labelled(lines):
            if re.search(r"[^\W\d_]{3}|[^\W\d_]{2}\b.*[^\W\d_]{2}", str(field.value)):
                found.setdefault(role, field)
    for role, field in _unlabelled(first, found).items():
        found.setdefault(role, field)
    if "seller" not in found:
        company = _company(pages, str(found["buyer"].value) if "buyer" in found else "")
        if company is not None:
            found["seller"] = company
    found.update(_tax_ids(pages, found))
    return found


def _label(text: str) -> str:
    return "seller" if _SELLER.match(text.strip()) else "buyer" if _BUYER.match(text.strip()) else ""


def _clean(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip(" ,;:|·•-")


# ---------------------------------------------------------------------------------------------- labels


def _labelled(lines: Sequence[Line]) -> Iterator[tuple[str, Field]]:
    """Names below or behind a word such as Kunde, Bill to, Vendeur."""
    for index, line in enumerate(lines):
        for cell in line.cells:
            inline = _INLINE.match(cell.text)
            role = _label(cell.text) or (_label(inline["label"]) if inline else "")
            if not role:
                role, name = _label_before(cell)
                if role:
                    yield role, cell.field(_clean(_first_part(name)))
                continue
            if inline and _label(inline["label"]):
                yield role, cell.field(_clean(_first_part(inline["name"])), inline.start("name"))
                continue
            named = _under(cell, lines[index + 1 : index + 9]) or _next(cell)
            if named is not None:
                yield role, named


def _label_before(cell: Cell) -> tuple[str, str]:
    """`Bill to Example Ltd, 5 Road, Town`: the label runs into the name, in bold or not."""
    for pattern in (_BUYER, _SELLER):
        head = re.match(r"(?:\S+\s){1,2}?(?=\S)", cell.text)
        for words in (2, 1):
            parts = cell.text.split(" ")
            address = _TOWN.search(cell.text) or _one_line(cell.text) or cell.text.count(",") > 1
            if head and len(parts) > words + 1 and pattern.match(" ".join(parts[:words])) and address:
                return ("buyer" if pattern is _BUYER else "seller"), " ".join(parts[words:])
    return "", ""


def _first_part(text: str) -> str:
    """The name of a one-line address."""
    parts = _PARTED.split(text)
    return parts[0] if len(parts) > 1 and (_TOWN.search(text) or len(parts) > 2) else text


def _next(cell: Cell) -> Field | None:
    after = [other for other in cell.line.cells if other.start > cell.start]
    if not after or _label(after[0].text) or not re.search(r"[^\W\d_]{2}", after[0].text) or ":" in after[0].text:
        return None
    return after[0].field(_clean(_first_part(after[0].text)))


def _under(label: Cell, below: Sequence[Line]) -> Field | None:
    base, size = label.line.base, label.line.size
    for line in below:
        if line.base - base > 2.6 * max(size, line.size):
            return None
        cells = [
            cell for cell in line.cells if cell.x0 - 6 <= label.x0 <= cell.x1 or label.x0 - 6 <= cell.x0 <= label.x1
        ]
        if not cells:
            continue
        cell, base = cells[0], line.base
        beside = [other for other in line.cells if other.start > cell.start]
        if re.fullmatch(r"(?:name|nom|firma|company)\s*:?", cell.text, re.IGNORECASE) and beside:
            return beside[0].field(_clean(beside[0].text))
        keyed = _NAME_KEY.match(cell.text)
        if keyed:
            return cell.field(_clean(keyed["name"]), keyed.start("name"))
        if (
            _SKIPPED.match(cell.text)
            or re.fullmatch(r"[\w .-]{2,20}:", cell.text)
            or not re.search(r"[^\W\d_]", cell.text)
        ):
            continue
        if _label(cell.text):
            return None
        return _whole_name(cell, below)
    return None


def _whole_name(cell: Cell, below: Sequence[Line]) -> Field:
    """The name of a block; a legal form in the row below belongs to it."""
    after = [c for line in below if 0 < line.base - cell.line.base < 1.5 * cell.line.size for c in line.cells]
    more = [c for c in after if abs(c.x0 - cell.x0) < 3 and _COMPANY.search(c.text) and not _STREET.search(c.text)]
    name = _clean(_first_part(cell.text))
    return cell.field(f"{name} {_clean(more[0].text)}" if more and not _COMPANY.search(name) else name)


# ------------------------------------------------------------------------------------------- addresses


def _unlabelled(lines: Sequence[Line], known: dict[str, Field]) -> dict[str, Field]:
    """By the sender's line above the window, else by where the addresses stand."""
    found: dict[str, Field] = {}
    sender = _sender(lines)
    blocks = [block for block in _blocks(lines) if block.name]
    if sender is not None:
        seller, cell = sender
        blocks = [block for block in (_without_tail(block, cell) for block in blocks) if block.name]
        found["seller"] = cell.field(seller, 0, len(seller))
        under = [
            b for b in blocks if b.top > cell.line.base and abs(b.x0 - cell.x0) < 40 and b.top - cell.line.base < 60
        ]
        below = [
            c for line in lines if 0 < line.base - cell.line.base < 45 for c in line.cells if abs(c.x0 - cell.x0) < 40
        ]
        named = [
            c
            for c in below
            if re.match(r"[^\W\d_]", c.text) and not _SKIPPED.match(c.text) and c.marks[0].size > cell.marks[0].size
        ]
        if under:
            found["buyer"] = _named(under[0])
        elif named:
            found["buyer"] = named[0].field(_clean(named[0].text))
    other = {role: str(field.value).casefold() for role, field in {**found, **known}.items()}
    rest = [b for b in blocks if b.name and b.name[0].casefold() not in other.values()]
    rest = [b for b in rest if not _delivery(b, lines)]
    if "seller" not in other and "buyer" not in other and len(rest) >= 2:
        first, second = sorted(rest[:2], key=lambda block: (block.top, block.x0))
        if _speaks_of_itself(second, lines) and not _speaks_of_itself(first, lines):
            first, second = second, first
        found["seller"], found["buyer"] = _named(first), _named(second)
    elif "seller" not in other and rest and ("buyer" in other or _speaks_of_itself(rest[0], lines)):
        found["seller"] = _named(rest[0])
    elif "buyer" not in other and rest and "seller" in other:
        found["buyer"] = _named(rest[0])
    return found


def _without_tail(block: Block, sender: Cell) -> Block:
    """The block without the town of a sender's line that was wrapped behind its postal code."""
    if not re.search(r"\b\d{4,5}$", sender.text.strip()):
        return block
    size = sender.marks[0].size
    tail = [cell for cell in block.cells if 0 < cell.line.base - sender.line.base < 1.6 * size]
    kept = [cell for cell in block.cells if cell not in tail or abs(cell.marks[0].size - size) > 0.1]
    return replace(block, cells=kept or block.cells)


def _named(block: Block) -> Field:
    name = block.name
    assert name is not None
    return name[1].field(name[0])


def _sender(lines: Sequence[Line]) -> tuple[str, Cell] | None:
    """Name, street and town in one small row, parted by points or strokes, in the upper half of the page."""
    for line in lines:
        for cell in line.cells:
            parts = [part for part in _PARTED.split(cell.text) if part]
            if not _one_line(cell.text) or len(parts) > 5 or line.base >= 300:
                continue
            if not re.search(r"\d{3}|@", parts[0]) and not _label_before(cell)[0]:
                return _clean(parts[0]), cell
    return None


def _blocks(lines: Sequence[Line]) -> list[Block]:
    """Addresses in reading order: from a row with a town upwards, as long as the rows stand close and aligned."""
    blocks = []
    for index, line in enumerate(lines):
        for cell in line.cells:
            if not _TOWN.search(cell.text) or len(cell.text) > 60 or VAT_ID.search(cell.text):
                continue
            stack = _upwards(cell, lines[:index])
            if 2 <= len(stack) <= 7 and any(_STREET.search(one.text) for one in stack[1:]):
                blocks.append(Block(cells=stack, page=cell.marks[0].page))
    return sorted(blocks, key=lambda block: (block.top, block.x0))


def _upwards(cell: Cell, above: Sequence[Line]) -> list[Cell]:
    stack = [cell]
    for line in reversed(above):
        gap = stack[0].line.base - line.base
        if gap > 2.1 * max(line.size, stack[0].line.size):
            break
        aligned = [other for other in line.cells if abs(other.x0 - cell.x0) < 3]
        if not aligned:
            continue
        if (
            _label(aligned[0].text)
            or re.search(r":\s|\d{2}\.\d{2}\.\d{4}|@", aligned[0].text)
            or _one_line(aligned[0].text)
        ):
            break
        stack.insert(0, aligned[0])
    return stack


def _one_line(text: str) -> bool:
    """A whole address in one row."""
    parts = [part for part in _PARTED.split(text) if part]
    town = len(parts) >= 3 and (_TOWN.search(text) or re.match(r"(?:[A-Z]{1,2}-)?\d{4,5}\b", parts[2]))
    return bool(town and _STREET.search(parts[1]))


def _delivery(block: Block, lines: Sequence[Line]) -> bool:
    """An address under a word such as Lieferadresse or Ship to."""
    words = re.compile(
        r"liefer(?:adresse|anschrift|ung)|ship(?:ped)? to|deliver|livr|warenempfänger|payee|bénéficiaire", re.IGNORECASE
    )
    near = [c for line in lines if 0 < block.top - line.base < 30 for c in line.cells if abs(c.x0 - block.x0) < 30]
    return any(words.search(cell.text) for cell in near)


def _speaks_of_itself(block: Block, lines: Sequence[Line]) -> bool:
    """Telephone, mail, VAT number or bank in the rows right below, in the same column."""
    own = re.compile(r"tel\b|tel[.:]|fon|phone|@|www\.|ust|vat|tva|siret|iban|fax", re.IGNORECASE)
    near = [c for line in lines if 0 < line.base - block.bottom < 45 for c in line.cells if abs(c.x0 - block.x0) < 12]
    return any(own.search(cell.text) for cell in near)


def _company(pages: Sequence[Sequence[Line]], buyer: str) -> Field | None:
    """A company in the letterhead, else in the footer; else what stands above a street at the top."""
    lines = pages[0] if pages else ()
    head = [line for line in lines[:8] if line.base < 200]
    for line in (*head, *lines[-8:]):
        for cell in line.cells:
            part = _clean(_PARTED.split(cell.text)[0])
            if _COMPANY.search(part) and 3 < len(part) < 60 and part.casefold() != buyer.casefold() and ":" not in part:
                return cell.field(part, 0, len(part))
    for line, after in pairwise(head):
        if _STREET.search(after.text) and _TOWN.search(after.text) and len(line.cells) == 1:
            return line.cells[0].field(_clean(line.cells[0].text))
    return None


# --------------------------------------------------------------------------------------------- tax ids


def _tax_ids(pages: Sequence[Sequence[Line]], names: dict[str, Field]) -> dict[str, Field]:
    """VAT numbers: the one in the buyer's block or with a word for the customer is the buyer's."""
    found: dict[str, Field] = {}
    for lines in pages:
        for index, line in enumerate(lines):
            for cell in line.cells:
                for match in VAT_ID.finditer(cell.text):
                    value = re.sub(r"[\s.]", "", match.group())
                    role = _role(cell, match, lines[max(0, index - 9) : index], names)
                    field = field_of(value, line.glyphs(cell.start + match.start(), cell.start + match.end()))
                    if role and not any(str(other.value) == value for other in found.values()):
                        found.setdefault(f"{role}_tax_id", field)
    return found


def _role(cell: Cell, match: re.Match[str], above: Iterable[Line], names: dict[str, Field]) -> str:
    label = cell.text[: match.start()] or " ".join(c.text for c in cell.line.cells if c.start < cell.start)
    if re.search(r"IBAN|BIC", label):
        return ""
    if _BUYER_WORD.search(label):
        return "buyer"
    nearest: tuple[float, str] | None = None
    for role in ("seller", "buyer"):
        box = names[role].box if role in names else None
        if box is None or names[role].page != cell.marks[0].page:
            continue
        down = cell.line.base - box[3]
        if -4 <= down <= 90 and abs(cell.x0 - box[0]) < 90:
            nearest = min(nearest or (1e9, ""), (down + abs(cell.x0 - box[0]), role))
    return nearest[1] if nearest else "seller"
