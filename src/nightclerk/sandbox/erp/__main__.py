"""Start the client: `python -m nightclerk.sandbox.erp --state DIR [--trouble NAME …] [--plain]`."""

from __future__ import annotations

import argparse
from pathlib import Path

from nightclerk.sandbox.troubles import NAMES, Troubles


def main() -> None:
    """Read the arguments and run the client until its window is closed."""
    parser = argparse.ArgumentParser(prog="nightclerk.sandbox.erp", description="A legacy ERP client to practise on.")
    parser.add_argument("--state", type=Path, required=True, help="the sandbox's folder; books go to DIR/books/erp.db")
    parser.add_argument("--trouble", action="append", default=[], choices=NAMES, help="what may go wrong")
    parser.add_argument("--plain", action="store_true", help="without the refusals that every shift meets")
    arguments = parser.parse_args()
    from nightclerk.sandbox.erp.client import Client

    Client(arguments.state, Troubles(arguments.state, arguments.trouble), plain=arguments.plain).run()


if __name__ == "__main__":
    main()
