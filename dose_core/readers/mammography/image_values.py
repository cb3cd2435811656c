"""
The values of a mammography image header, from the top level or, in the enhanced classes, from where they stand there.

Source: PS3.3, C.8.11.7 (Mammography Image), C.8.7.2 and C.8.7.10 (X-Ray Acquisition, X-Ray Filtration), C.8.21.3
(Breast Tomosynthesis Acquisition), C.8.19.6 and C.8.21.5 (macros of enhanced images), C.4.16 (radiation dose).
"""

import re
from datetime import datetime
from typing import TypedDict

from dose_core.model import Code, MammographyEvent
from dose_core.readers import header
from dose_core.readers.dicom.data_set import DataSet
from dose_core.readers.dicom.private_elements import PrivateElement, private_number
from dose_core.readers.dicom.tags import Tag, tag_text
from dose_core.readers.image_checks import check_acquisitions
from dose_core.readers.image_parts import Flat, Frame, Row, Run, Source, frames_of, read_row
from dose_core.readers.mammography import codes as mammo
from dose_core.readers.sr.codes import is_same, standard_meaning
from dose_core.readers.sr.items import code_of
from dose_core.units import CM2, DEG, KPA, KV, MA, MAS, MGY, MM, NEWTON, RATIO, S

_DOSE = Tag.XRayAcquisitionDoseSequence
_FRAME = Tag.FrameAcquisitionSequence
_FILTER = Tag.XRayFilterSequence

# Each field with the elements that state it, best first; the macro is where Breast Projection images hold them. A dose
# of 0 is that of a specimen, a force of 0 that of no compression; a voltage of 0 stands for one that is not known.
_DOSE_ROWS = (
    # Entrance Dose (0040,0302) is left out: a whole number of dGy is zero for any mammogram.
    Row("agd_mgy", MGY, ((_DOSE, Tag.OrganDose, "dGy"),)),
    Row("entrance_dose_mgy", MGY, ((_DOSE, Tag.EntranceDoseInmGy, MGY),)),
)
_ROWS = (
    Row("hvl_mm_al", MM, ((_DOSE, Tag.HalfValueLayer, MM),), may_be_zero=False),
    Row("kv", KV, ((_FRAME, Tag.KVP, KV),), may_be_zero=False),
    Row(
        "ma",
        MA,
        ((_FRAME, Tag.XRayTubeCurrentInmA, MA), (None, Tag.XRayTubeCurrentInuA, "uA"), (None, Tag.XRayTubeCurrent, MA)),
        may_be_zero=False,
    ),
    Row(
        "mas",
        MAS,
        ((_FRAME, Tag.ExposureInmAs, MAS), (None, Tag.ExposureInuAs, "uA.s"), (None, Tag.Exposure, MAS)),
        may_be_zero=False,
    ),
    Row(
        "exposure_time_s",
        S,
        ((_FRAME, Tag.ExposureTimeInms, "ms"), (None, Tag.ExposureTimeInuS, "us"), (None, Tag.ExposureTime, "ms")),
        may_be_zero=False,
    ),
    Row("filter_min_mm", MM, ((_FILTER, Tag.FilterThicknessMinimum, MM),)),
    Row("filter_max_mm", MM, ((_FILTER, Tag.FilterThicknessMaximum, MM),)),
    Row("focal_spot_mm", MM, ((None, Tag.FocalSpots, MM),), may_be_zero=False),
    Row("thickness_mm", MM, ((None, Tag.BodyPartThickness, MM),), may_be_zero=False),
    Row("force_n", NEWTON, ((None, Tag.CompressionForce, NEWTON),)),
    Row("pressure_kpa", KPA, ((None, Tag.CompressionPressure, KPA),)),
    Row("contact_area_cm2", CM2, ((None, Tag.CompressionContactArea, "mm2"),)),
    Row("source_to_detector_mm", MM, ((None, Tag.DistanceSourceToDetector, MM),), may_be_zero=False),
    Row("source_to_entrance_mm", MM, ((None, Tag.DistanceSourceToEntrance, MM),), may_be_zero=False),
    Row("exposure_index", RATIO, ((None, Tag.ExposureIndex, RATIO),), may_be_zero=False),
    Row("primary_angle_deg", DEG, ((None, Tag.PositionerPrimaryAngle, DEG),), may_be_negative=True),
)

