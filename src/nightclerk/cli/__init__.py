"""The command line: `nightclerk …`. One module a group of words; `main` turns every error into its sentence."""

from __future__ import annotations

import sys

import typer
from loguru import logger

from nightclerk.errors import NightClerkError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_show_locals=False)


def main() -> None:
    """Run the command line; an error of ours ends it with one sentence and exit status 1."""
    logger.remove()
    logger.add(sys.stderr, level="WARNING", diagnose=False, backtrace=False)
    _register()
    try:
        app()
    except NightClerkError as error:
        print(error.sentence(), file=sys.stderr)
        raise SystemExit(1) from None


def _register() -> None:
    """Import the modules that add their words to `app` (late, so that `--help` of one word stays quick)."""
    from nightclerk.cli import consoles, demo, evidence, invoices, people, sandbox, setup, work

    for module in (demo, work, consoles, people, evidence, invoices, sandbox, setup):
        module.register(app)
