"""Telling people: what happened becomes a message once, and each channel gets it once, grouped, with patience."""

from __future__ import annotations

from nightclerk.messages.files import Channel as Channel
from nightclerk.messages.files import Messaging as Messaging
from nightclerk.messages.files import load_messaging as load_messaging
from nightclerk.messages.post import Post as Post
