"""The conventions of devices whose reports were read, and what a site found out about its own."""

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from dose_core.dosimetry.estimate import NotComputable
from dose_core.dosimetry.skin.geometry.conventions import Conventions

_CHECKED = "yes"
_SIGNS = ("left_sign", "height_sign", "head_sign", "primary_sign", "secondary_sign")
_OFFSETS = ("left_offset_mm", "height_offset_mm", "head_offset_mm")
UNKNOWN_DEVICE = NotComputable(
    missing=("a calibration of this device",),
    reason="where the table positions of this device begin is known neither from its maker nor from a calibration",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """
    The conventions of one device as its site measured them; ``version`` counts from 1.

    ``is_validated`` tells that a physicist compared maps of it with a measurement on the device. Without, they are
    indicative.
    """

    version: int
    conventions: Conventions
    is_validated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InUse:
    """The conventions that count for a device, with the version of its calibration, if it has one."""

    conventions: Conventions
    calibration_version: int | None
    is_validated: bool


def in_use(manufacturer: str | None, model: str | None, calibration: Calibration | None) -> InUse | NotComputable:
    """
    Return the conventions of a device: of its calibration, else of its maker, checked rows alone.

    A device of neither is refused, and not taken for one of the standard's: PS3.16 (113751 to 113753) leaves the origin
    of each table position to the maker, so that a map could lie anywhere on the body.
    """
    if calibration is not None:
        return InUse(
            conventions=calibration.conventions,
            calibration_version=calibration.version,
            is_validated=calibration.is_validated,
        )
    found = of_maker(manufacturer, model)
    if found is None:
        return UNKNOWN_DEVICE
    return InUse(conventions=found, calibration_version=None, is_validated=False)


def of_maker(manufacturer: str | None, model: str | None) -> Conventions | None:
    """Return what is known of all devices of a maker's model, ``None`` if nothing was checked."""
    for maker_pattern, model_pattern, conventions in _checked():
        if maker_pattern.search(manufacturer or "") and model_pattern.search(model or ""):
            return conventions
    return None


@cache
def _checked() -> tuple[tuple[re.Pattern[str], re.Pattern[str], Conventions], ...]:
    text = (files(__package__) / "vendors.csv").read_text(encoding="utf-8")
    rows = [row for row in csv.DictReader(text.splitlines()) if row["verified"] == _CHECKED]
    return tuple((_pattern(row["manufacturer"]), _pattern(row["model"]), _conventions(row)) for row in rows)


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


def _conventions(row: dict[str, str]) -> Conventions:
    signs = {name: int(row[name]) for name in _SIGNS}
    offsets = {name: float(row[name]) for name in _OFFSETS}
    gaps = tuple(row["gaps"].split(";"))
    head_foot = "lateral" if row["head_foot"] == "lateral" else "longitudinal"
    return Conventions(head_foot=head_foot, source=row["source"], gaps=gaps, **signs, **offsets)  # type: ignore[arg-type]  # names of its fields
