"""Queries, one file per thing that is asked for. None commits."""
