"""NightClerk (夜班): what a flow author imports. Everything else of the engine is internal."""

from nightclerk.domain.mentions import mentions
from nightclerk.errors import ApplicationError, BusinessError, NeedsPerson, Refused, SessionLost
from nightclerk.flow import Queue, flow
from nightclerk.once import looks
from nightclerk.ports import Secret
from nightclerk.run import Run, Transaction
from nightclerk.screens import App, DesktopApp, TerminalApp, WebApp

__all__ = [
    "App",
    "ApplicationError",
    "BusinessError",
    "DesktopApp",
    "NeedsPerson",
    "Queue",
    "Refused",
    "Run",
    "Secret",
    "SessionLost",
    "TerminalApp",
    "Transaction",
    "WebApp",
    "flow",
    "looks",
    "mentions",
]
