"""The web console: where staff, finance and auditors see the night shift, answer its questions and replay its runs."""
