"""Dose screens that carry numbers in their header."""
