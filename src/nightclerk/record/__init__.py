"""The recorder: what a person does once in a browser becomes a flow, an app class, selectors, a bot and a test."""

from nightclerk.record.recorder import GoingOn, Outcome, Request, record
from nightclerk.record.recordings import replay

__all__ = ["GoingOn", "Outcome", "Request", "record", "replay"]
