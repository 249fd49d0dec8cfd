"""The command line: `nightclerk …`. One module a group of words; `main` turns every error into its sentence."""

from __future__ import annotations

import functools
import importlib
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
    register(sys.argv[1] if len(sys.argv) > 1 else "")
    try:
        app()
    except NightClerkError as error:
        print(error.sentence(), file=sys.stderr)
        raise SystemExit(1) from None


#: The modules of this folder, in the order of the overview, and the words that each adds to `app`.
WORDS = {
    "demo": ("demo",),
    "work": ("run", "shift"),
    "perform": ("perform",),
    "workers": ("worker", "workers", "runs", "pause", "resume", "cancel"),
    "slots": ("slots", "event"),
    "rehearse": ("rehearse",),
    "figures": ("report", "metrics", "messages"),
    "vault": ("vault",),
    "chaos": ("chaos",),
    "consoles": ("console",),
    "people": ("tasks", "task", "answer"),
    "items": ("items",),
    "healings": ("healings",),
    "evidence": ("evidence",),
    "record": ("record",),
    "invoices": ("invoices",),
    "sandbox": ("sandbox",),
    "selectors": ("selectors",),
    "setup": ("init", "check", "doctor"),
}


def register(word: str = "") -> None:
    """Add the module of one word to `app`, or all of them where it is none of our words (an overview, a mistake).

    One module loads in a fraction of the time of all: each run is a process of its own that says one word.
    """
    homes = [home for home, words in WORDS.items() if word in words]
    for home in homes or WORDS:
        _add(home)


@functools.cache
def _add(home: str) -> None:
    importlib.import_module(f"nightclerk.cli.{home}").register(app)
