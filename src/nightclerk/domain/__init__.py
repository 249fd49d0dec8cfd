"""What the business is about: plain records and pure functions, standard library only."""
