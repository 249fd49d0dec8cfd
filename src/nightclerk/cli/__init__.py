"""The command line: `nightclerk …`. One module a group of words; `main` turns every error into its sentence."""

from __future__ import annotations

import functools
import sys
from typing import Annotated

import typer

from nightclerk.errors import NightClerkError
from nightclerk.speech import speak_cleanly

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_show_locals=False)


def _tell_version(asked: bool) -> None:
    from nightclerk.app import program_version

    if asked:
        print(f"nightclerk {program_version()}")
        raise typer.Exit


@app.callback()
def _about(
    version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="版本 / the version")
    ] = False,
) -> None:
    """夜班：在没有接口的屏幕上替人做夜里的活 / NightClerk works the screens that have no API, at night."""


def main() -> None:
    """Run the command line; an error of ours ends it with one sentence and exit status 1."""
    speak_cleanly()
    _register()
    try:
        app()
    except NightClerkError as error:
        print(error.sentence(), file=sys.stderr)
        raise SystemExit(1) from None


@functools.cache
def _register() -> None:
    """Import the modules that add their words to `app` (late, so that `--help` of one word stays quick)."""
    from nightclerk.cli import (
        chaos,
        consoles,
        demo,
        evidence,
        figures,
        healings,
        invoices,
        items,
        people,
        record,
        rehearse,
        sandbox,
        selectors,
        setup,
        slots,
        vault,
        work,
        workers,
    )

    for module in (
        demo,
        work,
        workers,
        slots,
        rehearse,
        figures,
        vault,
        chaos,
        consoles,
        people,
        items,
        healings,
        evidence,
        record,
        invoices,
        sandbox,
        selectors,
        setup,
    ):
        module.register(app)
