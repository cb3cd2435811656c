"""Many statements about one study in, one exam out: each event once, each value with its source."""
