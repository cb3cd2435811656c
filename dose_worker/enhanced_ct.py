"""
The frames of an enhanced CT image as slices, by what Orthanc tells of its header (``/simplified-tags``).

Source: PS3.3, C.7.6.16 (functional groups: what one frame says goes before what all share) and C.8.15.3 (those of CT).
Images that were converted keep the rest of their elements in groups of their own (C.7.6.16.2.25 and 26).
"""

from collections.abc import Mapping
from dataclasses import replace
from math import isfinite
from types import MappingProxyType
from typing import Any

from dose_worker.ct_images import Frame, HeldSlice, Reconstruction, UndecodableImageError

_BIG, _LITTLE = "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1"
NO_PLACES = "images of several frames that do not say where each lies are not measured"
_LOCALIZER, _ORIGINAL = "LOCALIZER", "ORIGINAL"  # Frame Type, values 3 and 1 (PS3.3, C.8.16.1)
_ALONG = 0.7071  # cosine of 45 degrees: what stands more across than along the patient is no axial image
_SHARED, _PER_FRAME = "SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"
_CONVERTED = ("UnassignedPerFrameConvertedAttributesSequence", "UnassignedSharedConvertedAttributesSequence")
# Where the element of a slice stands among the functional groups.
_GROUP_OF = MappingProxyType(
    {
        "ImagePositionPatient": "PlanePositionSequence",
        "ImageOrientationPatient": "PlaneOrientationSequence",
        "PixelSpacing": "PixelMeasuresSequence",
        "RescaleSlope": "PixelValueTransformationSequence",
        "RescaleIntercept": "PixelValueTransformationSequence",
        "RescaleType": "PixelValueTransformationSequence",
        "IrradiationEventUID": "IrradiationEventIdentificationSequence",
        "CTDIvol": "CTExposureSequence",
        "FrameType": "CTImageFrameTypeSequence",
        "FrameAcquisitionNumber": "FrameContentSequence",
    }
)
_OF_THE_IMAGE = (
    "SamplesPerPixel",
    "Rows",
    "Columns",
    "BitsAllocated",
    "BitsStored",
    "PixelRepresentation",
    "PhotometricInterpretation",
    "PixelPaddingValue",
    "PixelPaddingRangeLimit",
)


def is_enhanced(main_tags: Mapping[str, Any]) -> bool:
    """Tell if an instance has frames that lie each somewhere, by the main tags that Orthanc keeps."""
    return "NumberOfFrames" in main_tags and "ImagePositionPatient" not in main_tags


def reconstructions_of(
    archive_id: str, series_instance_uid: str, tags: Mapping[str, Any], transfer_syntax_uid: str
) -> list[Reconstruction]:
    """
    Return the axial reconstructions of one enhanced image, one for each acquisition and irradiation event.

    Raises:
        UndecodableImageError: its frames do not say where they lie.
    """
    per_frame = tags.get(_PER_FRAME)
    if not isinstance(per_frame, list) or not per_frame:
        raise UndecodableImageError(NO_PLACES)
    shared = _first(tags, _SHARED)
    syntax = _LITTLE if transfer_syntax_uid == _BIG else transfer_syntax_uid  # Orthanc turns raw frames round
    same = {keyword: str(tags[keyword]) for keyword in _OF_THE_IMAGE if tags.get(keyword) is not None}
    groups: dict[tuple[str, tuple[str, ...], bool], list[HeldSlice]] = {}
    for number, own in enumerate(per_frame):
        told = {keyword: value for keyword in _GROUP_OF if (value := _told(keyword, own, shared)) is not None}
        frame_type = several(told, "FrameType")
        z_mm = _z_mm(told)
        if z_mm is None or _LOCALIZER in frame_type:
            continue
        frame = Frame(number=number, transfer_syntax_uid=syntax, values=same | told)
        held = HeldSlice(
            archive_id=archive_id, sop_instance_uid=str(tags.get("SOPInstanceUID", "")), z_mm=z_mm, frame=frame
        )
        key = (
            told.get("FrameAcquisitionNumber", ""),
            several(told, "IrradiationEventUID"),
            frame_type[:1] == (_ORIGINAL,),
        )
        groups.setdefault(key, []).append(held)
    made = (_reconstruction(series_instance_uid, key[1], groups[key], is_original=key[2]) for key in sorted(groups))
    return [replace(one, frame_of_reference_uid=tags.get("FrameOfReferenceUID") or None) for one in made]


def several(tags: Mapping[str, Any], keyword: str) -> tuple[str, ...]:
    """Return the values of an element as Orthanc tells them."""
    return tuple(part.strip() for part in str(tags.get(keyword) or "").split("\\") if part.strip())


def numbers(tags: Mapping[str, Any], keyword: str) -> tuple[float, ...]:
    """Return the numbers of an element, none if one of them is none."""
    try:
        found = tuple(map(float, several(tags, keyword)))
    except ValueError:
        return ()
    return found if all(map(isfinite, found)) else ()


def is_axial(plane: tuple[float, ...]) -> bool:
    """Tell if the normal of rows and columns goes along the patient rather than across."""
    if len(plane) != 6:  # noqa: PLR2004 - two directions
        return False
    return abs(plane[0] * plane[4] - plane[1] * plane[3]) >= _ALONG


def field_of_view_mm(tags: Mapping[str, Any]) -> float | None:
    """Return how wide the image is; Reconstruction Diameter (0018,1100) may be wider than what was kept of it."""
    spacing, columns = numbers(tags, "PixelSpacing"), numbers(tags, "Columns")
    return spacing[1] * columns[0] if len(spacing) == 2 and columns else None  # noqa: PLR2004 - rows, columns


def _reconstruction(
    series_instance_uid: str, event_uids: tuple[str, ...], slices: list[HeldSlice], *, is_original: bool
) -> Reconstruction:
    ordered = sorted(slices, key=lambda one: (one.z_mm, one.frame.number if one.frame else 0))
    middle = ordered[len(ordered) // 2].frame
    return Reconstruction(
        series_instance_uid=series_instance_uid,
        event_uids=event_uids,
        is_original=is_original,
        field_of_view_mm=field_of_view_mm(middle.values) if middle else None,
        slices=tuple(ordered),
    )


def _z_mm(told: Mapping[str, str]) -> float | None:
    """Return where an axial frame lies along the patient, ``None`` for any other."""
    place, plane = numbers(told, "ImagePositionPatient"), numbers(told, "ImageOrientationPatient")
    return place[2] if len(place) == 3 and is_axial(plane) else None  # noqa: PLR2004 - x, y, z


def _told(keyword: str, own: Mapping[str, Any], shared: Mapping[str, Any]) -> str | None:
    """Return what a frame says, else what all share, else what a conversion put aside."""
    for groups, name in (
        (own, _GROUP_OF[keyword]),
        (shared, _GROUP_OF[keyword]),
        (own, _CONVERTED[0]),
        (shared, _CONVERTED[1]),
    ):
        value = _first(groups, name).get(keyword)
        if isinstance(value, str) and value.strip():
            return value
    return None


def _first(groups: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return the first item of a sequence, an empty one if there is none."""
    items = groups.get(name)
    return items[0] if isinstance(items, list) and items else {}
