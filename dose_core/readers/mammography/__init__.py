"""Mammography: dose reports and images."""
