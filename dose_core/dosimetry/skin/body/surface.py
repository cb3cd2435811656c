"""
The closed surface of a body: rings of places, joined to tubes, two of which leave the trunk at the crotch.

Head, trunk and legs are one closed surface: the last ring of the trunk is cut by a seam from front to back, and each
half with the seam is the first ring of a leg. Each arm is a closed surface of its own.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dose_core.dosimetry.skin.beam import Floats
from dose_core.dosimetry.skin.body.sections import Sections
from dose_core.dosimetry.skin.body.smooth import refined
from dose_core.dosimetry.skin.body.superellipse import evenly, outline, ways

Indices = NDArray[np.intp]

TRUNK, LEFT_LEG, RIGHT_LEG, LEFT_ARM, RIGHT_ARM = range(5)
RIGHT = (RIGHT_LEG, RIGHT_ARM)
_FEWEST = 8  # places around the thinnest tube that still is one
_THIN_MM = 1e-6  # a section without extent is the end of a tube
_MIRROR = np.array([-1.0, 1.0, 1.0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """
    Vertices and cells: four corners each, counter-clockwise seen from outside, the last twice where there are three.

    ``turn`` says where around its tube a cell is: from -0.5 to 0.5 of the way around, 0 in the middle of the back, more
    towards the patient's left. ``around_mm`` is that way.
    """

    vertices_mm: Floats  # (k, 3)
    corners: Indices  # (n, 4)
    tube: Indices  # (n,) TRUNK, ...
    turn: Floats  # (n,)
    around_mm: Floats  # (n,)

    def triangles(self) -> Indices:
        """Return the surface as triangles, one or two a cell, in the order of the cells."""
        both = self.corners[:, [0, 1, 2, 0, 2, 3]].reshape(-1, 3)
        kept: Indices = both[both[:, 1] != both[:, 2]]
        return kept


def surface(of: Sections, step_mm: float, *, arms: bool) -> Surface:
    """Return the surface with cells about ``step_mm`` wide and high where the body is widest."""
    made = _Maker(step_mm)
    made.trunk_and_legs(of)
    if arms:
        made.arms(of.arm)
    return made.result()


class _Maker:
    def __init__(self, step_mm: float) -> None:
        self._step = step_mm
        self._places: list[Floats] = []
        self._count = 0
        self._corners: list[Indices] = []
        self._where: list[tuple[int, Floats, Floats]] = []

    def trunk_and_legs(self, of: Sections) -> None:
        rows = refined(of.trunk, self._step)
        half = max(_FEWEST, round(float(ways(outline(*rows[-1:, 3:].T))[0]) / self._step / 2))
        places = _rings(rows[_whole(rows)], 2 * half)
        top = self._add(rows[:1, [1, 2, 0]])
        rings = self._add(places)
        self._tube(rings, (top, None), TRUNK, 0.5, places)
        self._legs(of.leg, rings[-1], places[-1], half)

    def _legs(self, control: Floats, ring: Indices, places: Floats, half: int) -> None:
        """Cut the last ring of the trunk by a seam, and let both legs begin there."""
        front, back = places[0], places[half]
        between = max(1, round(float(np.linalg.norm(back - front)) / self._step) - 1)
        part = (np.arange(1, between + 1) / (between + 1))[:, None]
        seam_places = back * (1 - part) + front * part
        seam = self._add(seam_places)
        first = np.vstack([places[: half + 1], seam_places])
        mirrored = np.concatenate([[0], np.arange(2 * half - 1, half - 1, -1)])
        for tube, edge in ((LEFT_LEG, np.arange(half + 1)), (RIGHT_LEG, mirrored)):
            self._leg(control, np.concatenate([ring[edge], seam]), first, tube)

    def _leg(self, control: Floats, first: Indices, first_places: Floats, tube: int) -> None:
        """Add a leg, made as the left one is; the right one is its mirror image, with the same seam."""
        rows = refined(control, self._step)
        count = len(first)
        start = _start(rows[0], first_places)
        under = _rings(rows[_whole(rows)], count, start)
        down = max(1, round(float(first_places[0, 2] - rows[0, 0]) / self._step))
        part = (np.arange(1, down) / down)[:, None, None]
        places = np.concatenate([first_places * (1 - part) + under[0] * part, under])
        rings = np.vstack([first, self._add(places * _side(tube))])
        end = self._add(rows[-1:, [1, 2, 0]] * _side(tube))
        back = float(under[0][:, 1].argmax()) / count
        self._tube(rings, (None, end), tube, back, np.concatenate([first_places[None], places]))

    def arms(self, control: Floats) -> None:
        rows = refined(control, self._step)
        whole = _whole(rows)
        count = max(_FEWEST, round(float(ways(outline(*rows[whole, 3:].T)).max()) / self._step))
        places = _rings(rows[whole], count)
        for tube in (LEFT_ARM, RIGHT_ARM):
            rings = self._add(places * _side(tube))
            ends = [self._add(rows[[at]][:, [1, 2, 0]] * _side(tube)) for at in (0, -1)]
            self._tube(rings, (ends[0], ends[1]), tube, 0.5, places)

    def _add(self, places: Floats) -> Indices:
        """Return the indices of new vertices, in the form of their places."""
        self._places.append(places.reshape(-1, 3))
        index = self._count + np.arange(len(self._places[-1])).reshape(places.shape[:-1])
        self._count += index.size
        return index

    def _tube(
        self, rings: Indices, ends: tuple[Indices | None, Indices | None], tube: int, back: float, places: Floats
    ) -> None:
        """Join rings, from head to foot, to a tube whose middle of the back is at ``back`` of the way around."""
        upper, lower = rings[:-1], rings[1:]
        beside, under = np.roll(upper, -1, axis=1), np.roll(lower, -1, axis=1)
        corners = [np.stack([upper, lower, under, beside], axis=-1)]
        around = ways(places)
        way = [(around[:-1] + around[1:]) / 2]
        top, end = ends
        if top is not None:
            tip, turned = np.broadcast_to(top, rings[0].shape), np.roll(rings[0], -1)
            corners.insert(0, np.stack([tip, rings[0], turned, turned], axis=-1)[None])
            way.insert(0, around[:1] / 2)
        if end is not None:
            tip, turned = np.broadcast_to(end, rings[0].shape), np.roll(rings[-1], -1)
            corners.append(np.stack([rings[-1], tip, turned, turned], axis=-1)[None])
            way.append(around[-1:] / 2)
        cells = np.concatenate(corners)
        turn = (back - (np.arange(cells.shape[1]) + 0.5) / cells.shape[1] + 0.5) % 1.0 - 0.5
        if tube in RIGHT:  # a mirror image is seen from inside unless it is run the other way
            cells, turn = cells[:, :, [1, 0, 3, 2]], -turn
        self._corners.append(cells.reshape(-1, 4))
        self._where.append((tube, np.tile(turn, len(cells)), np.repeat(np.concatenate(way), cells.shape[1])))

    def result(self) -> Surface:
        return Surface(
            vertices_mm=np.vstack(self._places),
            corners=np.vstack(self._corners),
            tube=np.concatenate([np.full(len(turn), tube) for tube, turn, _ in self._where]),
            turn=np.concatenate([turn for _, turn, _ in self._where]),
            around_mm=np.concatenate([way for _, _, way in self._where]),
        )


def _rings(rows: Floats, count: int, start: float = 0.0) -> Floats:
    """Return (rows, count, 3) places around sections, from the front by the patient's left."""
    flat = evenly(outline(*rows[:, 3:].T), count, start)
    flat += rows[:, None, 1:3]
    return np.concatenate([flat, np.broadcast_to(rows[:, None, :1], (len(rows), count, 1))], axis=-1)


def _start(row: Floats, first: Floats) -> float:
    """Return where around a section lies the place that looks towards the first of other places from the middle."""
    dense = _rings(row[None], 4 * len(first))[0]
    looks = np.arctan2(*(dense[:, :2] - row[1:3]).T)
    wanted = np.arctan2(*(first[0, :2] - first[:, :2].mean(axis=0)))
    return float(np.abs((looks - wanted + np.pi) % (2 * np.pi) - np.pi).argmin()) / len(dense)


def _whole(rows: Floats) -> NDArray[np.bool_]:
    """Return which rows have an extent."""
    thick: NDArray[np.bool_] = rows[:, 3:5].min(axis=1) > _THIN_MM
    return thick


def _side(tube: int) -> Floats:
    return _MIRROR if tube in RIGHT else np.ones(3)
