"""Doors by which other programs open the view of one patient for one person."""
