"""Projection X-ray: dose reports and images of XA, RF, DX, CR."""
