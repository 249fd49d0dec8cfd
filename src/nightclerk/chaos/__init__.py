"""Be cruel to bots on purpose and count, in the partner's own books, what it did to the records."""
