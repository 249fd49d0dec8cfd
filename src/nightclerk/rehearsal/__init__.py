"""The rehearsal: a read-only pass before the shift that says what would break while somebody is still awake."""

from __future__ import annotations

from nightclerk.rehearsal.rehearse import Finding as Finding
from nightclerk.rehearsal.rehearse import due_bots as due_bots
from nightclerk.rehearsal.rehearse import rehearse as rehearse