# GE Senographe: the thickness and the share of fibroglandular tissue that the exposure control saw.
_RADIOLOGICAL_THICKNESS = PrivateElement(
    creator="GEMS_SENO_02", group=0x0045, element=0x49, name="Radiological Thickness"
)
_GE_GLANDULARITY = re.compile(r"([0-9]{1,3}(?:[.][0-9]{1,3})?) ?%")
_MAX_DETAIL = 1024  # (0018,7062) is an LT; GE needs 202 characters
_MAX_COMMENT = 1024  # (0040,0310) is an ST (PS3.5, 6.2)

# Fields whose element needs no choice.
_STATED_IN = (
    ("grid", Tag.XRayGridSequence, Tag.Grid),
    ("exposure_control", None, Tag.ExposureControlMode),
    ("exposure_control_detail", None, Tag.ExposureControlModeDescription),
    ("comment", None, Tag.CommentsOnRadiationDose),
)

_SIDES = frozenset({"L", "R", "B"})  # PS3.3, C.8.11.7.1: Image Laterality


class _View(TypedDict):
    view: str | None
    view_modifiers: tuple[str, ...]


def read_event(
    data_set: DataSet,
    *,
    event_uid: str | None,
    started_at: datetime | None,
    is_tomosynthesis: bool | None,
    manufacturer: str,
) -> MammographyEvent:
    """Return what an image states of its exposure; ``manufacturer`` is empty where it is not stated."""
    frames = frames_of(data_set) if Tag.PerFrameFunctionalGroupsSequence in data_set else []
    is_enhanced = bool(frames) or Tag.XRay3DAcquisitionSequence in data_set
    source: Source = Run(data_set, frames) if is_enhanced else Flat(data_set)
    check_acquisitions(data_set)
    rows = _ROWS if _is_dose_per_frame(data_set, frames) else (*_DOSE_ROWS, *_ROWS)
    numbers = {row.field: read_row(source, row, "events[0].") for row in rows}
    comment = header.bounded_text(data_set, Tag.CommentsOnRadiationDose, limit=_MAX_COMMENT)
    is_ge = manufacturer.upper().startswith("GE")
    _note_origins(source)
    return MammographyEvent(
        **numbers,  # type: ignore[arg-type]  # the rows name fields that are float | None
        **_view(data_set),
        event_uid=event_uid,
        started_at=started_at,
        protocol=header.bounded_text(data_set, Tag.ProtocolName)
        or header.bounded_text(data_set, Tag.AcquisitionProtocolName),
        laterality=_laterality(source),
        anode=_material(source, None, Tag.AnodeTargetMaterial, "anode"),
        filter=_material(source, _FILTER, Tag.FilterMaterial, "filter"),
        grid=_grid(source),
        equivalent_thickness_mm=private_number(
            data_set, _RADIOLOGICAL_THICKNESS, MM, "events[0].equivalent_thickness_mm"
        ),
        glandularity_percent=_glandularity(data_set, comment) if is_ge else None,
        is_tomosynthesis=is_tomosynthesis,
        exposure_control=_text(source, Tag.ExposureControlMode),
        exposure_control_detail=_text(source, Tag.ExposureControlModeDescription),
        comment=comment,
    )


def _note_origins(source: Source) -> None:
    for field, macro, tag in _STATED_IN:
        part = source.find(macro, tag)
        text = part.data_set.text(tag) if part else None
        if part is not None and text is not None:
            part.data_set.log.add_origin(f"events[0].{field}", part.path + tag_text(tag), text)


