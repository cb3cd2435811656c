"""Background jobs: what is sent to the archive, and what waits to be read."""
