"""`nightclerk check`: read flows, apps, selectors, bots and config together and report every fault at once."""

from __future__ import annotations

from nightclerk.check.report import Report, check_workspace

__all__ = ["Report", "check_workspace"]
