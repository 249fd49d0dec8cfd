"""Terminal screens: a VT program (ssh, telnet, any command) or a 3270 host, worked through labels and positions."""

from nightclerk.terminal.driver import open_terminal

__all__ = ["open_terminal"]
