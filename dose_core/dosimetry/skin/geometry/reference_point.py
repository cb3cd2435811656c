"""How far from the source the point lies at which a device states its air kerma."""

import re
from typing import Final

from dose_core.dosimetry.skin.geometry.problems import Problem
from dose_core.model import Code, ProjectionEvent

_NEAREST_MM = (
    300.0  # 21 CFR 1020.32(g)(1): no skin comes nearer to the source of a mobile device, so no such point does
)
# PS3.16, CID 10025 with the definitions of Annex D.
_BEFORE_ISOCENTRE_MM: Final = {"113860": 150.0}
_BEFORE_DETECTOR_MM: Final = {"113861": 300.0, "113941": 0.0}
_BEHIND_SOURCE_MM: Final = {"113965": 1000.0}
_ABOVE_TABLETOP_MM: Final = {"113862": 10.0, "113863": 300.0}
# The words in reports of Philips Allura and Eurocolumbus Fly4, and the meanings of the codes, sent as text.
_WORDS: Final = (
    (
        re.compile(r"^\s*([\d.]+)\s*(mm|cm|m)\s+(?:below|from)\s+(?:beam\s*)?iso-?cent(?:er|re)", re.IGNORECASE),
        "isocentre",
    ),
    (re.compile(r"^\s*([\d.]+)\s*(mm|cm|m)\s+in\s+front\s+of\s+(?:the\s+)?image\s+input", re.IGNORECASE), "detector"),
    (
        re.compile(
            r"^\s*([\d.]+)\s*(mm|cm|m)\s+from\s+(?:the\s+)?(?:tube\s+focus|x-?ray\s+source|source)", re.IGNORECASE
        ),
        "source",
    ),
)
_MM: Final = {"mm": 1.0, "cm": 10.0, "m": 1000.0}


def reference_mm(event: ProjectionEvent, source_to_isocentre_mm: float, rise: float, tabletop_mm: float) -> float:
    """
    Return the distance from the source to the reference point in mm: as stated, else by what the point is called.

    ``rise`` is the part of the way along the beam that leads upwards, ``tabletop_mm`` how far the tabletop lies below
    the isocentre; both for the points that are defined by the tabletop.

    Raises:
        Problem: the point is not stated or not understood, or makes no sense.
    """
    distance = event.source_to_reference_point_mm
    if distance is None:
        distance = _of_point(event, source_to_isocentre_mm, rise, tabletop_mm)
    if distance is None:
        raise Problem("the place of the reference point", "where its air kerma is stated for is not known")
    if not _NEAREST_MM <= distance <= 2 * source_to_isocentre_mm:
        raise Problem("a reference point that makes sense", "its reference point lies nowhere in the beam")
    return distance


def _of_point(event: ProjectionEvent, isocentre_mm: float, rise: float, tabletop_mm: float) -> float | None:
    point = event.reference_point
    detector_mm = event.source_to_detector_mm or event.source_to_detector_end_mm
    if isinstance(point, str):
        return _of_words(point, isocentre_mm, detector_mm)
    if not isinstance(point, Code) or point.scheme != "DCM":
        return None
    places = {code: isocentre_mm - away for code, away in _BEFORE_ISOCENTRE_MM.items()} | _BEHIND_SOURCE_MM
    if detector_mm is not None:
        places |= {code: detector_mm - away for code, away in _BEFORE_DETECTOR_MM.items()}
    if rise:
        # The source lies isocentre_mm before the isocentre, and the beam passes the height of the point once.
        places |= {code: isocentre_mm + (above - tabletop_mm) / rise for code, above in _ABOVE_TABLETOP_MM.items()}
    return places.get(point.value)


def _of_words(words: str, isocentre_mm: float, detector_mm: float | None) -> float | None:
    for pattern, origin in _WORDS:
        found = pattern.match(words)
        if found is None:
            continue
        try:
            away_mm = float(found[1]) * _MM[found[2].lower()]
        except ValueError:
            return None
        if origin == "isocentre":
            return isocentre_mm - away_mm
        if origin == "source":
            return away_mm
        return None if detector_mm is None else detector_mm - away_mm
    return None
