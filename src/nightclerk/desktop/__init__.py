"""Desktop programs without an API: a desktop of their own, keyboard, clipboard and pictures."""

from nightclerk.desktop.driver import open_desktop

__all__ = ["open_desktop"]
