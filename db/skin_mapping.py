"""Skin doses, to what columns hold, and back."""

import zlib
from typing import Any

import numpy as np
from pydantic import TypeAdapter

from db.packing import pack, unpack
from db.tables.skin import SkinCalibrationRow, SkinPlaceRow
from dose_core.dosimetry.skin.beam import Floats
from dose_core.dosimetry.skin.geometry.aiming import Choice
from dose_core.dosimetry.skin.geometry.conventions import Conventions
from dose_core.dosimetry.skin.geometry.vendors import Calibration
from dose_core.dosimetry.skin.physics import Physics
from dose_core.estimating.skin_dose import SkinDose

_RESULT = TypeAdapter(SkinDose)
_CONVENTIONS = TypeAdapter(Conventions)
_TUBE = TypeAdapter(Physics)
_CELL = "<f4"  # a millionth of a dose is finer than any of them is known


def result_to_packed(result: SkinDose) -> bytes:
    """Return a result as compressed JSON without what is not told; all numbers must be finite."""
    return pack(_RESULT.dump_json(result, exclude_defaults=True, warnings="error"))


def result_from_packed(content: bytes) -> SkinDose:
    """Return the result that was packed."""
    return _RESULT.validate_json(unpack(content))


def doses_to_packed(dose_mgy: Floats) -> bytes:
    """Return the doses of the cells of a body, in mGy, as few bytes."""
    return zlib.compress(dose_mgy.astype(_CELL).tobytes())


def doses_from_packed(content: bytes) -> Floats:
    """Return the doses of the cells that were packed, in mGy."""
    return np.frombuffer(zlib.decompress(content), dtype=_CELL).astype(np.float64)


def conventions_to_json(conventions: Conventions) -> dict[str, Any]:
    """Return conventions as a column holds them."""
    content: dict[str, Any] = _CONVENTIONS.dump_python(conventions, mode="json")
    return content


def tube_to_json(tube: Physics) -> dict[str, Any]:
    """Return what is known of a tube as a column holds it."""
    content: dict[str, Any] = _TUBE.dump_python(tube, mode="json")
    return content


def calibration_of(row: SkinCalibrationRow) -> Calibration:
    """Return the calibration that a row holds."""
    conventions = _CONVENTIONS.validate_python(row.conventions)
    return Calibration(version=row.version, conventions=conventions, is_validated=row.is_validated)


def tube_of(row: SkinCalibrationRow) -> Physics:
    """Return what a row holds of the tube."""
    return _TUBE.validate_python(row.tube)


def choice_of(row: SkinPlaceRow) -> Choice:
    """Return where a patient lay as a row says."""
    return Choice(
        left_mm=row.left_mm,
        back_mm=row.back_mm,
        head_mm=row.head_mm,
        position=row.position,
        arms_beside=row.arms_beside,
    )
