"""Evidence: what a run leaves for auditors (journal, pictures, files), how it is verified and replayed."""

from nightclerk.evidence.budget import Budget
from nightclerk.evidence.film import RunFilm, open_film
from nightclerk.evidence.keys import SigningKey, open_key, trusted_keys

__all__ = ["Budget", "RunFilm", "SigningKey", "open_film", "open_key", "trusted_keys"]
