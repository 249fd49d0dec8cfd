"""Finds the style sheet and script that come inside installed packages, so that the console works offline."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from nightclerk.errors import MissingPart
from nightclerk.texts import say

OWN = Path(__file__).parent / "static"


def package_folder(module: str, package: str) -> Path:
    """The folder of an installed package; MissingPart with the remedy when it is not there."""
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise MissingPart(
            code="NO_CONSOLE_ASSETS",
            part=package,
            remedy=say("console.assets.remedy", package=package),
        )
    return Path(spec.origin).parent


def tabler_css() -> Path:
    """Tabler's style sheet, from the starlette-admin wheel."""
    folder = package_folder("starlette_admin", "starlette-admin")
    return folder / "static" / "css" / "vendor" / "tabler.min.css"


def htmx_js() -> Path:
    """htmx 2, from the django-js-lib-htmx wheel (which does not need Django)."""
    return package_folder("js_lib_htmx", "django-js-lib-htmx") / "static" / "htmx" / "htmx.min.js"


class _Cached(StaticFiles):
    """Static files that browsers may keep for a day, checked by ETag afterwards."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "public, max-age=86400, must-revalidate"
        return response


def mount(app: FastAPI) -> None:
    """Serve our own files and the two vendors' folders under /static."""
    app.mount("/static/tabler", _Cached(directory=tabler_css().parent), name="tabler")
    app.mount("/static/htmx", _Cached(directory=htmx_js().parent), name="htmx")
    app.mount("/static", _Cached(directory=OWN), name="static")
