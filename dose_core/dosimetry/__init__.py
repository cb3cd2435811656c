"""Numbers in, estimates out; one file per method. What cannot be computed is refused by name."""
