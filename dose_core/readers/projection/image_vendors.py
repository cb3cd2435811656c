"""
What makers of X-ray equipment write in image headers in their own way, as tables.

A row holds for a device whose manufacturer, and where given model, contains one of the words, in lower case.
Source: conformance statements and images of the devices, gathered in the project's list of vendor quirks.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from dose_core.model import DeviceStated
from dose_core.readers.dicom.tags import Tag


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRule:
    """What holds for the images of some devices; ``None`` and empty say that the standard holds."""

    makers: tuple[str, ...]
    models: tuple[str, ...] = ()
    # the maker's name for the scale of (0018,1405); of (0018,6000) only where that is the exposure index
    relative_exposure: str | None = None
    sensitivity: str | None = None
    # (0018,1110) below the limit is in this unit rather than in mm
    distance_unit: tuple[str, float] | None = None
    protocol_in: tuple[Tag, ...] = ()
    procedure_is_study_description: bool = False
    # how (0018,1160) names materials and thicknesses in mm, with the groups "material" and "mm"
    filter_type: re.Pattern[str] | None = None


RULES = (
    # Kodak DR 7500: distance in dm ("11.5" at 1.15 m). No tube stands nearer than 100 mm to its detector.
    ImageRule(makers=("kodak",), models=("dr 7500", "dr7500"), distance_unit=("dm", 100.0)),
    ImageRule(makers=("kodak", "carestream"), relative_exposure="Carestream EI"),
    # DRX-Revolution and CXDI name the requested procedure in the study description only.
    ImageRule(makers=("carestream",), models=("drx-revolution",), procedure_is_study_description=True),
    ImageRule(makers=("canon",), models=("cxdi",), procedure_is_study_description=True),
    ImageRule(makers=("canon",), relative_exposure="Canon REX"),
    # Fuji's and Konica's S value is a sensitivity, and stands there; Fuji Go codes its protocol.
    ImageRule(
        makers=("fuji",),
        relative_exposure="Fuji S",
        sensitivity="Fuji S",
        protocol_in=(Tag.PerformedProtocolCodeSequence, Tag.ProtocolName),
    ),
    ImageRule(makers=("konica",), relative_exposure="Konica S", sensitivity="Konica S"),
    # Agfa writes the speed class in (0018,6000); its index is logarithmic.
    ImageRule(makers=("agfa",), relative_exposure="Agfa lgM"),
    ImageRule(makers=("swissray",), relative_exposure="Swissray DI"),
    # Philips ThoraVision: "0.1Cu 1Al"
    ImageRule(
        makers=("philips",),
        relative_exposure="Philips EI",
        filter_type=re.compile(r"(?P<mm>[0-9]+(?:\.[0-9]+)?) ?(?P<material>Cu|Al)\b", re.IGNORECASE),
    ),
    # Siemens Multix and Fluorospot: "CU_0.2_MM" (OpenREM #905)
    ImageRule(
        makers=("siemens",),
        relative_exposure="Siemens EXI",
        filter_type=re.compile(r"(?P<material>CU|AL)_(?P<mm>[0-9]+(?:\.[0-9]+)?)_MM\b", re.IGNORECASE),
    ),
    # Toshiba Radrex (TOSHIBA_MEC, software TM_TFD_1.0) writes its protocol into the image comments (OpenREM #482).
    ImageRule(makers=("toshiba",), models=("radrex", "tfd"), protocol_in=(Tag.ImageComments, Tag.ProtocolName)),
)

# Where the others name the protocol, best first.
PROTOCOL_IN = (
    Tag.ProtocolName,
    Tag.AcquisitionProtocolName,
    Tag.PerformedProtocolCodeSequence,
    Tag.AcquisitionDeviceProcessingDescription,
)
UNNAMED_SCALE = "relative x-ray exposure"  # (0018,1405) of a maker that no row names

# PS3.3, C.8.7.10: Filter Material (0018,7050), with the spellings and symbols that devices use.
MATERIALS = {
    "aluminum": "aluminum",
    "aluminium": "aluminum",
    "al": "aluminum",
    "copper": "copper",
    "cu": "copper",
    "molybdenum": "molybdenum",
    "mo": "molybdenum",
    "rhodium": "rhodium",
    "rh": "rhodium",
    "silver": "silver",
    "ag": "silver",
    "niobium": "niobium",
    "europium": "europium",
    "lead": "lead",
    "pb": "lead",
    "tantalum": "tantalum",
    "tin": "tin",
    "sn": "tin",
    "none": "none",
}

_Value = TypeVar("_Value")


def rules_for(device: DeviceStated) -> ImageRule:
    """Return what holds for a device: of each property the first row that says something of it."""
    maker, model = (device.manufacturer or "").casefold(), (device.model or "").casefold()
    rows = [
        row
        for row in RULES
        if any(word in maker for word in row.makers) and (not row.models or any(word in model for word in row.models))
    ]
    return ImageRule(
        makers=(),
        relative_exposure=_first(row.relative_exposure for row in rows),
        sensitivity=_first(row.sensitivity for row in rows),
        distance_unit=_first(row.distance_unit for row in rows),
        protocol_in=_first(row.protocol_in or None for row in rows) or PROTOCOL_IN,
        procedure_is_study_description=any(row.procedure_is_study_description for row in rows),
        filter_type=_first(row.filter_type for row in rows),
    )


def _first(values: Iterable[_Value | None]) -> _Value | None:
    return next((value for value in values if value is not None), None)
