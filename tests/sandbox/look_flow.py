"""A flow that the rehearsal's tests plan: which app it works is the bot file's word."""

from __future__ import annotations

from nightclerk import Run, flow
from nightclerk.screens import App


@flow("Look at an app")
def look(run: Run, app: App) -> str:
    """The name of the app."""
    return app.selectors
