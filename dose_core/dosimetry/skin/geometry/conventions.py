"""What the numbers of a device mean: which way its axes point, and where they begin."""

import math
from dataclasses import dataclass, fields
from typing import Literal

from dose_core.errors import DoseError

Axis = Literal["lateral", "longitudinal"]
AnglesOf = Literal["patient", "table"]
_FARTHEST_MM = 5_000.0  # no table of a room stands farther from the isocentre than its walls

_SIGN = "a sign is 1 or -1"
_LENGTH = f"lengths and angles are numbers within {_FARTHEST_MM:g}"


class NotAConventionError(DoseError):
    """A sign is neither 1 nor -1, or a length is no number, negative, or larger than a room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conventions:
    """
    How the table positions and angles of one kind of device become those of the standard, in mm and degrees.

    The table's reference point is the middle of its head end, on its upper surface. Where it is, from the isocentre,
    towards the table's left, down, and towards its head: ``sign`` times what is stated, plus ``offset``.
    ``head_foot`` names the stated position that moves along the table's long axis: by PS3.16 (113751, 113752) it is the
    lateral one. ``primary_sign`` and ``secondary_sign`` make the angles those of PS3.3, C.8.7.5.1.2: towards the
    patient's left and head are positive. ``angles_of`` tells what they follow where the patient does not lie head first
    and supine: the patient, as the standard has it, or the table.

    ``head_gap_mm`` is how far from the end of the table the patient's head, or feet, usually lie.
    """

    head_foot: Axis = "lateral"
    left_sign: int = 1
    height_sign: int = 1
    head_sign: int = 1
    left_offset_mm: float = 0.0
    height_offset_mm: float = 0.0
    head_offset_mm: float = 0.0
    primary_sign: int = 1
    secondary_sign: int = 1
    rotation_sign: int = 1
    tilt_sign: int = 1
    cradle_sign: int = 1
    angles_of: AnglesOf = "patient"
    collimator_deg: float = 0.0
    source_to_isocentre_mm: float | None = None  # where the device states none
    head_gap_mm: float = 0.0
    table_length_mm: float = 2815.0  # the three defaults, and those of the thicknesses: PySkinDose 25.1.1,
    table_width_mm: float = 450.0  # settings_example.json, whose table measurements the physics uses
    table_mm: float = 50.0
    mattress_mm: float = 40.0
    source: str = "PS3.16, Annex D; PS3.3, C.8.7.5.1.2"
    gaps: tuple[str, ...] = ()  # what nobody has checked of them

    def __post_init__(self) -> None:
        """
        Refuse what is no convention.

        Raises:
            NotAConventionError: see there.
        """
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name.endswith("_sign") and value not in (1, -1):
                raise NotAConventionError(_SIGN)
            if field.name.endswith(("_mm", "_deg")) and value is not None and not abs(value) <= _FARTHEST_MM:
                raise NotAConventionError(_LENGTH)
        sizes = (self.table_length_mm, self.table_width_mm, self.table_mm, self.mattress_mm)
        if min(sizes) < 0 or not all(map(math.isfinite, sizes)):
            raise NotAConventionError("a table has no negative size")
        if self.head_foot not in ("lateral", "longitudinal") or self.angles_of not in ("patient", "table"):
            raise NotAConventionError("head_foot is lateral or longitudinal, angles_of is patient or table")
