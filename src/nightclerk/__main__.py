"""`python -m nightclerk` is the command line."""

from nightclerk.cli import main

main()
