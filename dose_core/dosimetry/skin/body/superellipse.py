"""Closed curves between an ellipse and a rectangle: |x/a|^n + |y/b|^n = 1."""

import math

import numpy as np

from dose_core.dosimetry.skin.beam import Floats

_DENSE = 360  # points of the polygon that stands for the curve
_ROUNDEST, _SQUAREST = 2.0, 6.0  # exponents: an ellipse, and almost a rectangle
_STEPS = 30  # bisections: to a thousand-millionth


def outline(breadth: Floats, depth: Floats, exponent: Floats) -> Floats:
    """
    Return (sections, points, 2): places on each curve, from the front by the left and the back.

    The front is at negative y. The places crowd where the curve is flat; ``evenly`` spaces them.
    """
    angle = 2 * np.pi * np.arange(_DENSE) / _DENSE
    power = 2.0 / exponent[:, None]
    x = np.sign(np.sin(angle)) * np.abs(np.sin(angle)) ** power * breadth[:, None] / 2
    y = -np.sign(np.cos(angle)) * np.abs(np.cos(angle)) ** power * depth[:, None] / 2
    return np.stack([x, y], axis=-1)


def evenly(rings: Floats, points: int, start: float = 0.0) -> Floats:
    """Return (rings, points, 2) at equal ways along closed polygons, the first at ``start`` of their length."""
    closed = np.concatenate([rings, rings[:, :1]], axis=1)
    way = np.cumsum(np.linalg.norm(np.diff(closed, axis=1), axis=2), axis=1)
    way = np.concatenate([np.zeros((len(rings), 1)), way / way[:, -1:]], axis=1)
    # One after the other, with a space between, the ways of all rings are one increasing row of numbers.
    apart = 2.0 * np.arange(len(rings))[:, None]
    at = apart + (start + np.arange(points) / points) % 1.0
    found = [np.interp(at.ravel(), (way + apart).ravel(), closed[:, :, axis].ravel()) for axis in (0, 1)]
    return np.stack(found, axis=-1).reshape(len(rings), points, 2)


def ways(rings: Floats) -> Floats:
    """Return the length around each closed polygon."""
    around: Floats = np.linalg.norm(np.roll(rings, -1, axis=1) - rings, axis=2).sum(axis=1)
    return around


def areas(breadth: Floats, depth: Floats, exponent: Floats) -> Floats:
    """Return the area in each curve: b d Γ(1 + 1/n)² / Γ(1 + 2/n)."""
    part = np.array([math.gamma(1 + 1 / n) ** 2 / math.gamma(1 + 2 / n) for n in exponent])
    inside: Floats = breadth * depth * part
    return inside


def perimeter(breadth: float, depth: float, exponent: float) -> float:
    """Return the length around one curve, in the unit of its breadth and depth."""
    return float(ways(outline(np.array([breadth]), np.array([depth]), np.array([exponent])))[0])


def exponent_for(around: float, breadth: float, depth: float) -> float:
    """Return the exponent of the curve with that perimeter, at least an ellipse and at most almost a rectangle."""
    low, high = _ROUNDEST, _SQUAREST
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if perimeter(breadth, depth, middle) < around else (low, middle)
    return (low + high) / 2


def breadth_for(around: float, depth: float, exponent: float) -> float:
    """Return the breadth of the curve with that perimeter and depth; 0 if the depth alone is more."""
    low, high = 0.0, around / 2
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if perimeter(middle, depth, exponent) < around else (low, middle)
    return (low + high) / 2
