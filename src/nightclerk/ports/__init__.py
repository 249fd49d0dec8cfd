"""What the engine needs from outside, as Protocols: store, clock, surface (page or desktop), film, vault, notifier."""

from nightclerk.ports.clock import Clock
from nightclerk.ports.film import Act, Film
from nightclerk.ports.live import Gesture, Hand, Hands, LiveRuns, Phase, Sight, Then, Touched
from nightclerk.ports.people import Account, Notifier, Secret, Vault
from nightclerk.ports.selectors import Popup, Selector, SelectorSet
from nightclerk.ports.store import Leases, Ledger, Queues, Runs, Slots, Store, Tasks
from nightclerk.ports.surface import (
    ActClass,
    AppSettings,
    Box,
    DesktopSurface,
    Found,
    Frame,
    Permit,
    ScreenState,
    Surface,
    TerminalSurface,
    WebSurface,
)

__all__ = [
    "Account",
    "Act",
    "ActClass",
    "AppSettings",
    "Box",
    "Clock",
    "DesktopSurface",
    "Film",
    "Found",
    "Frame",
    "Gesture",
    "Hand",
    "Hands",
    "Leases",
    "Ledger",
    "LiveRuns",
    "Notifier",
    "Permit",
    "Phase",
    "Popup",
    "Queues",
    "Runs",
    "ScreenState",
    "Secret",
    "Selector",
    "SelectorSet",
    "Sight",
    "Slots",
    "Store",
    "Surface",
    "Tasks",
    "TerminalSurface",
    "Then",
    "Touched",
    "Vault",
    "WebSurface",
]
