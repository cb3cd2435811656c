"""An own PostgreSQL in the data folder: a small supervisor over the binaries that come in a wheel."""
