"""Watch a run's screen while it works, and take it over: the run's side, and the console's way to it."""

from nightclerk.live.faults import NotHolding, NotLive, TakenAlready
from nightclerk.live.visit import open_live

__all__ = ["NotHolding", "NotLive", "TakenAlready", "open_live"]