def _is_dose_per_frame(data_set: DataSet, frames: list[Frame]) -> bool:
    """Tell if each of several frames states a dose: that of one is not the exposure's, and nothing says they add up."""
    is_per_frame = len(frames) > 1 and any(frame.own_parts(_DOSE) for frame in frames)
    if is_per_frame:
        data_set.log.add_warning(tag_text(_DOSE), _DOSE.name, "each frame states its own dose; none is used")
    return is_per_frame


def _laterality(source: Source) -> str | None:
    """Return the side: Image Laterality; Laterality where Hologic states it; Frame Laterality of enhanced images."""
    for macro, tag in (
        (None, Tag.ImageLaterality),
        (Tag.FrameAnatomySequence, Tag.FrameLaterality),
        (None, Tag.Laterality),
    ):
        part = source.find(macro, tag)
        side = part.data_set.text(tag) if part else None
        if part and side in _SIDES:
            part.data_set.log.add_origin("events[0].laterality", part.path + tag_text(tag), side or "")
            return side
    return None


def _view(data_set: DataSet) -> _View:
    """Return the view by its code, or as View Position has it, with its modifiers."""
    stated = code_of(data_set, Tag.ViewCodeSequence)
    view = next((word for concept, word in mammo.VIEWS if is_same(stated, concept)), None)
    if stated is not None and view is None:
        problem = f"code {stated.value[:16]!r} of {stated.scheme[:16]!r} is unknown"
        data_set.log.add_warning(tag_text(Tag.ViewCodeSequence), "ViewCodeSequence", problem)
    if stated is not None and view is not None:
        data_set.log.add_origin("events[0].view", tag_text(Tag.ViewCodeSequence), stated.value, stated.scheme)
    elif (view := header.bounded_text(data_set, Tag.ViewPosition)) is not None:
        data_set.log.add_origin("events[0].view", tag_text(Tag.ViewPosition), view)
    modifiers = [
        standard_meaning(_code(item), mammo.VIEW_MODIFIERS)
        for entry in data_set.items(Tag.ViewCodeSequence)
        for item in entry.items(Tag.ViewModifierCodeSequence)
    ]
    return _View(view=view, view_modifiers=tuple(meaning for meaning in modifiers if meaning))


def _code(entry: DataSet) -> Code | None:
    """Return the code of a sequence item that is itself the code entry."""
    value = entry.text(Tag.CodeValue)
    if value is None:
        return None
    return Code(value=value, scheme=entry.text(Tag.CodingSchemeDesignator) or "", meaning=entry.text(Tag.CodeMeaning))


def _material(source: Source, macro: Tag | None, tag: Tag, field: str) -> str | None:
    """Return the material in the word of the standard, one that it does not know in lower case; several joined."""
    part = source.find(macro, tag)
    stated = part.data_set.texts(tag) if part else ()
    if not part or not stated:
        return None
    part.data_set.log.add_origin(f"events[0].{field}", part.path + tag_text(tag), "\\".join(stated))
    words = [mammo.MATERIAL_WORDS.get(one.casefold(), one.casefold()) for one in stated]
    return " + ".join(dict.fromkeys(words))


def _grid(source: Source) -> str | None:
    """Return the grid in the terms of the object, several joined (GE: RECIPROCATING and FOCUSED)."""
    part = source.find(Tag.XRayGridSequence, Tag.Grid)
    return ", ".join(part.data_set.texts(Tag.Grid)) or None if part else None


def _text(source: Source, tag: Tag) -> str | None:
    part = source.find(None, tag)
    return header.bounded_text(part.data_set, tag, limit=_MAX_DETAIL) if part else None


def _glandularity(data_set: DataSet, comment: str | None) -> float | None:
    """Return the share of fibroglandular tissue that GE Senographe writes as a comment: ``82 %``."""
    match = _GE_GLANDULARITY.fullmatch(comment or "")
    if match is None:
        return None
    data_set.log.add_origin("events[0].glandularity_percent", tag_text(Tag.CommentsOnRadiationDose), match[0], "%")
    return float(match[1])
