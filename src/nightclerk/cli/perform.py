"""The word that a worker starts for each run: kept apart, so that a run loads nothing but what runs need."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from nightclerk.child import perform_run
from nightclerk.cli.common import WorkspaceOption, the_workspace_on_duty
from nightclerk.domain.items import RunState
from nightclerk.errors import StoreUnreachable
from nightclerk.speech import speak_cleanly
from nightclerk.work.pulse import NO_BOOKS, end_with_parent


def register(app: typer.Typer) -> None:
    """Add this word to the command line."""
    app.command("perform", hidden=True)(perform)


def perform(
    run: str,
    workspace: WorkspaceOption = None,
    with_parent: Annotated[bool, typer.Option()] = False,
    worker: Annotated[str, typer.Option()] = "",
    beaten: Annotated[float | None, typer.Option()] = None,
) -> None:
    """Perform a queued run in this process (a worker calls this)."""
    speak_cleanly(output_too=True)
    if with_parent:
        end_with_parent(beaten)
    try:
        state = perform_run(the_workspace_on_duty(workspace), run, worker=worker)
    except StoreUnreachable as error:
        print(error.sentence(), file=sys.stderr)
        raise typer.Exit(NO_BOOKS) from None
    raise typer.Exit(0 if state is RunState.DONE else 1)
