"""Dose to the skin from the events of a projection exam: beams, phantoms, physics, the map and its peak."""
