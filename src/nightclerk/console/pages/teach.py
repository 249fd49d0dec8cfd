"""Teaching an invoice's layout by marking: draw a box over each value once, see at once what the marks read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import Response

from nightclerk.console import pdf_pages
from nightclerk.console.pages.common import renderer_of, services_of, told
from nightclerk.console.pages.invoices import file_of
from nightclerk.console.pages.items import item_or_404
from nightclerk.documents.invoices.taught import FOLDER, TEACHABLE
from nightclerk.documents.invoices.teaching import CannotTeach, mark_of, teach
from nightclerk.domain.invoices import Field
from nightclerk.domain.items import WorkItem
from nightclerk.reviews import invoices as reviews
from nightclerk.texts import say

router = APIRouter()


@router.get("/teach/{key:path}")
def teach_page(request: Request, key: str) -> Response:
    item = item_or_404(services_of(request), reviews.QUEUE, key)
    seller = reviews.row_of(item).seller
    typed = {"name": re.sub(r"[^\w-]+", "-", seller).strip("-")[:60], "when": seller, "marks": ""}
    return _show(request, item, typed=typed)


def _show(
    request: Request, item: WorkItem, *, typed: Mapping[str, str], error: str = "",
    found: Mapping[str, Field] | None = None, status: int = 200,
) -> Response:  # fmt: skip
    path = file_of(services_of(request), item)
    return renderer_of(request).page(
        request, "teach.html", status=status, item=item, typed=typed, error=error, found=found, fields=TEACHABLE,
        sizes=pdf_pages.page_sizes(path) if path else [],
    )  # fmt: skip


@router.post("/teach/{key:path}")
def keep_layout(
    request: Request,
    key: str,
    name: Annotated[str, Form()] = "",
    when: Annotated[str, Form()] = "",
    marks: Annotated[str, Form()] = "",
) -> Response:
    """Keep the layout if every mark says something; the invoices that come from now on are read with it."""
    services = services_of(request)
    item = item_or_404(services, reviews.QUEUE, key)
    path, typed = file_of(services, item), {"name": name, "when": when, "marks": marks}
    if path is None:
        raise HTTPException(404, "console.invoice.changed")
    try:
        drawn = [mark_of(line) for line in marks.split("\n") if line.strip()]
        found = teach(services.workspace / FOLDER, path, name=name.strip(), when=when, marks=drawn)
    except CannotTeach as error:
        return _show(request, item, typed=typed, error=error.sentence(), status=422)
    except ValueError:
        return _show(request, item, typed=typed, error=say("console.teach.bad_mark"), status=422)
    told(request, "teach", layout=name.strip(), fields=sorted(found))
    return _show(request, item, typed=typed, found=found)
