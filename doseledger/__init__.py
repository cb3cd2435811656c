"""The command line: one command per process and per operator task."""
